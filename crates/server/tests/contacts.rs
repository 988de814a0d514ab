//! `contacts.*`, `users.*` and `help.*` through a socket.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use testkit::{Account, Refused};
use tl::{enums, functions, types};

fn no<T: std::fmt::Debug>(outcome: Result<T, Refused>) -> (i32, String) {
    let refused = outcome.unwrap_err();
    (refused.code, refused.name)
}

fn name(code: i32, name: &str) -> (i32, String) {
    (code, name.to_owned())
}

async fn add(ada: &Account, bob: &Account, first: &str) -> Result<enums::Updates, Refused> {
    let user = ada.name(bob).await;
    let [first, last, phone] = [first, "", ""].map(str::to_owned);
    ada.call(functions::contacts::AddContact::new(
        user, first, last, phone,
    ))
    .await
}

/// P119, and a number that nobody has yet.
#[tokio::test]
async fn an_address_book_becomes_contacts_now_or_later() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let entry = |client_id, phone: &str| {
        let [phone, first] = [phone, "Saved"].map(str::to_owned);
        types::InputPhoneContact::new(client_id, phone, first, String::new())
    };
    let contacts = vec![
        entry(1, &format!("+{}", bob.phone)),
        entry(2, "+1 777 000 0000"),
        entry(3, &ada.phone),
        entry(4, "nonsense"),
    ];
    let done = ada
        .call(functions::contacts::ImportContacts { contacts })
        .await
        .unwrap();
    assert_eq!(done.imported.len(), 1);
    assert_eq!(
        (done.imported[0].user_id, done.imported[0].client_id),
        (bob.id, 1)
    );
    assert!(done.retry_contacts.is_empty());
    let enums::User::User(user) = &done.users[0] else {
        panic!("{:?}", done.users)
    };
    assert!(user.contact && !user.mutual_contact);
    assert_eq!(user.first_name.as_deref(), Some("Saved"));
    // Bob is not told that Ada saved him.
    bob.settle().await;
    assert!(bob.take_updates().is_empty());
    let late = Account::sign_up(server.client().await, "17770000000", "Late").await;
    let found = ada.update(|updates| match updates {
        enums::Updates::Updates(updates) => updates.users.iter().find_map(|user| match user {
            enums::User::User(user) if user.id == late.id => Some(user.contact),
            _ => None,
        }),
        _ => None,
    });
    assert!(found.await);
}

/// P122: the list and its hash.
#[tokio::test]
async fn the_list_is_not_sent_to_those_who_have_it() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let list = |hash| ada.call(functions::contacts::GetContacts { hash });
    let enums::contacts::Contacts::Contacts(all) = list(0).await.unwrap() else {
        panic!()
    };
    assert_eq!(
        all.contacts,
        [types::Contact {
            user_id: bob.id,
            mutual: false
        }]
    );
    let mix = |hash: u64, number: u64| {
        let hash = hash ^ (hash >> 21);
        let hash = hash ^ (hash << 35);
        (hash ^ (hash >> 4)).wrapping_add(number)
    };
    let hash = mix(mix(0, 0), bob.id as u64) as i64;
    assert!(matches!(
        list(hash).await,
        Ok(enums::contacts::Contacts::NotModified)
    ));
    bob.import(&ada).await;
    let enums::contacts::Contacts::Contacts(all) = list(0).await.unwrap() else {
        panic!()
    };
    assert!(all.contacts[0].mutual);
    let ids = ada
        .call(functions::contacts::GetContactIDs { hash: 0 })
        .await
        .unwrap();
    assert_eq!(ids, [i32::try_from(bob.id).unwrap()]);
}

/// P118 and the errors of adding.
#[tokio::test]
async fn a_contact_is_renamed_and_keeps_its_personal_picture() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let set = ada
        .set_personal(&bob, &testkit::picture([9, 9, 9], 200))
        .await
        .unwrap();
    let enums::Photo::Photo(set) = set.photo else {
        panic!()
    };
    let updates = add(&ada, &bob, "Renamed").await.unwrap();
    let enums::Updates::Updates(updates) = updates else {
        panic!()
    };
    assert!(matches!(updates.updates[0], enums::Update::PeerSettings(_)));
    let seen = ada.sees(&bob).await;
    assert_eq!(seen.first_name.as_deref(), Some("Renamed"));
    let Some(enums::UserProfilePhoto::UserProfilePhoto(photo)) = seen.photo else {
        panic!()
    };
    assert!(photo.personal && photo.photo_id == set.id);
    assert_eq!(
        no(add(&ada, &bob, " ").await),
        name(400, "CONTACT_NAME_EMPTY")
    );
    assert_eq!(
        no(add(&ada, &ada, "Me").await),
        name(400, "CONTACT_ID_INVALID")
    );
}

