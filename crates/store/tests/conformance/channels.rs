//! What one event in a channel changes for all of its members.

use store::rows::channels::{self, Top};
use store::rows::chats::{self, ChatRow, MemberRow};
use store::rows::dialogs::{self, DialogRow};
use store::rows::messages::{self, MessageRow};
use store::{StoreError, Tx};

use crate::engine::{Place, on_every_engine};

on_every_engine!(
    a_message_goes_on_top_for_the_members_and_is_unread_for_the_others,
    what_is_gone_is_taken_off,
    members_are_listed_by_what_they_are,
    where_somebody_came_in_is_kept_until_they_go,
    tops_and_boxes_are_found_at_once,
    a_channel_leaves_the_lists_of_its_members,
    a_name_belongs_to_one_chat,
);

const CHANNEL: i64 = -1_000_000_000_007;

async fn member(tx: &mut Tx, user_id: i64, role: &str) {
    let row = MemberRow {
        chat_id: 7,
        user_id,
        role: role.to_owned(),
        invited_by: 1,
        joined_at: 5,
    };
    chats::put_member(tx, &row).await.unwrap();
}

async fn listed(tx: &mut Tx, owner_id: i64, read: i64) {
    let row = DialogRow {
        owner_id,
        peer_id: CHANNEL,
        top_message_id: 0,
        top_sent_at: 0,
        unread_count: 0,
        read_inbox_max_id: read,
        read_outbox_max_id: 0,
    };
    dialogs::put(tx, &row).await.unwrap();
}

async fn say(tx: &mut Tx, message_id: i64, author: i64) -> Top {
    let row = MessageRow {
        owner_id: CHANNEL,
        message_id,
        peer_id: CHANNEL,
        from_id: author,
        twin_id: author,
        sent_at: 100 + message_id,
        ..MessageRow::default()
    };
    messages::insert(tx, &row).await.unwrap();
    Top {
        channel: CHANNEL,
        message_id,
        sent_at: row.sent_at,
    }
}

async fn seen(tx: &mut Tx, owner_id: i64) -> (i64, i64, i64) {
    let row = dialogs::find(tx, owner_id, CHANNEL).await.unwrap().unwrap();
    (row.top_message_id, row.top_sent_at, row.unread_count)
}

async fn a_message_goes_on_top_for_the_members_and_is_unread_for_the_others(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for owner_id in [1, 2, 3] {
        listed(&mut tx, owner_id, 0).await;
    }
    let top = say(&mut tx, 1, 2).await;
    let changed = channels::message_on_top(&mut tx, top, 2, &[1, 2, 9]).await;
    assert_eq!(changed.unwrap(), 2);
    assert_eq!(seen(&mut tx, 1).await, (1, 101, 1));
    assert_eq!(seen(&mut tx, 2).await, (1, 101, 0));
    assert_eq!(seen(&mut tx, 3).await, (0, 0, 0));
    // More members than one statement names.
    let many: Vec<i64> = (1..=700).collect();
    assert_eq!(
        channels::message_on_top(&mut tx, top, 2, &many)
            .await
            .unwrap(),
        3
    );
    assert_eq!(
        channels::message_on_top(&mut tx, top, 2, &[])
            .await
            .unwrap(),
        0
    );
}

async fn what_is_gone_is_taken_off(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    listed(&mut tx, 1, 0).await;
    listed(&mut tx, 2, 2).await;
    for (message_id, author) in [(1, 1), (2, 2), (3, 1), (4, 2)] {
        let top = say(&mut tx, message_id, author).await;
        channels::message_on_top(&mut tx, top, author, &[1, 2])
            .await
            .unwrap();
    }
    messages::delete(&mut tx, CHANNEL, &[4]).await.unwrap();
    let top = Top {
        channel: CHANNEL,
        message_id: 3,
        sent_at: 103,
    };
    // The second has read 2 of 4 messages; nobody asks about the ninth, who is not a member.
    let mut behind = channels::behind(&mut tx, (CHANNEL, 4), &[1, 2, 9])
        .await
        .unwrap();
    behind.sort_unstable();
    assert_eq!(behind, [(1, 0), (2, 2)]);
    assert_eq!(
        channels::behind(&mut tx, (CHANNEL, 2), &[1, 2])
            .await
            .unwrap(),
        [(1, 0)]
    );
    assert_eq!(channels::set_top(&mut tx, top, &[1, 2]).await.unwrap(), 2);
    let one = channels::fewer_unread(&mut tx, (CHANNEL, 1), &[1]).await;
    assert_eq!(one.unwrap(), 1);
    assert_eq!(seen(&mut tx, 1).await, (3, 103, 1));
    // Never below nothing.
    for unread in [1, 0] {
        let one = channels::fewer_unread(&mut tx, (CHANNEL, 1), &[1, 9]).await;
        assert_eq!(one.unwrap(), 1, "{unread}");
        assert_eq!(seen(&mut tx, 1).await, (3, 103, 0));
    }
    assert_eq!(channels::unread(&mut tx, CHANNEL, 0, 1).await.unwrap(), 1);
    assert_eq!(channels::unread(&mut tx, CHANNEL, 1, 2).await.unwrap(), 1);
    assert_eq!(channels::unread(&mut tx, CHANNEL, 3, 2).await.unwrap(), 0);
}

