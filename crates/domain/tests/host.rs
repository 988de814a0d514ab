//! What a host does to accounts, pictures and chats, and who is told of it.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod engines;
mod house;

use domain::{
    Seen,
    accounts::Names,
    chats::{NamedPeer, NewPhoto, channels},
    doctor::{self, CHECKS, Depth},
    host::{self, Who},
    peers, updates,
};
use engines::on_every_engine;
use house::{FALLBACK, House, caller, word};
use store::rows::{chats, counters};

/// Whom the journal tells of something behind where it stands now.
struct Watch(Vec<(i64, updates::Cursor)>);

impl Watch {
    async fn begin(house: &House, users: &[i64]) -> Self {
        let mut tx = house.services.store.read().await.unwrap();
        let mut cursors = Vec::new();
        for user_id in users {
            let cursor = updates::cursor(&mut tx, *user_id).await.unwrap();
            cursors.push((*user_id, cursor));
        }
        Self(cursors)
    }

    async fn told(&self, house: &House) -> Vec<i64> {
        let services = &house.services;
        let mut told = Vec::new();
        for (user_id, cursor) in &self.0 {
            let mut tx = services.store.read().await.unwrap();
            let after = updates::after(services, &mut tx, *user_id, cursor).await;
            if !matches!(after.unwrap().0, updates::After::Nothing) {
                told.push(*user_id);
            }
        }
        told
    }
}

/// 1 and 2 have each other, 3 has 2, 4 knows nobody.
async fn four(engine: house::Engine) -> House {
    let house = House::on(engine).await;
    for user_id in 1..=4 {
        house.person(user_id).await;
    }
    for (owner, contact) in [(1, 2), (2, 1), (3, 2)] {
        house.befriend(owner, contact).await;
    }
    let mut tx = house.services.store.begin().await.unwrap();
    counters::raise(&mut tx, "user_id", 100).await.unwrap();
    tx.commit().await.unwrap();
    house
}

async fn shown(house: &House, viewer: i64, user_id: i64) -> Option<i64> {
    let services = &house.services;
    let mut tx = services.store.read().await.unwrap();
    let view = peers::view(services, &mut tx, viewer, &[user_id]).await;
    let photo = view.unwrap().remove(0).photo;
    photo.map(|photo| photo.photo_id)
}

async fn a_picture_is_taken_off_each_place_and_its_watchers_are_told(engine: house::Engine) {
    let house = four(engine).await;
    let services = &house.services;
    let older = house.main(2, 10).await.photo_id;
    let main = house.main(2, 20).await.photo_id;
    let fallback = house.place(2, FALLBACK, 30).await.unwrap().photo_id;
    let personal = house.set(1, 2, 40).await.unwrap().photo_id;
    let everyone = [1, 2, 3, 4];

    let watch = Watch::begin(&house, &everyone).await;
    let done = host::take_down(services, personal).await.unwrap();
    assert_eq!(done.places.personals, [(1, 2)]);
    assert_eq!(watch.told(&house).await, [1], "nobody else saw it");
    assert_eq!(shown(&house, 1, 2).await, Some(main));

    let watch = Watch::begin(&house, &everyone).await;
    host::take_down(services, main).await.unwrap();
    assert_eq!(watch.told(&house).await, [1, 2, 3]);
    assert_eq!(
        shown(&house, 3, 2).await,
        Some(older),
        "the next one is main"
    );

    let watch = Watch::begin(&house, &everyone).await;
    host::take_down(services, older).await.unwrap();
    assert_eq!(watch.told(&house).await, [1, 2, 3]);
    assert_eq!(shown(&house, 3, 2).await, Some(fallback));

    let watch = Watch::begin(&house, &everyone).await;
    host::take_down(services, fallback).await.unwrap();
    assert_eq!(watch.told(&house).await, [1, 2, 3]);
    assert_eq!(shown(&house, 3, 2).await, None);
    let (_, left) = host::pictures_of(services, &Who::Id(2), i64::MAX, 10)
        .await
        .unwrap();
    assert_eq!(left.len(), 0);
    let unknown = host::take_down(services, 5).await.unwrap_err();
    assert_eq!(word(unknown), "PHOTO_ID_INVALID");
}

async fn a_suggested_picture_goes_with_its_messages(engine: house::Engine) {
    let house = four(engine).await;
    let photo = house.suggest(1, 2, 50).await.unwrap().photo_id;
    let watch = Watch::begin(&house, &[1, 2, 3, 4]).await;
    let done = host::take_down(&house.services, photo).await.unwrap();
    assert_eq!(done.places.messages, [(1, 1), (2, 1)]);
    assert_eq!(watch.told(&house).await, [1, 2]);
    let again = host::take_down(&house.services, photo).await.unwrap();
    assert!(
        again.places.is_empty(),
        "kept until the sweep, shown nowhere"
    );
}

