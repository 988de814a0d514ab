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
        groups::{self, Creation},
    },
    dialogs::{self as lists, Offset},
    messages::{self, Doer, Page, Post, ReplyTo, Sent},
    photos::Caller,
    privacy::{self, Key, Rule, Whom},
    updates::{self, After, Cursor, Entry, InChannel},
};
use engines::on_every_engine;
use house::{Engine, House, caller, word};
use store::rows::dialogs;

on_every_engine!(
    members_are_told_what_comes_after_they_came_and_until_they_go,
    the_session_that_did_it_is_left_out_and_no_other,
    a_message_costs_the_same_statements_for_many_members,
    who_does_not_want_to_come_is_missing,
    writers_at_once_lose_nothing,
    a_picture_is_changed_by_administrators_and_kept_for_the_history,
    a_repeated_message_is_one_message,
    a_repeated_call_changes_nothing_twice,
    whoever_left_twice_is_told_the_same,
    chats_with_the_same_top_are_listed_once,
    only_so_many_chats_are_asked_for_and_only_own_groups,
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

/// A call of its own in the same session.
fn call(user_id: i64) -> Caller {
    Caller {
        session_id: SESSION + user_id,
        ..caller(user_id)
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
    let made = channels::create(&house.services, call(ADA), new).await;
    made.unwrap().channel_id
}

async fn invite(house: &House, channel_id: i64, users: &[i64]) {
    let channel = named(house, ADA, channel_id);
    for users in users.chunks(200) {
        let users: Vec<_> = users.iter().map(|user| house.named(ADA, *user)).collect();
        let invited = channels::invite(&house.services, call(ADA), channel, &users).await;
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
    channels::edit_banned(&house.services, call(ADA), whom, Banned::Away)
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
    let invited = channels::invite(&house.services, call(ADA), channel, &users).await;
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
    let set = channels::edit_photo(&house.services, call(ADA), channel, uploaded(media)).await;
    let outcome = set.unwrap();
    let photo_id = outcome.told.unwrap().0.photo_id.unwrap();
    assert_eq!(
        outcome.bundle.chats[0].photo.as_ref().unwrap().photo_id,
        photo_id
    );
    let theirs = named(&house, BOB, channel_id);
    let seen = channels::about(&house.services, BOB, theirs).await.unwrap();
    assert_eq!(seen.photo.unwrap().photo_id, photo_id);
    let taken = channels::edit_photo(&house.services, call(BOB), theirs, NewPhoto::Nothing).await;
    assert_eq!(word(taken.unwrap_err()), "CHAT_ADMIN_REQUIRED");
    let nothing = channels::edit_photo(&house.services, call(ADA), channel, NewPhoto::Nothing);
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

/// A call whose answer was lost with the process is repeated: it has acted already.
async fn a_repeated_call_changes_nothing_twice(engine: Engine) {
    let house = people(engine, 4).await;
    let services = &house.services;
    let who = call(ADA);
    let mut made = Vec::new();
    for _ in 0..2 {
        let new = NewChannel {
            megagroup: true,
            title: "Ours".to_owned(),
            about: String::new(),
        };
        let outcome = channels::create(services, who, new).await.unwrap();
        made.push((outcome.channel_id, outcome.told.unwrap()));
    }
    assert_eq!(made[0], made[1]);
    let channel_id = made[0].0;
    let channel = named(&house, ADA, channel_id);
    let who = call(ADA);
    let mut told = Vec::new();
    for _ in 0..2 {
        let edited = channels::edit_title(services, who, channel, "Theirs").await;
        told.push(edited.unwrap().told.unwrap());
    }
    assert_eq!(told[0], told[1]);
    let (who, media) = (call(ADA), house.still(ADA, 200).await);
    let mut told = Vec::new();
    for _ in 0..2 {
        let new = NewPhoto::Uploaded {
            media: media.clone(),
            combinations: false,
        };
        let edited = channels::edit_photo(services, who, channel, new).await;
        told.push(edited.unwrap().told.unwrap());
    }
    assert_eq!(told[0], told[1]);
    let (about, name) = (call(ADA), call(ADA));
    for _ in 0..2 {
        let changed = channels::edit_about(services, about, channel, "words").await;
        changed.unwrap();
        let named = channels::update_username(services, name, channel, "ours_public").await;
        named.unwrap();
    }
    house.block(3, ADA).await;
    let (who, users) = (call(ADA), [house.named(ADA, BOB), house.named(ADA, 3)]);
    let mut told = Vec::new();
    for _ in 0..2 {
        let invited = channels::invite(services, who, channel, &users).await;
        let invited = invited.unwrap();
        assert_eq!(invited.missing, [3]);
        told.push(invited.outcome.told.unwrap());
    }
    assert_eq!(told[0], told[1]);
    // Made, named, pictured, joined: a message each.
    assert_eq!(told[0].0.message_id, 4);
    let page = Page {
        limit: 10,
        ..Page::default()
    };
    let listed = messages::history(services, ADA, channel, page).await;
    assert_eq!(listed.unwrap().messages.len(), 4);
    let who = call(ADA);
    for _ in 0..2 {
        let deleted = channels::delete(services, who, channel).await;
        assert_eq!(deleted.unwrap().channel_id, channel_id);
    }
}

async fn whoever_left_twice_is_told_the_same(engine: Engine) {
    let house = people(engine, 2).await;
    for megagroup in [true, false] {
        let channel_id = create(&house, megagroup).await;
        invite(&house, channel_id, &[BOB]).await;
        let (who, channel) = (call(BOB), named(&house, BOB, channel_id));
        for _ in 0..2 {
            let left = channels::leave(&house.services, who, channel)
                .await
                .unwrap();
            assert_eq!((left.channel_id, left.told), (channel_id, None));
        }
        // Another call is not this one.
        let left = channels::leave(&house.services, call(BOB), channel).await;
        assert_eq!(word(left.unwrap_err()), "CHANNEL_PRIVATE");
    }
}

async fn chats_with_the_same_top_are_listed_once(engine: Engine) {
    let house = people(engine, 2).await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(Peer::Channel(create(&house, true).await).number());
    }
    let services = &house.services;
    let (mut offset, mut seen) = (Offset::default(), Vec::new());
    loop {
        let list = lists::page(services, ADA, offset, 2).await.unwrap();
        let Some(last) = list.dialogs.last() else {
            break;
        };
        // They tie in all but the peer.
        assert_eq!(last.top_message_id, 1);
        let Peer::Channel(channel_id) = Peer::of(last.peer_id) else {
            panic!("only channels are listed");
        };
        // By id alone, as some clients ask, and by both.
        let date = if seen.is_empty() { 0 } else { last.top_sent_at };
        offset = Offset {
            date,
            message_id: last.top_message_id,
            peer: Some(named(&house, ADA, channel_id)),
        };
        seen.extend(list.dialogs.iter().map(|row| row.peer_id));
    }
    seen.sort_unstable();
    made.sort_unstable();
    assert_eq!(seen, made);
}

async fn only_so_many_chats_are_asked_for_and_only_own_groups(engine: Engine) {
    let house = people(engine, 3).await;
    let services = &house.services;
    let creation = Creation {
        title: "Tea".to_owned(),
        users: vec![house.named(ADA, BOB)],
        tells_missing: true,
    };
    let made = groups::create(services, call(ADA), creation).await;
    let entries = made.unwrap().outcome.unwrap().entries;
    let Some(Entry::Message { message, .. }) = entries.last() else {
        panic!("a message tells of the group");
    };
    let chat_id = -message.peer_id;
    let group = NamedPeer::Group(chat_id);
    let ask = async |who, peers: &[NamedPeer]| {
        let list = lists::of_peers(services, who, peers).await;
        list.map(|list| list.dialogs.len()).map_err(word)
    };
    assert_eq!(ask(BOB, &[group]).await, Ok(1));
    for unknown in [group, NamedPeer::Group(chat_id + 1)] {
        assert_eq!(ask(3, &[unknown]).await, Err("PEER_ID_INVALID".to_owned()));
    }
    let users = |count| -> Vec<NamedPeer> {
        let ids = 1..=count;
        ids.map(|id| house.named(ADA, id).into()).collect()
    };
    assert_eq!(ask(ADA, &users(100)).await, Ok(100));
    assert_eq!(ask(ADA, &users(101)).await, Err("LIMIT_INVALID".to_owned()));
    // The same one again and again is one.
    let channel = named(&house, ADA, create(&house, true).await);
    let before = services.store.queries();
    assert_eq!(ask(ADA, &[channel]).await, Ok(1));
    let one = services.store.queries() - before;
    assert_eq!(ask(ADA, &[channel; 300]).await, Ok(1));
    assert_eq!(services.store.queries() - before, 2 * one);
}
