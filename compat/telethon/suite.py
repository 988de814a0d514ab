"""Telethon, unmodified, through the whole story of profile pictures.

Three accounts: Ada gives Bob a personal picture, Cara is the stranger who must see nothing of it.
"""

import asyncio
import io
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "python"))

from telethon import TelegramClient, errors, events, functions, types  # noqa: E402
from telethon.crypto import rsa  # noqa: E402
from telethon.sessions import StringSession  # noqa: E402
from telethon.utils import stripped_photo_to_jpg  # noqa: E402

import moving  # noqa: E402
from harness import CODE, Cases, Server, looks_like, picture, refused, until  # noqa: E402
from PIL import Image  # noqa: E402

RED, GREEN, BLUE, GREY = (200, 30, 30), (30, 160, 60), (40, 60, 200), (120, 120, 120)
case = Cases()


class World:
    """The server and everybody in it."""

    def __init__(self):
        self.server = Server()

    def client(self, session=""):
        client = TelegramClient(StringSession(session), 1, "hash", receive_updates=True)
        client.session.set_dc(2, self.server.host, self.server.port)
        return client

    async def sign_up(self, phone, name):
        client = self.client()
        await client.connect()
        sent = await client.send_code_request(phone)
        try:
            await client.sign_in(phone, CODE, phone_code_hash=sent.phone_code_hash)
            raise AssertionError("a new number must be told to sign up")
        except errors.PhoneNumberUnoccupiedError:
            pass
        await client(functions.auth.SignUpRequest(phone, sent.phone_code_hash, name, ""))
        await client.get_me()
        await client(functions.updates.GetStateRequest())
        return client

    async def sign_in(self, phone):
        client = self.client()
        await client.connect()
        sent = await client.send_code_request(phone)
        await client.sign_in(phone, CODE, phone_code_hash=sent.phone_code_hash)
        await client(functions.updates.GetStateRequest())
        return client


def note(client, into, kinds=None):
    """Keeps the raw updates of a client."""
    async def keep(update):
        into.append(update)
    client.add_event_handler(keep, events.Raw(kinds))


async def upload(client, data, name="picture.jpg"):
    return await client.upload_file(io.BytesIO(data), file_name=name)


async def set_personal(client, user, data, **flags):
    flags = flags or {"save": True}
    return await client(functions.photos.UploadContactProfilePhotoRequest(
        user_id=user, file=await upload(client, data), **flags))


async def seen(client, user):
    users = await client(functions.users.GetUsersRequest([user]))
    return users[0]


async def full(client, user):
    return (await client(functions.users.GetFullUserRequest(user))).full_user


async def download(client, user, big=True):
    return await client.download_profile_photo(
        await seen(client, user), file=bytes, download_big=big)


@case("sign up, sign in again, updates flow")
async def _(w):
    w.ada = await w.sign_up("+1 555 000 0001", "Ada")
    w.bob = await w.sign_up("15550000002", "Bob")
    w.cara = await w.sign_up("+15550000003", "Cara")
    w.ada2 = await w.sign_in("+1 (555) 000-0001")
    me = await w.ada2.get_me()
    assert me.first_name == "Ada" and me.phone == "15550000001", me


@case("wrong and empty codes are refused")
async def _(w):
    client = w.client()
    await client.connect()
    sent = await client.send_code_request("15550000009")
    await refused(client.sign_in("15550000009", "99999", phone_code_hash=sent.phone_code_hash),
                  "PHONE_CODE_INVALID")
    await refused(client(functions.auth.SignInRequest("15550000009", "nohash", CODE)),
                  "PHONE_CODE_EXPIRED")
    await client.disconnect()


