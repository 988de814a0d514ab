//! A data folder with a crowd in it: users with a box, a contact and, for some, a picture. Written as
//! rows, because nobody signs up a million times.

use std::path::Path;

use store::{Store, StoreOptions, Tx, Value, rows::counters};

use super::{cost::Problem, server::Server};

/// Every so many users have a picture.
const PICTURE_EVERY: i64 = 10;

/// Numbers from 1 to the last one, for statements that make a row of each.
const NUMBERS: &str = "WITH RECURSIVE numbers (n) AS
    (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)";

/// What is filled, from the numbers; the last value is how many numbers there are.
const ROWS: &[(&str, &str)] = &[
    (
        "users (user_id, phone, first_name, created_at)",
        "SELECT n, '1999' || CAST(10000000 + n AS TEXT), 'User ' || CAST(n AS TEXT), 1 FROM numbers",
    ),
    (
        "boxes (owner_id, pts, message_id_last)",
        "SELECT n, 1, 0 FROM numbers",
    ),
    (
        "contacts (owner_id, contact_id, first_name, added_at)",
        "SELECT n, n % $1 + 1, 'Saved', 1 FROM numbers",
    ),
    (
        "contact_of (user_id, owner_id)",
        "SELECT n % $1 + 1, n FROM numbers",
    ),
];

/// The same for pictures: `$1` is how many there are, `$2` how many users share one.
const PICTURES: &[(&str, &str)] = &[
    (
        "photos (photo_id, owner_id, created_at, stripped_photo, stripped_user)",
        "SELECT n, n * $2, 1, x'0101', x'0101' FROM numbers",
    ),
    (
        "photo_files (photo_id, letter, width, height, bytes, blob)",
        "SELECT n, letter, 160, 160, 5000, zeroblob(32) FROM numbers,
         (SELECT 'a' AS letter UNION ALL SELECT 'b' UNION ALL SELECT 'c')
         WHERE n <= $1 AND $2 > 0",
    ),
    (
        "profile_photos (owner_id, photo_id)",
        "SELECT n * $2, n FROM numbers",
    ),
];

/// Fills a new data folder with so many users; their ids are 1, 2, 3, and so on.
pub(super) fn fill(data: &Path, users: i64) -> Result<(), Problem> {
    // Its first start makes the tables.
    drop(Server::on(data)?);
    let url = format!("sqlite:{}", data.join("cameo.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let options = StoreOptions {
            durable: false,
            ..StoreOptions::default()
        };
        let store = Store::open(&url, options).await?;
        let mut tx = store.begin().await?;
        for (table, select) in ROWS {
            insert(&mut tx, (table, select), &[Value::Int(users)]).await?;
        }
        let pictures = [Value::Int(users / PICTURE_EVERY), Value::Int(PICTURE_EVERY)];
        for (table, select) in PICTURES {
            insert(&mut tx, (table, select), &pictures).await?;
        }
        counters::raise(&mut tx, "user_id", users).await?;
        tx.commit().await?;
        store.close().await;
        Ok(())
    })
}

async fn insert(tx: &mut Tx, (table, select): (&str, &str), args: &[Value]) -> Result<(), Problem> {
    tx.run(&format!("INSERT INTO {table} {NUMBERS} {select}"), args)
        .await?;
    Ok(())
}
