//! How much one call takes back in a group, and who is woken when copies go.
#![expect(clippy::unwrap_used, reason = "a test fails where it is")]

mod engines;
mod house;

use std::collections::HashMap;

use domain::{
    Error,
    chats::{
        NamedPeer,
        groups::{self, Creation, Outcome, Removing},
    },
    dialogs,
    messages::{self, Clearing, Doer, Page, Post, ReplyTo},
    updates::Entry,
};
use engines::on_every_engine;
use house::{Engine, House, caller, word};
use store::{bus::Wake, rows::messages as rows};

on_every_engine!(
    only_so_many_are_taken_back_at_once,
    a_removal_takes_everything_along,
    a_long_history_goes_from_both_sides,
    whoever_left_before_is_woken_when_copies_go,
);

/// Accounts 1 to 4 in a group that the first made.
async fn house(engine: Engine) -> (House, i64) {
    let house = House::on(engine).await;
    for user_id in 1..=4 {
        house.person(user_id).await;
    }
    let creation = Creation {
        title: "Tea".to_owned(),
        users: (2..=4).map(|user| house.named(1, user)).collect(),
        tells_missing: true,
    };
    let made = groups::create(&house.services, caller(1), creation).await;
    let outcome = made.unwrap().outcome.unwrap();
    let found = outcome.entries.iter().find_map(|entry| match entry {
        Entry::Message { message, .. } => Some(-message.peer_id),
        _ => None,
    });
    (house, found.unwrap())
}

fn doer(user_id: i64) -> Doer {
    Doer { user_id, origin: 0 }
}

fn post(house: &House, peer: NamedPeer, text: String) -> Post {
    Post {
        peer,
        text,
        entities: Vec::new(),
        mentions: HashMap::new(),
        reply_to: ReplyTo::Nothing,
        random_id: house.services.ids.rising(),
        silent: false,
    }
}

/// Writes `count` texts; their ids in the writer's box.
async fn write(house: &House, who: i64, chat_id: i64, count: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    for number in 0..count {
        let post = post(house, NamedPeer::Group(chat_id), format!("text {number}"));
        let sent = messages::send(&house.services, doer(who), post).await;
        ids.push(sent.unwrap().message.message_id);
    }
    ids
}

async fn remove(
    house: &House,
    who: i64,
    (chat_id, whom): (i64, i64),
    revoke_history: bool,
) -> Result<Outcome, Error> {
    let removing = Removing {
        chat_id,
        user: house.named(who, whom),
        revoke_history,
    };
    groups::delete_user(&house.services, caller(who), removing).await
}

/// What stands in one box, texts only, newest first.
async fn texts(house: &House, who: i64, chat_id: i64) -> Vec<String> {
    let page = Page {
        limit: 50,
        ..Page::default()
    };
    let named = NamedPeer::Group(chat_id);
    let listed = messages::history(&house.services, who, named, page).await;
    let mut rows = listed.unwrap().messages;
    rows.retain(|row| row.action.is_empty());
    rows.into_iter().map(|row| row.text).collect()
}

async fn unread(house: &House, who: i64, chat_id: i64) -> i64 {
    let named = NamedPeer::Group(chat_id);
    let list = dialogs::of_peers(&house.services, who, &[named]).await;
    list.unwrap().dialogs[0].unread_count
}

async fn pts(house: &House, who: i64) -> i64 {
    let mut tx = house.services.store.read().await.unwrap();
    rows::box_of(&mut tx, who).await.unwrap().unwrap().pts
}

async fn only_so_many_are_taken_back_at_once(engine: Engine) {
    let (house, chat_id) = house(engine).await;
    let services = &house.services;
    let ids = write(&house, 2, chat_id, 101).await;
    let refused = messages::delete(services, doer(2), &ids, true).await;
    assert_eq!(word(refused.unwrap_err()), "LIMIT_INVALID");
    let before = unread(&house, 3, chat_id).await;
    messages::delete(services, doer(2), &ids[1..], true)
        .await
        .unwrap();
    assert_eq!(unread(&house, 3, chat_id).await, before - 100);
    assert_eq!(texts(&house, 3, chat_id).await, ["text 0"]);
    // From the own box alone there is no such bound.
    let more = write(&house, 2, chat_id, 101).await;
    messages::delete(services, doer(2), &more, false)
        .await
        .unwrap();
    assert_eq!(texts(&house, 2, chat_id).await, ["text 0"]);
    // Whoever wrote them has none of them unread.
    assert_eq!(unread(&house, 2, chat_id).await, 1);
}

/// The rest is taken back in transactions of its own, and told like what others do.
async fn a_removal_takes_everything_along(engine: Engine) {
    let (house, chat_id) = house(engine).await;
    write(&house, 2, chat_id, 250).await;
    write(&house, 3, chat_id, 1).await;
    let before = pts(&house, 1).await;
    let done = remove(&house, 1, (chat_id, 2), true).await.unwrap();
    let gone = done.entries.iter().find_map(|entry| match entry {
        Entry::Deleted { message_ids, .. } => Some(message_ids.len()),
        _ => None,
    });
    assert_eq!(gone, Some(100));
    for who in 1..=4 {
        assert_eq!(texts(&house, who, chat_id).await, ["text 0"], "{who}");
    }
    // Each message and the one about the removal once.
    assert_eq!(pts(&house, 1).await, before + 251);
}

/// A private chat is cleared in one call: no client has to come again.
async fn a_long_history_goes_from_both_sides(engine: Engine) {
    let (house, _) = house(engine).await;
    let services = &house.services;
    for _ in 0..250 {
        let post = post(&house, house.named(1, 2).into(), "text".to_owned());
        messages::send(services, doer(1), post).await.unwrap();
    }
    let clearing = Clearing {
        peer: house.named(2, 1).into(),
        max_id: 0,
        min_date: None,
        max_date: None,
        revoke: true,
    };
    let cleared = messages::delete_history(services, doer(2), clearing).await;
    let cleared = cleared.unwrap();
    assert_eq!((cleared.affected.pts_count, cleared.more), (250, false));
    for (who, other) in [(1, 2), (2, 1)] {
        let page = Page {
            limit: 50,
            ..Page::default()
        };
        let named: NamedPeer = house.named(who, other).into();
        let left = messages::history(services, who, named, page).await;
        assert_eq!(left.unwrap().messages.len(), 0);
    }
}

async fn whoever_left_before_is_woken_when_copies_go(engine: Engine) {
    let (house, chat_id) = house(engine).await;
    write(&house, 2, chat_id, 1).await;
    remove(&house, 4, (chat_id, 4), false).await.unwrap();
    let before = pts(&house, 4).await;
    let mut woken = house.services.bus.subscribe();
    remove(&house, 1, (chat_id, 2), true).await.unwrap();
    assert_eq!(pts(&house, 4).await, before + 1);
    assert_eq!(woken.take(), Some(Wake::Users(vec![1, 2, 3, 4])));
}