async fn members_are_listed_by_what_they_are(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for (user_id, role) in [
        (5, "member"),
        (1, "creator"),
        (4, "admin"),
        (3, "left"),
        (2, "kicked"),
        (6, "kicked"),
    ] {
        member(&mut tx, user_id, role).await;
    }
    assert_eq!(channels::present_ids(&mut tx, 7).await.unwrap(), [1, 4, 5]);
    let ids = |rows: Vec<MemberRow>| -> Vec<i64> { rows.iter().map(|row| row.user_id).collect() };
    let page = channels::present_page(&mut tx, 7, 1, 1).await.unwrap();
    assert_eq!(ids(page), [4]);
    let kicked = channels::with_role(&mut tx, (7, "kicked"), 0, 10).await;
    assert_eq!(ids(kicked.unwrap()), [2, 6]);
    let kicked = channels::with_role(&mut tx, (7, "kicked"), 1, 10).await;
    assert_eq!(ids(kicked.unwrap()), [6]);
    assert_eq!(channels::count_role(&mut tx, 7, "kicked").await.unwrap(), 2);
    assert_eq!(channels::count_role(&mut tx, 8, "kicked").await.unwrap(), 0);
}

async fn where_somebody_came_in_is_kept_until_they_go(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    member(&mut tx, 1, "member").await;
    assert!(channels::set_joined_pts(&mut tx, 7, 1, 12).await.unwrap());
    assert!(!channels::set_joined_pts(&mut tx, 7, 2, 12).await.unwrap());
    member(&mut tx, 1, "admin").await;
    let joined = channels::joined_pts(&mut tx, 1, &[7, 8]).await.unwrap();
    assert_eq!(joined, [(7, 12)]);
    member(&mut tx, 1, "left").await;
    assert_eq!(channels::joined_pts(&mut tx, 1, &[7]).await.unwrap(), []);
}

async fn tops_and_boxes_are_found_at_once(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    messages::open_box(&mut tx, CHANNEL).await.unwrap();
    messages::open_box(&mut tx, 1).await.unwrap();
    messages::advance_box(&mut tx, CHANNEL, 3, 1).await.unwrap();
    let mut stand = channels::pts_among(&mut tx, &[CHANNEL, 1, 99])
        .await
        .unwrap();
    stand.sort_unstable();
    assert_eq!(stand, [(CHANNEL, 4), (1, 1)]);
    listed(&mut tx, 1, 0).await;
    let top = say(&mut tx, 1, 2).await;
    channels::message_on_top(&mut tx, top, 2, &[1])
        .await
        .unwrap();
    let tops = channels::tops(&mut tx, 1, &[CHANNEL, CHANNEL - 1])
        .await
        .unwrap();
    assert_eq!(tops.len(), 1);
    assert_eq!((tops[0].owner_id, tops[0].message_id), (CHANNEL, 1));
    assert!(
        channels::tops(&mut tx, 2, &[CHANNEL])
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_channel_leaves_the_lists_of_its_members(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for owner_id in [1, 2, 3] {
        listed(&mut tx, owner_id, 0).await;
    }
    assert_eq!(
        channels::forget_dialogs(&mut tx, CHANNEL, &[1, 2])
            .await
            .unwrap(),
        2
    );
    assert!(dialogs::find(&mut tx, 1, CHANNEL).await.unwrap().is_none());
    assert!(dialogs::find(&mut tx, 3, CHANNEL).await.unwrap().is_some());
}

async fn a_name_belongs_to_one_chat(place: Place) {
    let store = place.store().await;
    let mut tx = store.begin().await.unwrap();
    let row = |chat_id: i64, username: &str| ChatRow {
        chat_id,
        kind: "broadcast".to_owned(),
        username: Some(username.to_owned()),
        ..ChatRow::default()
    };
    chats::insert(&mut tx, &row(7, "News")).await.unwrap();
    let found = chats::by_username(&mut tx, "nEWS").await.unwrap().unwrap();
    assert_eq!(found.chat_id, 7);
    let taken = chats::insert(&mut tx, &row(8, "neWs")).await;
    assert!(matches!(taken, Err(StoreError::Conflict)));
}
