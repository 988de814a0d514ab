//! Messages and the list of chats.

use store::rows::dialogs::{self, DialogRow};
use store::rows::messages::{self, BoxRow, MessageRow, Window};
use store::{StoreError, Tx};

use crate::engine::{Place, on_every_engine};

on_every_engine!(
    a_box_starts_empty_and_moves,
    a_box_is_opened_once,
    a_message_comes_back_whole,
    a_repeated_send_is_found_and_refused,
    a_chat_is_read_in_windows_both_ways,
    messages_are_counted_around_a_place,
    messages_are_found_by_time_and_by_suggestion,
    deleting_takes_one_copy_only,
    a_dialog_is_written_and_changed,
    dialogs_are_paged_latest_first,
    unread_messages_add_up,
);

/// A message that user `owner_id` wrote to `peer_id`, in the writer's box.
pub(crate) fn message(owner_id: i64, message_id: i64, peer_id: i64) -> MessageRow {
    MessageRow {
        owner_id,
        message_id,
        peer_id,
        from_id: owner_id,
        sent_at: 100 + message_id,
        random_id: None,
        twin_id: message_id + 1000,
        text: format!("text {message_id}"),
        entities: "bold,0,4".into(),
        reply_to: None,
        silent: false,
        ..MessageRow::default()
    }
}

fn ids(rows: &[MessageRow]) -> Vec<i64> {
    rows.iter().map(|row| row.message_id).collect()
}

async fn add(tx: &mut Tx, owner_id: i64, peer_id: i64, message_ids: &[i64]) {
    for message_id in message_ids {
        messages::insert(tx, &message(owner_id, *message_id, peer_id))
            .await
            .unwrap();
    }
}

async fn a_box_starts_empty_and_moves(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    messages::open_box(&mut tx, 1).await.unwrap();
    messages::open_box(&mut tx, 2).await.unwrap();
    let start = BoxRow {
        pts: 1,
        message_id_last: 0,
    };
    assert_eq!(messages::box_of(&mut tx, 1).await, Ok(Some(start)));
    assert_eq!(messages::advance_box(&mut tx, 1, 1, 1).await, Ok((2, 1)));
    assert_eq!(messages::advance_box(&mut tx, 1, 5, 0).await, Ok((7, 1)));
    assert_eq!(messages::box_of(&mut tx, 2).await, Ok(Some(start)));
    assert_eq!(messages::box_of(&mut tx, 3).await, Ok(None));
    let missing = messages::advance_box(&mut tx, 3, 1, 1).await;
    assert!(matches!(missing, Err(StoreError::Broken(_))));
}

async fn a_box_is_opened_once(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    messages::open_box(&mut tx, 1).await.unwrap();
    assert_eq!(
        messages::open_box(&mut tx, 1).await,
        Err(StoreError::Conflict)
    );
}

async fn a_message_comes_back_whole(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let whole = MessageRow {
        random_id: Some(i64::MIN),
        reply_to: Some(3),
        silent: true,
        photo_id: Some(9),
        from_id: 2,
        ..message(1, 4, 2)
    };
    messages::insert(&mut tx, &whole).await.unwrap();
    messages::insert(&mut tx, &message(1, 5, 2)).await.unwrap();
    messages::insert(&mut tx, &message(2, 4, 1)).await.unwrap();
    let found = messages::by_ids(&mut tx, 1, &[4, 6]).await;
    assert_eq!(found, Ok(vec![whole]));
    let mut found = messages::by_ids(&mut tx, 1, &[5, 4, 4]).await.unwrap();
    found.sort_by_key(|row| row.message_id);
    assert_eq!(found[1], message(1, 5, 2));
    assert_eq!(found.len(), 2);
}

