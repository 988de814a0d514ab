"""Pictures of groups."""

from harness import looks_like, refused, until
from world import BLUE, GOLD, PINK, RED, case, content, same, settles


async def pictured(client, chat, colour):
    """Waits until the chat is shown with this colour, `None`: without a picture."""
    async def right():
        photo = (await client("getChat", chat_id=chat)).get("photo")
        return await same(client, photo, colour)
    await settles(right, f"{chat} with {colour}")


async def told(client, chat, kind):
    """Waits for a service message of this kind in the chat."""
    def there():
        return [message for message in client.new(kind) if message["chat_id"] == chat]
    await until(there, f"{kind} in {chat}")
    return there()[-1]


async def full_photo(client, chat):
    """The picture that the chat's full information has."""
    kind = (await client("getChat", chat_id=chat))["type"]
    if kind["@type"] == "chatTypeBasicGroup":
        about = await client("getBasicGroupFullInfo", basic_group_id=kind["basic_group_id"])
    else:
        about = await client("getSupergroupFullInfo", supergroup_id=kind["supergroup_id"])
    return about.get("photo")


async def photo_story(w, chat, seen_by):
    """Sets, replaces and takes away; everybody in the chat sees it and is told."""
    await w.ada("setChatPhoto", chat_id=chat, photo=w.still(BLUE))
    for client in seen_by:
        await pictured(client, chat, BLUE)
        message = await told(client, chat, "messageChatChangePhoto")
        sizes = message["content"]["photo"]["sizes"]
        assert [size["type"] for size in sizes] == ["a", "b", "c"], sizes
        looks_like(await content(client, sizes[1]["photo"]), BLUE, 320)

        async def right():
            photo = await full_photo(client, chat)
            return photo and photo["id"] == message["content"]["photo"]["id"]
        await settles(right, "the picture in the full chat")
    await w.ada("setChatPhoto", chat_id=chat, photo=w.still(PINK))
    for client in seen_by:
        await pictured(client, chat, PINK)
    await w.ada("setChatPhoto", chat_id=chat, photo=None)
    for client in seen_by:
        await pictured(client, chat, None)
        await told(client, chat, "messageChatDeletePhoto")


@case("P135 the picture of a group")
async def _(w):
    made = await w.ada("createNewBasicGroupChat", user_ids=[w.bob.me], title="Group")
    w.group = made["chat_id"]
    await until(lambda: [u for u in w.bob.said("updateNewChat") if u["chat"]["id"] == w.group],
                "the group at Bob")
    await photo_story(w, w.group, (w.ada, w.bob))


@case("P135 the pictures that a group has had")
async def _(w):
    for client in (w.ada, w.bob):
        found = await client("searchChatMessages", chat_id=w.group, query="", limit=10,
                             filter={"@type": "searchMessagesFilterChatPhoto"})
        kinds = [message["content"]["@type"] for message in found["messages"]]
        assert kinds == ["messageChatChangePhoto"] * 2, kinds


@case("a group's picture outlives the server")
async def _(w):
    await w.ada("setChatPhoto", chat_id=w.group, photo=w.still(GOLD))
    w.restart()
    await pictured(w.bob, w.group, GOLD)
    await refused(w.ada("setChatPhoto", chat_id=w.bob.me, photo=w.still(RED)), "400")
