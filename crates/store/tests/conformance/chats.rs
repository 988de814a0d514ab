//! Groups and channels: their rows, who is in them, and the copies of a group's messages.

use store::Tx;
use store::rows::chats::{self, ChatRow, MemberRow};
use store::rows::messages::{self, MessageRow, Spot, Window};

use crate::boxes::message;
use crate::engine::{Place, on_every_engine};

on_every_engine!(
    a_chat_comes_back_whole_and_is_described,
    a_chat_is_found_by_its_name_in_any_case,
    a_picture_is_set_found_and_taken_away,
    an_ended_chat_keeps_its_row_alone,
    members_come_go_and_are_counted,
    somebody_finds_the_chats_of_a_life,
    groups_and_channels_of_somebody_are_counted_and_left,
    copies_of_one_message_are_found_in_their_boxes,
    boxes_of_channels_are_found_by_a_photo,
);

fn chat(chat_id: i64) -> ChatRow {
    ChatRow {
        chat_id,
        kind: "group".into(),
        creator_id: 1,
        title: format!("chat {chat_id}"),
        about: "words".into(),
        username: None,
        photo_id: None,
        version: 1,
        created_at: 100,
        deleted_at: None,
    }
}

fn member(chat_id: i64, user_id: i64, role: &str) -> MemberRow {
    MemberRow {
        chat_id,
        user_id,
        role: role.into(),
        invited_by: 1,
        joined_at: 100 + user_id,
    }
}

async fn join(tx: &mut Tx, chat_id: i64, user_id: i64, role: &str) {
    chats::put_member(tx, &member(chat_id, user_id, role))
        .await
        .unwrap();
}

fn users(rows: &[MemberRow]) -> Vec<i64> {
    rows.iter().map(|row| row.user_id).collect()
}

async fn a_chat_comes_back_whole_and_is_described(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for chat_id in [7, 8, 9] {
        chats::insert(&mut tx, &chat(chat_id)).await.unwrap();
    }
    assert_eq!(chats::by_id(&mut tx, 8).await.unwrap(), Some(chat(8)));
    assert_eq!(chats::by_id(&mut tx, 5).await.unwrap(), None);
    let mut found = chats::by_ids(&mut tx, &[9, 5, 7]).await.unwrap();
    found.sort_unstable_by_key(|row| row.chat_id);
    assert_eq!(found, [chat(7), chat(9)]);
    let other = ChatRow {
        title: "other".into(),
        about: String::new(),
        username: Some("Somewhere".into()),
        ..chat(8)
    };
    assert!(chats::describe(&mut tx, &other).await.unwrap());
    assert!(!chats::describe(&mut tx, &chat(5)).await.unwrap());
    assert_eq!(chats::by_id(&mut tx, 8).await.unwrap(), Some(other));
    assert_eq!(chats::next_version(&mut tx, 7).await.unwrap(), 2);
    assert_eq!(chats::next_version(&mut tx, 7).await.unwrap(), 3);
    let page = chats::page(&mut tx, 7, 1).await.unwrap();
    assert_eq!(page[0].chat_id, 8);
    assert_eq!(page.len(), 1);
}

async fn a_chat_is_found_by_its_name_in_any_case(place: Place) {
    let store = place.store().await;
    let mut tx = store.begin().await.unwrap();
    let named = |chat_id: i64, name: &str| ChatRow {
        username: Some(name.into()),
        ..chat(chat_id)
    };
    chats::insert(&mut tx, &named(7, "Somewhere"))
        .await
        .unwrap();
    chats::insert(&mut tx, &chat(8)).await.unwrap();
    let found = chats::by_username(&mut tx, "someWHERE").await.unwrap();
    assert_eq!(found.map(|row| row.chat_id), Some(7));
    assert_eq!(chats::by_username(&mut tx, "some").await.unwrap(), None);
    // Two chats cannot share a name.
    assert!(
        chats::insert(&mut tx, &named(9, "SOMEWHERE"))
            .await
            .is_err()
    );
}

