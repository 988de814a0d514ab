"""What a run left in the logs of TDLib and of the server."""

import collections
import re

LINE = re.compile(r"^\[ ?(\d)\]\[t ?\d+\]\[[\d.]+\]\[([\w.]+):\d+\].*?\t(.*)$")
ERROR = 1

# Warnings of these words are about what the server said; others tell of connections and keys.
ABOUT_ANSWERS = re.compile(r"receive|inconsisten|invalid|unexpected|unsupported|wrong|fail", re.I)

# Lines that say nothing against the server: file of TDLib, words. Each has its reason in FINDINGS.md.
ALLOWED = [
    ("StickersManager.cpp", "Receive error for ReloadSpecialStickerSetQuery: "
                            "[Error : 400 : STICKERSET_INVALID]"),
]


def complaints(path):
    """Errors, and warnings about what the server said."""
    found = []
    with open(path, encoding="utf-8", errors="replace") as log:
        for line in log:
            said = LINE.match(line)
            if not said:
                continue
            level, where, words = int(said[1]), said[2], said[3]
            if any(where == file and words.startswith(text) for file, text in ALLOWED):
                continue
            if level <= ERROR or (where != "Session.cpp" and ABOUT_ANSWERS.search(words)):
                found.append(line.rstrip())
    return found


def calls(path):
    """Every call that the server answered: its method, and the refusal or nothing."""
    with open(path, encoding="utf-8", errors="replace") as log:
        for line in log:
            method = re.search(r'method="([\w.]+)"', line)
            if method:
                refusal = re.search(r"refusal=\d+ (\w+)", line)
                yield method[1], refusal and refusal[1]


def asked(path):
    """How often each method was called."""
    return collections.Counter(method for method, _ in calls(path))


def unanswered(path):
    """Methods that the server does not know."""
    return sorted({method for method, refusal in calls(path) if refusal == "NOT_IMPLEMENTED"})