@case("import a contact")
async def _(w):
    contact = types.InputPhoneContact(7, "+1 555 000 0002", "Robert", "Saved")
    done = await w.ada(functions.contacts.ImportContactsRequest([contact]))
    assert [i.client_id for i in done.imported] == [7]
    user = done.users[0]
    assert user.contact and user.first_name == "Robert" and user.photo is None
    w.bob_by_ada = types.InputUser(user.id, user.access_hash)
    w.bob_id = user.id
    w.ada_id = (await w.ada.get_me()).id
    # Cara knows Bob by his number but has not saved him.
    resolved = await w.cara(functions.contacts.ResolvePhoneRequest("15550000002"))
    found = resolved.users[0]
    w.bob_by_cara = types.InputUser(found.id, found.access_hash)
    # Ada's second session has its own view of Bob, with the same hash.
    await w.ada2.get_dialogs()
    w.told = []
    note(w.ada2, w.told)


@case("Bob has a picture of his own")
async def _(w):
    done = await w.bob(functions.photos.UploadProfilePhotoRequest(
        file=await upload(w.bob, picture(GREEN))))
    w.own_id = done.photo.id
    assert [size.type for size in done.photo.sizes] == ["i", "a", "b", "c"]
    looks_like(await download(w.ada, w.bob_by_ada), GREEN, 640)
    looks_like(await download(w.cara, w.bob_by_cara, big=False), GREEN, 160)


@case("P1 set a personal picture")
async def _(w):
    done = await set_personal(w.ada, w.bob_by_ada, picture(RED))
    w.personal_id = done.photo.id
    photo = done.users[0].photo
    assert done.users[0].id == w.bob_id and photo.personal and photo.photo_id == done.photo.id
    assert done.photo.date and done.photo.file_reference and done.photo.dc_id == 2
    sizes = [(s.type, s.w, s.h) for s in done.photo.sizes[1:]]
    assert sizes == [("a", 160, 160), ("b", 320, 320), ("c", 640, 640)], sizes


@case("P2 the full user has both pictures")
async def _(w):
    about = await full(w.ada, w.bob_by_ada)
    assert about.personal_photo.id == w.personal_id and about.profile_photo.id == w.own_id
    assert about.fallback_photo is None


@case("P3 Bob sees no trace of it")
async def _(w):
    about = await full(w.bob, types.InputUserSelf())
    assert about.personal_photo is None and about.profile_photo.id == w.own_id
    me = await seen(w.bob, types.InputUserSelf())
    assert me.photo.photo_id == w.own_id and not me.photo.personal


@case("P4 a stranger sees no trace of it")
async def _(w):
    about = await full(w.cara, w.bob_by_cara)
    assert about.personal_photo is None and about.profile_photo.id == w.own_id
    assert (await seen(w.cara, w.bob_by_cara)).photo.photo_id == w.own_id


@case("P5 Ada's other session is told")
async def _(w):
    def told():
        return any(isinstance(u, types.UpdateUser) and u.user_id == w.bob_id for u in w.told)
    await until(told, "updateUser")


@case("P78 P88 download the personal picture")
async def _(w):
    looks_like(await download(w.ada, w.bob_by_ada), RED, 640)
    looks_like(await download(w.ada, w.bob_by_ada, big=False), RED, 160)
    about = await full(w.ada, w.bob_by_ada)
    for size, side in (("a", 160), ("b", 320), ("c", 640)):
        data = await w.ada.download_media(about.personal_photo, file=bytes, thumb=size)
        announced = [s.size for s in about.personal_photo.sizes if s.type == size][0]
        assert len(data) == announced
        looks_like(data, RED, side)


@case("P79 a stranger cannot download it by its id")
async def _(w):
    location = types.InputPeerPhotoFileLocation(
        types.InputPeerUser(w.bob_by_cara.user_id, w.bob_by_cara.access_hash),
        w.personal_id, big=True)
    await refused(w.cara(functions.upload.GetFileRequest(location, 0, 4096)), "LOCATION_INVALID")
    photo = (await full(w.ada, w.bob_by_ada)).personal_photo
    stolen = types.InputPhotoFileLocation(photo.id, photo.access_hash, photo.file_reference, "c")
    await refused(w.cara(functions.upload.GetFileRequest(stolen, 0, 4096)), "LOCATION_INVALID")


