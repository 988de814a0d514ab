//! Channels on both engines: what members are told and when, what a message costs, who may what, and
//! pictures from first to last.
#![expect(clippy::unwrap_used, reason = "a test fails where it is")]

mod engines;
mod house;

use std::collections::HashMap;

use domain::{
    Error, Peer, Seen,
    chats::{
        NamedPeer, NewPhoto,
        channels::{self, Banned, NewChannel},
    },
    messages::{self, Doer, Page, Post, ReplyTo, Sent},
    privacy::{self, Key, Rule, Whom},
    updates::{self, After, Cursor, Entry, InChannel},
};
use engines::on_every_engine;
use house::{Engine, House, word};
use store::rows::dialogs;

on_every_engine!(
    members_are_told_what_comes_after_they_came_and_until_they_go,
    the_session_that_did_it_is_left_out_and_no_other,
    a_message_costs_the_same_statements_for_many_members,
    who_does_not_want_to_come_is_missing,
    writers_at_once_lose_nothing,
    a_picture_is_changed_by_administrators_and_kept_for_the_history,
    a_repeated_message_is_one_message,
);

const ADA: i64 = 1;
const BOB: i64 = 2;
const SESSION: i64 = 70;

fn doer(user_id: i64) -> Doer {
    Doer {
        user_id,
        origin: SESSION + user_id,
    }
}

async fn people(engine: Engine, count: i64) -> House {
    let house = House::on(engine).await;
    for user_id in 1..=count {
        house.person(user_id).await;
    }
    house
}

fn named(house: &House, viewer: i64, channel_id: i64) -> NamedPeer {
    let seen = Seen::channel(viewer, channel_id);
    NamedPeer::Channel {
        channel_id,
        access_hash: house.services.hashes.access_hash(seen),
    }
}

async fn create(house: &House, megagroup: bool) -> i64 {
    let new = NewChannel {
        megagroup,
        title: "Ours".to_owned(),
        about: String::new(),
    };
    let made = channels::create(&house.services, doer(ADA), new).await;
    made.unwrap().channel_id
}

async fn invite(house: &House, channel_id: i64, users: &[i64]) {
    let channel = named(house, ADA, channel_id);
    for users in users.chunks(200) {
        let users: Vec<_> = users.iter().map(|user| house.named(ADA, *user)).collect();
        let invited = channels::invite(&house.services, doer(ADA), channel, &users).await;
        assert_eq!(invited.unwrap().missing, [0; 0]);
    }
}

async fn say(
    house: &House,
    (user_id, channel_id): (i64, i64),
    text: &str,
    random_id: i64,
) -> Result<Sent, Error> {
    let post = Post {
        peer: named(house, user_id, channel_id),
        text: text.to_owned(),
        entities: Vec::new(),
        mentions: HashMap::new(),
        reply_to: ReplyTo::Nothing,
        random_id,
        silent: false,
    };
    messages::send(&house.services, doer(user_id), post).await
}

async fn cursor(house: &House, user_id: i64) -> Cursor {
    let mut tx = house.services.store.read().await.unwrap();
    updates::cursor(&mut tx, user_id).await.unwrap()
}

/// What a push tells `user_id` now: message ids, 0 for a changed channel; with the session left out.
async fn told(house: &House, user_id: i64, cursor: &mut Cursor) -> Vec<(i64, i64)> {
    let mut tx = house.services.store.read().await.unwrap();
    let looked = updates::after(&house.services, &mut tx, user_id, cursor).await;
    let (after, next) = looked.unwrap();
    *cursor = next;
    let entries = match after {
        After::Nothing => Vec::new(),
        After::News(news) => news.entries,
        After::TooLong => panic!("a short test is not too long"),
    };
    let read = |(entry, origin): &(Entry, i64)| match entry {
        Entry::Channel { news, .. } => match news {
            InChannel::Message { message, .. } => Some((message.message_id, *origin)),
            InChannel::Changed => Some((0, *origin)),
            other => panic!("{other:?}"),
        },
        _ => None,
    };
    entries.iter().filter_map(read).collect()
}

