"""Pictures that move, and pictures drawn from emoji and stickers, with Kurigram."""

import io

from harness import clip, looks_like, picture, refused, tracks
from pyrogram import enums, raw, types

RED, GREEN, BLUE, GREY = (200, 30, 30), (30, 160, 60), (40, 60, 200), (120, 120, 120)
COLOURS = [0x102030, 0x405060, 0x708090]


def memory(data, name="clip.mp4"):
    file = io.BytesIO(data)
    file.name = name
    return file


async def personal(w, **fields):
    """A request about Bob's picture, `save` unless it says something else."""
    if "suggest" not in fields:
        fields.setdefault("save", True)
    return await w.ada.invoke(
        raw.functions.photos.UploadContactProfilePhoto(user_id=w.bob_by_ada, **fields))


async def fetch(client, file_id):
    return (await client.download_media(file_id, in_memory=True)).getvalue()


def emoji(w, colours=COLOURS):
    return raw.types.VideoSizeEmojiMarkup(emoji_id=w.emoji[0].id, background_colors=colours)


def add(case):
    """Adds the cases to a suite whose Ada, Bob and Cara have signed up."""

    @case("P41 P42 a personal picture that moves")
    async def _(w):
        await w.ada.add_contact(w.bob_id, "Robert")
        w.clip = clip([RED, GREEN, BLUE])
        video = await w.ada.save_file(memory(w.clip))
        done = await personal(w, video=video, video_start_ts=1.5)
        assert done.users[0].photo.has_video and done.users[0].photo.personal
        chat = await w.ada.get_chat(w.bob_id)
        moving = chat.personal_photo.animation
        assert moving.length == 800 and moving.main_frame_timestamp == 1.5, moving
        assert chat.personal_photo.sticker is None
        looks_like(await fetch(w.ada, chat.personal_photo.big_file_id), GREEN, 640)
        got = await fetch(w.ada, moving.animation.file_id)
        assert len(got) == moving.animation.file_size
        found, seconds = tracks(got)
        assert found == [("video", "h264", 800, 800)] and 2.9 < seconds < 3.1, (found, seconds)
        assert (await w.cara.get_chat(w.bob_id)).personal_photo is None

    @case("P43 P45 P46 clips that are refused")
    async def _(w):
        for data in (picture(RED), clip([RED], (800, 600))):
            video = await w.ada.save_file(memory(data))
            await refused(personal(w, video=video), "VIDEO_FILE_INVALID")
        video = await w.ada.save_file(memory(w.clip))
        file = await w.ada.save_file(memory(picture(RED), "picture.jpg"))
        await refused(personal(w, video=video, file=file), "PHOTO_INVALID")

    @case("P136 P137 emoji to draw pictures from")
    async def _(w):
        listed = await w.ada.invoke(raw.functions.account.GetDefaultProfilePhotoEmojis(hash=0))
        w.emoji = await w.ada.invoke(raw.functions.messages.GetCustomEmojiDocuments(
            document_id=[77, *listed.document_id]))
        assert [document.id for document in w.emoji] == listed.document_id

    @case("P47 P48 a picture drawn from an emoji is read without an error")
    async def _(w):
        await personal(w, video_emoji_markup=emoji(w))
        chat = await w.ada.get_chat(w.bob_id)
        drawn = chat.personal_photo
        assert drawn.sticker.type == enums.ChatPhotoStickerType.CUSTOM_EMOJI
        assert drawn.sticker.custom_emoji_id == str(w.emoji[0].id)
        found, _ = tracks(await fetch(w.ada, drawn.animation.animation.file_id))
        assert [track[:2] for track in found] == [("video", "h264")], found

    @case("P48 P53 a picture drawn from a sticker of a set")
    async def _(w):
        attribute = next(a for a in w.emoji[0].attributes
                         if isinstance(a, raw.types.DocumentAttributeCustomEmoji))
        markup = raw.types.VideoSizeStickerMarkup(
            stickerset=attribute.stickerset, sticker_id=w.emoji[0].id, background_colors=COLOURS)
        await personal(w, video_emoji_markup=markup)
        drawn = (await w.ada.get_chat(w.bob_id)).personal_photo
        assert drawn.sticker.type == enums.ChatPhotoStickerType.REGULAR_OR_MASK
        assert drawn.sticker.sticker_id == w.emoji[0].id and drawn.sticker.set_name

    @case("P50 P52 markup that draws nothing")
    async def _(w):
        unknown = raw.types.VideoSizeEmojiMarkup(emoji_id=77, background_colors=COLOURS)
        for markup in (emoji(w, []), emoji(w, [1, 2, 3, 4, 5]), unknown):
            await refused(personal(w, video_emoji_markup=markup), "EMOJI_MARKUP_INVALID")

    @case("P129 suggestions that move and that are drawn")
    async def _(w):
        video = await w.ada.save_file(memory(w.clip))
        for fields in ({"video": video, "video_start_ts": 2.5}, {"video_emoji_markup": emoji(w)}):
            sent = await personal(w, suggest=True, **fields)
            told = [m async for m in w.bob.get_chat_history(w.ada_id, limit=1)][0]
            assert told.service == enums.MessageServiceType.SUGGEST_PROFILE_PHOTO
            assert sent.photo.video_sizes

    @case("an own picture that moves, in the list of pictures")
    async def _(w):
        assert await w.bob.set_profile_photo(
            photo=types.InputChatPhotoAnimation(memory(w.clip), main_frame_timestamp=2.5))
        newest = [photo async for photo in w.bob.get_chat_photos("me", limit=1)][0]
        assert newest.animation.main_frame_timestamp == 2.5, newest
        looks_like(await fetch(w.cara, (await w.cara.get_users(w.bob_id)).photo.big_file_id),
                   BLUE, 640)

    @case("P135 a supergroup with a picture that moves")
    async def _(w):
        group = await w.ada.create_supergroup("Moving")
        assert await w.ada.set_chat_photo(group.id, video=memory(w.clip), video_start_ts=1.5)
        chat = await w.ada.get_chat(group.id)
        looks_like(await fetch(w.ada, chat.photo.big_file_id), GREEN, 640)
        told = [m async for m in w.ada.get_chat_history(group.id, limit=1)][0]
        assert told.service == enums.MessageServiceType.NEW_CHAT_PHOTO
        newest = [photo async for photo in w.ada.get_chat_photos(group.id, limit=1)][0]
        assert newest.animation.main_frame_timestamp == 1.5, newest
