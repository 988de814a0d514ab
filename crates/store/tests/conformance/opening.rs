//! Opening: tables brought up to date, newer data refused, one server per folder.

use std::time::Duration;

use store::{FORMAT, Store, StoreError, StoreOptions, args};

use crate::engine::{Kind, Place, on_every_engine, postgres};

on_every_engine!(
    opening_again_keeps_the_rows,
    data_of_a_newer_format_is_refused_and_untouched,
    a_failed_opening_can_be_repeated,
    a_second_server_is_refused_where_the_data_is_one_folder,
    a_guest_reads_beside_a_server_and_changes_nothing,
    several_nodes_open_fresh_data_at_once,
    waiting_for_a_turn_has_an_end,
    a_closed_store_refuses,
    closing_does_not_wait_for_ever,
    begin_waits_and_comes_after_the_turn_is_free,
);

async fn opening_again_keeps_the_rows(place: Place) {
    for count in 0..3 {
        let store = place.store().await;
        let mut tx = store.begin().await.unwrap();
        let sql = "SELECT COUNT(*) FROM counters";
        assert_eq!(
            tx.row(sql, args![]).await.unwrap().unwrap().i64(0),
            Ok(count)
        );
        let sql = "INSERT INTO counters (name, last) VALUES ($1, 1)";
        tx.run(sql, args![format!("run {count}")]).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.read().await.unwrap();
        let sql = "SELECT COUNT(*), MAX(format) FROM store_format";
        let row = tx.row(sql, args![]).await.unwrap().unwrap();
        assert_eq!(
            (row.i64(0), row.i64(1)),
            (Ok(FORMAT), Ok(FORMAT)),
            "each ran once"
        );
        drop(tx);
        store.close().await;
    }
}

async fn data_of_a_newer_format_is_refused_and_untouched(place: Place) {
    let store = place.store().await;
    let mut tx = store.begin().await.unwrap();
    let sql = "INSERT INTO store_format (format) VALUES ($1)";
    tx.run(sql, args![FORMAT + 7]).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    for _ in 0..2 {
        let refused = Store::open(&place.url, Place::options()).await.unwrap_err();
        assert_eq!(
            refused,
            StoreError::NewerFormat {
                found: FORMAT + 7,
                known: FORMAT
            }
        );
        let line = refused.to_string();
        assert!(
            !line.contains('\n') && line.contains(&(FORMAT + 7).to_string()),
            "{line}"
        );
    }
}

async fn a_failed_opening_can_be_repeated(place: Place) {
    // Something of another program is in the way of a table: nothing may stay half-made.
    let rival = "CREATE TABLE updates (owner_id BIGINT)";
    match place.kind {
        Kind::Sqlite => {
            let file = place.url.strip_prefix("sqlite:").unwrap();
            rusqlite::Connection::open(file)
                .unwrap()
                .execute_batch(rival)
                .unwrap();
        }
        Kind::Postgres => postgres(&place.url, rival).await,
    }
    let refused = Store::open(&place.url, Place::options()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Broken(_)), "{refused}");
    let remedy = "DROP TABLE updates";
    match place.kind {
        Kind::Sqlite => {
            let file = place.url.strip_prefix("sqlite:").unwrap();
            rusqlite::Connection::open(file)
                .unwrap()
                .execute_batch(remedy)
                .unwrap();
        }
        Kind::Postgres => postgres(&place.url, remedy).await,
    }
    place.store().await;
}

async fn a_second_server_is_refused_where_the_data_is_one_folder(place: Place) {
    let store = place.store().await;
    let second = Store::open(&place.url, Place::options()).await;
    match place.kind {
        Kind::Sqlite => {
            let folder = std::path::Path::new(place.url.strip_prefix("sqlite:").unwrap()).parent();
            let folder = folder.unwrap().to_owned();
            assert_eq!(second.unwrap_err(), StoreError::AlreadyRunning { folder });
            store.close().await;
            place.store().await;
        }
        Kind::Postgres => drop(second.unwrap()),
    }
}