async fn a_picture_is_set_found_and_taken_away(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    chats::insert(&mut tx, &chat(7)).await.unwrap();
    assert!(chats::set_photo(&mut tx, 7, Some(50)).await.unwrap());
    assert!(!chats::set_photo(&mut tx, 8, Some(50)).await.unwrap());
    let shown = chats::with_photo(&mut tx, 50).await.unwrap();
    assert_eq!(shown.len(), 1);
    assert_eq!((shown[0].chat_id, shown[0].photo_id), (7, Some(50)));
    chats::set_photo(&mut tx, 7, None).await.unwrap();
    assert!(chats::with_photo(&mut tx, 50).await.unwrap().is_empty());
}

async fn an_ended_chat_keeps_its_row_alone(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let row = ChatRow {
        username: Some("somewhere".into()),
        photo_id: Some(50),
        ..chat(7)
    };
    chats::insert(&mut tx, &row).await.unwrap();
    assert!(chats::delete(&mut tx, 7, 500).await.unwrap());
    let left = ChatRow {
        deleted_at: Some(500),
        ..chat(7)
    };
    assert_eq!(chats::by_id(&mut tx, 7).await.unwrap(), Some(left));
    let named = chats::by_username(&mut tx, "somewhere").await.unwrap();
    assert_eq!(named, None);
}

async fn members_come_go_and_are_counted(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for (user_id, role) in [(3, "member"), (1, "creator"), (2, "admin"), (4, "left")] {
        join(&mut tx, 7, user_id, role).await;
    }
    join(&mut tx, 8, 3, "kicked").await;
    let present = chats::present(&mut tx, 7, 0, 10).await.unwrap();
    assert_eq!(users(&present), [1, 2, 3]);
    assert_eq!(present[1], member(7, 2, "admin"));
    let page = chats::present(&mut tx, 7, 1, 1).await.unwrap();
    assert_eq!(users(&page), [2]);
    let everybody = chats::everybody(&mut tx, 7).await.unwrap();
    assert_eq!(users(&everybody), [1, 2, 3, 4]);
    assert_eq!(chats::counts(&mut tx, &[7, 8]).await.unwrap(), [(7, 3)]);
    // The same row again changes it.
    join(&mut tx, 7, 3, "kicked").await;
    let found = chats::member(&mut tx, 7, 3).await.unwrap();
    assert_eq!(found, Some(member(7, 3, "kicked")));
    assert_eq!(chats::member(&mut tx, 7, 5).await.unwrap(), None);
    assert_eq!(chats::counts(&mut tx, &[7]).await.unwrap(), [(7, 2)]);
    let mut among = chats::members_among(&mut tx, 7, &[1, 3, 5]).await.unwrap();
    among.sort_unstable_by_key(|row| row.user_id);
    assert_eq!(among, [member(7, 1, "creator"), member(7, 3, "kicked")]);
}

async fn somebody_finds_the_chats_of_a_life(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for (chat_id, role) in [(9, "member"), (7, "left"), (8, "creator")] {
        join(&mut tx, chat_id, 3, role).await;
    }
    join(&mut tx, 6, 4, "member").await;
    assert_eq!(chats::of_user(&mut tx, 3).await.unwrap(), [7, 8, 9]);
    assert!(chats::of_user(&mut tx, 5).await.unwrap().is_empty());
    let mut in_two = chats::memberships(&mut tx, 3, &[9, 7, 6]).await.unwrap();
    in_two.sort_unstable_by_key(|row| row.chat_id);
    assert_eq!(in_two, [member(7, 3, "left"), member(9, 3, "member")]);
}