async fn members_are_told_what_comes_after_they_came_and_until_they_go(engine: Engine) {
    let house = people(engine, 3).await;
    let channel_id = create(&house, true).await;
    say(&house, (ADA, channel_id), "before Bob", 1)
        .await
        .unwrap();
    let mut bob = cursor(&house, BOB).await;
    let mut stranger = cursor(&house, 3).await;
    invite(&house, channel_id, &[BOB]).await;
    say(&house, (ADA, channel_id), "with Bob", 2).await.unwrap();
    // Came in (0), the message that says so, and what was said since; nothing older.
    assert_eq!(told(&house, BOB, &mut bob).await, [(0, 0), (3, 0), (4, 0)]);
    assert_eq!(told(&house, BOB, &mut bob).await, []);
    assert_eq!(told(&house, 3, &mut stranger).await, []);
    // Said before he is sent away, but told only afterwards: nothing.
    say(&house, (ADA, channel_id), "about Bob", 3)
        .await
        .unwrap();
    let whom = (named(&house, ADA, channel_id), house.named(ADA, BOB));
    channels::edit_banned(&house.services, doer(ADA), whom, Banned::Away)
        .await
        .unwrap();
    say(&house, (ADA, channel_id), "without Bob", 4)
        .await
        .unwrap();
    assert_eq!(told(&house, BOB, &mut bob).await, [(0, 0)]);
    let refusal = say(&house, (BOB, channel_id), "hello?", 5).await;
    assert_eq!(word(refusal.unwrap_err()), "CHANNEL_PRIVATE");
    // Brought back he hears from there on.
    invite(&house, channel_id, &[BOB]).await;
    assert_eq!(told(&house, BOB, &mut bob).await, [(0, 0), (8, 0)]);
}

async fn the_session_that_did_it_is_left_out_and_no_other(engine: Engine) {
    let house = people(engine, 2).await;
    let channel_id = create(&house, true).await;
    invite(&house, channel_id, &[BOB]).await;
    let (mut ada, mut bob) = (cursor(&house, ADA).await, cursor(&house, BOB).await);
    let sent = say(&house, (ADA, channel_id), "hi", 1).await.unwrap();
    let id = sent.message.message_id;
    assert_eq!(told(&house, ADA, &mut ada).await, [(id, SESSION + ADA)]);
    assert_eq!(told(&house, BOB, &mut bob).await, [(id, 0)]);
}

async fn a_message_costs_the_same_statements_for_many_members(engine: Engine) {
    let house = people(engine, 150).await;
    let channel_id = create(&house, true).await;
    let mut costs = Vec::new();
    for members in [2..=10, 11..=150] {
        let members: Vec<i64> = members.collect();
        invite(&house, channel_id, &members).await;
        let before = house.services.store.queries();
        say(&house, (ADA, channel_id), "hi", members[0])
            .await
            .unwrap();
        costs.push(house.services.store.queries() - before);
    }
    // The changes of 150 members are written in two steps of 64, two of eight and six of one.
    assert!(costs[1] <= costs[0] + 12, "{costs:?}");
    let mut tx = house.services.store.read().await.unwrap();
    let channel = Peer::Channel(channel_id).number();
    for (member, unread) in [(ADA, 0), (5, 4), (150, 2)] {
        let row = dialogs::find(&mut tx, member, channel)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.unread_count, unread, "of member {member}");
    }
}

async fn who_does_not_want_to_come_is_missing(engine: Engine) {
    let house = people(engine, 4).await;
    let channel_id = create(&house, true).await;
    let rules = vec![Rule::disallow(Whom::All)];
    privacy::set(&house.services, (BOB, 0), Key::ChatInvite, rules)
        .await
        .unwrap();
    house.block(3, ADA).await;
    let users: Vec<_> = [BOB, 3, 4]
        .iter()
        .map(|user| house.named(ADA, *user))
        .collect();
    let channel = named(&house, ADA, channel_id);
    let invited = channels::invite(&house.services, doer(ADA), channel, &users).await;
    assert_eq!(invited.unwrap().missing, [BOB, 3]);
}