async fn a_guest_reads_beside_a_server_and_changes_nothing(place: Place) {
    let guest = StoreOptions {
        guest: true,
        ..Place::options()
    };
    let nothing_there = Store::open(&place.url, guest.clone()).await;
    assert!(nothing_there.is_err());
    let server = place.store().await;
    let mut tx = server.begin().await.unwrap();
    let add = "INSERT INTO counters (name, last) VALUES ($1, 1)";
    tx.run(add, args!["a"]).await.unwrap();
    tx.commit().await.unwrap();
    let guest = Store::open(&place.url, guest).await.unwrap();
    let mut tx = guest.read().await.unwrap();
    let rows = tx.rows("SELECT name FROM counters", args![]).await.unwrap();
    assert_eq!(rows.len(), 1);
    drop(tx);
    let mut tx = guest.begin().await.unwrap();
    let refused = tx.run(add, args!["b"]).await.unwrap_err();
    assert!(matches!(refused, StoreError::Broken(_)), "{refused}");
    drop(tx);
    guest.close().await;
    let mut tx = server.begin().await.unwrap();
    tx.run(add, args!["b"]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn several_nodes_open_fresh_data_at_once(place: Place) {
    let nodes: Vec<_> = (0..4)
        .map(|_| {
            let url = place.url.clone();
            tokio::spawn(async move { Store::open(&url, Place::options()).await })
        })
        .collect();
    let mut opened = 0;
    let mut kept = Vec::new();
    for node in nodes {
        match node.await.unwrap() {
            Ok(store) => {
                opened += 1;
                kept.push(store);
            }
            Err(error) => {
                assert!(
                    matches!(error, StoreError::AlreadyRunning { .. }),
                    "{error}"
                );
            }
        }
    }
    assert_eq!(opened, if place.kind == Kind::Sqlite { 1 } else { 4 });
    let mut tx = kept[0].read().await.unwrap();
    let sql = "SELECT COUNT(*) FROM store_format";
    assert_eq!(
        tx.row(sql, args![]).await.unwrap().unwrap().i64(0),
        Ok(FORMAT)
    );
}

async fn waiting_for_a_turn_has_an_end(place: Place) {
    let store = place.store_with(1, Duration::from_millis(30)).await;
    let mut tx = store.begin().await.unwrap();
    tx.run("DELETE FROM counters", args![]).await.unwrap();
    let refused = store.begin().await.unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused}");
    tx.commit().await.unwrap();
    store.begin().await.unwrap();
}

async fn a_closed_store_refuses(place: Place) {
    let store = place.store().await;
    let also = store.clone();
    store.close().await;
    assert!(matches!(
        also.begin().await,
        Err(StoreError::Unavailable(_))
    ));
    assert!(matches!(also.read().await, Err(StoreError::Unavailable(_))));
    also.close().await;
}

async fn closing_does_not_wait_for_ever(place: Place) {
    let store = place.store_with(1, Duration::from_millis(30)).await;
    let mut forgotten = store.begin().await.unwrap();
    forgotten
        .run("INSERT INTO counters (name, last) VALUES ('a', 1)", args![])
        .await
        .unwrap();
    store.close().await;
    drop(forgotten);
    assert!(matches!(
        store.begin().await,
        Err(StoreError::Unavailable(_))
    ));
    let mut tx = place.store().await.read().await.unwrap();
    assert!(
        tx.rows("SELECT 1 FROM counters", args![])
            .await
            .unwrap()
            .is_empty()
    );
}

async fn begin_waits_and_comes_after_the_turn_is_free(place: Place) {
    let store = place.store_with(1, Duration::from_secs(10)).await;
    let mut first = store.begin().await.unwrap();
    first
        .run("INSERT INTO counters (name, last) VALUES ('a', 1)", args![])
        .await
        .unwrap();
    let second = tokio::spawn({
        let store = store.clone();
        async move {
            let mut tx = store.begin().await.unwrap();
            tx.rows("SELECT last FROM counters", args![])
                .await
                .unwrap()
                .len()
        }
    });
    tokio::task::yield_now().await;
    first.commit().await.unwrap();
    assert_eq!(second.await.unwrap(), 1);
}

#[tokio::test]
async fn a_lost_connection_is_unavailable_and_replaced() {
    let Some(place) = crate::engine::place(Kind::Postgres).await else {
        return;
    };
    let store = place.store_with(1, Duration::from_secs(5)).await;
    let mut tx = store.begin().await.unwrap();
    let row = tx.row("SELECT pg_backend_pid()", args![]).await.unwrap();
    let process = row.unwrap().i64(0).unwrap();
    postgres(
        &place.url,
        &format!("SELECT pg_terminate_backend({process})"),
    )
    .await;
    let lost = tx.run("DELETE FROM counters", args![]).await.unwrap_err();
    assert!(matches!(lost, StoreError::Unavailable(_)), "{lost}");
    assert!(matches!(tx.commit().await, Err(StoreError::Unavailable(_))));
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.run("DELETE FROM counters", args![]).await, Ok(0));
}

#[tokio::test]
async fn an_address_where_nobody_answers_is_unavailable() {
    let url = "postgres://someone:secret@127.0.0.1:1/cameo";
    let refused = Store::open(url, Place::options()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused}");
    assert!(!refused.to_string().contains("secret"));
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_refused_without_its_password() {
    for url in [
        "mysql://someone:secret@host/x",
        "postgres://someone:secret@:x:/",
        "secret",
    ] {
        let refused = Store::open(url, Place::options()).await.unwrap_err();
        assert!(matches!(refused, StoreError::Broken(_)), "{refused}");
        let kind_only = url == "secret" || !refused.to_string().contains("secret");
        assert!(kind_only, "{refused}");
    }
}

#[tokio::test]
async fn a_damaged_data_file_is_broken_not_overwritten() {
    let place = crate::engine::place(Kind::Sqlite).await.unwrap();
    let file = place.url.strip_prefix("sqlite:").unwrap();
    let garbage = "not a database, whatever its name says ".repeat(300);
    std::fs::write(file, &garbage).unwrap();
    let refused = Store::open(&place.url, Place::options()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Broken(_)), "{refused}");
    assert_eq!(std::fs::read_to_string(file).unwrap(), garbage);
}

#[cfg(unix)]
#[tokio::test]
async fn the_data_file_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let place = crate::engine::place(Kind::Sqlite).await.unwrap();
    let _store = place.store().await;
    let file = place.url.strip_prefix("sqlite:").unwrap();
    for name in [
        file.to_owned(),
        format!("{file}-wal"),
        format!("{file}-shm"),
    ] {
        let mode = std::fs::metadata(&name).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}