async fn a_group_loses_its_picture_and_its_life_before_its_members(engine: house::Engine) {
    let house = four(engine).await;
    let services = &house.services;
    let photo = house.main(4, 60).await.photo_id;
    let mut tx = services.store.begin().await.unwrap();
    let group = chats::ChatRow {
        chat_id: 5,
        kind: "group".to_owned(),
        creator_id: 4,
        title: "Town".to_owned(),
        photo_id: Some(photo),
        version: 1,
        created_at: 1,
        ..chats::ChatRow::default()
    };
    chats::insert(&mut tx, &group).await.unwrap();
    for (user_id, role) in [(4, "creator"), (3, "member"), (2, "left")] {
        let row = chats::MemberRow {
            chat_id: 5,
            user_id,
            role: role.to_owned(),
            invited_by: 4,
            joined_at: 1,
        };
        chats::put_member(&mut tx, &row).await.unwrap();
    }
    tx.commit().await.unwrap();
    let watch = Watch::begin(&house, &[2, 3, 4]).await;
    let done = host::take_down(services, photo).await.unwrap();
    assert_eq!(
        (done.places.chats, done.places.profiles),
        (vec![5], vec![4])
    );
    assert_eq!(watch.told(&house).await, [3, 4]);

    let watch = Watch::begin(&house, &[2, 3, 4]).await;
    assert_eq!(host::delete_chat(services, 5).await.unwrap(), 2);
    assert_eq!(watch.told(&house).await, [3, 4]);
    let mut tx = services.store.read().await.unwrap();
    let row = chats::by_id(&mut tx, 5).await.unwrap().unwrap();
    assert_eq!(row.photo_id, None);
    assert!(row.deleted_at.is_some());
    drop(tx);
    for chat_id in [5, 6] {
        let gone = host::delete_chat(services, chat_id).await.unwrap_err();
        assert_eq!(word(gone), "CHAT_ID_INVALID");
    }
}

async fn a_channel_loses_its_picture_with_the_message_that_tells_of_it(engine: house::Engine) {
    let house = four(engine).await;
    let services = &house.services;
    let new = channels::NewChannel {
        title: "News".to_owned(),
        about: String::new(),
        megagroup: false,
    };
    let made = channels::create(services, caller(1), new).await.unwrap();
    let channel_id = made.channel_id;
    let named = NamedPeer::Channel {
        channel_id,
        access_hash: services.hashes.access_hash(Seen::channel(1, channel_id)),
    };
    let media = house.still(1, 70).await;
    let new = NewPhoto::Uploaded {
        media,
        combinations: false,
    };
    let told = channels::edit_photo(services, caller(1), named, new)
        .await
        .unwrap();
    let photo = told.told.unwrap().0.photo_id.unwrap();
    let watch = Watch::begin(&house, &[1, 2]).await;
    let done = host::take_down(services, photo).await.unwrap();
    assert_eq!(done.places.chats, [channel_id]);
    assert_eq!(done.places.messages.len(), 1);
    assert_eq!(watch.told(&house).await, [1]);
    for check in CHECKS {
        let outcome = doctor::run(services, check, Depth::default()).await;
        assert!(outcome.is_healthy(), "{}: {outcome:?}", check.name);
    }
    let watch = Watch::begin(&house, &[1, 2]).await;
    assert_eq!(host::delete_chat(services, channel_id).await.unwrap(), 1);
    assert_eq!(watch.told(&house).await, [1]);
}

async fn a_seeded_account_obeys_the_rules_of_accounts(engine: house::Engine) {
    let house = four(engine).await;
    let services = &house.services;
    let names = |first: &str| Names {
        first: first.to_owned(),
        last: String::new(),
    };
    let id = host::create(services, "+1 555 777", &names("Eve"), Some("eve_e5")).await;
    assert_eq!(id.unwrap(), 101);
    house.public_channel(1, "news_room").await;
    for (phone, first, username, refusal) in [
        ("x", "Eve", None, "PHONE_NUMBER_INVALID"),
        ("+1555778", " ", None, "FIRSTNAME_INVALID"),
        ("+1555778", "Eve", Some("e"), "USERNAME_INVALID"),
        ("+1555778", "Eve", Some("EVE_E5"), "USERNAME_OCCUPIED"),
        ("+1555778", "Eve", Some("NEWS_ROOM"), "USERNAME_OCCUPIED"),
        ("+1555777", "Eve", None, "PHONE_NUMBER_OCCUPIED"),
    ] {
        let refused = host::create(services, phone, &names(first), username).await;
        assert_eq!(word(refused.unwrap_err()), refusal);
    }
    let who = Who::Username("eve_e5".to_owned());
    let watch = Watch::begin(&house, &[1, 4, 101]).await;
    let saved = host::save_contact(services, &Who::Id(4), &who, None).await;
    assert_eq!(saved.unwrap(), (4, 101));
    assert_eq!(watch.told(&house).await, [4]);
    let watch = Watch::begin(&house, &[1, 4, 101]).await;
    host::rename(services, &who, &names("Eva")).await.unwrap();
    assert_eq!(watch.told(&house).await, [4, 101]);
    domain::accounts::delete(services, 101).await.unwrap();
    let gone = host::rename(services, &Who::Id(101), &names("Eva")).await;
    assert_eq!(word(gone.unwrap_err()), "INPUT_USER_DEACTIVATED");
    let nobody = host::end_all_logins(services, &who).await.unwrap_err();
    assert_eq!(word(nobody), "USERNAME_NOT_OCCUPIED");
    assert_eq!(host::end_login(services, 77).await.unwrap(), None);
}

on_every_engine!(
    a_picture_is_taken_off_each_place_and_its_watchers_are_told,
    a_suggested_picture_goes_with_its_messages,
    a_group_loses_its_picture_and_its_life_before_its_members,
    a_channel_loses_its_picture_with_the_message_that_tells_of_it,
    a_seeded_account_obeys_the_rules_of_accounts,
);