@case("P89 stripped bytes inflate to a picture")
async def _(w):
    user = await seen(w.ada, w.bob_by_ada)
    small = Image.open(io.BytesIO(stripped_photo_to_jpg(user.photo.stripped_thumb)))
    assert small.size == (8, 8)
    photo = (await full(w.ada, w.bob_by_ada)).personal_photo
    blurred = Image.open(io.BytesIO(stripped_photo_to_jpg(photo.sizes[0].bytes)))
    assert blurred.size == (40, 40)
    corner = blurred.convert("RGB").getpixel((4, 4))
    assert max(abs(a - b) for a, b in zip(corner, RED)) < 40, corner


@case("P90 P91 P92 the list and the refresh call")
async def _(w):
    listed = await w.ada.get_profile_photos(await seen(w.ada, w.bob_by_ada))
    assert [photo.id for photo in listed] == [w.own_id]
    again = await w.ada(functions.photos.GetUserPhotosRequest(
        w.bob_by_ada, offset=-1, max_id=w.personal_id, limit=1))
    assert [photo.id for photo in again.photos] == [w.personal_id]
    none = await w.cara(functions.photos.GetUserPhotosRequest(
        w.bob_by_cara, offset=-1, max_id=w.personal_id, limit=1))
    assert not none.photos


@case("P7 replace it")
async def _(w):
    done = await set_personal(w.ada, w.bob_by_ada, picture(BLUE))
    assert done.photo.id > w.personal_id
    looks_like(await download(w.ada, w.bob_by_ada), BLUE, 640)
    old = types.InputPeerPhotoFileLocation(
        types.InputPeerUser(w.bob_by_ada.user_id, w.bob_by_ada.access_hash),
        w.personal_id, big=True)
    await refused(w.ada(functions.upload.GetFileRequest(old, 0, 4096)), "LOCATION_INVALID")
    w.personal_id = done.photo.id


@case("a restart loses nothing")
async def _(w):
    w.server.restart()
    await asyncio.sleep(0.5)
    assert (await full(w.ada, w.bob_by_ada)).personal_photo.id == w.personal_id
    looks_like(await download(w.ada, w.bob_by_ada), BLUE, 640)
    assert (await full(w.cara, w.bob_by_cara)).personal_photo is None


@case("P10 P13 P14 P16 errors")
async def _(w):
    cara = (await w.ada(functions.contacts.ResolvePhoneRequest("15550000003"))).users[0]
    stranger = types.InputUser(cara.id, cara.access_hash)
    await refused(set_personal(w.ada, stranger, picture(GREY)), "CONTACT_MISSING")
    await refused(set_personal(w.ada, types.InputUserSelf(), picture(GREY)), "USER_ID_INVALID")
    wrong = types.InputUser(w.bob_by_ada.user_id, w.bob_by_ada.access_hash ^ 1)
    await refused(set_personal(w.ada, wrong, picture(GREY)), "USER_ID_INVALID")
    await refused(set_personal(w.ada, types.InputUser(999999, 1), picture(GREY)),
                  "USER_ID_INVALID")


@case("P12 P26 P56 nothing to do, and media that does not fit")
async def _(w):
    request = functions.photos.UploadContactProfilePhotoRequest
    await refused(w.ada(request(w.bob_by_ada)), "NEED_ACTION_MISSING")
    await refused(w.ada(request(w.bob_by_ada, suggest=True)), "PHOTO_FILE_MISSING")
    await refused(w.ada(request(w.bob_by_ada, save=True, video_start_ts=1.0)), "PHOTO_INVALID")
    assert (await full(w.ada, w.bob_by_ada)).personal_photo.id == w.personal_id


@case("P58 P59 P60 what is no picture is refused")
async def _(w):
    small = picture(GREY, (100, 100))
    await refused(set_personal(w.ada, w.bob_by_ada, small), "PHOTO_CROP_SIZE_SMALL")
    await refused(set_personal(w.ada, w.bob_by_ada, os.urandom(5000)), "IMAGE_PROCESS_FAILED")
    handle = await upload(w.ada, picture(GREY), "x.pdf")
    await refused(w.ada(functions.photos.UploadContactProfilePhotoRequest(
        w.bob_by_ada, save=True, file=handle)), "PHOTO_EXT_INVALID")


