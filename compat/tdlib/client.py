"""TDLib through its JSON interface: a copy of the packaged library that trusts our key, and clients of it.

The package is not touched. TDLib holds the RSA keys of the data centres as text; in a copy of the
library they are replaced by the server's key, which is of the same length. Addresses need no change:
each client is told to use the server itself as its MTProto proxy.
"""

import asyncio
import ctypes
import glob
import json
import os
import re
import site
import threading

from harness import until

PEM = re.compile(rb"-----BEGIN RSA PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END RSA PUBLIC KEY-----")
RECEIVE_SECONDS = 0.5
ANSWER_SECONDS_MAX = 20
LOG_WARNINGS = 2


def trusting_copy(pem, folder):
    """A copy of the library that trusts the key `pem` instead of those of the real data centres."""
    found = [path for packages in site.getsitepackages()
             for path in glob.glob(os.path.join(packages, "tdjson.libs", "libtdjson*.so*"))]
    if len(found) != 1:
        raise RuntimeError(f"one libtdjson expected, there are {found}")
    with open(found[0], "rb") as original:
        text = original.read()
    key = pem.strip().encode()
    same = [hit for hit in PEM.finditer(text) if len(hit.group()) == len(key)]
    if len(same) < 2:
        raise RuntimeError(f"the library holds {len(same)} keys of {len(key)} bytes")
    text = bytearray(text)
    for hit in same:
        text[hit.start():hit.end()] = key
    copy = os.path.join(folder, "libtdjson.so")
    with open(copy, "wb") as out:
        out.write(text)
    return copy


class Tdlib:
    """The library, and one thread that hands what it says to its clients."""

    def __init__(self, path, log, verbosity=LOG_WARNINGS):
        self.lib = ctypes.CDLL(path)
        self.lib.td_receive.restype = ctypes.c_char_p
        self.lib.td_receive.argtypes = [ctypes.c_double]
        self.lib.td_send.argtypes = [ctypes.c_int, ctypes.c_char_p]
        self.lib.td_execute.restype = ctypes.c_char_p
        self.lib.td_execute.argtypes = [ctypes.c_char_p]
        self.log = log
        self.execute("setLogStream", log_stream={
            "@type": "logStreamFile", "path": log, "max_file_size": 1 << 30})
        self.execute("setLogVerbosityLevel", new_verbosity_level=verbosity)
        self.loop = asyncio.get_running_loop()
        self.clients = {}
        self.ended = False
        self.thread = threading.Thread(target=self.receive, daemon=True)
        self.thread.start()

    def execute(self, kind, **fields):
        return json.loads(self.lib.td_execute(json.dumps({"@type": kind, **fields}).encode()))

    def receive(self):
        while not self.ended:
            said = self.lib.td_receive(RECEIVE_SECONDS)
            if said is not None:
                self.loop.call_soon_threadsafe(self.dispatch, json.loads(said))

    def dispatch(self, said):
        client = self.clients.get(said["@client_id"])
        if client:
            client.take(said)

    def end(self):
        self.ended = True
        self.thread.join()


class TdError(Exception):
    """What TDLib answered instead of a result."""

    def __init__(self, error):
        super().__init__(f"{error['code']} {error['message']}")


class Client:
    """One TDLib client on its own database folder."""

    def __init__(self, tdlib, folder, proxy):
        self.tdlib, self.folder, self.proxy = tdlib, folder, proxy
        self.id = tdlib.lib.td_create_client_id()
        tdlib.clients[self.id] = self
        self.asked = {}
        self.updates = []
        self.state = None
        self.options = {}
        self.users = {}
        self.full = {}

    def take(self, said):
        waiting = self.asked.pop(said.get("@extra"), None)
        if waiting:
            if not waiting.done():
                waiting.set_result(said)
            return
        kind = said["@type"]
        self.updates.append(said)
        if kind == "updateAuthorizationState":
            self.state = said["authorization_state"]["@type"]
        elif kind == "updateOption":
            self.options[said["name"]] = said["value"].get("value")
        elif kind == "updateUser":
            self.users[said["user"]["id"]] = said["user"]
        elif kind == "updateUserFullInfo":
            self.full[said["user_id"]] = said["user_full_info"]

    async def __call__(self, kind, **fields):
        """The answer to a call; an error raises."""
        extra = str(len(self.asked)) + os.urandom(8).hex()
        waiting = self.asked[extra] = asyncio.get_running_loop().create_future()
        request = {"@type": kind, "@extra": extra, **fields}
        self.tdlib.lib.td_send(self.id, json.dumps(request).encode())
        try:
            said = await asyncio.wait_for(waiting, ANSWER_SECONDS_MAX)
        except asyncio.TimeoutError as error:
            raise AssertionError(f"no answer to {kind}") from error
        if said["@type"] == "error":
            raise TdError(said)
        return said

    async def start(self):
        """Up to the first question: a phone number, or nothing when the database knows the account."""
        # The first call waits inside TDLib for the second.
        proxy = asyncio.ensure_future(self("addProxy", enable=True, comment="", proxy={
            "@type": "proxy", "server": self.proxy[0], "port": self.proxy[1],
            "type": {"@type": "proxyTypeMtproto", "secret": self.proxy[2]}}))
        await self("setTdlibParameters", use_test_dc=False, database_directory=self.folder,
                   files_directory=os.path.join(self.folder, "files"), use_file_database=True,
                   use_chat_info_database=True, use_message_database=True, use_secret_chats=False,
                   api_id=1, api_hash="hash", system_language_code="en", device_model="suite",
                   system_version="1", application_version="1")
        await proxy

    async def reaches(self, state):
        """Waits for a state of the sign-in, such as `WaitCode`."""
        wanted = "authorizationState" + state
        await until(lambda: self.state == wanted, f"{wanted}, it is {self.state}", 20)

    async def close(self):
        await self("close")
        await self.reaches("Closed")

    def said(self, kind):
        """The updates of one kind, oldest first."""
        return [update for update in self.updates if update["@type"] == kind]

    def new(self, kind):
        """New messages with content of one kind."""
        messages = [update["message"] for update in self.said("updateNewMessage")]
        return [message for message in messages if message["content"]["@type"] == kind]

    def deleted(self, chat):
        """Ids of messages that were deleted for good."""
        return [id for update in self.said("updateDeleteMessages")
                if update["chat_id"] == chat and update["is_permanent"]
                for id in update["message_ids"]]
