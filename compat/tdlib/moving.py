"""Pictures that move, and pictures drawn from emoji and stickers."""

import os

from channels import new_chat
from chats import pictured
from harness import clip, picture, refused, tracks, until
from world import BLUE, GREEN, RED, case, content, full, settles, shown, shows

COLOURS = [0x102030, 0x405060, 0x708090]
FREE = {"@type": "backgroundFillFreeformGradient", "colors": COLOURS}


def moving(w, data, start=0.0):
    """A new file that moves, or should."""
    w.names += 1
    path = os.path.join(w.folder, f"clip-{w.names}.mp4")
    with open(path, "wb") as out:
        out.write(data)
    return {"@type": "inputChatPhotoAnimation", "main_frame_timestamp": start,
            "animation": {"@type": "inputFileLocal", "path": path}}


def drawn(kind, fill=FREE):
    return {"@type": "inputChatPhotoSticker", "sticker": {
        "@type": "chatPhotoSticker", "type": kind, "background_fill": fill}}


def emoji(w, which=0):
    return {"@type": "chatPhotoStickerTypeCustomEmoji",
            "custom_emoji_id": w.emoji[which]["full_type"]["custom_emoji_id"]}


async def personal(w, photo):
    await w.ada("setUserPersonalProfilePhoto", user_id=w.bob.me, photo=photo)
    await settles(lambda: moves(w.ada, w.bob.me), "a shown picture that moves")
    about = await full(w.ada, w.bob.me, personal_photo=True)
    return about["personal_photo"]


async def moves(client, user):
    photo = await shown(client, user)
    return bool(photo and photo["has_animation"])


@case("P41 P42 P123 a personal picture that moves")
async def _(w):
    w.clip = clip([RED, GREEN, BLUE])
    photo = await personal(w, moving(w, w.clip, 1.5))
    await shows(w.ada, w.bob.me, GREEN)
    film = photo["animation"]
    assert film["length"] == 800 and film["main_frame_timestamp"] == 1.5, film
    found, seconds = tracks(await content(w.ada, film["file"]))
    assert found == [("video", "h264", 800, 800)] and 2.9 < seconds < 3.1, (found, seconds)
    assert "sticker" not in photo, photo
    if "small_animation" in photo:
        found, _ = tracks(await content(w.ada, photo["small_animation"]["file"]))
        assert found == [("video", "h264", 160, 160)], found
    assert not await moves(w.cara, w.bob.me)


@case("P43 P45 clips that are refused")
async def _(w):
    for data in (clip([RED], (800, 600)), picture(RED)):
        await refused(w.ada("setUserPersonalProfilePhoto", user_id=w.bob.me,
                            photo=moving(w, data)), "VIDEO_FILE_INVALID")


@case("P136 P137 emoji to draw pictures from")
async def _(w):
    w.emoji = (await w.ada("getDefaultProfilePhotoCustomEmojiStickers"))["stickers"]
    groups = (await w.ada("getDefaultChatPhotoCustomEmojiStickers"))["stickers"]
    assert w.emoji and groups
    for sticker in w.emoji:
        assert len(await content(w.ada, sticker["sticker"])) == sticker["sticker"]["size"]
        assert await content(w.ada, sticker["thumbnail"]["file"])
        outline = await w.ada("getStickerOutline", sticker_file_id=sticker["sticker"]["id"],
                              for_animated_emoji=False, for_clicked_animated_emoji_message=False)
        assert outline["paths"], sticker
    whole = await w.ada("getStickerSet", set_id=w.emoji[0]["set_id"])
    assert w.emoji[0]["id"] in [sticker["id"] for sticker in whole["stickers"]]


@case("P47 P49 a picture drawn from an emoji")
async def _(w):
    photo = await personal(w, drawn(emoji(w)))
    assert photo["sticker"]["type"] == emoji(w), photo
    assert photo["sticker"]["background_fill"] == FREE, photo
    found, _ = tracks(await content(w.ada, photo["animation"]["file"]))
    assert [track[:2] for track in found] == [("video", "h264")], found
    assert [size["type"] for size in photo["sizes"]] == ["a", "b", "c"], photo


@case("P49 P53 a picture drawn from a sticker of a set")
async def _(w):
    kind = {"@type": "chatPhotoStickerTypeRegularOrMask", "sticker_set_id": w.emoji[0]["set_id"],
            "sticker_id": w.emoji[0]["id"]}
    fill = {"@type": "backgroundFillGradient", "top_color": COLOURS[0],
            "bottom_color": COLOURS[1], "rotation_angle": 0}
    photo = await personal(w, drawn(kind, fill))
    assert photo["sticker"] == {"@type": "chatPhotoSticker", "type": kind,
                                "background_fill": fill}, photo


@case("P124 P37 suggestions that move and that are drawn are accepted")
async def _(w):
    for given in (moving(w, w.clip, 2.5), drawn(emoji(w, 1))):
        w.bob.updates.clear()
        await w.ada("suggestUserProfilePhoto", user_id=w.bob.me, photo=given)
        await until(lambda: w.bob.new("messageSuggestProfilePhoto"), "the suggestion at Bob")
        photo = w.bob.new("messageSuggestProfilePhoto")[-1]["content"]["photo"]
        assert photo["animation"], photo
        await w.bob("setProfilePhoto", is_public=False, photo={
            "@type": "inputChatPhotoPrevious", "chat_photo_id": photo["id"]})
        await settles(lambda: moves(w.cara, w.bob.me), "a stranger sees that it moves")
        about = await full(w.bob, w.bob.me, photo=True)
        assert about["photo"].get("sticker") == photo.get("sticker"), about["photo"]


@case("P8 the picture that moves is taken away again")
async def _(w):
    await w.ada("setUserPersonalProfilePhoto", user_id=w.bob.me, photo=None)
    await full(w.ada, w.bob.me, personal_photo=None, photo=True)


@case("P135 a supergroup with pictures that move and that are drawn")
async def _(w):
    chat = await new_chat(w, False)
    await w.ada("setChatPhoto", chat_id=chat, photo=moving(w, w.clip, 1.5))
    await pictured(w.bob, chat, GREEN)
    assert (await w.bob("getChat", chat_id=chat))["photo"]["has_animation"]
    await w.ada("setChatPhoto", chat_id=chat, photo=drawn(emoji(w)))
    got = [message["content"]["photo"] for message in w.bob.new("messageChatChangePhoto")
           if message["chat_id"] == chat]
    await until(lambda: w.bob.new("messageChatChangePhoto"), "the message")
    assert got[0]["animation"]["main_frame_timestamp"] == 1.5, got