@case("P8 P9 remove it")
async def _(w):
    request = functions.photos.UploadContactProfilePhotoRequest(w.bob_by_ada, save=True)
    for _ in range(2):
        done = await w.ada(request)
        assert isinstance(done.photo, types.PhotoEmpty)
        shown = done.users[0].photo
        assert shown.photo_id == w.own_id and not shown.personal
    assert (await full(w.ada, w.bob_by_ada)).personal_photo is None
    looks_like(await download(w.ada, w.bob_by_ada), GREEN, 640)


@case("P19 P20 P22 suggest a picture")
async def _(w):
    w.ada_got, w.bob_got = [], []
    note(w.ada, w.ada_got, types.UpdateNewMessage)
    note(w.bob, w.bob_got, types.UpdateNewMessage)
    done = await set_personal(w.ada, w.bob_by_ada, picture(GREY), suggest=True)
    w.suggested_id = done.photo.id

    def arrived(got, out):
        for update in got:
            action = getattr(update.message, "action", None)
            if isinstance(action, types.MessageActionSuggestProfilePhoto):
                assert update.message.out == out and action.photo.id == w.suggested_id
                return True
        return False
    await until(lambda: arrived(w.ada_got, True), "the suggestion at Ada")
    await until(lambda: arrived(w.bob_got, False), "the suggestion at Bob")


@case("P23 P24 the suggestion is a message and nothing else")
async def _(w):
    assert (await full(w.ada, w.bob_by_ada)).personal_photo is None
    message = (await w.bob.get_messages(w.ada_id, limit=1))[0]
    assert message.action.photo.id == w.suggested_id and not message.out
    assert [size.type for size in message.action.photo.sizes] == ["i", "a", "b", "c"]
    dialogs = await w.bob.get_dialogs()
    assert dialogs[0].unread_count == 1 and dialogs[0].message.id == message.id
    w.suggestion = message
    data = await w.bob.download_media(message.action.photo, file=bytes, thumb="c")
    looks_like(data, GREY, 640)


@case("P37 P40 Bob accepts it, a stranger cannot")
async def _(w):
    photo = w.suggestion.action.photo
    given = types.InputPhoto(photo.id, photo.access_hash, photo.file_reference)
    await refused(w.cara(functions.photos.UpdateProfilePhotoRequest(given)), "PHOTO_ID_INVALID")
    w.told.clear()
    await w.bob(functions.photos.UpdateProfilePhotoRequest(given))
    listed = await w.bob.get_profile_photos("me")
    assert len(listed) == 2 and listed.total == 2
    assert listed[0].id > listed[1].id == w.own_id
    looks_like(await download(w.cara, w.bob_by_cara), GREY, 640)

    def told():
        return any(isinstance(u, types.UpdateUser) and u.user_id == w.bob_id for u in w.told)
    await until(told, "updateUser at Ada after Bob's change")


@case("chat: text, read, delete with revoke")
async def _(w):
    sent = await w.ada.send_message(w.bob_id, "hello **Bob**")
    assert sent.out and sent.raw_text == "hello Bob" and sent.entities
    got = (await w.bob.get_messages(w.ada_id, limit=1))[0]
    assert got.raw_text == "hello Bob" and isinstance(got.entities[0], types.MessageEntityBold)
    await w.bob.send_read_acknowledge(w.ada_id, got)
    assert (await w.bob.get_dialogs())[0].unread_count == 0
    await w.bob.delete_messages(w.ada_id, [got.id, w.suggestion.id], revoke=True)
    left = await w.ada.get_messages(w.bob_id, limit=10)
    assert not [m for m in left if m.id == sent.id], left


