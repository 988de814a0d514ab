"""Pictures of people: personal, main and public ones, suggestions, lists, restarts."""

from harness import looks_like, refused, until
from world import (
    BLUE, GOLD, GREEN, GREY, PICTURES, PINK, RED, case, content, full, listed, shown, shows, write)


@case("M102 three accounts sign up")
async def _(w):
    w.ada = await w.sign_in("+15550000001", "Ada")
    w.bob = await w.sign_in("+15550000002", "Bob")
    w.cara = await w.sign_in("+15550000003", "Cara")
    assert w.ada.options["my_id"] == str(w.ada.me), w.ada.options["my_id"]


@case("P119 contacts by number")
async def _(w):
    done = await w.ada("importContacts", contacts=[
        {"phone_number": "+1 555 000 0002", "first_name": "Robert", "last_name": "Saved"}])
    assert done["user_ids"] == [w.bob.me], done
    user = await w.ada("getUser", user_id=w.bob.me)
    assert user["is_contact"] and user["first_name"] == "Robert", user
    found = await w.cara("searchUserByPhoneNumber", phone_number="+15550000002")
    assert found["id"] == w.bob.me and not found["is_contact"], found
    # Who has a chat with somebody is told of their changes.
    await write(w.cara, w.bob.me, "hello from a stranger")
    await until(lambda: w.bob.new("messageText"), "the text at Bob")
    await refused(w.cara("searchUserByPhoneNumber", phone_number="+15559999999"), "NOT_FOUND")


@case("P98 Bob has a picture of his own, and Ada is told")
async def _(w):
    w.ada.updates.clear()
    await w.bob("setProfilePhoto", photo=w.still(GREEN), is_public=False)
    await until(lambda: w.ada.users[w.bob.me].get("profile_photo"), "updateUser at Ada")
    await shows(w.ada, w.bob.me, GREEN)
    about = await full(w.bob, w.bob.me, photo=True)
    w.own = int(about["photo"]["id"])
    await full(w.ada, w.bob.me, photo=w.own, personal_photo=None, public_photo=None)
    assert [size["type"] for size in about["photo"]["sizes"]] == ["a", "b", "c"], about


@case("P5 Ada signs in a second time")
async def _(w):
    w.ada2 = await w.sign_in("+15550000001")
    await w.ada2("getContacts")
    await full(w.ada2, w.bob.me, photo=w.own, personal_photo=None)


@case("P123 P2 a personal picture: updateUser with is_personal")
async def _(w):
    await w.ada("setUserPersonalProfilePhoto", user_id=w.bob.me, photo=w.still(RED))
    await until(lambda: w.ada.users[w.bob.me]["profile_photo"]["is_personal"], "is_personal")
    about = await full(w.ada, w.bob.me, personal_photo=True, photo=w.own, public_photo=None)
    w.personal = int(about["personal_photo"]["id"])
    await until(lambda: w.ada2.users[w.bob.me]["profile_photo"]["is_personal"], "both sessions")
    await full(w.ada2, w.bob.me, personal_photo=w.personal, photo=w.own)
    assert int(w.ada.users[w.bob.me]["profile_photo"]["id"]) == w.personal


@case("P3 P4 Bob and a stranger see no trace of it")
async def _(w):
    for client in (w.bob, w.cara):
        await full(client, w.bob.me, personal_photo=None, photo=w.own)
        photo = await shown(client, w.bob.me)
        assert int(photo["id"]) == w.own and not photo["is_personal"], photo
        await shows(client, w.bob.me, GREEN)


@case("P78 download the personal picture, small and big")
async def _(w):
    photo = await shown(w.ada, w.bob.me)
    looks_like(await content(w.ada, photo["small"]), RED, 160)
    looks_like(await content(w.ada, photo["big"]), RED, 640)
    about = await full(w.ada, w.bob.me, personal_photo=w.personal)
    for size, side in zip(about["personal_photo"]["sizes"], (160, 320, 640)):
        assert (size["width"], size["height"]) == (side, side), size
        looks_like(await content(w.ada, size["photo"]), RED, side)


@case("P7 replace it")
async def _(w):
    await w.ada("setUserPersonalProfilePhoto", user_id=w.bob.me, photo=w.still(BLUE))
    await shows(w.ada, w.bob.me, BLUE)
    replaced = int((await shown(w.ada, w.bob.me))["id"])
    assert replaced > w.personal
    w.personal = replaced
    await full(w.ada, w.bob.me, personal_photo=w.personal, photo=w.own)


@case("P90 the list holds no personal picture")
async def _(w):
    assert await listed(w.ada, w.bob.me) == (1, [w.own])
    assert await listed(w.cara, w.bob.me) == (1, [w.own])


@case("kill -9 in the middle: every client finds back")
async def _(w):
    w.restart()
    await full(w.ada, w.bob.me, personal_photo=w.personal)
    await w.bob("setBio", bio="after the restart")
    await w.cara("searchUserByPhoneNumber", phone_number="+15550000002")


