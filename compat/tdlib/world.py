"""The server, the accounts, and what the cases of TDLib ask of them."""

import asyncio
import collections
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "python"))

SECRET = "000102030405060708090a0b0c0d0e0f"
os.environ.setdefault("CAMEO_PROXY_SECRETS", SECRET)
os.environ.setdefault("CAMEO_LOG", "debug")

from client import Client, Tdlib, trusting_copy  # noqa: E402
from harness import CODE, Cases, Server, looks_like, picture, scratch  # noqa: E402
from logs import calls  # noqa: E402

RED, GREEN, BLUE, GREY = (200, 30, 30), (30, 160, 60), (40, 60, 200), (120, 120, 120)
GOLD, PINK = (200, 170, 30), (220, 120, 160)
case = Cases()


class World:
    """The server and everybody in it."""

    def __init__(self):
        self.server = Server()
        self.folder = scratch("cameo-tdlib-")
        self.log = os.path.join(self.folder, "tdlib.log")
        self.names = self.epoch = 0

    def begin(self):
        self.server.start()
        self.tdlib = Tdlib(trusting_copy(self.server.pem, self.folder), self.log)

    def restart(self):
        """As after a power cut; the file references of before are expired."""
        self.epoch += 1
        os.environ["CAMEO_FILE_REFERENCE_EPOCH"] = str(self.epoch)
        self.server.restart()

    def client(self, folder=None):
        self.names += 1
        folder = folder or os.path.join(self.folder, f"client-{self.names}")
        return Client(self.tdlib, folder, (self.server.host, self.server.port, SECRET))

    def refusals(self):
        """How often each method was refused with each error."""
        return collections.Counter(calls(self.server.log.name))

    async def sign_in(self, phone, name=None):
        """A client of `phone`, with a `name` of a new account."""
        client = self.client()
        await client.start()
        await client.reaches("WaitPhoneNumber")
        await client("setAuthenticationPhoneNumber", phone_number=phone)
        await client.reaches("WaitCode")
        await client("checkAuthenticationCode", code=CODE)
        if name:
            await client.reaches("WaitRegistration")
            await client("registerUser", first_name=name, last_name="")
        await client.reaches("Ready")
        client.me = (await client("getMe"))["id"]
        return client

    def still(self, colour):
        """A new file with a plain picture: TDLib remembers what it uploaded by the path."""
        self.names += 1
        path = os.path.join(self.folder, f"picture-{self.names}.jpg")
        with open(path, "wb") as out:
            out.write(picture(colour))
        return {"@type": "inputChatPhotoStatic",
                "photo": {"@type": "inputFileLocal", "path": path}}


PICTURES = ("personal_photo", "photo", "public_photo")


async def full(client, user, **wanted):
    """The full user, once its pictures are the wanted ones: an id, `True` for any, `None` for none.

    TDLib answers from its cache and asks the server behind that.
    """
    for _ in range(100):
        about = await client("getUserFullInfo", user_id=user)
        found = {name: int(about[name]["id"]) if name in about else None for name in PICTURES}
        if all(found[name] == id or (id is True and found[name]) for name, id in wanted.items()):
            return about
        await asyncio.sleep(0.1)
    raise AssertionError(f"pictures of {user}: {found}, not {wanted}")


async def shown(client, user):
    """The picture in lists, `None` without one."""
    return (await client("getUser", user_id=user)).get("profile_photo")


async def listed(client, user, offset=0, limit=100):
    page = await client("getUserProfilePhotos", user_id=user, offset=offset, limit=limit)
    return page["total_count"], [int(photo["id"]) for photo in page["photos"]]


async def write(client, user, words):
    chat = await client("createPrivateChat", user_id=user, force=False)
    await client("sendMessage", chat_id=chat["id"], input_message_content={
        "@type": "inputMessageText", "text": {"@type": "formattedText", "text": words}})
    return chat["id"]


async def content(client, file):
    """The bytes of a file of a photo."""
    done = await client("downloadFile", file_id=file["id"], priority=1, offset=0, limit=0,
                        synchronous=True)
    with open(done["local"]["path"], "rb") as downloaded:
        return downloaded.read()


async def settles(right, what):
    """Waits until the coroutine `right()` says so; TDLib is told of changes when it is."""
    for _ in range(100):
        if await right():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


async def same(client, photo, colour):
    """Whether a picture of a list has this colour; `None`: whether there is none."""
    if photo is None or colour is None:
        return photo is None and colour is None
    try:
        looks_like(await content(client, photo["big"]), colour, 640)
    except AssertionError:
        return False
    return True


async def shows(client, user, colour):
    """Waits until `client` is told that `user` is shown with this colour."""
    async def right():
        return await same(client, await shown(client, user), colour)
    await settles(right, f"{user} with {colour}")
