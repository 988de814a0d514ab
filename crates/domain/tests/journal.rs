//! What an account is told of changed peers, and what happens at the ends of its journal.
#![expect(clippy::unwrap_used, reason = "a test fails where it is")]

mod house;

use std::{collections::HashMap, time::Duration};

use domain::{
    Error,
    messages::{self, Doer, Post, ReplyTo},
    updates::{self, After, Asked, Cursor, Difference, Differing, Entry, News},
};
use house::{House, word};
use store::rows::updates::PeerChangeRow;

async fn people(count: i64) -> House {
    let house = House::new().await;
    for user_id in 1..=count {
        house.person(user_id).await;
    }
    house
}

async fn send(house: &House, from: i64, to: i64, random_id: i64) {
    let post = Post {
        peer: house.named(from, to).into(),
        text: "text".to_owned(),
        entities: Vec::new(),
        mentions: HashMap::new(),
        reply_to: ReplyTo::Nothing,
        random_id,
        silent: false,
    };
    messages::send(
        &house.services,
        Doer {
            user_id: from,
            origin: 40 + from,
        },
        post,
    )
    .await
    .unwrap();
}

async fn changed(house: &House, told: i64, user_id: i64, origin: i64) {
    let mut tx = house.services.store.begin().await.unwrap();
    updates::user_changed(&house.services, &mut tx, told, user_id, origin)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn cursor(house: &House, user_id: i64) -> Cursor {
    let mut tx = house.services.store.read().await.unwrap();
    updates::cursor(&mut tx, user_id).await.unwrap()
}

/// What stands behind the cursor, which moves.
async fn after(house: &House, user_id: i64, cursor: &mut Cursor) -> After {
    let mut tx = house.services.store.read().await.unwrap();
    let looked = updates::after(&house.services, &mut tx, user_id, cursor).await;
    let (after, next) = looked.unwrap();
    *cursor = next;
    after
}

async fn news(house: &House, user_id: i64, cursor: &mut Cursor) -> News {
    match after(house, user_id, cursor).await {
        After::News(news) => *news,
        other => panic!("no news: {other:?}"),
    }
}

fn users(entries: &[(Entry, i64)]) -> Vec<(i64, i64)> {
    let user = |(entry, origin): &(Entry, i64)| match entry {
        Entry::User(user_id) => Some((*user_id, *origin)),
        _ => None,
    };
    entries.iter().filter_map(user).collect()
}

async fn difference(house: &House, user_id: i64, pts: i64, date: i64) -> Difference {
    let asked = Asked {
        pts,
        date,
        pts_limit: None,
        pts_total_limit: None,
    };
    ask(house, user_id, asked).await.unwrap()
}

async fn ask(house: &House, user_id: i64, asked: Asked) -> Result<Difference, Error> {
    let mut tx = house.services.store.read().await.unwrap();
    updates::difference(&house.services, &mut tx, user_id, asked).await
}

fn all(difference: Difference) -> Differing {
    match difference {
        Difference::All(differing) => *differing,
        other => panic!("not the whole difference: {other:?}"),
    }
}

#[tokio::test]
async fn a_changed_user_is_told_once_with_its_last_cause() {
    let house = people(2).await;
    let mut cursor = cursor(&house, 1).await;
    changed(&house, 1, 2, 7).await;
    changed(&house, 1, 2, 8).await;
    let news = news(&house, 1, &mut cursor).await;
    assert_eq!(users(&news.entries), [(2, 8)]);
    assert_eq!(news.bundle.users.len(), 1);
    assert!(matches!(
        after(&house, 1, &mut cursor).await,
        After::Nothing
    ));
}

#[tokio::test]
async fn a_change_that_commits_late_is_still_told() {
    let house = people(3).await;
    let mut cursor = cursor(&house, 1).await;
    let early = PeerChangeRow {
        owner_id: 1,
        peer_id: 3,
        kind: "user".to_owned(),
        change_id: house.services.ids.rising(),
        origin: 0,
        changed_at: house.services.clock.unix_seconds(),
    };
    changed(&house, 1, 2, 0).await;
    assert_eq!(users(&news(&house, 1, &mut cursor).await.entries), [(2, 0)]);
    // Another node drew its id before, and commits only now.
    let mut tx = house.services.store.begin().await.unwrap();
    store::rows::updates::put_changes(&mut tx, &[early])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(users(&news(&house, 1, &mut cursor).await.entries), [(3, 0)]);
    assert!(matches!(
        after(&house, 1, &mut cursor).await,
        After::Nothing
    ));
}

#[tokio::test]
async fn whoever_may_show_a_user_is_told_and_nobody_else() {
    let house = people(5).await;
    house.befriend(2, 1).await;
    house.befriend(1, 3).await;
    send(&house, 4, 1, 1).await;
    // Who cleared the chat may still be in the other side's list.
    messages::delete(
        &house.services,
        Doer {
            user_id: 1,
            origin: 0,
        },
        &[1],
        false,
    )
    .await
    .unwrap();
    let mut cursors = Vec::new();
    for user_id in 1..=5 {
        cursors.push(cursor(&house, user_id).await);
    }
    let mut tx = house.services.store.begin().await.unwrap();
    let mut told = updates::tell_watchers(&house.services, &mut tx, 1, 9)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    told.sort_unstable();
    assert_eq!(told, [1, 2, 4]);
    for (user_id, cursor) in (1..).zip(&mut cursors) {
        match after(&house, user_id, cursor).await {
            After::News(news) => {
                let origin = if user_id == 1 { 9 } else { 0 };
                assert_eq!(users(&news.entries), [(1, origin)], "account {user_id}");
            }
            After::Nothing => assert!(!told.contains(&user_id), "account {user_id}"),
            After::TooLong => panic!("account {user_id}"),
        }
    }
}

#[tokio::test]
async fn settings_and_blocks_are_told_as_they_are_now() {
    let house = people(2).await;
    let mut cursor = cursor(&house, 1).await;
    let mut tx = house.services.store.begin().await.unwrap();
    updates::settings_changed(&house.services, &mut tx, 1, 2, 0)
        .await
        .unwrap();
    updates::blocked_changed(&house.services, &mut tx, 1, 2, 0)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    house.block(1, 2).await;
    let news = news(&house, 1, &mut cursor).await;
    let [
        (Entry::Settings(offers), _),
        (
            Entry::Blocked {
                user_id: 2,
                blocked: true,
            },
            _,
        ),
    ] = &news.entries[..]
    else {
        panic!("{:?}", news.entries);
    };
    assert!(offers.blocked && !offers.view.is_contact);
}

#[tokio::test]
async fn a_push_that_is_far_behind_only_says_so() {
    let house = people(2).await;
    let mut cursor = cursor(&house, 2).await;
    for n in 1..=101 {
        send(&house, 1, 2, n).await;
    }
    let first = news(&house, 2, &mut cursor).await;
    assert!(first.more && first.entries.len() == 100);
    let second = news(&house, 2, &mut cursor).await;
    assert!(!second.more && second.entries.len() == 1);
    let mut tx = house.services.store.begin().await.unwrap();
    store::rows::messages::advance_box(&mut tx, 2, 2_000, 0)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(
        after(&house, 2, &mut cursor).await,
        After::TooLong
    ));
    assert!(matches!(
        after(&house, 2, &mut cursor).await,
        After::Nothing
    ));
}