@case("P101 P103 P104 privacy hides the main picture, not the public one")
async def _(w):
    file = await upload(w.bob, picture(GREEN))
    public = (await w.bob(functions.photos.UploadProfilePhotoRequest(
        fallback=True, file=file))).photo
    main = (await seen(w.cara, w.bob_by_cara)).photo.photo_id
    key = types.InputPrivacyKeyProfilePhoto()
    await w.bob(functions.account.SetPrivacyRequest(key, [types.InputPrivacyValueDisallowAll()]))
    about = await full(w.cara, w.bob_by_cara)
    assert about.profile_photo is None and about.fallback_photo.id == public.id
    bob = await seen(w.cara, w.bob_by_cara)
    assert bob.photo.photo_id == public.id and not await w.cara.get_profile_photos(bob)
    looks_like(await download(w.cara, w.bob_by_cara), GREEN, 640)
    await w.bob(functions.photos.UpdateProfilePhotoRequest(types.InputPhotoEmpty(), fallback=True))
    assert (await seen(w.cara, w.bob_by_cara)).photo is None
    rules = await w.bob(functions.account.SetPrivacyRequest(
        key, [types.InputPrivacyValueAllowAll()]))
    assert isinstance(rules.rules[0], types.PrivacyValueAllowAll)
    assert (await seen(w.cara, w.bob_by_cara)).photo.photo_id == main


@case("P107 P109 P111 take pictures away")
async def _(w):
    await w.bob(functions.photos.UpdateProfilePhotoRequest(types.InputPhotoEmpty()))
    listed = await w.bob.get_profile_photos("me")
    assert [photo.id for photo in listed] == [w.own_id]
    gone = await w.bob(functions.photos.DeletePhotosRequest(
        [types.InputPhoto(w.own_id, 0, b"")]))
    assert gone == [w.own_id]
    assert len(await w.bob.get_profile_photos("me")) == 0
    assert (await seen(w.cara, w.bob_by_cara)).photo is None
    assert await download(w.cara, w.bob_by_cara) is None


@case("P93 P94 P95 lists of 0, 1 and 150 pictures end, without doubles")
async def _(w):
    file = await upload(w.cara, picture(GREY))
    for count in [0, 1, 150]:
        while (listed := await w.cara.get_profile_photos("me")).total < count:
            for _ in range(count - listed.total):
                await w.cara(functions.photos.UploadProfilePhotoRequest(file=file))
        ids = [photo.id async for photo in w.cara.iter_profile_photos("me")]
        assert len(ids) == len(listed) == listed.total == count, (len(ids), listed.total, count)
        assert ids == sorted(set(ids), reverse=True)


@case("P116 P117 a deleted contact loses its personal picture")
async def _(w):
    await set_personal(w.ada, w.bob_by_ada, picture(RED))
    gone = await w.ada(functions.contacts.DeleteContactsRequest([w.bob_by_ada]))
    assert gone.users[0].photo is None and not gone.users[0].contact
    await w.ada(functions.contacts.AddContactRequest(w.bob_by_ada, "Bob", "", phone=""))
    assert (await full(w.ada, w.bob_by_ada)).personal_photo is None


async def make_channel(w, **kind):
    """A channel of Ada's with Bob in it, as each of them names it."""
    done = await w.ada(functions.channels.CreateChannelRequest("Ours", "about", **kind))
    chat = done.chats[0]
    entered = asyncio.Event()

    async def keep(update):
        if update.channel_id == chat.id:
            entered.set()
    w.bob.add_event_handler(keep, events.Raw(types.UpdateChannel))
    await w.ada(functions.channels.InviteToChannelRequest(chat, [w.bob_by_ada]))
    await asyncio.wait_for(entered.wait(), 20)
    w.bob.remove_event_handler(keep)
    theirs = await w.bob.get_entity(types.PeerChannel(chat.id))
    return chat, theirs


