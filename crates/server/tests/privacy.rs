//! Privacy beside pictures, through a socket: keys, rules, layers, refusals, and what each key hides.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use testkit::{Account, Refused};
use tl::{enums, functions, types};

use enums::InputPrivacyKey as Key;
use enums::InputPrivacyRule::{
    InputPrivacyValueAllowAll as EVERYBODY, InputPrivacyValueAllowBots as BOTS,
    InputPrivacyValueAllowCloseFriends as CLOSE_FRIENDS,
    InputPrivacyValueAllowContacts as CONTACTS, InputPrivacyValueAllowPremium as PREMIUM,
    InputPrivacyValueDisallowAll as NOBODY,
};
use enums::PrivacyRule as Told;

const KEYS: [Key; 14] = [
    Key::About,
    Key::AddedByPhone,
    Key::Birthday,
    Key::ChatInvite,
    Key::Forwards,
    Key::NoPaidMessages,
    Key::PhoneCall,
    Key::PhoneNumber,
    Key::PhoneP2P,
    Key::ProfilePhoto,
    Key::SavedMusic,
    Key::StarGiftsAutoSave,
    Key::StatusTimestamp,
    Key::VoiceMessages,
];

fn refused(code: i32, name: &str) -> Refused {
    Refused::new(code, name)
}

async fn rules(who: &Account, key: Key) -> types::account::PrivacyRules {
    who.call(functions::account::GetPrivacy { key })
        .await
        .unwrap()
}

fn new_rules(updates: &enums::Updates) -> Option<(types::UpdatePrivacy, Vec<i64>)> {
    let enums::Updates::Updates(updates) = updates else {
        return None;
    };
    let update = updates.updates.iter().find_map(|update| match update {
        enums::Update::Privacy(update) => Some((**update).clone()),
        _ => None,
    })?;
    let users = updates.users.iter().map(|user| match user {
        enums::User::User(user) => user.id,
        enums::User::Empty(user) => user.id,
    });
    Some((update, users.collect()))
}

/// Every key has usual rules and keeps what it is given, apart from all others.
#[tokio::test]
async fn every_key_is_read_and_set() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    for key in KEYS {
        let usual = rules(&ada, key.clone()).await.rules;
        let for_contacts = matches!(key, Key::Birthday | Key::PhoneNumber | Key::PhoneP2P);
        let expected = if for_contacts {
            vec![
                Told::PrivacyValueAllowContacts,
                Told::PrivacyValueDisallowAll,
            ]
        } else {
            vec![Told::PrivacyValueAllowAll]
        };
        assert_eq!(usual, expected, "{key:?}");
        let set = vec![CLOSE_FRIENDS, BOTS, NOBODY];
        let answer = ada.set_privacy(key.clone(), set).await.unwrap();
        let told = [
            Told::PrivacyValueAllowCloseFriends,
            Told::PrivacyValueAllowBots,
            Told::PrivacyValueDisallowAll,
        ];
        assert_eq!(answer.rules, told);
        assert_eq!(rules(&ada, key).await.rules, told);
    }
}

/// Users of rules come with the answer and the update, with hashes for their reader.
#[tokio::test]
async fn users_of_rules_come_with_them() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let phone = server.session_of(&ada).await;
    let users = vec![ada.name(&bob).await];
    let rule = types::InputPrivacyValueDisallowUsers { users }.into();
    let answer = ada
        .set_privacy(Key::ChatInvite, vec![rule, EVERYBODY])
        .await
        .unwrap();
    let denied = types::PrivacyValueDisallowUsers {
        users: vec![bob.id],
    };
    let expected = vec![Told::from(denied), Told::PrivacyValueAllowAll];
    assert_eq!(answer.rules, expected);
    assert_eq!(answer.users.len(), 1);
    let (told, users) = phone.update(new_rules).await;
    assert_eq!(told.key, enums::PrivacyKey::ChatInvite);
    assert_eq!((told.rules, users), (expected, vec![bob.id]));
}

/// A layer is told of the keys and rules that it knows.
#[tokio::test]
async fn an_old_layer_reads_the_rules_it_knows() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let old = Account::sign_in(server.client_in_layer(148).await, &ada.phone).await;
    let set = vec![CLOSE_FRIENDS, PREMIUM, BOTS, CONTACTS, NOBODY];
    ada.set_privacy(Key::SavedMusic, vec![NOBODY])
        .await
        .unwrap();
    ada.set_privacy(Key::ChatInvite, set).await.unwrap();
    let known = vec![
        Told::PrivacyValueAllowContacts,
        Told::PrivacyValueDisallowAll,
    ];
    // The first that it is told is of a key that it knows.
    let (told, _) = old.update(new_rules).await;
    assert_eq!(told.key, enums::PrivacyKey::ChatInvite);
    assert_eq!(told.rules, known);
    let answer = old.call(functions::account::GetPrivacy {
        key: Key::ChatInvite,
    });
    assert_eq!(answer.await.unwrap().rules, known);
    assert_eq!(rules(&ada, Key::ChatInvite).await.rules.len(), 5);
}

