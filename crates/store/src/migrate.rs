//! Brings the tables up to date: numbered files, forward only, one writer at a time.

use crate::engine::Mode;
use crate::{Store, StoreError, Tx, args};

/// Every migration; its number is its place, counted from 1.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_start.sql"),
    include_str!("../migrations/0002_chats_bots_privacy.sql"),
    include_str!("../migrations/0003_stickers.sql"),
    include_str!("../migrations/0004_moving_pictures.sql"),
];

/// The newest format of the data that this version reads and writes.
pub const FORMAT: i64 = MIGRATIONS.len() as i64;

// Owners are positive, so nobody else waits for this turn.
const TURN: i64 = -1;

/// Runs what is missing, all of it or nothing.
pub(crate) async fn run(store: &Store) -> Result<(), StoreError> {
    let open = store.engine.begin(Mode::Write, &[TURN]).await?;
    let mut tx = Tx::new(open, store.queries.clone());
    tx.script("CREATE TABLE IF NOT EXISTS store_format (format BIGINT NOT NULL)")
        .await?;
    let found = found(&mut tx).await?;
    let missing = MIGRATIONS
        .iter()
        .zip(1_i64..)
        .filter(|(_, format)| *format > found);
    for (sql, format) in missing {
        tx.script(sql).await?;
        tx.run(
            "INSERT INTO store_format (format) VALUES ($1)",
            args![format],
        )
        .await?;
        tracing::info!(format, "data format brought up to date");
    }
    tx.commit().await
}

/// Refuses data of any other format: a guest changes nothing.
pub(crate) async fn check(store: &Store) -> Result<(), StoreError> {
    let mut tx = store.read().await?;
    let found = found(&mut tx).await?;
    if found < FORMAT {
        return Err(StoreError::Broken(format!(
            "the data has the older format {found}: start the server once"
        )));
    }
    Ok(())
}

async fn found(tx: &mut Tx) -> Result<i64, StoreError> {
    let sql = "SELECT COALESCE(MAX(format), 0) FROM store_format";
    let row = tx.row(sql, args![]).await?;
    let found = row.map_or(Ok(0), |row| row.i64(0))?;
    if found > FORMAT {
        return Err(StoreError::NewerFormat {
            found,
            known: FORMAT,
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_in_the_folder_is_run_in_its_order() {
        let folder = "migrations";
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        assert_eq!(files.len(), MIGRATIONS.len());
        for (index, file) in files.iter().enumerate() {
            let name = file.file_name().unwrap().to_str().unwrap();
            assert!(name.starts_with(&format!("{:04}_", index + 1)), "{name}");
            assert_eq!(
                std::fs::read_to_string(file).unwrap(),
                MIGRATIONS[index],
                "{name}"
            );
        }
    }
}
