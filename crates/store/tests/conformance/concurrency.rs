//! Several transactions at a time: one after the other is what it must look like.

use std::sync::Arc;

use store::rows::{counters, messages};
use store::{Store, StoreError, args};
use tokio::sync::Barrier;

use crate::engine::{Kind, Place, on_every_engine, until_done};

on_every_engine!(
    a_reader_sees_one_moment,
    readers_do_not_wait_for_a_writer,
    fifty_writers_leave_no_gap_and_no_double_in_a_box,
    two_who_read_before_they_write_do_not_overwrite_each_other,
    a_rule_over_two_rows_holds_under_two_writers,
    two_inserts_of_one_key_end_in_one_row,
    a_turn_for_a_box_turns_conflicts_into_waiting,
    counters_hand_out_each_number_once,
    a_number_is_kept_and_a_turn_is_taken_once,
    many_dropped_transactions_leave_no_connection_behind,
    a_cancelled_begin_gives_its_turn_back,
);

async fn a_reader_sees_one_moment(place: Place) {
    let store = place.store().await;
    let add = "INSERT INTO counters (name, last) VALUES ($1, 1)";
    let count = "SELECT COUNT(*) FROM counters";
    let mut reader = store.read().await.unwrap();
    let before = reader
        .row(count, args![])
        .await
        .unwrap()
        .unwrap()
        .i64(0)
        .unwrap();
    for name in ["a", "b"] {
        let mut writer = store.begin().await.unwrap();
        writer.run(add, args![name]).await.unwrap();
        writer.commit().await.unwrap();
        let now = reader
            .row(count, args![])
            .await
            .unwrap()
            .unwrap()
            .i64(0)
            .unwrap();
        assert_eq!(now, before);
    }
    drop(reader);
    let mut reader = store.read().await.unwrap();
    assert_eq!(
        reader.row(count, args![]).await.unwrap().unwrap().i64(0),
        Ok(before + 2)
    );
}

async fn readers_do_not_wait_for_a_writer(place: Place) {
    let store = place.store().await;
    let mut writer = store.begin().await.unwrap();
    writer
        .run("INSERT INTO counters (name, last) VALUES ('a', 1)", args![])
        .await
        .unwrap();
    let mut readers = Vec::new();
    for _ in 0..4 {
        let mut reader = store.read().await.unwrap();
        let rows = reader
            .rows("SELECT last FROM counters", args![])
            .await
            .unwrap();
        assert!(rows.is_empty());
        readers.push(reader);
    }
    writer.commit().await.unwrap();
}

async fn fifty_writers_leave_no_gap_and_no_double_in_a_box(place: Place) {
    let store = place.store().await;
    let mut tx = store.begin().await.unwrap();
    messages::open_box(&mut tx, 7).await.unwrap();
    tx.commit().await.unwrap();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { until_done(|| advance(&store, false)).await })
        })
        .collect();
    let mut seen = Vec::new();
    for task in tasks {
        seen.push(task.await.unwrap());
    }
    seen.sort_unstable();
    let expected: Vec<(i64, i64)> = (1..=50).map(|number| (number + 1, number)).collect();
    assert_eq!(seen, expected);
}

async fn advance(store: &Store, in_turn: bool) -> Result<(i64, i64), StoreError> {
    let mut tx = if in_turn {
        store.begin_for(&[7]).await?
    } else {
        store.begin().await?
    };
    let moved = messages::advance_box(&mut tx, 7, 1, 1).await?;
    tx.commit().await?;
    Ok(moved)
}

async fn two_who_read_before_they_write_do_not_overwrite_each_other(place: Place) {
    let store = place.store().await;
    let mut tx = store.begin().await.unwrap();
    tx.run("INSERT INTO counters (name, last) VALUES ('a', 0)", args![])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { until_done(|| add_one(&store)).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let mut tx = store.read().await.unwrap();
    let row = tx
        .row("SELECT last FROM counters", args![])
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.i64(0), Ok(8));
}

async fn add_one(store: &Store) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    let row = tx
        .row("SELECT last FROM counters WHERE name = 'a'", args![])
        .await?
        .unwrap();
    tokio::task::yield_now().await;
    let sql = "UPDATE counters SET last = $1 WHERE name = 'a'";
    tx.run(sql, args![row.i64(0)? + 1]).await?;
    tx.commit().await
}

/// Write skew: each looks at the other's row and changes its own. At most one may.
async fn a_rule_over_two_rows_holds_under_two_writers(place: Place) {
    let store = place.store().await;
    let add = "INSERT INTO counters (name, last) VALUES ($1, 1)";
    let mut tx = store.begin().await.unwrap();
    tx.run(add, args!["left"]).await.unwrap();
    tx.run(add, args!["right"]).await.unwrap();
    tx.commit().await.unwrap();
    // Where two writers can be under way at a time, both have read before one writes.
    let both_have_read = Arc::new(Barrier::new(if place.kind == Kind::Sqlite { 1 } else { 2 }));
    let tasks = [("left", "right"), ("right", "left")].map(|(own, other)| {
        let (store, both_have_read) = (store.clone(), both_have_read.clone());
        tokio::spawn(async move {
            let first = leave(&store, own, other, Some(&both_have_read)).await;
            match first {
                Err(StoreError::Conflict) => until_done(|| leave(&store, own, other, None)).await,
                first => first.unwrap(),
            }
        })
    });
    let mut left = 0;
    for task in tasks {
        left += i64::from(task.await.unwrap());
    }
    assert_eq!(left, 1, "exactly one left, the other saw it");
}