/// What cannot be a rule.
#[tokio::test]
async fn rules_that_make_no_sense_are_refused() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let allow = |users| enums::InputPrivacyRule::from(types::InputPrivacyValueAllowUsers { users });
    let bobs = ada.name(&bob).await;
    let chats = types::InputPrivacyValueAllowChatParticipants { chats: vec![4711] };
    let foreign = types::InputUser {
        user_id: bob.id,
        access_hash: 1,
    };
    let many = (1..=1000)
        .map(|chat| 5_000_000 + chat)
        .collect::<Vec<i64>>();
    let many = types::InputPrivacyValueAllowChatParticipants { chats: many };
    for (rules, name) in [
        (vec![EVERYBODY, EVERYBODY], "PRIVACY_VALUE_INVALID"),
        (vec![PREMIUM, NOBODY], "PRIVACY_VALUE_INVALID"),
        (vec![many.into()], "PRIVACY_TOO_LONG"),
        (vec![chats.into()], "CHAT_ID_INVALID"),
        (vec![allow(vec![foreign.into()])], "USER_ID_INVALID"),
        (
            vec![allow(vec![enums::InputUser::Empty])],
            "USER_ID_INVALID",
        ),
        (vec![allow(vec![bobs, enums::InputUser::Self_])], {
            "USER_ID_INVALID"
        }),
    ] {
        let refusal = ada.set_privacy(Key::About, rules).await.map(|_| ());
        assert_eq!(refusal, Err(refused(400, name)));
    }
    let usual = rules(&ada, Key::About).await.rules;
    assert_eq!(usual, [Told::PrivacyValueAllowAll]);
    let bot = server.bot(&ada, "Bot").await;
    let refusal = bot.set_privacy(Key::About, vec![NOBODY]).await.map(|_| ());
    assert_eq!(refusal, Err(refused(400, "BOT_METHOD_INVALID")));
}

/// Number, words, forwards, voice messages, last visit: a stranger sees what the keys leave.
#[tokio::test]
async fn each_key_hides_its_part_of_a_profile() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let cat = server.account("Cat").await;
    bob.import(&ada).await;
    let mut profile = functions::account::UpdateProfile::new();
    profile.about = Some("here".to_owned());
    bob.call(profile).await.unwrap();
    bob.call(functions::account::UpdateStatus { offline: false })
        .await
        .unwrap();
    let stranger = cat.sees_full(&bob).await;
    assert_eq!(stranger.about.as_deref(), Some("here"));
    assert!(!stranger.voice_messages_forbidden && stranger.private_forward_name.is_none());
    assert_eq!(cat.sees(&bob).await.phone, None);
    assert!(matches!(
        cat.sees(&bob).await.status,
        Some(enums::UserStatus::Online(_))
    ));
    for key in [
        Key::About,
        Key::Forwards,
        Key::VoiceMessages,
        Key::StatusTimestamp,
    ] {
        bob.set_privacy(key, vec![CONTACTS, NOBODY]).await.unwrap();
    }
    let stranger = cat.sees_full(&bob).await;
    assert_eq!(stranger.about, None);
    assert!(stranger.voice_messages_forbidden);
    assert_eq!(stranger.private_forward_name.as_deref(), Some("Bob"));
    let status = cat.sees(&bob).await.status;
    let recently: enums::UserStatus = types::UserStatusRecently { by_me: false }.into();
    assert_eq!(status, Some(recently.clone()));
    let contact = ada.sees_full(&bob).await;
    assert_eq!(contact.about.as_deref(), Some("here"));
    assert!(!contact.voice_messages_forbidden && contact.private_forward_name.is_none());
    let seen = ada.sees(&bob).await;
    assert!(matches!(seen.status, Some(enums::UserStatus::Online(_))));
    assert_eq!(seen.phone.as_deref(), Some(bob.phone.as_str()));
    // Bob does not show his to Cat, so he does not see hers.
    cat.call(functions::account::UpdateStatus { offline: false })
        .await
        .unwrap();
    let by_me = types::UserStatusRecently { by_me: true };
    assert_eq!(bob.sees(&cat).await.status, Some(by_me.into()));
    // Ada goes out of the list of statuses with the exact time.
    bob.set_privacy(Key::StatusTimestamp, vec![NOBODY])
        .await
        .unwrap();
    let statuses = ada.call(functions::contacts::GetStatuses {}).await.unwrap();
    let of_bob = statuses.iter().find(|status| status.user_id == bob.id);
    assert_eq!(of_bob.unwrap().status, recently);
}

