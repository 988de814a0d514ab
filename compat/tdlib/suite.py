"""TDLib, unmodified but for the key it trusts, through the whole story of profile pictures.

Three accounts: Ada gives Bob a personal picture, Cara is the stranger who must see nothing of it.
TDLib checks what it is told against what it knows, and complains in its log: the log must stay silent.
"""

import asyncio

from world import GOLD, World, case, shows  # it also makes the folder of the harness known
import people  # noqa: F401  (importing adds the cases, in this order)
import privacy  # noqa: F401
import chats  # noqa: F401
import channels  # noqa: F401
import bots  # noqa: F401
import moving  # noqa: F401
from harness import until
from logs import asked, complaints, unanswered

# A client that is told something it cannot believe asks again without a pause, thousands of times.
CALLS_OF_ONE_METHOD_MAX, CONFIG_CALLS_MAX = 500, 30
CLIENTS = 4


@case("log out, and in again")
async def _(w):
    await w.cara("logOut")
    await w.cara.reaches("Closed")
    w.cara = await w.sign_in("+15550000003")
    assert (await w.cara("getMe"))["first_name"] == "Cara"


@case("P121 a deleted account has no picture")
async def _(w):
    await w.cara("setProfilePhoto", photo=w.still(GOLD), is_public=False)
    await shows(w.bob, w.cara.me, GOLD)
    await w.cara("deleteAccount", reason="test", password="")
    await w.cara.reaches("Closed")
    await until(lambda: w.bob.users[w.cara.me]["type"]["@type"] == "userTypeDeleted", "deletion")
    await shows(w.bob, w.cara.me, None)


@case("every client closes")
async def _(w):
    for client in (w.ada, w.ada2, w.bob):
        await client.close()


@case("TDLib's log is silent of complaints")
async def _(w):
    found = complaints(w.log)
    assert not found, "\n".join(found)


@case("M102 nothing is asked without end, and no method is missing")
async def _(w):
    counted = asked(w.server.log.name)
    assert counted["help.getConfig"] <= CONFIG_CALLS_MAX, counted["help.getConfig"]
    # Each restart costs each client one; another one would mean that live updates left a gap.
    differences = counted["updates.getDifference"]
    assert differences <= CLIENTS * w.epoch, (differences, w.epoch)
    method, times = counted.most_common(1)[0]
    assert times <= CALLS_OF_ONE_METHOD_MAX, (method, times)
    missing = unanswered(w.server.log.name)
    assert not missing, missing


async def main():
    world = World()
    world.begin()
    try:
        failed = await case.run(world)
        world.tdlib.end()
        world.server.stop()
    finally:
        if world.server.process.poll() is None:
            world.server.kill()
    return failed


if __name__ == "__main__":
    asyncio.run(main())
