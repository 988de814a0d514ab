"""Who sees the main picture: privacy rules of the profile photo."""

from harness import until
from world import GOLD, GREEN, RED, case, full, listed, shown, shows

SETTING = {"@type": "userPrivacySettingShowProfilePhoto"}


def rules(*kinds):
    """Rules in order, by the last part of their names; users are named beside `AllowUsers`."""
    made = []
    for kind in kinds:
        kind, users = kind if isinstance(kind, tuple) else (kind, None)
        rule = {"@type": "userPrivacySettingRule" + kind}
        made.append(rule if users is None else {**rule, "user_ids": users})
    return {"@type": "userPrivacySettingRules", "rules": made}


async def set_rules(client, *kinds):
    await client("setUserPrivacySettingRules", setting=SETTING, rules=rules(*kinds))


@case("P101 P102 P103 a hidden main picture")
async def _(w):
    await shows(w.cara, w.bob.me, GREEN)
    await w.ada("setUserPersonalProfilePhoto", user_id=w.bob.me, photo=w.still(RED))
    await set_rules(w.bob, "RestrictAll")
    got = await w.bob("getUserPrivacySettingRules", setting=SETTING)
    assert got["rules"] == [], got  # TDLib leaves a last "nobody" out, in both directions
    await shows(w.cara, w.bob.me, None)
    await full(w.cara, w.bob.me, photo=None, public_photo=None)
    assert await listed(w.cara, w.bob.me) == (0, [])
    await full(w.ada, w.bob.me, personal_photo=True, photo=None)
    await w.bob("setProfilePhoto", photo=w.still(GOLD), is_public=True)
    await shows(w.cara, w.bob.me, GOLD)
    await full(w.cara, w.bob.me, photo=None, public_photo=True)
    await full(w.ada, w.bob.me, personal_photo=True, photo=None, public_photo=True)
    assert (await shown(w.ada, w.bob.me))["is_personal"]
    await full(w.bob, w.bob.me, photo=True, public_photo=True)


@case("P104 P105 open to contacts, and to one user")
async def _(w):
    await w.bob("addContact", user_id=w.ada.me, share_phone_number=False, contact={
        "phone_number": "", "first_name": "Ada", "last_name": ""})
    await set_rules(w.bob, "AllowContacts", "RestrictAll")
    await full(w.ada, w.bob.me, personal_photo=True, photo=True, public_photo=None)
    await shows(w.cara, w.bob.me, GOLD)
    await set_rules(w.bob, ("AllowUsers", [w.cara.me]), "RestrictAll")
    await shows(w.cara, w.bob.me, GREEN)
    await full(w.cara, w.bob.me, photo=True, public_photo=None)
    await full(w.ada, w.bob.me, personal_photo=True, photo=None, public_photo=True)
    await set_rules(w.bob, "AllowAll")
    await w.ada("setUserPersonalProfilePhoto", user_id=w.bob.me, photo=None)
    await shows(w.ada, w.bob.me, GREEN)
    await until(lambda: w.bob.said("updateUserPrivacySettingRules"), "the rules at Bob")
