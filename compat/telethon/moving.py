"""Pictures that move, and pictures drawn from emoji and stickers, with Telethon."""

import io

from harness import clip, looks_like, picture, refused, tracks, until
from PIL import Image
from telethon import events, functions, types

RED, GREEN, BLUE, GREY = (200, 30, 30), (30, 160, 60), (40, 60, 200), (120, 120, 120)
COLOURS = [0x102030, 0x405060, 0x708090]


async def upload(client, data, name):
    return await client.upload_file(io.BytesIO(data), file_name=name)


async def personal(w, client=None, **fields):
    """A request about Bob's picture, `save` unless it says something else."""
    if "suggest" not in fields:
        fields.setdefault("save", True)
    return await (client or w.ada)(
        functions.photos.UploadContactProfilePhotoRequest(user_id=w.bob_by_ada, **fields))


def film(photo, letter="u"):
    """The video size of a photo with this letter."""
    found = [size for size in photo.video_sizes or []
             if isinstance(size, types.VideoSize) and size.type == letter]
    assert len(found) == 1, photo.video_sizes
    return found[0]


async def fetch(client, photo, letter):
    """The bytes of one size of a photo."""
    location = types.InputPhotoFileLocation(
        photo.id, photo.access_hash, photo.file_reference, letter)
    return await client.download_file(location, bytes)


def emoji(w, colours=COLOURS, which=0):
    return types.VideoSizeEmojiMarkup(w.emoji[which].id, colours)


def first_pixel(jpeg):
    image = Image.open(io.BytesIO(jpeg))
    assert image.format == "JPEG" and image.size == (640, 640), image
    return image.convert("RGB").getpixel((3, 3))


def near(got, colour):
    wanted = (colour >> 16 & 255, colour >> 8 & 255, colour & 255)
    assert max(abs(a - b) for a, b in zip(got, wanted)) <= 12, (got, wanted)