async fn groups_and_channels_of_somebody_are_counted_and_left(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for (chat_id, kind, deleted_at) in [
        (1, "group", None),
        (2, "group", None),
        (3, "megagroup", None),
        (4, "broadcast", None),
        (5, "group", Some(9)),
        (6, "broadcast", None),
    ] {
        let row = ChatRow {
            kind: kind.into(),
            username: None,
            deleted_at,
            ..chat(chat_id)
        };
        chats::insert(&mut tx, &row).await.unwrap();
        let role = if chat_id == 6 { "left" } else { "member" };
        join(&mut tx, chat_id, 10, role).await;
    }
    join(&mut tx, 2, 11, "kicked").await;
    join(&mut tx, 4, 11, "creator").await;
    let mut counts = chats::counts_of(&mut tx, &[10, 11, 12]).await.unwrap();
    counts.sort_unstable();
    assert_eq!(counts, [(10, 2, 2), (11, 0, 1)]);
    assert_eq!(chats::leave_all(&mut tx, 10).await.unwrap(), [1, 2]);
    assert_eq!(
        chats::counts_of(&mut tx, &[10, 11]).await.unwrap(),
        [(11, 0, 1)]
    );
    assert_eq!(chats::leave_all(&mut tx, 12).await.unwrap(), [0; 0]);
    // Somebody whom nobody knows any more.
    chats::forget_member(&mut tx, 2, 11).await.unwrap();
    assert_eq!(chats::member(&mut tx, 2, 11).await.unwrap(), None);
    assert_eq!(chats::of_user(&mut tx, 11).await.unwrap(), [4]);
}

async fn copies_of_one_message_are_found_in_their_boxes(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let copy = |owner_id: i64, message_id: i64, shared_id: i64| MessageRow {
        action: "chat_add_user".into(),
        action_users: vec![5, i64::MAX],
        from_id: 1,
        shared_id,
        ..message(owner_id, message_id, -7)
    };
    for (owner_id, message_id, shared_id) in [(1, 10, 90), (2, 20, 90), (3, 30, 90), (1, 11, 91)] {
        let row = copy(owner_id, message_id, shared_id);
        messages::insert(&mut tx, &row).await.unwrap();
    }
    // Messages of private chats have no shared number.
    messages::insert(&mut tx, &message(2, 21, 1)).await.unwrap();
    let mut found = messages::by_shared_id(&mut tx, 90, &[1, 2, 4])
        .await
        .unwrap();
    found.sort_unstable_by_key(|row| row.owner_id);
    assert_eq!(found, [copy(1, 10, 90), copy(2, 20, 90)]);
    let none = messages::by_shared_id(&mut tx, 0, &[1, 2]).await.unwrap();
    assert!(none.is_empty());
    // Without what they say, from every box there is.
    let mut all = messages::spots_shared(&mut tx, &[0, 90, 91]).await.unwrap();
    all.sort_unstable_by_key(|spot| (spot.owner_id, spot.message_id));
    let places = all.iter().map(|spot| (spot.owner_id, spot.message_id));
    assert_eq!(
        places.collect::<Vec<_>>(),
        [(1, 10), (1, 11), (2, 20), (3, 30)]
    );
    let row = copy(1, 10, 90);
    let spot = Spot {
        owner_id: 1,
        message_id: 10,
        peer_id: -7,
        from_id: 1,
        sent_at: row.sent_at,
        twin_id: row.twin_id,
        shared_id: 90,
    };
    assert_eq!(all[0], spot);
    assert_eq!(
        messages::spots(&mut tx, 1, &[10, 12]).await.unwrap(),
        [spot]
    );
    let newest = messages::spots_newest_first(&mut tx, (1, -7), Window::first(9)).await;
    let ids: Vec<i64> = newest.unwrap().iter().map(|spot| spot.message_id).collect();
    assert_eq!(ids, [11, 10]);
}

async fn boxes_of_channels_are_found_by_a_photo(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for (owner_id, message_id) in [(1, 10), (-1_000_000_000_008, 1), (-1_000_000_000_008, 2)] {
        let row = MessageRow {
            photo_id: Some(50),
            ..message(owner_id, message_id, owner_id)
        };
        messages::insert(&mut tx, &row).await.unwrap();
    }
    let below = -1_000_000_000_000;
    let found = messages::boxes_with_photo(&mut tx, 50, below)
        .await
        .unwrap();
    assert_eq!(found, [-1_000_000_000_008]);
    let other = messages::boxes_with_photo(&mut tx, 51, below)
        .await
        .unwrap();
    assert!(other.is_empty());
}
