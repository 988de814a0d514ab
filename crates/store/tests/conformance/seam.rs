//! Statements, values, transactions one at a time.

use store::{StoreError, args};

use crate::engine::{Place, on_every_engine};

on_every_engine!(
    values_come_back_as_they_went_in,
    a_nul_in_a_text_is_replaced_on_every_engine,
    conditions_and_sums_read_as_numbers,
    a_dropped_transaction_leaves_nothing,
    a_committed_transaction_is_seen_by_others,
    an_empty_transaction_commits,
    a_failed_statement_ends_the_transaction,
    a_unique_violation_is_a_conflict_and_nothing_stays,
    an_abandoned_statement_ends_the_transaction,
    a_reader_cannot_write,
    a_wrong_column_type_is_broken_not_a_panic,
    a_wrong_number_of_arguments_is_refused,
    statements_are_counted,
    relaxed_and_durable_commits_take_turns,
    run_says_how_many_rows_changed,
);

const ADD: &str = "INSERT INTO counters (name, last) VALUES ($1, $2)";
const FIND: &str = "SELECT last FROM counters WHERE name = $1";

async fn values_come_back_as_they_went_in(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let sql = "INSERT INTO auth_keys (auth_key_id, auth_key, created_at, first_salt, expires_at,
               device_model) VALUES ($1, $2, $3, $4, $5, $6)";
    let bytes: Vec<u8> = (0..=255).collect();
    let text = "Zoë \u{1F600} 'quoted' $1 \\ \n";
    tx.run(
        sql,
        args![i64::MIN, &bytes, i64::MAX, -1, None::<i64>, text],
    )
    .await
    .unwrap();
    let sql = "SELECT auth_key_id, auth_key, created_at, first_salt, expires_at, device_model,
               CAST($1 AS DOUBLE PRECISION) FROM auth_keys";
    let row = tx.row(sql, args![-0.125]).await.unwrap().unwrap();
    assert_eq!(row.i64(0), Ok(i64::MIN));
    assert_eq!(row.bytes(1), Ok(bytes));
    assert_eq!(row.i64(2), Ok(i64::MAX));
    assert_eq!(row.i64(3), Ok(-1));
    assert_eq!(row.opt_i64(4), Ok(None));
    assert_eq!(row.text(5).as_deref(), Ok(text));
    assert_eq!(row.f64(6), Ok(-0.125));
    tx.run(
        "UPDATE auth_keys SET auth_key = $1, device_model = $2",
        args![b"", ""],
    )
    .await
    .unwrap();
    let row = tx
        .row("SELECT auth_key, device_model FROM auth_keys", args![])
        .await
        .unwrap();
    let row = row.unwrap();
    assert_eq!(
        (row.bytes(0), row.text(1)),
        (Ok(Vec::new()), Ok(String::new()))
    );
}

async fn a_nul_in_a_text_is_replaced_on_every_engine(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let name = "a\0b\0".to_owned();
    tx.run(ADD, args![&name, 1]).await.unwrap();
    for same in [
        args![name.as_str()] as &[_],
        args![name.clone()],
        args!["a\u{FFFD}b\u{FFFD}"],
    ] {
        let row = tx
            .row("SELECT name, last FROM counters WHERE name = $1", same)
            .await;
        assert_eq!(
            row.unwrap().unwrap().text(0).as_deref(),
            Ok("a\u{FFFD}b\u{FFFD}")
        );
    }
}

async fn conditions_and_sums_read_as_numbers(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    tx.run(ADD, args!["a", 5]).await.unwrap();
    tx.run(ADD, args!["b", 7]).await.unwrap();
    let sql = "SELECT COUNT(*), MAX(last), CAST(SUM(last) AS BIGINT), 1,
               EXISTS (SELECT 1 FROM counters WHERE name = $1),
               EXISTS (SELECT 1 FROM counters WHERE name = $2), MAX(last) IS NULL
               FROM counters";
    let row = tx.row(sql, args!["a", "x"]).await.unwrap().unwrap();
    assert_eq!(
        (row.i64(0), row.i64(1), row.i64(2), row.i64(3)),
        (Ok(2), Ok(7), Ok(12), Ok(1))
    );
    assert_eq!(
        (row.bool(4), row.bool(5), row.bool(6)),
        (Ok(true), Ok(false), Ok(false))
    );
}

