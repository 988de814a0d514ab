//! Sending, answering, finding and listing messages: what is refused, what is kept, what comes back.
#![expect(clippy::unwrap_used, reason = "a test fails where it is")]

mod house;

use std::{collections::HashMap, time::Duration};

use domain::{
    Error,
    dialogs::{self, Offset},
    messages::{self, Clearing, Doer, Entity, EntityKind, Hits, Page, Post, ReplyTo, Search, Sent},
    peers::Named,
};
use house::{House, word};

async fn people(count: i64) -> House {
    let house = House::new().await;
    for user_id in 1..=count {
        house.person(user_id).await;
    }
    house
}

fn doer(user_id: i64) -> Doer {
    Doer { user_id, origin: 0 }
}

fn post(peer: Named, text: &str, random_id: i64) -> Post {
    Post {
        peer: peer.into(),
        text: text.to_owned(),
        entities: Vec::new(),
        mentions: HashMap::new(),
        reply_to: ReplyTo::Nothing,
        random_id,
        silent: false,
    }
}

async fn try_send(house: &House, from: i64, post: Post) -> Result<Sent, Error> {
    messages::send(&house.services, doer(from), post).await
}

/// Sends `text` and returns the id of the sender's copy.
async fn send(house: &House, (from, to): (i64, i64), text: &str, random_id: i64) -> i64 {
    let post = post(house.named(from, to), text, random_id);
    try_send(house, from, post)
        .await
        .unwrap()
        .message
        .message_id
}

async fn refusal(house: &House, from: i64, post: Post) -> String {
    word(try_send(house, from, post).await.unwrap_err())
}