@case("P91 an expired reference is repaired by asking for the full user")
async def _(w):
    about = await full(w.ada, w.bob.me, personal_photo=w.personal)
    looks_like(await content(w.ada, about["personal_photo"]["sizes"][1]["photo"]), BLUE, 320)
    assert w.refusals()["upload.getFile", "FILE_REFERENCE_EXPIRED"]


@case("P123 P8 null takes it away: is_personal is false")
async def _(w):
    await w.ada("setUserPersonalProfilePhoto", user_id=w.bob.me, photo=None)
    await until(lambda: not w.ada.users[w.bob.me]["profile_photo"]["is_personal"], "not personal")
    assert int(w.ada.users[w.bob.me]["profile_photo"]["id"]) == w.own
    await full(w.ada, w.bob.me, personal_photo=None, photo=w.own)
    await shows(w.ada, w.bob.me, GREEN)


@case("P10 P13 P29 who has no personal picture, and whom nothing is suggested")
async def _(w):
    cara = (await w.ada("searchUserByPhoneNumber", phone_number="+15550000003"))["id"]
    for user in (w.ada.me, cara):
        await refused(w.ada("setUserPersonalProfilePhoto", user_id=user, photo=w.still(GREY)),
                      "ISNT_A_CONTACT")
    await refused(w.ada("suggestUserProfilePhoto", user_id=w.ada.me, photo=w.still(GREY)),
                  "PHOTO_TO_SELF")
    await refused(w.ada("suggestUserProfilePhoto", user_id=cara, photo=w.still(GREY)),
                  "CONTACT_MISSING")


@case("P124 a suggestion arrives on both sides")
async def _(w):
    await w.ada("createPrivateChat", user_id=w.bob.me, force=False)
    await w.ada("suggestUserProfilePhoto", user_id=w.bob.me, photo=w.still(GREY))
    for client, outgoing in ((w.ada, True), (w.bob, False)):
        await until(lambda: client.new("messageSuggestProfilePhoto"), "the suggestion")
        [message] = client.new("messageSuggestProfilePhoto")
        assert message["is_outgoing"] == outgoing, message
    w.suggestion = message
    sizes = message["content"]["photo"]["sizes"]
    looks_like(await content(w.bob, sizes[-1]["photo"]), GREY, 640)
    await full(w.ada, w.bob.me, personal_photo=None)


@case("P38 P39 Bob accepts it as a previous picture, with a reference that has expired")
async def _(w):
    w.restart()
    photo = w.suggestion["content"]["photo"]
    await w.bob("setProfilePhoto", is_public=False, photo={
        "@type": "inputChatPhotoPrevious", "chat_photo_id": photo["id"]})
    assert w.refusals()["photos.updateProfilePhoto", "FILE_REFERENCE_EXPIRED"]
    await shows(w.bob, w.bob.me, GREY)
    await shows(w.ada, w.bob.me, GREY)
    total, photos = await listed(w.bob, w.bob.me)
    assert total == 2 and photos[1] == w.own and photos[0] > w.own, photos
    w.photos = photos


@case("P93 P94 pages of the list")
async def _(w):
    for colour in (GOLD, PINK):
        await w.bob("setProfilePhoto", photo=w.still(colour), is_public=False)
    total, photos = await listed(w.bob, w.bob.me)
    assert total == 4 and photos[2:] == w.photos and photos == sorted(photos, reverse=True)
    for client in (w.bob, w.ada, w.cara):
        await full(client, w.bob.me, photo=photos[0])
        for at, photo in enumerate(photos):
            assert await listed(client, w.bob.me, at, 1) == (4, [photo]), at
        assert await listed(client, w.bob.me, 4, 1) == (4, [])
    w.photos = photos


@case("P100 a public picture beside the main one")
async def _(w):
    await w.bob("setProfilePhoto", photo=w.still(BLUE), is_public=True)
    about = await full(w.bob, w.bob.me, public_photo=True, photo=w.photos[0])
    w.public = int(about["public_photo"]["id"])
    await full(w.ada, w.bob.me, public_photo=None, photo=w.photos[0])
    await shows(w.cara, w.bob.me, PINK)


@case("P107 P108 P109 pictures go one by one")
async def _(w):
    newest, second, third, oldest = w.photos
    await w.bob("deleteProfilePhoto", profile_photo_id=newest)
    await shows(w.bob, w.bob.me, GOLD)
    await shows(w.ada, w.bob.me, GOLD)
    await w.bob("deleteProfilePhoto", profile_photo_id=third)
    assert await listed(w.bob, w.bob.me) == (2, [second, oldest])
    # While TDLib reloads the full user it takes a public picture for one of the list.
    await full(w.bob, w.bob.me, public_photo=w.public, photo=second)
    await w.bob("deleteProfilePhoto", profile_photo_id=w.public)
    await full(w.bob, w.bob.me, public_photo=None, photo=second)
    await w.bob("deleteProfilePhoto", profile_photo_id=second)
    await shows(w.ada, w.bob.me, GREEN)
    await w.bob("deleteProfilePhoto", profile_photo_id=oldest)
    await shows(w.ada, w.bob.me, None)
    await shows(w.cara, w.bob.me, None)
    assert await listed(w.bob, w.bob.me) == (0, [])


