//! Updates with `pts` and changes of peers without.

use store::StoreError;
use store::rows::updates::{self, PeerChangeRow, UpdateRow};

use crate::engine::{Place, on_every_engine};

on_every_engine!(
    a_journal_is_read_from_a_pts_in_order,
    a_pts_is_written_once,
    the_entry_of_a_message_is_found,
    the_oldest_entries_go_first,
    a_peer_that_changes_often_is_told_once,
    many_changes_at_once_are_all_written,
    changes_are_read_from_an_id_and_from_a_time,
    changes_come_in_the_order_of_their_times,
    old_changes_go_within_the_limit,
);

fn update(owner_id: i64, pts: i64) -> UpdateRow {
    UpdateRow {
        owner_id,
        pts,
        pts_count: 1,
        kind: "message".into(),
        message_id: pts - 1,
        message_ids: Vec::new(),
        peer_id: 0,
        still_unread: 0,
        origin: 0,
        created_at: 100 + pts,
    }
}

fn change(owner_id: i64, peer_id: i64, change_id: i64) -> PeerChangeRow {
    PeerChangeRow {
        owner_id,
        peer_id,
        kind: "user".into(),
        change_id,
        origin: 0,
        changed_at: 100 + change_id,
    }
}

async fn a_journal_is_read_from_a_pts_in_order(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let deleted = UpdateRow {
        kind: "deleted".into(),
        pts_count: 3,
        message_id: 0,
        message_ids: vec![1, i64::MAX, 3],
        origin: -5,
        ..update(1, 6)
    };
    let read = UpdateRow {
        kind: "read_inbox".into(),
        peer_id: 2,
        still_unread: 4,
        ..update(1, 7)
    };
    for row in [&read, &update(1, 3), &deleted, &update(1, 2), &update(2, 2)] {
        updates::append(&mut tx, row).await.unwrap();
    }
    let all = updates::after(&mut tx, 1, 1, 10).await.unwrap();
    assert_eq!(all, [update(1, 2), update(1, 3), deleted, read]);
    let part = updates::after(&mut tx, 1, 2, 1).await.unwrap();
    assert_eq!(part, [update(1, 3)]);
    assert_eq!(updates::after(&mut tx, 1, 7, 10).await, Ok(Vec::new()));
}

async fn a_pts_is_written_once(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    updates::append(&mut tx, &update(1, 2)).await.unwrap();
    updates::append(&mut tx, &update(2, 2)).await.unwrap();
    assert_eq!(
        updates::append(&mut tx, &update(1, 2)).await,
        Err(StoreError::Conflict)
    );
}

async fn the_entry_of_a_message_is_found(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let read = UpdateRow {
        kind: "read_inbox".into(),
        message_id: 2,
        ..update(1, 4)
    };
    for row in [&update(1, 3), &read, &update(2, 3), &update(1, 5)] {
        updates::append(&mut tx, row).await.unwrap();
    }
    let found = updates::of_message(&mut tx, 1, 2).await;
    assert_eq!(found, Ok(Some(update(1, 3))));
    assert_eq!(updates::of_message(&mut tx, 1, 3).await, Ok(None));
}

async fn the_oldest_entries_go_first(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for pts in 2..=6 {
        updates::append(&mut tx, &update(1, pts)).await.unwrap();
    }
    assert_eq!(updates::delete_older(&mut tx, 105, 2).await, Ok(2));
    assert_eq!(updates::delete_older(&mut tx, 105, 100).await, Ok(1));
    assert_eq!(updates::delete_older(&mut tx, 105, 100).await, Ok(0));
    assert_eq!(
        updates::after(&mut tx, 1, 0, 10).await,
        Ok(vec![update(1, 5), update(1, 6)])
    );
}