@case("P135 the picture of a supergroup and of a channel, live and in the history")
async def _(w):
    for kind in ({"megagroup": True}, {"broadcast": True}):
        ours, theirs = await make_channel(w, **kind)
        told = []

        async def keep(event):
            if event.new_photo:
                told.append(event)
        w.bob.add_event_handler(keep, events.ChatAction(chats=[theirs]))
        for colour in (RED, BLUE):
            await w.ada(functions.channels.EditPhotoRequest(
                ours, types.InputChatUploadedPhoto(await upload(w.ada, picture(colour)))))
        await until(lambda: len([e for e in told if e.new_photo]) == 2, "two pictures live")
        theirs = await w.bob.get_entity(theirs)
        looks_like(await w.bob.download_profile_photo(theirs, file=bytes), BLUE, 640)
        looks_like(await w.bob.download_profile_photo(theirs, file=bytes, download_big=False),
                   BLUE, 160)
        whole = (await w.bob(functions.channels.GetFullChannelRequest(theirs))).full_chat
        assert whole.chat_photo.id == theirs.photo.photo_id, whole.chat_photo
        looks_like(await w.bob.download_media(whole.chat_photo, file=bytes), BLUE, 640)
        found = [m async for m in w.bob.iter_messages(
            theirs, filter=types.InputMessagesFilterChatPhotos)]
        assert len(found) == 2, found
        assert found[0].action.photo.id == whole.chat_photo.id
        looks_like(await w.bob.download_media(found[1].action.photo, file=bytes), RED, 640)
        await refused(w.bob(functions.channels.EditPhotoRequest(
            theirs, types.InputChatPhotoEmpty())), "CHAT_ADMIN_REQUIRED")
        await w.ada(functions.channels.EditPhotoRequest(ours, types.InputChatPhotoEmpty()))
        await until(lambda: len(told) == 3, "the picture taken away live")
        w.bob.remove_event_handler(keep)
        theirs = await w.bob.get_entity(theirs)
        assert isinstance(theirs.photo, types.ChatPhotoEmpty), theirs.photo


@case("a supergroup: text, members, rights, sent away")
async def _(w):
    ours, theirs = await make_channel(w, megagroup=True)
    sent = await w.bob.send_message(theirs, "hello all")
    heard = await w.ada.get_messages(ours, limit=1)
    assert heard[0].id == sent.id and heard[0].sender_id == w.bob_id and not heard[0].out
    assert (await w.ada.get_messages(ours, ids=sent.id)).message == "hello all"
    dialog = [d async for d in w.ada.iter_dialogs() if d.entity.id == ours.id][0]
    assert dialog.unread_count == 1 and dialog.message.id == sent.id, dialog
    await w.ada.send_read_acknowledge(ours)
    everyone = await w.ada.get_participants(ours)
    assert sorted(user.id for user in everyone) == sorted([w.ada_id, w.bob_id])
    await w.ada.edit_admin(ours, w.bob_by_ada, change_info=True)
    await w.bob(functions.channels.EditTitleRequest(theirs, "Yours"))
    rights = await w.ada.get_permissions(ours, w.bob_by_ada)
    assert rights.is_admin and rights.change_info
    await w.bob.delete_messages(theirs, [sent.id])
    assert await w.ada.get_messages(ours, ids=sent.id) is None
    await w.ada.edit_permissions(ours, w.bob_by_ada, view_messages=False)
    await refused(w.bob(functions.channels.GetFullChannelRequest(theirs)), "CHANNEL_PRIVATE")
    await w.ada(functions.channels.UpdateUsernameRequest(ours, "ours_in_public"))
    found = await w.cara.get_entity("ours_in_public")
    assert found.id == ours.id and found.title == "Yours" and found.left
    await w.cara(functions.channels.JoinChannelRequest(found))
    await w.cara.send_message(found, "here")
    await w.cara.delete_dialog(found)
    await w.ada(functions.channels.DeleteChannelRequest(ours))