async fn writers_at_once_lose_nothing(engine: Engine) {
    let house = people(engine, 4).await;
    let channel_id = create(&house, true).await;
    invite(&house, channel_id, &[2, 3, 4]).await;
    let write = |user_id: i64| {
        let house = &house;
        async move {
            for number in 0..5 {
                loop {
                    let random_id = user_id * 100 + number;
                    match say(house, (user_id, channel_id), "hi", random_id).await {
                        Ok(_) => break,
                        Err(Error::Conflict) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
            }
        }
    };
    tokio::join!(write(1), write(2), write(3), write(4));
    let channel = named(&house, ADA, channel_id);
    let page = Page {
        limit: 100,
        ..Page::default()
    };
    let listed = messages::history(&house.services, ADA, channel, page)
        .await
        .unwrap();
    let ids: Vec<i64> = listed.messages.iter().map(|row| row.message_id).collect();
    assert_eq!(ids, (1..=22).rev().collect::<Vec<i64>>());
    assert_eq!(listed.channel_pts, Some(23));
    let mut tx = house.services.store.read().await.unwrap();
    let channel = Peer::Channel(channel_id).number();
    for member in [2, 3, 4] {
        let row = dialogs::find(&mut tx, member, channel)
            .await
            .unwrap()
            .unwrap();
        // The message that they came, and what the three others wrote.
        assert_eq!((row.unread_count, row.top_message_id), (16, 22));
    }
}

async fn a_picture_is_changed_by_administrators_and_kept_for_the_history(engine: Engine) {
    let house = people(engine, 2).await;
    let channel_id = create(&house, false).await;
    invite(&house, channel_id, &[BOB]).await;
    let uploaded = |media| NewPhoto::Uploaded {
        media,
        combinations: false,
    };
    let channel = named(&house, ADA, channel_id);
    let media = house.still(ADA, 200).await;
    let set = channels::edit_photo(&house.services, doer(ADA), channel, uploaded(media)).await;
    let outcome = set.unwrap();
    let photo_id = outcome.told.unwrap().0.photo_id.unwrap();
    assert_eq!(
        outcome.bundle.chats[0].photo.as_ref().unwrap().photo_id,
        photo_id
    );
    let theirs = named(&house, BOB, channel_id);
    let seen = channels::about(&house.services, BOB, theirs).await.unwrap();
    assert_eq!(seen.photo.unwrap().photo_id, photo_id);
    let taken = channels::edit_photo(&house.services, doer(BOB), theirs, NewPhoto::Nothing).await;
    assert_eq!(word(taken.unwrap_err()), "CHAT_ADMIN_REQUIRED");
    let nothing = channels::edit_photo(&house.services, doer(ADA), channel, NewPhoto::Nothing);
    assert!(nothing.await.is_ok());
    let seen = channels::about(&house.services, BOB, theirs).await.unwrap();
    assert!(seen.photo.is_none());
    // The message that told of it still has it.
    let page = Page {
        limit: 10,
        ..Page::default()
    };
    let listed = messages::history(&house.services, BOB, theirs, page)
        .await
        .unwrap();
    assert!(listed.bundle.photos.contains_key(&photo_id));
}

async fn a_repeated_message_is_one_message(engine: Engine) {
    let house = people(engine, 2).await;
    let channel_id = create(&house, true).await;
    invite(&house, channel_id, &[BOB]).await;
    let first = say(&house, (ADA, channel_id), "hi", 9).await.unwrap();
    let again = say(&house, (ADA, channel_id), "hi", 9).await.unwrap();
    assert_eq!((again.message, again.pts), (first.message, first.pts));
    // The number of somebody else's message, and of another text.
    for (user_id, text) in [(BOB, "hi"), (ADA, "ho")] {
        let refusal = say(&house, (user_id, channel_id), text, 9).await;
        assert_eq!(word(refusal.unwrap_err()), "RANDOM_ID_DUPLICATE");
    }
}