#[tokio::test]
async fn the_session_that_sent_is_named_as_the_cause() {
    let house = people(2).await;
    let mut cursor = cursor(&house, 1).await;
    send(&house, 1, 2, 1).await;
    assert_eq!(news(&house, 1, &mut cursor).await.entries[0].1, 41);
}

/// Session 7 changed a user after somebody else's change was told: that push may reach it after its answer.
#[tokio::test]
async fn a_session_is_told_its_own_change_after_what_may_be_late() {
    let house = people(3).await;
    let mut cursor = cursor(&house, 1).await;
    changed(&house, 1, 2, 7).await;
    assert_eq!(users(&news(&house, 1, &mut cursor).await.entries), [(2, 7)]);
    // Its own changes alone are nothing new to it.
    changed(&house, 1, 2, 7).await;
    assert_eq!(users(&news(&house, 1, &mut cursor).await.entries), [(2, 7)]);
    changed(&house, 1, 2, 8).await;
    assert_eq!(users(&news(&house, 1, &mut cursor).await.entries), [(2, 0)]);
    changed(&house, 1, 2, 7).await;
    assert_eq!(users(&news(&house, 1, &mut cursor).await.entries), [(2, 0)]);
    // A message shows its sender, too.
    send(&house, 3, 1, 1).await;
    news(&house, 1, &mut cursor).await;
    changed(&house, 1, 3, 7).await;
    assert_eq!(users(&news(&house, 1, &mut cursor).await.entries), [(3, 0)]);
    house.forward(Duration::from_secs(11));
    changed(&house, 1, 3, 7).await;
    assert_eq!(users(&news(&house, 1, &mut cursor).await.entries), [(3, 7)]);
}

#[tokio::test]
async fn a_difference_tells_changed_peers_since_the_clients_date() {
    let house = people(3).await;
    let start = house.services.clock.unix_seconds();
    changed(&house, 1, 2, 7).await;
    house.forward(Duration::from_secs(100));
    changed(&house, 1, 3, 7).await;
    let since = all(difference(&house, 1, 1, start).await);
    assert!(matches!(
        since.entries[..],
        [Entry::User(2), Entry::User(3)]
    ));
    assert_eq!(since.state.date, start + 100);
    let since = all(difference(&house, 1, 1, start + 50).await);
    assert!(matches!(since.entries[..], [Entry::User(3)]));
    house.forward(Duration::from_secs(100));
    let nothing = difference(&house, 1, 1, start + 150).await;
    assert!(matches!(nothing, Difference::Empty { date } if date == start + 200));
}