async fn history(house: &House, viewer: i64, peer: i64, page: Page) -> Vec<i64> {
    let named = house.named(viewer, peer);
    let listed = messages::history(&house.services, viewer, named, page)
        .await
        .unwrap();
    listed.messages.iter().map(|row| row.message_id).collect()
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_by_its_name() {
    let house = people(3).await;
    let named = house.named(1, 2);
    assert_eq!(
        refusal(&house, 1, post(named, "", 1)).await,
        "MESSAGE_EMPTY"
    );
    assert_eq!(
        refusal(&house, 1, post(named, " \n\t ", 1)).await,
        "MESSAGE_EMPTY"
    );
    assert_eq!(
        refusal(&house, 1, post(named, &"ä".repeat(4097), 1)).await,
        "MESSAGE_TOO_LONG"
    );
    assert_eq!(
        refusal(&house, 1, post(named, "hi", 0)).await,
        "RANDOM_ID_EMPTY"
    );
    assert_eq!(
        refusal(&house, 1, post(Named::Nobody, "hi", 1)).await,
        "PEER_ID_INVALID"
    );
    // Somebody else's access hash, and an account that does not exist.
    let foreign = house.named(3, 2);
    assert_eq!(
        refusal(&house, 1, post(foreign, "hi", 1)).await,
        "PEER_ID_INVALID"
    );
    let unknown = house.named(1, 99);
    assert_eq!(
        refusal(&house, 1, post(unknown, "hi", 1)).await,
        "PEER_ID_INVALID"
    );
    let mut bold = post(named, "hi", 1);
    bold.entities = vec![Entity {
        kind: EntityKind::Bold,
        offset: 1,
        length: 2,
    }];
    assert_eq!(refusal(&house, 1, bold).await, "ENTITY_BOUNDS_INVALID");
    send(&house, (1, 2), &"ä".repeat(4096), 1).await;
}

#[tokio::test]
async fn a_block_on_either_side_stops_messages() {
    let house = people(2).await;
    house.block(2, 1).await;
    let to_two = post(house.named(1, 2), "hi", 1);
    assert_eq!(refusal(&house, 1, to_two).await, "USER_IS_BLOCKED");
    let to_one = post(house.named(2, 1), "hi", 1);
    assert_eq!(refusal(&house, 2, to_one).await, "YOU_BLOCKED_USER");
    assert_eq!(
        history(
            &house,
            1,
            2,
            Page {
                limit: 9,
                ..Page::default()
            }
        )
        .await,
        []
    );
}

#[tokio::test]
async fn a_deleted_account_gets_no_messages() {
    let house = people(2).await;
    let mut tx = house.services.store.begin().await.unwrap();
    store::rows::users::delete(&mut tx, 2, 5).await.unwrap();
    tx.commit().await.unwrap();
    let post = post(house.named(1, 2), "hi", 1);
    assert_eq!(refusal(&house, 1, post).await, "INPUT_USER_DEACTIVATED");
}

#[tokio::test]
async fn a_repeated_random_id_sends_nothing_twice() {
    let house = people(2).await;
    let named = house.named(1, 2);
    let first = try_send(&house, 1, post(named, "hi", 5)).await.unwrap();
    send(&house, (2, 1), "answer", 5).await;
    let again = try_send(&house, 1, post(named, "hi", 5)).await.unwrap();
    assert_eq!((again.message, again.pts), (first.message, first.pts));
    assert_eq!(
        refusal(&house, 1, post(named, "something else", 5)).await,
        "RANDOM_ID_DUPLICATE"
    );
    assert_eq!(
        history(
            &house,
            2,
            1,
            Page {
                limit: 9,
                ..Page::default()
            }
        )
        .await,
        [2, 1]
    );
}

#[tokio::test]
async fn an_answer_names_the_message_in_each_box_by_its_own_id() {
    let house = people(3).await;
    send(&house, (2, 3), "moves the ids of two", 1).await;
    let question = send(&house, (1, 2), "question", 1).await;
    let elsewhere = send(&house, (1, 3), "elsewhere", 2).await;
    let mut answer = post(house.named(1, 2), "answer", 3);
    answer.reply_to = ReplyTo::Message(question);
    let sent = try_send(&house, 1, answer.clone()).await.unwrap();
    assert_eq!(sent.message.reply_to, Some(question));
    let (entries, _) = messages::by_ids(&house.services, 2, &[sent.message.twin_id])
        .await
        .unwrap();
    // The question is the second message in that box.
    assert_eq!(entries[0].as_ref().unwrap().reply_to, Some(2));
    // A message of another chat is not answered here.
    answer.reply_to = ReplyTo::Message(elsewhere);
    answer.random_id = 4;
    assert_eq!(
        try_send(&house, 1, answer).await.unwrap().message.reply_to,
        None
    );
}

#[tokio::test]
async fn formatting_is_kept_and_mentioned_people_come_along() {
    let house = people(3).await;
    let mut mention = post(house.named(1, 2), "ask her", 1);
    mention.entities = vec![
        Entity {
            kind: EntityKind::MentionName(0),
            offset: 4,
            length: 3,
        },
        Entity {
            kind: EntityKind::Bold,
            offset: 0,
            length: 3,
        },
    ];
    mention.mentions = HashMap::from([(0, house.named(1, 3))]);
    let sent = try_send(&house, 1, mention.clone()).await.unwrap();
    let entities = Entity::of(&sent.message);
    assert_eq!(
        entities[0],
        Entity {
            kind: EntityKind::Bold,
            offset: 0,
            length: 3
        }
    );
    assert_eq!(entities[1].kind, EntityKind::MentionName(3));
    let mut named: Vec<i64> = sent.bundle.users.iter().map(|view| view.user_id).collect();
    named.sort_unstable();
    assert_eq!(named, [1, 2, 3]);
    mention.mentions = HashMap::from([(0, house.named(2, 3))]);
    mention.random_id = 2;
    assert_eq!(
        refusal(&house, 1, mention).await,
        "ENTITY_MENTION_USER_INVALID"
    );
}

#[tokio::test]
async fn saved_messages_stand_once_and_are_never_unread() {
    let house = people(1).await;
    let sent = try_send(&house, 1, post(Named::Itself, "note", 1))
        .await
        .unwrap();
    assert_eq!(
        (sent.message.message_id, sent.message.twin_id, sent.pts),
        (1, 1, 2)
    );
    let list = dialogs::page(&house.services, 1, Offset::default(), 10)
        .await
        .unwrap();
    assert_eq!((list.dialogs.len(), list.dialogs[0].unread_count), (1, 0));
    let affected = messages::delete(&house.services, doer(1), &[1], true)
        .await
        .unwrap();
    assert_eq!((affected.pts, affected.pts_count), (3, 1));
}

#[tokio::test]
async fn pages_come_from_the_store_as_the_arithmetic_says() {
    let house = people(3).await;
    for n in 1..=30 {
        // Ids of the chat are not consecutive: every third message goes elsewhere.
        let to = if n % 3 == 0 { 3 } else { 2 };
        send(&house, (1, to), &format!("text {n}"), n).await;
        house.forward(Duration::from_secs(1));
    }
    let all: Vec<i64> = (1..=30).rev().filter(|n| n % 3 != 0).collect();
    let window = |start: i64, add_offset: i64, limit: i64| -> Vec<i64> {
        let places = start + add_offset..start + add_offset + limit;
        all.iter()
            .zip(0..)
            .filter(|(_, at)| places.contains(at))
            .map(|(id, _)| *id)
            .collect()
    };
    for offset_id in [0, 1, 2, 9, 15, 29, 40] {
        for add_offset in [-30, -5, -2, 0, 1, 7, 30] {
            for limit in [0, 1, 4, 50] {
                let page = Page {
                    offset_id,
                    add_offset,
                    limit,
                    ..Page::default()
                };
                let newer = all
                    .iter()
                    .filter(|id| offset_id > 0 && **id >= offset_id)
                    .count();
                let expected = window(newer as i64, add_offset, limit);
                assert_eq!(history(&house, 1, 2, page).await, expected, "{page:?}");
            }
        }
    }
    let between = Page {
        min_id: 4,
        max_id: 11,
        limit: 9,
        ..Page::default()
    };
    assert_eq!(history(&house, 1, 2, between).await, [10, 8, 7, 5]);
    // The seventh message was sent six seconds after the first.
    let first_sent = house.services.clock.unix_seconds() - 30;
    let before = Page {
        offset_date: first_sent + 6,
        limit: 2,
        ..Page::default()
    };
    assert_eq!(history(&house, 1, 2, before).await, [5, 4]);
    // With an id the date is not read: clients send both.
    let both = Page {
        offset_id: 11,
        ..before
    };
    assert_eq!(history(&house, 1, 2, both).await, [10, 8]);
}

/// Two chats of account 1: ids 1, 2 and 4 with account 2, the last with a link, 3 with account 3.
async fn searchable() -> (House, Search) {
    let house = people(3).await;
    send(&house, (1, 2), "Grüße aus WIEN", 1).await;
    send(&house, (2, 1), "wien ist schön", 1).await;
    send(&house, (1, 3), "wien auch hier", 2).await;
    let mut link = post(house.named(1, 2), "see example.org", 3);
    let (kind, offset, length) = (EntityKind::Url, 4, 11);
    link.entities = vec![Entity {
        kind,
        offset,
        length,
    }];
    try_send(&house, 1, link).await.unwrap();
    let limit = 10;
    let wanted = Search {
        peer: Some(house.named(1, 2).into()),
        text: String::new(),
        from: None,
        hits: Hits::All,
        min_date: 0,
        max_date: 0,
        page: Page {
            limit,
            ..Page::default()
        },
    };
    (house, wanted)
}

async fn found(house: &House, wanted: &Search, change: impl FnOnce(&mut Search)) -> Vec<i64> {
    let mut wanted = wanted.clone();
    change(&mut wanted);
    let listed = messages::search(&house.services, 1, &wanted).await;
    listed
        .unwrap()
        .messages
        .iter()
        .map(|row| row.message_id)
        .collect()
}

#[tokio::test]
async fn a_search_finds_texts_in_any_case_in_one_chat_or_all() {
    let (house, wanted) = searchable().await;
    let text = |text: &str| Search {
        text: text.to_owned(),
        ..wanted.clone()
    };
    assert_eq!(found(&house, &text("wien"), |_| {}).await, [2, 1]);
    assert_eq!(found(&house, &text("GRÜSSE"), |_| {}).await, []);
    assert_eq!(found(&house, &text("grüße"), |_| {}).await, [1]);
    assert_eq!(
        found(&house, &text("wien"), |w| w.peer = None).await,
        [3, 2, 1]
    );
}

#[tokio::test]
async fn a_search_finds_writers_kinds_times_and_pages() {
    let (house, wanted) = searchable().await;
    let two = Some(house.named(1, 2));
    assert_eq!(found(&house, &wanted, |w| w.from = two).await, [2]);
    assert_eq!(found(&house, &wanted, |w| w.hits = Hits::Links).await, [4]);
    assert_eq!(found(&house, &wanted, |w| w.hits = Hits::None).await, []);
    let now = house.services.clock.unix_seconds();
    assert_eq!(found(&house, &wanted, |w| w.min_date = now).await, []);
    assert_eq!(
        found(&house, &wanted, |w| w.max_date = now + 1).await,
        [4, 2, 1]
    );
    let (offset_id, limit) = (4, 1);
    let second = Page {
        offset_id,
        limit,
        ..Page::default()
    };
    assert_eq!(found(&house, &wanted, |w| w.page = second).await, [2]);
}

#[tokio::test]
async fn the_list_of_chats_is_paged_by_its_top_messages() {
    let house = people(6).await;
    for peer in 2..=6 {
        send(&house, (peer, 1), "hello", 1).await;
        house.forward(Duration::from_secs(1));
    }
    let mut offset = Offset::default();
    let mut seen = Vec::new();
    loop {
        let list = dialogs::page(&house.services, 1, offset, 2).await.unwrap();
        assert_eq!(list.count, 5);
        let Some(last) = list.messages.last() else {
            break;
        };
        offset = Offset {
            date: last.sent_at,
            message_id: last.message_id,
            peer: None,
        };
        seen.extend(list.dialogs.iter().map(|row| row.peer_id));
    }
    assert_eq!(seen, [6, 5, 4, 3, 2]);
    // By id alone, as some clients ask.
    let by_id = Offset {
        date: 0,
        message_id: 3,
        peer: None,
    };
    let list = dialogs::page(&house.services, 1, by_id, 9).await.unwrap();
    assert_eq!(
        list.dialogs
            .iter()
            .map(|row| row.peer_id)
            .collect::<Vec<_>>(),
        [3, 2]
    );
}

#[tokio::test]
async fn a_chat_is_found_before_anything_was_written() {
    let house = people(2).await;
    let list = dialogs::of_peers(&house.services, 1, &[house.named(1, 2).into()])
        .await
        .unwrap();
    assert_eq!(
        (list.dialogs[0].peer_id, list.dialogs[0].top_message_id),
        (2, 0)
    );
    assert_eq!(list.bundle.users.len(), 1);
    let refused = dialogs::of_peers(&house.services, 1, &[Named::Nobody.into()])
        .await
        .unwrap_err();
    assert_eq!(word(refused), "PEER_ID_INVALID");
}

#[tokio::test]
async fn a_part_of_a_chat_is_cleared_by_id_or_date() {
    let house = people(2).await;
    for n in 1..=6 {
        send(&house, (1, 2), "text", n).await;
        house.forward(Duration::from_secs(1));
    }
    let clearing = Clearing {
        peer: house.named(1, 2).into(),
        max_id: 2,
        min_date: None,
        max_date: None,
        revoke: false,
    };
    let clear = async |clearing| {
        messages::delete_history(&house.services, doer(1), clearing)
            .await
            .unwrap();
    };
    clear(clearing).await;
    let all = Page {
        limit: 10,
        ..Page::default()
    };
    assert_eq!(history(&house, 1, 2, all).await, [6, 5, 4, 3]);
    let third = house.services.clock.unix_seconds() - 4;
    let (min_date, max_date) = (Some(third), Some(third + 1));
    clear(Clearing {
        max_id: 0,
        min_date,
        max_date,
        revoke: true,
        ..clearing
    })
    .await;
    assert_eq!(history(&house, 1, 2, all).await, [6, 5]);
    assert_eq!(history(&house, 2, 1, all).await, [6, 5, 2, 1]);
}