@case("P100 the public picture is seen until there is a main one")
async def _(w):
    await w.bob("setProfilePhoto", photo=w.still(GOLD), is_public=True)
    await shows(w.cara, w.bob.me, GOLD)
    await full(w.cara, w.bob.me, public_photo=True, photo=None)
    await w.bob("setProfilePhoto", photo=w.still(GREEN), is_public=False)
    await shows(w.cara, w.bob.me, GREEN)
    await full(w.cara, w.bob.me, public_photo=None, photo=True)


@case("chat: text, read, delete with revoke")
async def _(w):
    w.bob.updates.clear()
    chat = await write(w.ada, w.bob.me, "hello Bob")
    await until(lambda: w.bob.new("messageText"), "the text at Bob")
    message = w.bob.new("messageText")[-1]
    assert message["content"]["text"]["text"] == "hello Bob", message
    await w.bob("openChat", chat_id=message["chat_id"])
    await w.bob("viewMessages", chat_id=message["chat_id"], message_ids=[message["id"]],
                force_read=True)
    await until(lambda: w.ada.said("updateChatReadOutbox"), "the read state at Ada")
    await w.bob("deleteMessages", chat_id=message["chat_id"], revoke=True, message_ids=[
        message["id"], w.suggestion["id"]])
    await until(lambda: len(w.ada.deleted(chat)) == 2, "both deletions at Ada")


@case("P133 a client that was away catches up from its database")
async def _(w):
    await w.ada.close()
    await w.bob("setProfilePhoto", photo=w.still(PINK), is_public=False)
    w.restart()
    ada = w.client(w.ada.folder)
    ada.me = w.ada.me
    w.ada = ada
    await ada.start()
    await ada.reaches("Ready")
    await shows(ada, w.bob.me, PINK)
    await ada("setUserPersonalProfilePhoto", user_id=w.bob.me, photo=w.still(RED))
    await shows(ada, w.bob.me, RED)


@case("P116 P117 a deleted contact loses its personal picture")
async def _(w):
    await w.ada("removeContacts", user_ids=[w.bob.me])
    await until(lambda: not w.ada.users[w.bob.me]["is_contact"], "no contact")
    await full(w.ada, w.bob.me, personal_photo=None, photo=True)
    await shows(w.ada, w.bob.me, PINK)
    await w.ada("addContact", user_id=w.bob.me, share_phone_number=False, contact={
        "phone_number": "", "first_name": "Bob", "last_name": ""})
    await full(w.ada, w.bob.me, personal_photo=None, photo=True)
    assert (await w.ada("getUser", user_id=w.bob.me))["is_contact"]


@case("P31 P32 nothing is suggested to whom one blocked, and who blocked one")
async def _(w):
    blocked = {"@type": "blockListMain"}
    for client, other, refusal in ((w.bob, w.ada, "USER_IS_BLOCKED"),
                                   (w.ada, w.bob, "YOU_BLOCKED_USER")):
        sender = {"@type": "messageSenderUser", "user_id": other.me}
        await client("setMessageSenderBlockList", sender_id=sender, block_list=blocked)
        await refused(w.ada("suggestUserProfilePhoto", user_id=w.bob.me, photo=w.still(GREY)),
                      refusal)
        await client("setMessageSenderBlockList", sender_id=sender, block_list=None)


@case("P1 P99 P100 the shown picture is the first of personal, main and public")
async def _(w):
    """TDLib compares the user with the full user, and complains when they differ."""
    async def step(change, personal, main, public):
        await change
        about = await full(w.ada, w.bob.me, personal_photo=personal, photo=main,
                           public_photo=public)
        first = [int(about[name]["id"]) for name in PICTURES if name in about][:1]
        photo = await shown(w.ada, w.bob.me)
        assert [int(photo["id"])] == first if photo else not first, (photo, first)

    def own(colour, public=False):
        return w.bob("setProfilePhoto", photo=w.still(colour), is_public=public)

    async def gone(name):
        about = await full(w.bob, w.bob.me, **{name: True})
        await w.bob("deleteProfilePhoto", profile_photo_id=about[name]["id"])

    def personal(photo):
        return w.ada("setUserPersonalProfilePhoto", user_id=w.bob.me, photo=photo)

    await step(own(BLUE, public=True), None, True, None)
    await step(personal(w.still(RED)), True, True, None)
    for photo in (await listed(w.bob, w.bob.me))[1][1:]:
        await w.bob("deleteProfilePhoto", profile_photo_id=photo)
    await step(gone("photo"), True, None, True)
    await step(personal(None), None, None, True)
    await step(gone("public_photo"), None, None, None)
    await step(personal(w.still(GOLD)), True, None, None)
    await step(own(GREEN), True, True, None)
    await step(personal(None), None, True, None)