async fn a_dropped_transaction_leaves_nothing(place: Place) {
    let store = place.store().await;
    let mut tx = store.begin().await.unwrap();
    tx.run(ADD, args!["a", 1]).await.unwrap();
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    assert!(tx.row(FIND, args!["a"]).await.unwrap().is_none());
    drop(tx);
    assert!(
        store
            .read()
            .await
            .unwrap()
            .row(FIND, args!["a"])
            .await
            .unwrap()
            .is_none()
    );
}

async fn a_committed_transaction_is_seen_by_others(place: Place) {
    let store = place.store().await;
    let mut tx = store.begin().await.unwrap();
    tx.run(ADD, args!["a", 1]).await.unwrap();
    let unseen = store
        .read()
        .await
        .unwrap()
        .row(FIND, args!["a"])
        .await
        .unwrap();
    assert!(unseen.is_none());
    tx.commit().await.unwrap();
    for _ in 0..20 {
        let row = store
            .read()
            .await
            .unwrap()
            .row(FIND, args!["a"])
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.i64(0), Ok(1));
    }
}

async fn an_empty_transaction_commits(place: Place) {
    let store = place.store().await;
    store.begin().await.unwrap().commit().await.unwrap();
    store.read().await.unwrap().commit().await.unwrap();
    store
        .begin_for(&[1, 2])
        .await
        .unwrap()
        .commit()
        .await
        .unwrap();
}

async fn a_failed_statement_ends_the_transaction(place: Place) {
    let store = place.store().await;
    let mut tx = store.begin().await.unwrap();
    tx.run(ADD, args!["a", 1]).await.unwrap();
    let error = tx
        .run("UPDATE no_such_table SET x = $1", args![1])
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Broken(_)), "{error}");
    let error = tx.row(FIND, args!["a"]).await.unwrap_err();
    assert!(matches!(error, StoreError::Broken(_)), "{error}");
    assert!(matches!(tx.commit().await, Err(StoreError::Broken(_))));
    assert!(
        store
            .begin()
            .await
            .unwrap()
            .row(FIND, args!["a"])
            .await
            .unwrap()
            .is_none()
    );
}

async fn a_unique_violation_is_a_conflict_and_nothing_stays(place: Place) {
    let store = place.store().await;
    let mut tx = store.begin().await.unwrap();
    tx.run(ADD, args!["a", 1]).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.run(ADD, args!["b", 1]).await.unwrap();
    assert_eq!(tx.run(ADD, args!["a", 2]).await, Err(StoreError::Conflict));
    assert_eq!(tx.run(ADD, args!["c", 2]).await, Err(StoreError::Conflict));
    assert_eq!(tx.commit().await, Err(StoreError::Conflict));
    let mut tx = store.read().await.unwrap();
    assert!(tx.row(FIND, args!["b"]).await.unwrap().is_none());
    assert_eq!(
        tx.row(FIND, args!["a"]).await.unwrap().unwrap().i64(0),
        Ok(1)
    );
}

async fn an_abandoned_statement_ends_the_transaction(place: Place) {
    let store = place.store().await;
    let mut tx = store.begin().await.unwrap();
    tx.run(ADD, args!["a", 1]).await.unwrap();
    {
        let args = [store::Value::from("b"), store::Value::from(1)];
        let mut statement = std::pin::pin!(tx.run(ADD, &args));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        // On the way, then forgotten: whether it ran is unknown.
        let _ = statement.as_mut().poll(&mut context);
    }
    let over = tx.run(ADD, args!["c", 1]).await.is_err();
    let over = tx.commit().await.is_err() && over;
    // It may have been ready at once; then the transaction is whole.
    let mut tx = store.begin().await.unwrap();
    let rows = tx
        .rows("SELECT name FROM counters ORDER BY name", args![])
        .await
        .unwrap();
    assert_eq!(rows.len(), if over { 0 } else { 3 });
}

