//! Privacy keys and rules: from the client's words and back.

use domain::{
    Refusal, Services,
    peers::{self, Named},
    privacy::{Key, Rule, Setting, Whom},
};
use tl::{enums, types};

use super::{For, chats, users};
use crate::rpc::users::named;

/// The key that a request names.
pub(crate) fn asked_key(key: &enums::InputPrivacyKey) -> Key {
    match key {
        enums::InputPrivacyKey::About => Key::About,
        enums::InputPrivacyKey::AddedByPhone => Key::AddedByPhone,
        enums::InputPrivacyKey::Birthday => Key::Birthday,
        enums::InputPrivacyKey::ChatInvite => Key::ChatInvite,
        enums::InputPrivacyKey::Forwards => Key::Forwards,
        enums::InputPrivacyKey::NoPaidMessages => Key::NoPaidMessages,
        enums::InputPrivacyKey::PhoneCall => Key::PhoneCall,
        enums::InputPrivacyKey::PhoneNumber => Key::PhoneNumber,
        enums::InputPrivacyKey::PhoneP2P => Key::PhoneP2p,
        enums::InputPrivacyKey::ProfilePhoto => Key::ProfilePhoto,
        enums::InputPrivacyKey::SavedMusic => Key::SavedMusic,
        enums::InputPrivacyKey::StarGiftsAutoSave => Key::StarGiftsAutoSave,
        enums::InputPrivacyKey::StatusTimestamp => Key::StatusTimestamp,
        enums::InputPrivacyKey::VoiceMessages => Key::VoiceMessages,
    }
}

/// A key in an update.
pub(crate) fn privacy_key(key: Key) -> enums::PrivacyKey {
    match key {
        Key::About => enums::PrivacyKey::About,
        Key::AddedByPhone => enums::PrivacyKey::AddedByPhone,
        Key::Birthday => enums::PrivacyKey::Birthday,
        Key::ChatInvite => enums::PrivacyKey::ChatInvite,
        Key::Forwards => enums::PrivacyKey::Forwards,
        Key::NoPaidMessages => enums::PrivacyKey::NoPaidMessages,
        Key::PhoneCall => enums::PrivacyKey::PhoneCall,
        Key::PhoneNumber => enums::PrivacyKey::PhoneNumber,
        Key::PhoneP2p => enums::PrivacyKey::PhoneP2P,
        Key::ProfilePhoto => enums::PrivacyKey::ProfilePhoto,
        Key::SavedMusic => enums::PrivacyKey::SavedMusic,
        Key::StarGiftsAutoSave => enums::PrivacyKey::StarGiftsAutoSave,
        Key::StatusTimestamp => enums::PrivacyKey::StatusTimestamp,
        Key::VoiceMessages => enums::PrivacyKey::VoiceMessages,
    }
}

/// The rules of a request; each named user is checked against the hash that `viewer` was given.
///
/// # Errors
/// USER_ID_INVALID: a rule names nobody whom `viewer` was shown.
pub(crate) fn asked_rules(
    services: &Services,
    viewer: i64,
    rules: Vec<enums::InputPrivacyRule>,
) -> Result<Vec<Rule>, Refusal> {
    use enums::InputPrivacyRule as Asked;
    let users = |users: &[enums::InputUser]| -> Result<Whom, Refusal> {
        let known = users.iter().map(|user| match named(user) {
            Named::Itself => Err(Refusal::USER_ID_INVALID),
            named => peers::known(services, viewer, named),
        });
        Ok(Whom::Users(known.collect::<Result<_, _>>()?))
    };
    let rule = |rule: Asked| {
        Ok(match rule {
            Asked::InputPrivacyValueAllowAll => Rule::allow(Whom::All),
            Asked::InputPrivacyValueAllowBots => Rule::allow(Whom::Bots),
            Asked::InputPrivacyValueAllowChatParticipants(rule) => {
                Rule::allow(Whom::ChatParticipants(rule.chats))
            }
            Asked::InputPrivacyValueAllowCloseFriends => Rule::allow(Whom::CloseFriends),
            Asked::InputPrivacyValueAllowContacts => Rule::allow(Whom::Contacts),
            Asked::InputPrivacyValueAllowPremium => Rule::allow(Whom::Premium),
            Asked::InputPrivacyValueAllowUsers(rule) => Rule::allow(users(&rule.users)?),
            Asked::InputPrivacyValueDisallowAll => Rule::disallow(Whom::All),
            Asked::InputPrivacyValueDisallowBots => Rule::disallow(Whom::Bots),
            Asked::InputPrivacyValueDisallowChatParticipants(rule) => {
                Rule::disallow(Whom::ChatParticipants(rule.chats))
            }
            Asked::InputPrivacyValueDisallowContacts => Rule::disallow(Whom::Contacts),
            Asked::InputPrivacyValueDisallowUsers(rule) => Rule::disallow(users(&rule.users)?),
        })
    };
    rules.into_iter().map(rule).collect()
}

/// Rules in an answer or an update. What the reader's layer does not know is left out by the codec.
pub(crate) fn privacy_rules(rules: &[Rule]) -> Vec<enums::PrivacyRule> {
    rules.iter().filter_map(privacy_rule).collect()
}

/// `None`: there is no word for it, and no request can have brought it.
fn privacy_rule(rule: &Rule) -> Option<enums::PrivacyRule> {
    use enums::PrivacyRule as Told;
    Some(match (rule.allow, &rule.whom) {
        (true, Whom::All) => Told::PrivacyValueAllowAll,
        (true, Whom::Bots) => Told::PrivacyValueAllowBots,
        (true, Whom::ChatParticipants(ids)) => {
            types::PrivacyValueAllowChatParticipants { chats: ids.clone() }.into()
        }
        (true, Whom::CloseFriends) => Told::PrivacyValueAllowCloseFriends,
        (true, Whom::Contacts) => Told::PrivacyValueAllowContacts,
        (true, Whom::Premium) => Told::PrivacyValueAllowPremium,
        (true, Whom::Users(ids)) => types::PrivacyValueAllowUsers { users: ids.clone() }.into(),
        (false, Whom::All) => Told::PrivacyValueDisallowAll,
        (false, Whom::Bots) => Told::PrivacyValueDisallowBots,
        (false, Whom::ChatParticipants(ids)) => {
            types::PrivacyValueDisallowChatParticipants { chats: ids.clone() }.into()
        }
        (false, Whom::Contacts) => Told::PrivacyValueDisallowContacts,
        (false, Whom::Users(ids)) => types::PrivacyValueDisallowUsers { users: ids.clone() }.into(),
        (false, Whom::CloseFriends | Whom::Premium) => return None,
    })
}

/// The rules of one key with everybody they name.
pub(crate) fn privacy_setting(to: For<'_>, setting: &Setting) -> types::account::PrivacyRules {
    types::account::PrivacyRules {
        rules: privacy_rules(&setting.rules),
        chats: chats(to, &setting.chats),
        users: users(to, &setting.users),
    }
}
