//! Who may be brought into a channel, who is told of it, and in how many chats one account is.
#![expect(clippy::unwrap_used, reason = "a test fails where it is")]

mod engines;
mod house;

use domain::{
    Error, Peer, Seen,
    chats::{
        NamedPeer,
        channels::{self, Banned, NewChannel},
        groups::{self, Creation},
    },
};
use engines::on_every_engine;
use house::{Engine, House, caller, word};
use store::{
    bus::Wake,
    rows::{
        chats::{self, ChatRow, MemberRow},
        messages as rows,
    },
};

on_every_engine!(
    an_account_that_ended_is_not_invited,
    who_left_alone_comes_back_with_a_mutual_contact,
    who_was_never_there_does_not_learn_of_a_ban,
    many_members_are_not_told_who_goes_alone,
    groups_and_channels_are_counted_apart,
);

const ADA: i64 = 1;
const BOB: i64 = 2;

/// So many accounts, and a supergroup of the first alone.
async fn house(engine: Engine, count: i64) -> (House, i64) {
    let house = House::on(engine).await;
    for user_id in 1..=count {
        house.person(user_id).await;
    }
    let channel_id = create(&house, ADA).await.unwrap();
    (house, channel_id)
}

async fn create(house: &House, who: i64) -> Result<i64, Error> {
    let new = NewChannel {
        megagroup: true,
        title: "Ours".to_owned(),
        about: String::new(),
    };
    let made = channels::create(&house.services, caller(who), new).await;
    made.map(|outcome| outcome.channel_id)
}

fn named(house: &House, viewer: i64, channel_id: i64) -> NamedPeer {
    let seen = Seen::channel(viewer, channel_id);
    NamedPeer::Channel {
        channel_id,
        access_hash: house.services.hashes.access_hash(seen),
    }
}

/// Who is missing after the first invited these.
async fn invite(house: &House, channel_id: i64, users: &[i64]) -> Result<Vec<i64>, Error> {
    let channel = named(house, ADA, channel_id);
    let users: Vec<_> = users.iter().map(|user| house.named(ADA, *user)).collect();
    let invited = channels::invite(&house.services, caller(ADA), channel, &users).await;
    invited.map(|invited| invited.missing)
}

async fn ban(house: &House, channel_id: i64, user: i64, banned: Banned) {
    let whom = (named(house, ADA, channel_id), house.named(ADA, user));
    channels::edit_banned(&house.services, caller(ADA), whom, banned)
        .await
        .unwrap();
}

async fn leave(house: &House, user: i64, channel_id: i64) {
    let channel = named(house, user, channel_id);
    channels::leave(&house.services, caller(user), channel)
        .await
        .unwrap();
}

async fn pts(house: &House, channel_id: i64) -> i64 {
    let mut tx = house.services.store.read().await.unwrap();
    let number = Peer::Channel(channel_id).number();
    rows::box_of(&mut tx, number).await.unwrap().unwrap().pts
}

async fn an_account_that_ended_is_not_invited(engine: Engine) {
    let (house, channel_id) = house(engine, 3).await;
    domain::accounts::delete(&house.services, BOB)
        .await
        .unwrap();
    let refused = invite(&house, channel_id, &[3, BOB]).await;
    assert_eq!(word(refused.unwrap_err()), "INPUT_USER_DEACTIVATED");
    assert_eq!(invite(&house, channel_id, &[3]).await.unwrap(), [0; 0]);
}

async fn who_left_alone_comes_back_with_a_mutual_contact(engine: Engine) {
    let (house, channel_id) = house(engine, 3).await;
    invite(&house, channel_id, &[BOB, 3]).await.unwrap();
    leave(&house, BOB, channel_id).await;
    assert_eq!(invite(&house, channel_id, &[BOB]).await.unwrap(), [BOB]);
    house.befriend(ADA, BOB).await;
    assert_eq!(invite(&house, channel_id, &[BOB]).await.unwrap(), [BOB]);
    house.befriend(BOB, ADA).await;
    assert_eq!(invite(&house, channel_id, &[BOB]).await.unwrap(), [0; 0]);
    // Whoever was sent away, and may come again, did not want to go.
    ban(&house, channel_id, 3, Banned::Away).await;
    ban(&house, channel_id, 3, Banned::No).await;
    assert_eq!(invite(&house, channel_id, &[3]).await.unwrap(), [0; 0]);
}

async fn who_was_never_there_does_not_learn_of_a_ban(engine: Engine) {
    let (house, channel_id) = house(engine, 2).await;
    let looked = async || {
        let mut tx = house.services.store.read().await.unwrap();
        domain::updates::cursor(&mut tx, BOB).await.unwrap()
    };
    let cursor = looked().await;
    let mut woken = house.services.bus.subscribe();
    ban(&house, channel_id, BOB, Banned::Away).await;
    let names = match woken.take() {
        Some(Wake::Users(names)) => names,
        _ => Vec::new(),
    };
    assert!(!names.contains(&BOB));
    let mut tx = house.services.store.read().await.unwrap();
    let after = domain::updates::after(&house.services, &mut tx, BOB, &cursor).await;
    assert!(matches!(after.unwrap().0, domain::updates::After::Nothing));
    drop(tx);
    // It is kept out all the same, and a stranger again afterwards.
    let mut tx = house.services.store.read().await.unwrap();
    let row = chats::member(&mut tx, channel_id, BOB).await.unwrap();
    assert_eq!(row.unwrap().role, "kicked");
    drop(tx);
    ban(&house, channel_id, BOB, Banned::No).await;
    let mut tx = house.services.store.read().await.unwrap();
    assert_eq!(chats::member(&mut tx, channel_id, BOB).await.unwrap(), None);
}

async fn many_members_are_not_told_who_goes_alone(engine: Engine) {
    let (house, channel_id) = house(engine, 202).await;
    let others: Vec<i64> = (2..=202).collect();
    for users in others.chunks(200) {
        invite(&house, channel_id, users).await.unwrap();
    }
    let before = pts(&house, channel_id).await;
    leave(&house, 2, channel_id).await;
    leave(&house, 3, channel_id).await;
    assert_eq!(pts(&house, channel_id).await, before);
    leave(&house, 4, channel_id).await;
    assert_eq!(pts(&house, channel_id).await, before + 1);
}

async fn groups_and_channels_are_counted_apart(engine: Engine) {
    let (house, _) = house(engine, 3).await;
    let mut tx = house.services.store.begin().await.unwrap();
    for chat_id in 1001..1201 {
        let row = ChatRow {
            chat_id,
            kind: "group".to_owned(),
            creator_id: BOB,
            version: 1,
            ..ChatRow::default()
        };
        chats::insert(&mut tx, &row).await.unwrap();
        let row = MemberRow {
            chat_id,
            user_id: BOB,
            role: "creator".to_owned(),
            ..MemberRow::default()
        };
        chats::put_member(&mut tx, &row).await.unwrap();
    }
    tx.commit().await.unwrap();
    let group = async |who: i64, other: i64| {
        let creation = Creation {
            title: "Tea".to_owned(),
            users: vec![house.named(who, other)],
            tells_missing: true,
        };
        groups::create(&house.services, caller(who), creation).await
    };
    let refused = group(BOB, 3).await.unwrap_err();
    assert_eq!(word(refused), "CHANNELS_TOO_MUCH");
    assert_eq!(group(3, BOB).await.unwrap().missing, [BOB]);
    // Channels are counted apart.
    assert!(create(&house, BOB).await.is_ok());
}
