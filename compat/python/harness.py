"""What the Python suites share: a cameo process, pictures with known pixels, and cases with a verdict.

A suite is a list of cases in order; each is an async function that raises when something is wrong.
The result is one line per case, `name<TAB>pass|fail`, compared with the suite's `expected.tsv`.
"""

import asyncio
import atexit
import io
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

from PIL import Image, ImageDraw

CODE = "12345"
CASE_SECONDS_MAX = 60


def scratch(prefix):
    """A folder that goes with this process, unless a case failed: then its logs are wanted."""
    folder = tempfile.mkdtemp(prefix=prefix)

    def clear():
        if not Cases.any_failed:
            shutil.rmtree(folder, ignore_errors=True)
    atexit.register(clear)
    return folder


class Server:
    """One cameo process on its own data folder; a restart keeps folder and port."""

    def __init__(self):
        self.data = scratch("cameo-compat-")
        self.listen = "127.0.0.1:0"
        self.process = None
        self.log = open(os.path.join(self.data, "log.txt"), "ab")

    def start(self):
        self.process = subprocess.Popen(
            [os.environ["COMPAT_BIN"], "serve", "--data", self.data, "--listen", self.listen,
             "--login-code", CODE],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        ready = dict(word.split("=", 1) for word in line.split()[1:])
        if not line.startswith("ready "):
            raise RuntimeError(f"no ready line: {line!r}, see {self.log.name}")
        self.listen = ready["listen"]
        self.host, port = self.listen.rsplit(":", 1)
        self.port = int(port)
        self.pem = pathlib.Path(ready["public_key"]).read_text()

    def bot(self, owner, username, name):
        """Makes a bot of a person, as whoever runs the server does; returns its token."""
        made = subprocess.run(
            [os.environ["COMPAT_BIN"], "admin", "bots", "create", str(owner), username, name,
             "--data", self.data, "--json"],
            stdout=subprocess.PIPE, check=True, text=True)
        return json.loads(made.stdout)["token"]

    def kill(self):
        """As a power cut would end the process."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=20) != 0:
            raise RuntimeError("the server did not end with 0")

    def restart(self):
        self.kill()
        self.start()


def picture(colour, size=(800, 800)):
    """A JPEG: a plain colour with a white dot in the middle, so that crops and mirrors show."""
    image = Image.new("RGB", size, colour)
    middle = (size[0] // 2, size[1] // 2)
    reach = min(size) // 5
    ImageDraw.Draw(image).ellipse(
        [middle[0] - reach, middle[1] - reach, middle[0] + reach, middle[1] + reach], "white")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95)
    return out.getvalue()


def clip(colours, size=(800, 800), seconds=1):
    """An MP4 as cameras make it: `seconds` of each colour with a white square in the middle, a tone,
    and its index behind its frames."""
    inputs, kept = [], []
    for at, (red, green, blue) in enumerate(colours):
        inputs.append(
            f"color=c=0x{red:02x}{green:02x}{blue:02x}:s={size[0]}x{size[1]}:r=30:d={seconds},"
            f"drawbox=x=iw*3/10:y=ih*3/10:w=iw*2/5:h=ih*2/5:color=white:t=fill[c{at}]")
        kept.append(f"[c{at}]")
    inputs.append(f"{''.join(kept)}concat=n={len(colours)}:v=1[v]")
    with tempfile.NamedTemporaryFile(suffix=".mp4") as out:
        subprocess.run(
            ["ffmpeg", "-loglevel", "error", "-y", "-f", "lavfi", "-i",
             f"sine=d={seconds * len(colours)}", "-filter_complex", ";".join(inputs),
             "-map", "[v]", "-map", "0:a", "-c:v", "libx264", "-profile:v", "high",
             "-pix_fmt", "yuv420p", "-crf", "18", out.name], check=True)
        return pathlib.Path(out.name).read_bytes()


def tracks(mp4):
    """What an independent reader finds in an MP4: `(kind, codec, width, height)` of each track, and
    the seconds it lasts."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(mp4)
        file.flush()
        said = subprocess.run(
            ["ffprobe", "-loglevel", "error", "-show_streams", "-show_format", "-of", "json",
             file.name], stdout=subprocess.PIPE, check=True)
    said = json.loads(said.stdout)
    found = [(s["codec_type"], s["codec_name"], s.get("width"), s.get("height"))
             for s in said["streams"]]
    return found, float(said["format"]["duration"])


def looks_like(jpeg, colour, side):
    """Whether `jpeg` is `picture(colour)` cut to a square of `side` pixels."""
    image = Image.open(io.BytesIO(jpeg))
    if image.format != "JPEG" or image.size != (side, side):
        raise AssertionError(f"{image.format} {image.size}, not a JPEG of {side} px")
    image = image.convert("RGB")
    for at, wanted in (((side // 8, side // 8), colour), ((side // 2, side // 2), (255, 255, 255))):
        got = image.getpixel(at)
        if max(abs(a - b) for a, b in zip(got, wanted)) > 12:
            raise AssertionError(f"pixel {at} is {got}, not {wanted}")


async def until(condition, what, seconds=10):
    """Waits until `condition()` is true; updates come when they come."""
    for _ in range(seconds * 50):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")


class Cases:
    """The cases of a suite in the order in which they were written."""

    any_failed = False

    def __init__(self):
        self.cases = []

    def __call__(self, name):
        def add(function):
            self.cases.append((name, function))
            return function
        return add

    async def run(self, world):
        failed = 0
        for name, function in self.cases:
            try:
                await asyncio.wait_for(function(world), CASE_SECONDS_MAX)
                verdict = "pass"
            except Exception:
                failed += 1
                verdict = "fail"
                Cases.any_failed = True
                print(f"--- {name}", file=sys.stderr)
                traceback.print_exc()
            print(f"{name}\t{verdict}", flush=True)
        print(f"{len(self.cases) - failed} passed, {failed} failed", file=sys.stderr, flush=True)
        return failed


async def refused(awaitable, name):
    """The call must end with exactly this error name."""
    try:
        await awaitable
    except Exception as error:
        text = f"{type(error).__name__} {error}"
        wanted = name.replace("_", "").lower()
        if wanted in re.sub(r"[^a-z0-9]", "", text.lower()):
            return
        raise AssertionError(f"refused with {text}, not {name}") from error
    raise AssertionError(f"not refused, wanted {name}")