/// The number: shown by its key, found by the other, shared with one contact.
#[tokio::test]
async fn a_number_is_shown_and_found_by_its_keys() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let name = ada.name(&bob).await;
    let bobs = bob.name(&ada).await;
    for key in [Key::AddedByPhone, Key::PhoneNumber] {
        bob.set_privacy(key, vec![NOBODY]).await.unwrap();
    }
    let phone = bob.phone.clone();
    let request = functions::contacts::ResolvePhone { phone };
    let refusal = ada.call(request).await.map(|_| ());
    assert_eq!(refusal, Err(refused(400, "PHONE_NOT_OCCUPIED")));
    let contact =
        types::InputPhoneContact::new(1, bob.phone.clone(), "Bob".to_owned(), String::new());
    let request = functions::contacts::ImportContacts {
        contacts: vec![contact],
    };
    let imported = ada.call(request).await.unwrap();
    assert!(imported.imported.is_empty() && imported.users.is_empty());
    let seen = async || {
        let id = vec![name.clone()];
        let users = ada.call(functions::users::GetUsers { id }).await.unwrap();
        match users.into_iter().next() {
            Some(enums::User::User(user)) => user.phone,
            other => panic!("{other:?}"),
        }
    };
    // Adding by name with a guess does not tell that the guess is right.
    let add = |id: enums::InputUser, phone: &str, share| {
        let (first, last) = ("B".to_owned(), String::new());
        let mut request = functions::contacts::AddContact::new(id, first, last, phone.to_owned());
        request.add_phone_privacy_exception = share;
        request
    };
    let request = add(name.clone(), &bob.phone, false);
    ada.call(request).await.unwrap();
    assert_eq!(seen().await, None);
    bob.call(add(bobs.clone(), "", false)).await.unwrap();
    assert_eq!(seen().await, None);
    bob.call(add(bobs, "", true)).await.unwrap();
    assert_eq!(seen().await, Some(bob.phone.clone()));
    let kept = rules(&bob, Key::PhoneNumber).await.rules;
    let shared = types::PrivacyValueAllowUsers {
        users: vec![ada.id],
    };
    assert_eq!(kept, [shared.into(), Told::PrivacyValueDisallowAll]);
}

/// Close friends: a list of contacts that rules can name.
#[tokio::test]
async fn close_friends_are_marked_and_see_more() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let cat = server.account("Cat").await;
    let phone = server.session_of(&bob).await;
    bob.import(&ada).await;
    let mut profile = functions::account::UpdateProfile::new();
    profile.about = Some("among friends".to_owned());
    bob.call(profile).await.unwrap();
    bob.set_privacy(Key::About, vec![CLOSE_FRIENDS])
        .await
        .unwrap();
    assert_eq!(ada.sees_full(&bob).await.about, None);
    let id = vec![ada.id, cat.id];
    assert!(
        bob.call(functions::contacts::EditCloseFriends { id })
            .await
            .unwrap()
    );
    assert!(bob.sees(&ada).await.close_friend);
    assert!(!bob.sees(&cat).await.close_friend);
    assert!(!ada.sees(&bob).await.close_friend);
    let about = ada.sees_full(&bob).await.about;
    assert_eq!(about.as_deref(), Some("among friends"));
    assert_eq!(cat.sees_full(&bob).await.about, None);
    let told = phone
        .update(|updates| {
            let enums::Updates::Updates(updates) = updates else {
                return None;
            };
            updates
                .users
                .iter()
                .find_map(|user| match user {
                    enums::User::User(user) if user.id == ada.id => Some(user.close_friend),
                    _ => None,
                })
                .filter(|close| *close)
        })
        .await;
    assert!(told);
    let id = (1..=5001).collect();
    let refusal = bob.call(functions::contacts::EditCloseFriends { id }).await;
    assert_eq!(refusal, Err(refused(400, "LIMIT_INVALID")));
}

/// Switches: kept where they hold, refused where they cannot.
#[tokio::test]
async fn switches_are_kept_or_refused() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let get = functions::account::GetGlobalPrivacySettings {};
    let usual = ada.call(get.clone()).await.unwrap();
    assert_eq!(usual, types::GlobalPrivacySettings::new());
    let mut settings = types::GlobalPrivacySettings::new();
    settings.hide_read_marks = true;
    settings.keep_archived_unmuted = true;
    let set = |settings| functions::account::SetGlobalPrivacySettings { settings };
    let kept = ada.call(set(settings.clone())).await.unwrap();
    assert_eq!(kept, settings);
    let mut archive = settings.clone();
    archive.archive_and_mute_new_noncontact_peers = true;
    let mut premium = settings.clone();
    premium.new_noncontact_peers_require_premium = true;
    let mut paid = settings.clone();
    paid.noncontact_peers_paid_stars = Some(5);
    for (asked, code, name) in [
        (archive, 400, "AUTOARCHIVE_NOT_AVAILABLE"),
        (premium, 403, "PREMIUM_ACCOUNT_REQUIRED"),
        (paid, 403, "PREMIUM_ACCOUNT_REQUIRED"),
    ] {
        let refusal = ada.call(set(asked)).await.map(|_| ());
        assert_eq!(refusal, Err(refused(code, name)));
    }
    assert_eq!(ada.call(get).await.unwrap(), settings);
}