#[tokio::test]
async fn many_changed_peers_come_in_slices_that_miss_none() {
    let house = people(1).await;
    let start = house.services.clock.unix_seconds();
    for peer_id in 100..600 {
        house.person(peer_id).await;
        changed(&house, 1, peer_id, 0).await;
        if peer_id % 50 == 0 {
            house.forward(Duration::from_secs(5));
        }
    }
    house.forward(Duration::from_secs(60));
    let mut told = Vec::new();
    let (mut date, mut answers) = (start, 0);
    loop {
        answers += 1;
        let (differing, more) = match difference(&house, 1, 1, date).await {
            Difference::Slice(differing) => (differing, true),
            Difference::All(differing) => (differing, false),
            other => panic!("{other:?}"),
        };
        assert!(differing.entries.len() <= 200);
        assert!(differing.state.date > date);
        date = differing.state.date;
        told.extend(differing.entries.iter().map(|entry| match entry {
            Entry::User(user_id) => *user_id,
            other => panic!("{other:?}"),
        }));
        if !more {
            break;
        }
    }
    told.sort_unstable();
    told.dedup();
    assert_eq!(told, (100..600).collect::<Vec<_>>());
    assert!(answers > 2);
}

#[tokio::test]
async fn too_many_changes_at_one_moment_are_too_long() {
    let house = people(1).await;
    let start = house.services.clock.unix_seconds();
    for peer_id in 100..301 {
        changed(&house, 1, peer_id, 0).await;
    }
    assert!(matches!(
        difference(&house, 1, 1, start).await,
        Difference::TooLong { pts: 1 }
    ));
}

#[tokio::test]
async fn the_ends_of_a_journal_are_too_long_or_refused() {
    let house = people(2).await;
    for n in 1..=5 {
        send(&house, 1, 2, n).await;
    }
    let now = house.services.clock.unix_seconds();
    let asked = Asked {
        pts: 1,
        date: now,
        pts_limit: None,
        pts_total_limit: Some(4),
    };
    assert!(matches!(
        ask(&house, 2, asked).await,
        Ok(Difference::TooLong { pts: 6 })
    ));
    let enough = Asked {
        pts_total_limit: Some(5),
        ..asked
    };
    assert_eq!(all(ask(&house, 2, enough).await.unwrap()).entries.len(), 5);
    // From a copy of the data that was newer than this one.
    assert!(matches!(
        difference(&house, 2, 7, now).await,
        Difference::TooLong { pts: 6 }
    ));
    assert!(matches!(
        difference(&house, 2, 6, now).await,
        Difference::Empty { .. }
    ));
    let zero = Asked { pts: 0, ..asked };
    assert_eq!(
        word(ask(&house, 2, zero).await.unwrap_err()),
        "PERSISTENT_TIMESTAMP_INVALID"
    );
    // After the journal was swept only a client that is up to date can go on.
    house.forward(Duration::from_secs(
        updates::JOURNAL_LIFETIME_S.cast_unsigned() + 1,
    ));
    assert_eq!(updates::sweep(&house.services, 3).await.unwrap(), 3);
    while updates::sweep(&house.services, 3).await.unwrap() > 0 {}
    send(&house, 1, 2, 6).await;
    assert!(matches!(
        difference(&house, 2, 1, now).await,
        Difference::TooLong { pts: 7 }
    ));
    assert_eq!(all(difference(&house, 2, 6, now).await).entries.len(), 1);
    let mut behind = cursor(&house, 2).await;
    send(&house, 1, 2, 7).await;
    assert_eq!(news(&house, 2, &mut behind).await.entries.len(), 1);
}

#[tokio::test]
async fn a_message_that_came_and_went_still_moves_a_live_client() {
    let house = people(2).await;
    let mut cursor = cursor(&house, 2).await;
    send(&house, 1, 2, 1).await;
    let doer = Doer {
        user_id: 1,
        origin: 0,
    };
    messages::delete(&house.services, doer, &[1], true)
        .await
        .unwrap();
    let news = news(&house, 2, &mut cursor).await;
    let moved: Vec<(i64, i64)> = news
        .entries
        .iter()
        .map(|(entry, _)| match entry {
            Entry::Deleted {
                message_ids,
                pts,
                pts_count,
            } if message_ids == &[1] => (*pts, *pts_count),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(moved, [(2, 1), (3, 1)]);
}