async fn a_repeated_send_is_found_and_refused(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let sent = MessageRow {
        random_id: Some(77),
        ..message(1, 1, 2)
    };
    messages::insert(&mut tx, &sent).await.unwrap();
    add(&mut tx, 1, 2, &[2, 3]).await;
    let other = MessageRow {
        random_id: Some(77),
        ..message(2, 1, 1)
    };
    messages::insert(&mut tx, &other).await.unwrap();
    assert_eq!(messages::by_random_id(&mut tx, 1, 77).await, Ok(Some(sent)));
    assert_eq!(messages::by_random_id(&mut tx, 1, 78).await, Ok(None));
    let again = MessageRow {
        random_id: Some(77),
        ..message(1, 9, 2)
    };
    assert_eq!(
        messages::insert(&mut tx, &again).await,
        Err(StoreError::Conflict)
    );
}

async fn a_chat_is_read_in_windows_both_ways(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    add(&mut tx, 1, 2, &[1, 3, 5, 7, 9]).await;
    add(&mut tx, 1, 3, &[2, 4]).await;
    add(&mut tx, 2, 1, &[6]).await;
    let all = messages::newest_first(&mut tx, 1, 2, Window::first(10))
        .await
        .unwrap();
    assert_eq!(ids(&all), [9, 7, 5, 3, 1]);
    let all = messages::oldest_first(&mut tx, 1, 2, Window::first(2))
        .await
        .unwrap();
    assert_eq!(ids(&all), [1, 3]);
    let inner = Window {
        above: 1,
        below: 9,
        skip: 1,
        limit: 2,
    };
    let part = messages::newest_first(&mut tx, 1, 2, inner).await.unwrap();
    assert_eq!(ids(&part), [5, 3]);
    let part = messages::oldest_first(&mut tx, 1, 2, inner).await.unwrap();
    assert_eq!(ids(&part), [5, 7]);
    let none = Window {
        skip: 5,
        ..Window::first(5)
    };
    assert_eq!(
        messages::newest_first(&mut tx, 1, 2, none).await,
        Ok(Vec::new())
    );
    let none = messages::newest_first(&mut tx, 1, 2, Window::first(0)).await;
    assert_eq!(none, Ok(Vec::new()));
}

async fn messages_are_counted_around_a_place(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    add(&mut tx, 1, 2, &[1, 3, 5, 7, 9]).await;
    add(&mut tx, 1, 3, &[4]).await;
    for (above, below, count) in [(0, i64::MAX, 5), (3, i64::MAX, 3), (0, 5, 2), (4, 6, 1)] {
        let counted = messages::count(&mut tx, 1, 2, above, below).await;
        assert_eq!(counted, Ok(count), "{above} {below}");
    }
    let incoming = MessageRow {
        from_id: 2,
        ..message(1, 11, 2)
    };
    messages::insert(&mut tx, &incoming).await.unwrap();
    assert_eq!(
        messages::unread(&mut tx, (1, 2), 1, 0).await,
        Ok(1),
        "own ones are not unread"
    );
    assert_eq!(messages::unread(&mut tx, (1, 2), 1, 11).await, Ok(0));
}

async fn messages_are_found_by_time_and_by_suggestion(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    add(&mut tx, 1, 2, &[1, 3, 5]).await;
    assert_eq!(messages::last_before(&mut tx, 1, 2, 105).await, Ok(3));
    assert_eq!(messages::last_before(&mut tx, 1, 2, 101).await, Ok(0));
    for (message_id, photo_id) in [(7, 70), (8, 71), (9, 70)] {
        let row = MessageRow {
            photo_id: Some(photo_id),
            ..message(1, message_id, 2)
        };
        messages::insert(&mut tx, &row).await.unwrap();
    }
    assert_eq!(
        ids(&messages::with_photo(&mut tx, 1, 70).await.unwrap()),
        [9, 7]
    );
    assert_eq!(messages::with_photo(&mut tx, 2, 70).await, Ok(Vec::new()));
}