def add(case):
    """Adds the cases to a suite whose Ada, Bob and Cara have signed up."""

    @case("P41 P42 a personal picture that moves")
    async def _(w):
        await w.ada(functions.contacts.AddContactRequest(w.bob_by_ada, "Robert", "", ""))
        w.clip = clip([RED, GREEN, BLUE])
        video = await upload(w.ada, w.clip, "clip.mp4")
        done = await personal(w, video=video, video_start_ts=1.5)
        size = film(done.photo)
        assert (size.w, size.h, size.video_start_ts) == (800, 800, 1.5), size
        user = done.users[0]
        assert user.photo.has_video and user.photo.personal, user.photo
        assert user.photo.photo_id == done.photo.id
        looks_like(await w.ada.download_profile_photo(user, file=bytes), GREEN, 640)
        w.moving = done.photo

    @case("P80 its film is whole, without sound, and what Telethon downloads of it")
    async def _(w):
        size = film(w.moving)
        got = await fetch(w.ada, w.moving, "u")
        assert len(got) == size.size
        found, seconds = tracks(got)
        assert found == [("video", "h264", 800, 800)] and 2.9 < seconds < 3.1, (found, seconds)
        assert got.index(b"moov") < got.index(b"mdat")
        assert await w.ada.download_media(w.moving, file=bytes) == got
        for small in w.moving.video_sizes:
            if small.type == "p":
                found, _ = tracks(await fetch(w.ada, w.moving, "p"))
                assert found == [("video", "h264", 160, 160)], found

    @case("P4 nobody else sees that it moves, or gets its film")
    async def _(w):
        seen = (await w.cara(functions.users.GetUsersRequest([w.bob_by_cara])))[0]
        assert not seen.photo or not seen.photo.has_video
        location = types.InputPhotoFileLocation(
            w.moving.id, w.moving.access_hash, w.moving.file_reference, "u")
        await refused(w.cara(functions.upload.GetFileRequest(location, 0, 4096)),
                      "LOCATION_INVALID")

    @case("P43 P44 P45 P46 clips that are refused")
    async def _(w):
        refusals = (picture(RED), clip([RED], (800, 600)), clip([RED], (100, 100)),
                    clip([RED], seconds=20), b"\0\0\0\x18ftyp" + bytes(2000))
        for data in refusals:
            video = await upload(w.ada, data, "clip.mp4")
            await refused(personal(w, video=video), "VIDEO_FILE_INVALID")
        video = await upload(w.ada, w.clip, "clip.mp4")
        file = await upload(w.ada, picture(RED), "picture.jpg")
        await refused(personal(w, video=video, file=file), "PHOTO_INVALID")
        await refused(personal(w, file=file, video_start_ts=1.0), "PHOTO_INVALID")
        await refused(personal(w, video_start_ts=1.0), "PHOTO_INVALID")
        full = (await w.ada(functions.users.GetFullUserRequest(w.bob_by_ada))).full_user
        assert full.personal_photo.id == w.moving.id

    @case("P136 P137 emoji to draw pictures from")
    async def _(w):
        listed = await w.ada(functions.account.GetDefaultProfilePhotoEmojisRequest(0))
        assert listed.document_id
        again = await w.ada(functions.account.GetDefaultProfilePhotoEmojisRequest(listed.hash))
        assert isinstance(again, types.EmojiListNotModified)
        group = await w.ada(functions.account.GetDefaultGroupPhotoEmojisRequest(0))
        assert group.document_id
        w.emoji = await w.ada(functions.messages.GetCustomEmojiDocumentsRequest(
            [77, *listed.document_id]))
        assert [d.id for d in w.emoji] == listed.document_id
        for document in w.emoji:
            data = await w.ada.download_media(document, file=bytes)
            assert len(data) == document.size
            kinds = [type(a) for a in document.attributes]
            assert types.DocumentAttributeCustomEmoji in kinds, kinds

    @case("P47 P54 a picture drawn from an emoji")
    async def _(w):
        markup = emoji(w, [0x7F102030, *COLOURS[1:]])
        done = await personal(w, video_emoji_markup=markup)
        assert [size.type for size in done.photo.sizes] == ["i", "a", "b", "c"]
        size, echoed = done.photo.video_sizes
        assert size.type == "u" and isinstance(echoed, types.VideoSizeEmojiMarkup)
        assert echoed.emoji_id == markup.emoji_id and echoed.background_colors == COLOURS
        assert done.users[0].photo.has_video
        found, seconds = tracks(await fetch(w.ada, done.photo, "u"))
        assert found[0][:2] == ("video", "h264") and len(found) == 1 and seconds > 0, found
        full = (await w.ada(functions.users.GetFullUserRequest(w.bob_by_ada))).full_user
        assert full.personal_photo.id == done.photo.id
        one = await personal(w, video_emoji_markup=emoji(w, [0x336699]))
        user = one.users[0]
        near(first_pixel(await w.ada.download_profile_photo(user, file=bytes)), 0x336699)

    @case("P50 P51 P52 markup that draws nothing")
    async def _(w):
        nothing = types.VideoSize("u", 800, 800, 1000)
        unknown = types.VideoSizeEmojiMarkup(77, COLOURS)
        for markup in (emoji(w, []), emoji(w, [1, 2, 3, 4, 5]), nothing, unknown):
            await refused(personal(w, video_emoji_markup=markup), "EMOJI_MARKUP_INVALID")
        unset = types.InputStickerSetShortName("nosuchset")
        markup = types.VideoSizeStickerMarkup(unset, w.emoji[0].id, COLOURS)
        await refused(personal(w, video_emoji_markup=markup), "STICKERSET_INVALID")

    @case("P53 a picture drawn from a sticker of a set")
    async def _(w):
        custom = next(a for a in w.emoji[0].attributes
                      if isinstance(a, types.DocumentAttributeCustomEmoji))
        whole = await w.ada(functions.messages.GetStickerSetRequest(custom.stickerset, 0))
        assert w.emoji[0].id in [d.id for d in whole.documents]
        named = types.InputStickerSetShortName(whole.set.short_name)
        markup = types.VideoSizeStickerMarkup(named, w.emoji[0].id, COLOURS[:2])
        done = await personal(w, video_emoji_markup=markup)
        echoed = done.photo.video_sizes[-1]
        assert isinstance(echoed.stickerset, types.InputStickerSetID), echoed
        assert echoed.stickerset.id == whole.set.id and echoed.sticker_id == w.emoji[0].id

    @case("P19 P37 a suggestion that moves is accepted, and one that is drawn")
    async def _(w):
        got = []

        async def keep(update):
            action = getattr(update.message, "action", None)
            if isinstance(action, types.MessageActionSuggestProfilePhoto):
                got.append(action.photo)
        w.bob.add_event_handler(keep, events.Raw(types.UpdateNewMessage))
        video = await upload(w.ada, w.clip, "clip.mp4")
        sent = [await personal(w, suggest=True, video=video, video_start_ts=2.5),
                await personal(w, suggest=True, video_emoji_markup=emoji(w, which=1))]
        await until(lambda: len(got) == 2, "the suggestions at Bob")
        for done, photo in zip(sent, got):
            assert photo.id == done.photo.id and photo.video_sizes
            named = types.InputPhoto(photo.id, photo.access_hash, photo.file_reference)
            taken = await w.bob(functions.photos.UpdateProfilePhotoRequest(named))
            assert taken.photo.video_sizes == photo.video_sizes
            assert await fetch(w.bob, taken.photo, "u") == await fetch(w.bob, photo, "u")
        assert film(got[0]).video_start_ts == 2.5
        seen = (await w.cara(functions.users.GetUsersRequest([w.bob_by_cara])))[0]
        assert seen.photo.photo_id == taken.photo.id and seen.photo.has_video

    @case("an animated suggestion is downloaded and uploaded again, as a web app accepts it")
    async def _(w):
        video = await upload(w.ada, w.clip, "clip.mp4")
        sent = await personal(w, suggest=True, video=video, video_start_ts=1.5)
        message = (await w.bob.get_messages(w.ada_id, limit=1))[0]
        assert message.action.photo.id == sent.photo.id
        data = await fetch(w.bob, message.action.photo, "u")
        done = await w.bob(functions.photos.UploadProfilePhotoRequest(
            video=await upload(w.bob, data, "clip.mp4"), video_start_ts=1.5))
        assert await fetch(w.bob, done.photo, "u") == data
        looks_like(await fetch(w.bob, done.photo, "c"), GREEN, 640)

    @case("P100 a public picture that moves, and a bot's")
    async def _(w):
        done = await w.bob(functions.photos.UploadProfilePhotoRequest(
            fallback=True, video=await upload(w.bob, w.clip, "clip.mp4")))
        full = (await w.bob(functions.users.GetFullUserRequest("me"))).full_user
        assert full.fallback_photo.id == done.photo.id and film(full.fallback_photo)
        bot = await w.bob.get_input_entity("suite_bot")
        done = await w.bob(functions.photos.UploadProfilePhotoRequest(
            bot=bot, video_emoji_markup=emoji(w)))
        seen = await w.cara.get_entity("suite_bot")
        assert seen.photo.photo_id == done.photo.id and seen.photo.has_video

    @case("P135 groups and channels with pictures that move and that are drawn")
    async def _(w):
        uploads = [types.InputChatUploadedPhoto(
            video=await upload(w.ada, w.clip, "clip.mp4"), video_start_ts=2.0),
            types.InputChatUploadedPhoto(video_emoji_markup=emoji(w))]
        made = await w.ada(functions.channels.CreateChannelRequest("Moving", "", megagroup=True))
        channel = made.chats[0]
        for given in uploads:
            for request in (functions.messages.EditChatPhotoRequest(w.group_id, given),
                            functions.channels.EditPhotoRequest(channel, given)):
                done = await w.ada(request)
                shown = done.chats[0].photo
                photo = next(u.message.action.photo for u in done.updates
                             if hasattr(u, "message") and getattr(u.message, "action", None))
                assert shown.photo_id == photo.id and shown.has_video
                assert len(await fetch(w.ada, photo, "u")) == film(photo).size
