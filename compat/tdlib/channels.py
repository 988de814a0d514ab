"""Pictures of supergroups and channels."""

from harness import until
from world import BLUE, GOLD, PINK, case
from chats import photo_story, pictured


async def new_chat(w, is_channel):
    """A supergroup or channel of Ada's, with Bob in it."""
    made = await w.ada("createNewSupergroupChat", title="Chat", is_channel=is_channel,
                       description="about it")
    chat = made["id"]
    await w.ada("addChatMembers", chat_id=chat, user_ids=[w.bob.me])
    await until(lambda: [u for u in w.bob.said("updateNewChat") if u["chat"]["id"] == chat],
                "the chat at Bob")
    return chat


@case("P135 the picture of a supergroup")
async def _(w):
    w.supergroup = await new_chat(w, False)
    await photo_story(w, w.supergroup, (w.ada, w.bob))


@case("P135 the picture of a channel")
async def _(w):
    w.channel = await new_chat(w, True)
    await photo_story(w, w.channel, (w.ada, w.bob))


@case("P133 P135 channels catch up after a restart")
async def _(w):
    await w.bob.close()
    await w.ada("setChatPhoto", chat_id=w.supergroup, photo=w.still(GOLD))
    await w.ada("setChatPhoto", chat_id=w.channel, photo=w.still(PINK))
    w.restart()
    bob = w.client(w.bob.folder)
    bob.me = w.bob.me
    w.bob = bob
    await bob.start()
    await bob.reaches("Ready")
    await pictured(bob, w.supergroup, GOLD)
    await pictured(bob, w.channel, PINK)
    await w.ada("setChatPhoto", chat_id=w.channel, photo=w.still(BLUE))
    await pictured(bob, w.channel, BLUE)
