"""Bots: their own picture, and the one that their owner gives them."""

from harness import until
from world import GOLD, PINK, case, full, shows


@case("P112 a bot signs in, and has the picture that its owner gives it")
async def _(w):
    token = w.server.bot("+15550000001", "ada_bot", "Ada's")
    bot = w.client()
    await bot.start()
    await bot.reaches("WaitPhoneNumber")
    await bot("checkAuthenticationBotToken", token=token)
    await bot.reaches("Ready")
    bot.me = (await bot("getMe"))["id"]
    w.bot = bot
    chat = await w.ada("searchPublicChat", username="ada_bot")
    assert chat["id"] == bot.me, chat
    await w.ada("setBotProfilePhoto", bot_user_id=bot.me, photo=w.still(GOLD))
    await shows(w.ada, bot.me, GOLD)
    await full(w.ada, bot.me, photo=True, personal_photo=None)
    await until(lambda: bot.users[bot.me].get("profile_photo"), "updateUser at the bot")
    await shows(bot, bot.me, GOLD)


@case("P112 a bot sets its own picture and takes it away")
async def _(w):
    await w.bot("setProfilePhoto", photo=w.still(PINK), is_public=False)
    await shows(w.bot, w.bot.me, PINK)
    await shows(w.ada, w.bot.me, PINK)
    await w.ada("setBotProfilePhoto", bot_user_id=w.bot.me, photo=None)
    await shows(w.ada, w.bot.me, GOLD)
    await w.bot.close()