/// Whether a client is offered to add the other side, and to block it.
fn offered(updates: &types::Updates) -> (bool, bool) {
    match &updates.updates[0] {
        enums::Update::PeerSettings(told) => {
            (told.settings.add_contact, told.settings.block_contact)
        }
        other => panic!("{other:?}"),
    }
}

/// P116, P117, and the same by number.
#[tokio::test]
async fn a_contact_that_goes_takes_its_personal_picture_along() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    ada.set_personal(&bob, &testkit::picture([9, 9, 9], 200))
        .await
        .unwrap();
    let id = vec![ada.name(&bob).await];
    let gone = ada
        .call(functions::contacts::DeleteContacts { id })
        .await
        .unwrap();
    let enums::Updates::Updates(gone) = gone else {
        panic!()
    };
    let enums::User::User(user) = &gone.users[0] else {
        panic!()
    };
    assert!(!user.contact && user.photo.is_none());
    assert_eq!(offered(&gone), (true, true));
    assert!(ada.sees_full(&bob).await.personal_photo.is_none());
    add(&ada, &bob, "Back").await.unwrap();
    assert!(ada.sees_full(&bob).await.personal_photo.is_none());
    // Whom Ada has blocked she is not offered to block.
    let block = functions::contacts::Block::new(ada.peer(&bob).await);
    ada.call(block).await.unwrap();
    let id = vec![ada.name(&bob).await];
    let request = functions::contacts::DeleteContacts { id };
    let enums::Updates::Updates(gone) = ada.call(request).await.unwrap() else {
        panic!()
    };
    assert_eq!(offered(&gone), (true, false));
    let unblock = functions::contacts::Unblock::new(ada.peer(&bob).await);
    ada.call(unblock).await.unwrap();
    add(&ada, &bob, "Back").await.unwrap();
    ada.set_personal(&bob, &testkit::picture([9, 9, 9], 200))
        .await
        .unwrap();
    // Added by name alone he is not found by a number that Ada may not know; now she does.
    ada.import(&bob).await;
    let phones = vec![bob.phone.clone(), "12".to_owned()];
    assert!(
        ada.call(functions::contacts::DeleteByPhones { phones })
            .await
            .unwrap()
    );
    assert!(!ada.sees(&bob).await.contact);
    assert!(ada.sees_full(&bob).await.personal_photo.is_none());
}

/// Several at once, one of them no contact: each of the others is told with what its chat offers.
#[tokio::test]
async fn contacts_that_go_together_are_each_told() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let (cat, dan) = server.two_strangers("Cat", "Dan").await;
    ada.import(&cat).await;
    let block = functions::contacts::Block::new(ada.peer(&cat).await);
    ada.call(block).await.unwrap();
    let mut id = Vec::new();
    for other in [&dan, &cat, &bob, &cat] {
        id.push(ada.name(other).await);
    }
    let request = functions::contacts::DeleteContacts { id };
    let enums::Updates::Updates(gone) = ada.call(request).await.unwrap() else {
        panic!()
    };
    let mut told: Vec<(i64, bool, bool)> = gone
        .updates
        .iter()
        .map(|update| match update {
            enums::Update::PeerSettings(told) => {
                let enums::Peer::User(peer) = &told.peer else {
                    panic!("{told:?}");
                };
                let offers = &told.settings;
                (peer.user_id, offers.add_contact, offers.block_contact)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    told.sort_unstable();
    assert_eq!(told, [(bob.id, true, true), (cat.id, true, false)]);
    assert_eq!(gone.users.len(), 2);
    for user in &gone.users {
        assert!(matches!(user, enums::User::User(user) if !user.contact));
    }
}

/// P120.
#[tokio::test]
async fn numbers_lead_to_accounts() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let ask = |phone: &str| functions::contacts::ResolvePhone {
        phone: phone.to_owned(),
    };
    let found = ada.call(ask(&bob.phone)).await.unwrap();
    assert!(matches!(found.peer, enums::Peer::User(ref peer) if peer.user_id == bob.id));
    assert_eq!(
        no(ada.call(ask("19990000000")).await),
        name(400, "PHONE_NOT_OCCUPIED")
    );
}

/// P33 and U11: blocking hides one's own pictures, not those that others chose.
#[tokio::test]
async fn a_blocked_user_sees_no_picture_but_its_own_choice() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    bob.set_own(&testkit::picture([9, 9, 9], 200))
        .await
        .unwrap();
    assert!(ada.sees(&bob).await.photo.is_some());
    let id = bob.peer(&ada).await;
    assert!(
        bob.call(functions::contacts::Block::new(id.clone()))
            .await
            .unwrap()
    );
    assert!(ada.sees(&bob).await.photo.is_none());
    assert!(ada.sees_full(&bob).await.profile_photo.is_none());
    ada.set_personal(&bob, &testkit::picture([3, 9, 9], 200))
        .await
        .unwrap();
    assert!(ada.sees(&bob).await.photo.is_some());
    let page = functions::contacts::GetBlocked::new(0, 10);
    let enums::contacts::Blocked::Blocked(page) = bob.call(page).await.unwrap() else {
        panic!()
    };
    assert_eq!(page.blocked.len(), 1);
    assert!(
        bob.call(functions::contacts::Unblock::new(id))
            .await
            .unwrap()
    );
    assert!(ada.sees_full(&bob).await.profile_photo.is_some());
    let itself = functions::contacts::Block::new(enums::InputPeer::Self_);
    assert_eq!(no(bob.call(itself).await), name(400, "CONTACT_ID_INVALID"));
    let nobody = functions::contacts::Block::new(enums::InputPeer::Empty);
    assert_eq!(no(bob.call(nobody).await), name(400, "PEER_ID_INVALID"));
}