async fn deleting_takes_one_copy_only(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    add(&mut tx, 1, 2, &[1, 2, 3]).await;
    add(&mut tx, 2, 1, &[1, 2]).await;
    assert_eq!(messages::delete(&mut tx, 1, &[1, 3, 8]).await, Ok(2));
    assert_eq!(messages::delete(&mut tx, 1, &[]).await, Ok(0));
    let left = messages::newest_first(&mut tx, 1, 2, Window::first(10))
        .await
        .unwrap();
    assert_eq!(ids(&left), [2]);
    let left = messages::newest_first(&mut tx, 2, 1, Window::first(10))
        .await
        .unwrap();
    assert_eq!(ids(&left), [2, 1]);
}

fn dialog(owner_id: i64, peer_id: i64, top_sent_at: i64) -> DialogRow {
    DialogRow {
        owner_id,
        peer_id,
        top_message_id: peer_id,
        top_sent_at,
        unread_count: peer_id,
        read_inbox_max_id: 1,
        read_outbox_max_id: 2,
    }
}

async fn a_dialog_is_written_and_changed(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    dialogs::put(&mut tx, &dialog(1, 2, 50)).await.unwrap();
    dialogs::put(&mut tx, &dialog(2, 1, 50)).await.unwrap();
    let changed = DialogRow {
        unread_count: 0,
        read_inbox_max_id: 9,
        ..dialog(1, 2, 60)
    };
    dialogs::put(&mut tx, &changed).await.unwrap();
    assert_eq!(dialogs::find(&mut tx, 1, 2).await, Ok(Some(changed)));
    assert_eq!(dialogs::find(&mut tx, 1, 3).await, Ok(None));
    assert_eq!(dialogs::delete(&mut tx, 1, 2).await, Ok(true));
    assert_eq!(dialogs::delete(&mut tx, 1, 2).await, Ok(false));
    assert_eq!(
        dialogs::find(&mut tx, 2, 1).await,
        Ok(Some(dialog(2, 1, 50)))
    );
}

async fn dialogs_are_paged_latest_first(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for (peer_id, sent_at) in [(2, 50), (-3, 60), (3, 70), (4, 60), (5, 60)] {
        dialogs::put(&mut tx, &dialog(1, peer_id, sent_at))
            .await
            .unwrap();
    }
    dialogs::put(&mut tx, &dialog(9, 2, 99)).await.unwrap();
    let mut before = (i64::MAX, i64::MAX, i64::MAX);
    let mut seen = Vec::new();
    loop {
        let page = dialogs::page(&mut tx, 1, before, 1).await.unwrap();
        let Some(last) = page.last() else { break };
        before = (last.top_sent_at, last.top_message_id, last.peer_id);
        seen.extend(page.iter().map(|row| row.peer_id));
    }
    assert_eq!(seen, [3, 5, 4, -3, 2]);
    assert_eq!(dialogs::delete(&mut tx, 1, -3).await, Ok(true));
    assert_eq!(dialogs::count(&mut tx, 1).await, Ok(4));
    let emptied = DialogRow {
        top_message_id: 0,
        top_sent_at: 0,
        ..dialog(1, 6, 0)
    };
    dialogs::put(&mut tx, &emptied).await.unwrap();
    assert_eq!(dialogs::count_shown(&mut tx, 1).await, Ok(4));
    assert_eq!(dialogs::delete(&mut tx, 1, 6).await, Ok(true));
    assert_eq!(dialogs::peers_of(&mut tx, 1).await, Ok(vec![2, 3, 4, 5]));
    let mut among = dialogs::among(&mut tx, 1, &[7, 5, 2]).await.unwrap();
    among.sort_by_key(|row| row.peer_id);
    assert_eq!(among, [dialog(1, 2, 50), dialog(1, 5, 60)]);
}

async fn unread_messages_add_up(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    assert_eq!(dialogs::unread_total(&mut tx, 1).await, Ok(0));
    for peer_id in [2, 3] {
        dialogs::put(&mut tx, &dialog(1, peer_id, 50))
            .await
            .unwrap();
    }
    assert_eq!(dialogs::unread_total(&mut tx, 1).await, Ok(5));
}