async fn leave(
    store: &Store,
    own: &str,
    other: &str,
    both_have_read: Option<&Barrier>,
) -> Result<bool, StoreError> {
    let mut tx = store.begin().await?;
    let sql = "SELECT last FROM counters WHERE name = $1";
    let other = tx.row(sql, args![other]).await?.unwrap().i64(0)?;
    if let Some(both_have_read) = both_have_read {
        both_have_read.wait().await;
    }
    if other == 0 {
        return Ok(false);
    }
    tx.run("UPDATE counters SET last = 0 WHERE name = $1", args![own])
        .await?;
    tx.commit().await?;
    Ok(true)
}

async fn two_inserts_of_one_key_end_in_one_row(place: Place) {
    let store = place.store().await;
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut tx = store.begin().await?;
                let sql = "INSERT INTO counters (name, last) VALUES ('a', $1)";
                tx.run(sql, args![number]).await?;
                tx.commit().await
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => won += 1,
            Err(error) => assert_eq!(error, StoreError::Conflict),
        }
    }
    assert_eq!(won, 1);
}

async fn a_turn_for_a_box_turns_conflicts_into_waiting(place: Place) {
    let store = place.store().await;
    let mut tx = store.begin().await.unwrap();
    messages::open_box(&mut tx, 7).await.unwrap();
    tx.commit().await.unwrap();
    let tasks: Vec<_> = (0..30)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { advance(&store, true).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    // The turn is given back however a transaction ends, and whatever the order of the ids.
    drop(store.begin_for(&[7, 8]).await.unwrap());
    let mut tx = store.begin_for(&[8, 7, 8]).await.unwrap();
    messages::advance_box(&mut tx, 7, 1, 0).await.unwrap();
    drop(tx);
    let mut tx = store.begin_for(&[7]).await.unwrap();
    assert_eq!(messages::advance_box(&mut tx, 7, 1, 0).await, Ok((32, 30)));
}

async fn counters_hand_out_each_number_once(place: Place) {
    let store = place.store().await;
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { until_done(|| next(&store)).await })
        })
        .collect();
    let mut seen = Vec::new();
    for task in tasks {
        seen.push(task.await.unwrap());
    }
    seen.sort_unstable();
    assert_eq!(seen, (1..=10).collect::<Vec<i64>>());
    let mut tx = store.begin().await.unwrap();
    counters::raise(&mut tx, "number", 5).await.unwrap();
    assert_eq!(
        counters::next(&mut tx, "number").await,
        Ok(11),
        "never lowered"
    );
    counters::raise(&mut tx, "number", 100).await.unwrap();
    assert_eq!(counters::next(&mut tx, "number").await, Ok(101));
    counters::raise(&mut tx, "other", 7).await.unwrap();
    assert_eq!(counters::next(&mut tx, "other").await, Ok(8));
}

async fn a_number_is_kept_and_a_turn_is_taken_once(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    assert_eq!(counters::kept(&mut tx, "number").await, Ok(None));
    counters::keep(&mut tx, "number", -7).await.unwrap();
    assert_eq!(counters::kept(&mut tx, "number").await, Ok(Some(-7)));
    assert_eq!(counters::kept(&mut tx, "other").await, Ok(None));
    counters::keep(&mut tx, "number", i64::MAX).await.unwrap();
    assert_eq!(counters::kept(&mut tx, "number").await, Ok(Some(i64::MAX)));
    assert_eq!(counters::next(&mut tx, "handed out").await, Ok(1));
    assert_eq!(counters::next(&mut tx, "handed out").await, Ok(2));
    assert_eq!(counters::kept(&mut tx, "handed out").await, Ok(Some(2)));
    for (now, taken) in [
        (1000, true),
        (1000, false),
        (1059, false),
        (1060, true),
        (1061, false),
        (900, false),
        (1120, true),
    ] {
        let turn = counters::turn(&mut tx, "turn", now, 60).await;
        assert_eq!(turn, Ok(taken), "at {now}");
    }
    assert_eq!(counters::kept(&mut tx, "turn").await, Ok(Some(1120)));
}

async fn next(store: &Store) -> Result<i64, StoreError> {
    let mut tx = store.begin().await?;
    let number = counters::next(&mut tx, "number").await?;
    tx.commit().await?;
    Ok(number)
}

async fn many_dropped_transactions_leave_no_connection_behind(place: Place) {
    let store = place.store().await;
    let sql = "INSERT INTO counters (name, last) VALUES ('a', 1)";
    for round in 0..60 {
        let mut tx = store.begin_for(&[round % 3]).await.unwrap();
        tx.run(sql, args![]).await.unwrap();
        let mut reader = store.read().await.unwrap();
        assert!(
            reader
                .rows("SELECT 1 FROM counters", args![])
                .await
                .unwrap()
                .is_empty()
        );
        drop((tx, reader));
    }
    let mut tx = store.begin().await.unwrap();
    assert!(
        tx.rows("SELECT 1 FROM counters", args![])
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_cancelled_begin_gives_its_turn_back(place: Place) {
    let store = place.store().await;
    let first = store.begin_for(&[7]).await.unwrap();
    for _ in 0..3 {
        let waiting = tokio::spawn({
            let store = store.clone();
            async move { store.begin_for(&[7]).await.map(drop) }
        });
        tokio::task::yield_now().await;
        waiting.abort();
        assert!(waiting.await.is_err_and(|error| error.is_cancelled()));
    }
    drop(first);
    store.begin_for(&[7]).await.unwrap();
}
