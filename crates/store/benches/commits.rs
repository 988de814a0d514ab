//! What the seam costs beside the engine alone: durable commits, statements, parts, blobs.
//! `cargo bench -p store`; a folder on the disk in question goes into CAMEO_BENCH_FOLDER, a
//! database into CAMEO_TEST_POSTGRES.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement prints, or stops"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use store::blobs::Blobs;
use store::rows::{counters, messages};
use store::spool::Spool;
use store::{Store, StoreError, StoreOptions, args};

fn main() {
    let folder = match std::env::var("CAMEO_BENCH_FOLDER") {
        Ok(folder) => tempfile::tempdir_in(folder).unwrap(),
        Err(_) => tempfile::tempdir().unwrap(),
    };
    floor(folder.path());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let url = format!("sqlite:{}", folder.path().join("cameo.db").display());
    runtime.block_on(engine("sqlite", &url));
    if let Ok(address) = std::env::var("CAMEO_TEST_POSTGRES") {
        runtime.block_on(engine("postgres", &address));
    }
    runtime.block_on(files(folder.path()));
}

/// Runs `count` units of work and prints rate, time and processor time of one.
struct Watch {
    name: String,
    started: Instant,
    cpu: Duration,
}

impl Watch {
    fn start(name: impl Into<String>) -> Watch {
        Watch {
            name: name.into(),
            started: Instant::now(),
            cpu: cpu(),
        }
    }

    fn stop(self, count: u32) {
        let (wall, cpu) = (self.started.elapsed() / count, (cpu() - self.cpu) / count);
        println!(
            "{:44} {:>9.0}/s {:>9.1} us each {:>8.1} us cpu each",
            self.name,
            1.0 / wall.as_secs_f64(),
            wall.as_secs_f64() * 1e6,
            cpu.as_secs_f64() * 1e6
        );
    }
}

/// Processor time of this process, in steps of the system's tick.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

/// The engine without the seam, on this thread.
fn floor(folder: &Path) {
    let db = rusqlite::Connection::open(folder.join("floor.db")).unwrap();
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE boxes (owner_id BIGINT PRIMARY KEY, pts BIGINT, message_id_last BIGINT);
         INSERT INTO boxes VALUES (1, 1, 0)",
    )
    .unwrap();
    let update = "UPDATE boxes SET pts = pts + $1 WHERE owner_id = $2";
    let watch = Watch::start("engine alone: durable commit of one update");
    for _ in 0..2000 {
        db.execute_batch("BEGIN IMMEDIATE").unwrap();
        db.prepare_cached(update).unwrap().execute((1, 1)).unwrap();
        db.execute_batch("COMMIT").unwrap();
    }
    watch.stop(2000);
    let select = "SELECT pts, message_id_last FROM boxes WHERE owner_id = $1";
    let watch = Watch::start("engine alone: one select");
    for _ in 0..100_000 {
        let mut select = db.prepare_cached(select).unwrap();
        let _: i64 = select.query_row((1,), |row| row.get(0)).unwrap();
    }
    watch.stop(100_000);
}

async fn engine(name: &str, url: &str) {
    let store = Store::open(url, StoreOptions::default()).await.unwrap();
    let owners: Vec<i64> = (0..32)
        .map(|n| i64::from(std::process::id()) * 100 + n)
        .collect();
    let mut tx = store.begin().await.unwrap();
    for owner_id in &owners {
        messages::open_box(&mut tx, *owner_id).await.unwrap();
    }
    tx.commit().await.unwrap();
    for tasks in [1, 4, 32] {
        let count = 4000 / tasks;
        let watch = Watch::start(format!("{name}: durable commit, {tasks} at a time"));
        let tasks: Vec<_> = (0..tasks)
            .map(|task| {
                let (store, owner_id) = (store.clone(), owners[task]);
                tokio::spawn(async move {
                    for _ in 0..count {
                        while advance(&store, owner_id).await == Err(StoreError::Conflict) {}
                    }
                })
            })
            .collect();
        let all = u32::try_from(tasks.len() * count).unwrap();
        for task in tasks {
            task.await.unwrap();
        }
        watch.stop(all);
    }
    let watch = Watch::start(format!("{name}: relaxed commit, 1 at a time"));
    for _ in 0..4000 {
        let mut tx = store.begin_relaxed(&[]).await.unwrap();
        messages::advance_box(&mut tx, owners[0], 1, 1)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    watch.stop(4000);
    let mut tx = store.read().await.unwrap();
    let watch = Watch::start(format!("{name}: one select in an open transaction"));
    for _ in 0..20_000 {
        messages::box_of(&mut tx, owners[0]).await.unwrap();
    }
    watch.stop(20_000);
    drop(tx);
    let watch = Watch::start(format!("{name}: a read transaction of one select"));
    for _ in 0..20_000 {
        let mut tx = store.read().await.unwrap();
        messages::box_of(&mut tx, owners[0]).await.unwrap();
    }
    watch.stop(20_000);
    let mut tx = store.begin().await.unwrap();
    let watch = Watch::start(format!("{name}: one small write in an open transaction"));
    for _ in 0..20_000 {
        counters::next(&mut tx, "bench").await.unwrap();
    }
    watch.stop(20_000);
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    for owner_id in &owners {
        let sql = "DELETE FROM boxes WHERE owner_id = $1";
        tx.run(sql, args![*owner_id]).await.unwrap();
    }
    tx.commit().await.unwrap();
    store.close().await;
}

async fn advance(store: &Store, owner_id: i64) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    messages::advance_box(&mut tx, owner_id, 1, 1).await?;
    tx.commit().await
}

async fn files(folder: &Path) {
    let part = Bytes::from(vec![7; 512 * 1024]);
    let plain = folder.join("plain");
    std::fs::create_dir(&plain).unwrap();
    let spool = Spool::files(folder.join("spool")).unwrap();
    // In turns, as the system slows both down when it has much to write back.
    for round in 0..4 {
        let watch = Watch::start("files alone: open, write 512 KiB, close");
        for number in 0..100 {
            std::fs::write(plain.join(format!("{round}.{number}")), &part).unwrap();
        }
        watch.stop(100);
        let watch = Watch::start("spool: one part of 512 KiB");
        for number in 0..100 {
            spool.write(round, 2, number, part.clone()).await.unwrap();
        }
        watch.stop(100);
    }
    let blobs = Blobs::files(folder.join("blobs")).unwrap();
    let watch = Watch::start("blobs: put 32 KiB durably");
    for number in 0..200_u32 {
        let mut bytes = vec![7; 32 * 1024];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        blobs.put(bytes.into()).await.unwrap();
    }
    watch.stop(200);
}