async fn a_peer_that_changes_often_is_told_once(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    updates::put_changes(&mut tx, &[change(1, 2, 10), change(1, 2, 11)])
        .await
        .unwrap();
    updates::put_changes(&mut tx, &[change(1, 2, 12)])
        .await
        .unwrap();
    let blocked = PeerChangeRow {
        kind: "blocked".into(),
        origin: 9,
        ..change(1, 2, 13)
    };
    updates::put_changes(&mut tx, std::slice::from_ref(&blocked))
        .await
        .unwrap();
    updates::put_changes(&mut tx, &[]).await.unwrap();
    let told = updates::changes_after(&mut tx, 1, 0, 10).await;
    assert_eq!(told, Ok(vec![change(1, 2, 12), blocked]));
}

async fn many_changes_at_once_are_all_written(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for count in [1, 7, 8, 9, 64, 150] {
        let rows: Vec<PeerChangeRow> = (1..=count)
            .map(|owner_id| change(owner_id, 500, count * 1000 + owner_id))
            .collect();
        updates::put_changes(&mut tx, &rows).await.unwrap();
        for owner_id in [1, count] {
            let told = updates::changes_after(&mut tx, owner_id, count * 1000, 10).await;
            assert_eq!(
                told,
                Ok(vec![change(owner_id, 500, count * 1000 + owner_id)])
            );
        }
    }
    let before = tx.queries();
    let rows: Vec<PeerChangeRow> = (1..=150).map(|owner| change(owner, 501, owner)).collect();
    updates::put_changes(&mut tx, &rows).await.unwrap();
    assert!(
        tx.queries() - before <= 12,
        "{} statements",
        tx.queries() - before
    );
}

async fn changes_are_read_from_an_id_and_from_a_time(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    assert_eq!(updates::last_change_id(&mut tx, 1).await, Ok(0));
    let rows = [
        change(1, 4, 30),
        change(1, 2, 10),
        change(1, 3, 20),
        change(2, 3, 40),
    ];
    updates::put_changes(&mut tx, &rows).await.unwrap();
    let told = updates::changes_after(&mut tx, 1, 10, 10).await;
    assert_eq!(told, Ok(vec![change(1, 3, 20), change(1, 4, 30)]));
    let told = updates::changes_after(&mut tx, 1, 0, 1).await;
    assert_eq!(told, Ok(vec![change(1, 2, 10)]));
    let told = updates::changes_since(&mut tx, 1, 120, 10).await;
    assert_eq!(told, Ok(vec![change(1, 3, 20), change(1, 4, 30)]));
    let told = updates::changes_since(&mut tx, 1, 121, 10).await;
    assert_eq!(told, Ok(vec![change(1, 4, 30)]));
    assert_eq!(updates::last_change_id(&mut tx, 1).await, Ok(30));
    assert_eq!(updates::last_change_id_of_all(&mut tx).await, Ok(40));
}

async fn changes_come_in_the_order_of_their_times(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    // Ids of several nodes need not rise with the times.
    let late = PeerChangeRow {
        changed_at: 500,
        ..change(1, 2, 10)
    };
    let rows = [late.clone(), change(1, 3, 20), change(1, 4, 30)];
    updates::put_changes(&mut tx, &rows).await.unwrap();
    let told = updates::changes_since(&mut tx, 1, 0, 2).await;
    assert_eq!(told, Ok(vec![change(1, 3, 20), change(1, 4, 30)]));
    let told = updates::changes_since(&mut tx, 1, 131, 9).await;
    assert_eq!(told, Ok(vec![late]));
}

async fn old_changes_go_within_the_limit(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let rows: Vec<PeerChangeRow> = (1..=5).map(|peer_id| change(1, peer_id, peer_id)).collect();
    updates::put_changes(&mut tx, &rows).await.unwrap();
    assert_eq!(updates::delete_older_changes(&mut tx, 104, 2).await, Ok(2));
    assert_eq!(updates::delete_older_changes(&mut tx, 104, 9).await, Ok(1));
    let told = updates::changes_after(&mut tx, 1, 0, 10).await;
    assert_eq!(told, Ok(vec![change(1, 4, 4), change(1, 5, 5)]));
}