/// P14, P16, P138: names are checked, and unknown ones keep their place.
#[tokio::test]
async fn names_of_others_need_the_right_hash() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let named = |user_id, access_hash| {
        types::InputUser {
            user_id,
            access_hash,
        }
        .into()
    };
    let hash = ada.sees(&bob).await.access_hash.unwrap();
    let id = vec![
        named(bob.id, hash),
        named(bob.id, hash ^ 1),
        named(999_999, 5),
        enums::InputUser::Empty,
        enums::InputUser::Self_,
    ];
    let users = ada.call(functions::users::GetUsers { id }).await.unwrap();
    let ids: Vec<(bool, i64)> = users
        .iter()
        .map(|user| match user {
            enums::User::User(user) => (true, user.id),
            enums::User::Empty(user) => (false, user.id),
        })
        .collect();
    let wanted = [
        (true, bob.id),
        (false, bob.id),
        (false, 999_999),
        (false, 0),
        (true, ada.id),
    ];
    assert_eq!(ids, wanted);
    for id in [
        named(bob.id, hash ^ 1),
        named(999_999, 5),
        enums::InputUser::Empty,
    ] {
        let full = ada.call(functions::users::GetFullUser { id }).await;
        assert_eq!(no(full), name(400, "USER_ID_INVALID"));
    }
    // The hash that one account was given is worth nothing to another.
    let cara = server.account("Cara").await;
    let full = cara
        .call(functions::users::GetFullUser {
            id: named(bob.id, hash),
        })
        .await;
    assert_eq!(no(full), name(400, "USER_ID_INVALID"));
}

/// M85, M87, M90: every layer gets its own objects, and what is unknown is refused as such.
#[tokio::test]
async fn clients_of_every_layer_are_served() {
    let server = testkit::start().await;
    for layer in [
        148, 152, 158, 181, 198, 214, 220, 223, 227, 228, 229, 230, 232,
    ] {
        let client = server.client_in_layer(layer).await;
        let config = client.call(functions::help::GetConfig {}).await.unwrap();
        assert_eq!(config.this_dc, 2, "layer {layer}");
        let ids: Vec<i32> = config.dc_options.iter().map(|option| option.id).collect();
        assert_eq!(ids, [1, 2, 3, 4, 5]);
        let account = Account::sign_up(client, &format!("1777{layer:07}"), "Ada").await;
        let full = account.sees_full(&account).await;
        assert_eq!(full.id, account.id, "layer {layer}");
    }
    let client = server.client().await;
    let bare = tl::encode(&functions::help::GetConfig {}, 232).unwrap();
    let early = client.call_bytes(bare.into()).await;
    assert_eq!(no(early), name(400, "CONNECTION_NOT_INITED"));
    client.call(functions::help::GetConfig {}).await.unwrap();
    let unknown = client.call_bytes(vec![0x78, 0x56, 0x34, 0x12].into()).await;
    assert_eq!(no(unknown), name(400, "INPUT_METHOD_INVALID_305419896_0"));
}

/// Layers that no client of today speaks are told so.
#[tokio::test]
async fn too_old_a_layer_is_refused() {
    let server = testkit::start().await;
    let client = server.client().await;
    let wrapped = |body: Vec<u8>| {
        let mut writer = tl::Writer::new(232);
        writer.id(0xda9b_0d0d);
        writer.i32(100);
        writer.raw(&body);
        bytes::Bytes::from(writer.into_result().unwrap())
    };
    let config = tl::encode(&functions::help::GetConfig {}, 232).unwrap();
    let refused = client.call_bytes(wrapped(config)).await;
    assert_eq!(no(refused), name(400, "CONNECTION_LAYER_INVALID"));
    let sign_in = functions::auth::SignIn::new("1".to_owned(), "2".to_owned());
    let refused = client
        .call_bytes(wrapped(tl::encode(&sign_in, 232).unwrap()))
        .await;
    assert_eq!(no(refused), name(406, "UPDATE_APP_TO_LOGIN"));
}