@case("a file of several megabytes in many parts")
async def _(w):
    noise = Image.frombytes("RGB", (1500, 1500), os.urandom(1500 * 1500 * 3))
    out = io.BytesIO()
    noise.save(out, "PNG")
    data = out.getvalue()
    assert len(data) > 6_000_000
    done = await w.bob(functions.photos.UploadProfilePhotoRequest(
        file=await upload(w.bob, data, "noise.png")))
    got = await w.bob.download_media(done.photo, file=bytes)
    assert Image.open(io.BytesIO(got)).size == (640, 640)


@case("a bot signs in with its token and answers whoever writes first")
async def _(w):
    w.bot = w.client()
    await w.bot.start(bot_token=w.server.bot(w.bob_id, "suite_bot", "Helper"))
    me = await w.bot.get_me()
    assert me.bot and me.first_name == "Helper" and me.phone is None, me
    await refused(w.bot.get_dialogs(), "BOT_METHOD_INVALID")
    await refused(w.bot(functions.contacts.GetContactsRequest(0)), "BOT_METHOD_INVALID")

    @w.bot.on(events.NewMessage(pattern="/start"))
    async def _(event):
        await event.respond("hello " + (await event.get_sender()).first_name)
    await w.bot(functions.bots.SetBotCommandsRequest(
        types.BotCommandScopeDefault(), "", [types.BotCommand("start", "Begin")]))
    got = []
    note(w.cara, got, types.UpdateNewMessage)
    await w.cara.send_message("@suite_bot", "/start")
    await until(lambda: any(u.message.message == "hello Cara" for u in got), "an answer")
    about = await full(w.cara, "@suite_bot")
    assert [c.command for c in about.bot_info.commands] == ["start"], about.bot_info


@case("P17 P112 P113 pictures of a bot, by itself and by its owner")
async def _(w):
    done = await w.bot(functions.photos.UploadProfilePhotoRequest(
        file=await upload(w.bot, picture(RED))))
    looks_like(await download(w.cara, "@suite_bot"), RED, 640)
    assert [p.id for p in await w.bot.get_profile_photos("me")] == [done.photo.id]
    mine = await w.bob.get_input_entity("@suite_bot")
    assert (await seen(w.bob, mine)).bot_can_edit
    got = []
    note(w.cara, got, types.UpdateUser)
    await w.bob(functions.photos.UploadProfilePhotoRequest(
        bot=mine, file=await upload(w.bob, picture(BLUE))))
    await until(lambda: any(u.user_id == mine.user_id for u in got), "an update of the bot")
    looks_like(await download(w.cara, "@suite_bot"), BLUE, 640)
    theirs = await w.cara.get_input_entity("@suite_bot")
    file = await upload(w.cara, picture(GREY))
    await refused(w.cara(functions.photos.UploadProfilePhotoRequest(bot=theirs, file=file)),
                  "BOT_INVALID")
    await refused(w.bob(functions.photos.UploadProfilePhotoRequest(
        bot=mine, fallback=True, file=await upload(w.bob, picture(GREY)))),
        "BOT_FALLBACK_UNSUPPORTED")
    cara = await w.bot.get_input_entity((await w.cara.get_me()).id)
    await refused(set_personal(w.bot, cara, picture(GREY)), "BOT_METHOD_INVALID")
    await w.bob(functions.photos.UpdateProfilePhotoRequest(types.InputPhotoEmpty(), bot=mine))
    looks_like(await download(w.cara, "@suite_bot"), RED, 640)


@case("P135 a group gets a picture from a member")
async def _(w):
    made = await w.ada(functions.messages.CreateChatRequest([w.bob_by_ada], "Tea"))
    assert not made.missing_invitees
    w.group_id = made.updates.chats[0].id
    w.bob_got.clear()
    note(w.bob, w.bob_got, types.UpdateNewMessage)
    w.ada_got.clear()
    uploaded = types.InputChatUploadedPhoto(file=await upload(w.bob, picture(RED)))
    done = await w.bob(functions.messages.EditChatPhotoRequest(w.group_id, uploaded))
    shown = done.chats[0].photo
    actions = [u.message.action for u in done.updates if isinstance(u, types.UpdateNewMessage)]
    assert actions[0].photo.id == shown.photo_id
    w.group_photo_id = shown.photo_id

    def told():
        found = [getattr(u.message, "action", None) for u in w.ada_got]
        return any(isinstance(action, types.MessageActionChatEditPhoto)
                   and action.photo.id == shown.photo_id for action in found)
    await until(told, "the new picture at Ada")