async fn a_reader_cannot_write(place: Place) {
    let store = place.store().await;
    let mut tx = store.read().await.unwrap();
    let error = tx.run(ADD, args!["a", 1]).await.unwrap_err();
    assert!(matches!(error, StoreError::Broken(_)), "{error}");
    drop(tx);
    assert!(
        store
            .read()
            .await
            .unwrap()
            .row(FIND, args!["a"])
            .await
            .unwrap()
            .is_none()
    );
}

async fn a_wrong_column_type_is_broken_not_a_panic(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    tx.run(ADD, args!["a", 5]).await.unwrap();
    let row = tx
        .row("SELECT name, last FROM counters", args![])
        .await
        .unwrap()
        .unwrap();
    assert!(matches!(row.i64(0), Err(StoreError::Broken(_))));
    assert!(matches!(row.text(1), Err(StoreError::Broken(_))));
    assert!(matches!(row.bytes(1), Err(StoreError::Broken(_))));
    assert!(matches!(row.f64(1), Err(StoreError::Broken(_))));
    assert!(matches!(row.bool(1), Err(StoreError::Broken(_))));
    assert!(matches!(row.i64(2), Err(StoreError::Broken(_))));
}

async fn a_wrong_number_of_arguments_is_refused(place: Place) {
    let store = place.store().await;
    for args in [args!["a"] as &[store::Value], args!["a", 1, 2]] {
        let mut tx = store.begin().await.unwrap();
        let error = tx.run(ADD, args).await.unwrap_err();
        assert!(matches!(error, StoreError::Broken(_)), "{error}");
    }
}

async fn statements_are_counted(place: Place) {
    let store = place.store().await;
    let before = store.queries();
    let mut tx = store.begin().await.unwrap();
    tx.run(ADD, args!["a", 5]).await.unwrap();
    tx.rows(FIND, args!["a"]).await.unwrap();
    tx.row(FIND, args!["a"]).await.unwrap();
    assert_eq!(tx.queries(), 3);
    tx.commit().await.unwrap();
    store
        .read()
        .await
        .unwrap()
        .row(FIND, args!["a"])
        .await
        .unwrap();
    assert_eq!(store.clone().queries() - before, 4);
}

async fn run_says_how_many_rows_changed(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for name in ["a", "b", "c"] {
        assert_eq!(tx.run(ADD, args![name, 1]).await, Ok(1));
    }
    let sql = "UPDATE counters SET last = $1 WHERE name <> $2";
    assert_eq!(tx.run(sql, args![2, "a"]).await, Ok(2));
    assert_eq!(
        tx.run(sql, args![2, "a"]).await,
        Ok(2),
        "same values count too"
    );
    let sql = "INSERT INTO counters (name, last) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    assert_eq!(tx.run(sql, args!["a", 9]).await, Ok(0));
    assert_eq!(
        tx.run("DELETE FROM counters WHERE last = $1", args![2])
            .await,
        Ok(2)
    );
    assert_eq!(
        tx.run("DELETE FROM counters WHERE last = $1", args![2])
            .await,
        Ok(0)
    );
}

async fn relaxed_and_durable_commits_take_turns(place: Place) {
    let options = store::StoreOptions {
        durable: true,
        ..Place::options()
    };
    let store = store::Store::open(&place.url, options).await.unwrap();
    let mut expected = Vec::new();
    for (number, relaxed) in [true, true, false, true, false].into_iter().enumerate() {
        let begun = if relaxed {
            store.begin_relaxed(&[]).await
        } else {
            store.begin().await
        };
        let mut tx = begun.unwrap();
        let name = format!("{number}");
        tx.run(ADD, args![&name, 1]).await.unwrap();
        tx.commit().await.unwrap();
        expected.push(name);
        let mut tx = store.begin_relaxed(&[]).await.unwrap();
        tx.run(ADD, args!["dropped", 1]).await.unwrap();
        drop(tx);
        let mut tx = store.read().await.unwrap();
        let rows = tx
            .rows("SELECT name FROM counters ORDER BY name", args![])
            .await
            .unwrap();
        let names: Vec<String> = rows.iter().map(|row| row.text(0).unwrap()).collect();
        assert_eq!(names, expected);
    }
}