@case("P135 members see and download the picture of a group")
async def _(w):
    group = await w.ada.get_entity(types.PeerChat(w.group_id))
    assert group.photo.photo_id == w.group_photo_id and group.participants_count == 2
    looks_like(await w.ada.download_profile_photo(group, file=bytes), RED, 640)
    looks_like(await w.ada.download_profile_photo(group, file=bytes, download_big=False), RED, 160)
    about = await w.ada(functions.messages.GetFullChatRequest(w.group_id))
    assert about.full_chat.chat_photo.id == w.group_photo_id
    people = await w.ada.get_participants(group)
    assert sorted(user.id for user in people) == sorted([w.ada_id, w.bob_id])
    location = types.InputPeerPhotoFileLocation(
        types.InputPeerChat(w.group_id), w.group_photo_id, big=True)
    await refused(w.cara(functions.upload.GetFileRequest(location, 0, 4096)), "LOCATION_INVALID")


@case("P135 the history of a group's pictures, and taking it away")
async def _(w):
    uploaded = types.InputChatUploadedPhoto(file=await upload(w.ada, picture(BLUE)))
    await w.ada(functions.messages.EditChatPhotoRequest(w.group_id, uploaded))
    group = await w.bob.get_entity(types.PeerChat(w.group_id))
    found = await w.bob.get_messages(group, limit=10, filter=types.InputMessagesFilterChatPhotos)
    assert [message.action.photo.id for message in found][1:] == [w.group_photo_id]
    for message, colour in zip(found, [BLUE, RED]):
        looks_like(await w.bob.download_media(message.action.photo, file=bytes), colour, 640)
    empty = functions.messages.EditChatPhotoRequest(w.group_id, types.InputChatPhotoEmpty())
    done = await w.bob(empty)
    assert isinstance(done.chats[0].photo, types.ChatPhotoEmpty)
    await refused(w.bob(empty), "CHAT_NOT_MODIFIED")
    group = await w.ada.get_entity(types.PeerChat(w.group_id))
    assert await w.ada.download_profile_photo(group, file=bytes) is None


@case("P135 a group: text, title, and who was removed")
async def _(w):
    await w.ada.send_message(types.PeerChat(w.group_id), "hello group")
    got = (await w.bob.get_messages(types.PeerChat(w.group_id), limit=1))[0]
    assert got.raw_text == "hello group" and got.sender_id == w.ada_id
    await w.bob.send_read_acknowledge(types.PeerChat(w.group_id), got)
    await w.bob(functions.messages.EditChatTitleRequest(w.group_id, "Coffee"))
    assert (await w.ada.get_entity(types.PeerChat(w.group_id))).title == "Coffee"
    gone = await w.ada.kick_participant(types.PeerChat(w.group_id), w.bob_by_ada)
    assert isinstance(gone.action, types.MessageActionChatDeleteUser)
    uploaded = types.InputChatUploadedPhoto(file=await upload(w.bob, picture(RED)))
    request = functions.messages.EditChatPhotoRequest(w.group_id, uploaded)
    await refused(w.bob(request), "CHAT_ID_INVALID")


moving.add(case)


@case("log out, and in again")
async def _(w):
    await w.ada2.log_out()
    client = await w.sign_in("15550000001")
    assert (await client.get_me()).id == w.ada_id
    await client.disconnect()


async def main():
    world = World()
    world.server.start()
    rsa.add_key(world.server.pem, old=False)
    try:
        failed = await case.run(world)
        for client in (world.ada, world.bob, world.cara, world.bot):
            await client.disconnect()
        world.server.stop()
    finally:
        if world.server.process.poll() is None:
            world.server.kill()
    return failed


if __name__ == "__main__":
    asyncio.run(main())
