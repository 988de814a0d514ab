//! A process that commits as fast as it can is killed (SIGKILL) in the middle, again and again on
//! the same data; then every write that it acknowledged must be there, whole, without gaps.
//!
//! This test starts itself as that process. It shows what a killed process may not lose; what a
//! power cut may not lose is promised by syncing before the answer (0036) and not shown here.

#![expect(clippy::unwrap_used, reason = "a test fails where it is")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bytes::Bytes;
use store::blobs::{BlobKey, Blobs};
use store::rows::messages::{self, MessageRow, Window};
use store::rows::photos::{self, PhotoFileRow, PhotoRow};
use store::rows::{updates, uploads};
use store::spool::Spool;
use store::{Store, StoreError, StoreOptions};

const FOLDER: &str = "CAMEO_CRASH_FOLDER";
const URL: &str = "CAMEO_CRASH_URL";
const WRITERS: i64 = 6;
/// Acknowledgements after which the process is killed: early, late, in the middle of starting.
const KILL_AFTER: [usize; 8] = [1, 150, 0, 37, 400, 3, 90, 11];

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let (Ok(folder), Ok(url)) = (std::env::var(FOLDER), std::env::var(URL)) {
        runtime.block_on(commit_until_killed(folder.into(), url));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("cameo.db").display());
    runtime.block_on(kill_and_check("sqlite", folder.path(), &url));
    match std::env::var("CAMEO_TEST_POSTGRES") {
        Ok(address) => {
            let folder = tempfile::tempdir().unwrap();
            let schema = format!("crash_{}", std::process::id());
            runtime.block_on(make_schema(&address, &schema));
            let url = format!("{address}?options=-csearch_path%3D{schema}");
            runtime.block_on(kill_and_check("postgres", folder.path(), &url));
        }
        Err(_) => say("left out: postgres (CAMEO_TEST_POSTGRES is not set)"),
    }
}

fn say(text: &str) {
    eprintln!("crash: {text}");
}

async fn make_schema(address: &str, schema: &str) {
    let (client, connection) = tokio_postgres::connect(address, tokio_postgres::NoTls)
        .await
        .unwrap();
    let driver = tokio::spawn(connection);
    client
        .batch_execute(&format!("CREATE SCHEMA {schema}"))
        .await
        .unwrap();
    drop(client);
    driver.await.unwrap().unwrap();
}

async fn kill_and_check(engine: &str, folder: &Path, url: &str) {
    let mut acknowledged = BTreeSet::new();
    for kill_after in KILL_AFTER {
        let lines = run_and_kill(folder, url, kill_after);
        assert!(lines.len() >= kill_after);
        acknowledged.extend(lines);
        check(folder, url, &acknowledged).await;
    }
    say(&format!(
        "{engine}: {} killed, {} writes kept",
        KILL_AFTER.len(),
        acknowledged.len()
    ));
}

/// What the process acknowledged before it was killed: one line of stdout each.
fn run_and_kill(folder: &Path, url: &str, kill_after: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .env(FOLDER, folder)
        .env(URL, url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut lines = Vec::new();
    while lines.len() < kill_after {
        let mut line = String::new();
        assert_ne!(
            output.read_line(&mut line).unwrap(),
            0,
            "the process ended by itself"
        );
        lines.push(line.trim_end().to_owned());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What was acknowledged between the last line read and the kill counts, too.
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    // The last line may be cut: only whole lines were acknowledged.
    lines.extend(
        rest.split_inclusive('\n')
            .filter_map(|l| l.strip_suffix('\n'))
            .map(str::to_owned),
    );
    lines
}

/// Each acknowledged line is `owner message_id pts photo_id spool_key`.
async fn check(folder: &Path, url: &str, acknowledged: &BTreeSet<String>) {
    let store = Store::open(url, StoreOptions::default()).await.unwrap();
    let blobs = Blobs::files(folder.join("blobs")).unwrap();
    let spool = Spool::files(folder.join("spool")).unwrap();
    let mut tx = store.read().await.unwrap();
    for line in acknowledged {
        let words: Vec<&str> = line.split(' ').collect();
        let [owner_id, message_id, pts, photo_id] =
            [0, 1, 2, 3].map(|word| words[word].parse::<i64>().unwrap());
        let message = messages::by_ids(&mut tx, owner_id, &[message_id])
            .await
            .unwrap()
            .pop();
        let message = message.unwrap_or_else(|| panic!("message of `{line}` is lost"));
        assert_eq!(message.photo_id, Some(photo_id), "{line}");
        let update = updates::after(&mut tx, owner_id, pts - 1, 1)
            .await
            .unwrap()
            .pop();
        assert_eq!(update.map(|row| row.message_id), Some(message_id), "{line}");
        let photo = photos::by_id(&mut tx, photo_id).await.unwrap();
        let photo = photo.unwrap_or_else(|| panic!("photo of `{line}` is lost"));
        let bytes = blobs
            .read(&photo.files[0].blob, 0, usize::MAX)
            .await
            .unwrap();
        assert_eq!(BlobKey::of(&bytes), photo.files[0].blob, "{line}");
        let part = spool.read(words[4], 0, usize::MAX).await.unwrap();
        assert!(part == bytes, "{line}");
        let noted = uploads::find_part(&mut tx, owner_id, 1, pts - 1)
            .await
            .unwrap();
        assert_eq!(
            noted.map(|row| row.spool_key).as_deref(),
            Some(words[4]),
            "{line}"
        );
    }
    for owner_id in 1..=WRITERS {
        no_gaps(&mut tx, owner_id).await;
    }
    drop(tx);
    store.close().await;
}

/// Half a transaction would show as a message without its update or as a gap.
async fn no_gaps(tx: &mut store::Tx, owner_id: i64) {
    let Some(counters) = messages::box_of(tx, owner_id).await.unwrap() else {
        return;
    };
    let rows = messages::oldest_first(tx, owner_id, 99, Window::first(i64::MAX))
        .await
        .unwrap();
    let ids: Vec<i64> = rows.iter().map(|row| row.message_id).collect();
    assert_eq!(ids, (1..=counters.message_id_last).collect::<Vec<i64>>());
    let rows = updates::after(tx, owner_id, 0, i64::MAX).await.unwrap();
    let pts: Vec<i64> = rows.iter().map(|row| row.pts).collect();
    assert_eq!(pts, (2..=counters.pts).collect::<Vec<i64>>());
}

async fn commit_until_killed(folder: PathBuf, url: String) {
    let store = Store::open(&url, StoreOptions::default()).await.unwrap();
    let blobs = Blobs::files(folder.join("blobs")).unwrap();
    let spool = Spool::files(folder.join("spool")).unwrap();
    let writers: Vec<_> = (1..=WRITERS)
        .map(|owner_id| {
            let (store, blobs, spool) = (store.clone(), blobs.clone(), spool.clone());
            tokio::spawn(async move {
                open_box(&store, owner_id).await;
                while write_one(&store, &blobs, &spool, owner_id).await {}
            })
        })
        .collect();
    for writer in writers {
        // They never end; one that panicked would show here.
        let ended: Result<(), _> = writer.await;
        ended.unwrap();
    }
}

async fn open_box(store: &Store, owner_id: i64) {
    loop {
        match try_open_box(store, owner_id).await {
            Ok(()) => return,
            Err(StoreError::Conflict) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

async fn try_open_box(store: &Store, owner_id: i64) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    if messages::box_of(&mut tx, owner_id).await?.is_none() {
        messages::open_box(&mut tx, owner_id).await?;
    }
    tx.commit().await
}

/// `true`, so that it can be asked for again.
async fn write_one(store: &Store, blobs: &Blobs, spool: &Spool, owner_id: i64) -> bool {
    let mut tx = store.read().await.unwrap();
    let before = messages::box_of(&mut tx, owner_id).await.unwrap().unwrap();
    drop(tx);
    let content = Bytes::from(format!("picture {} of {owner_id}", before.pts));
    let spool_key = spool
        .write(owner_id, 1, before.pts, content.clone())
        .await
        .unwrap();
    note_part(store, owner_id, before.pts, &spool_key).await;
    let blob = blobs.put(content).await.unwrap();
    loop {
        match change(store, owner_id, blob).await {
            Ok((message_id, pts, photo_id)) => {
                let line = format!("{owner_id} {message_id} {pts} {photo_id} {spool_key}\n");
                // One write for each line: lines of several writers do not mix.
                std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                return true;
            }
            Err(StoreError::Conflict) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// A relaxed commit must outlive the process, too.
async fn note_part(store: &Store, owner_id: i64, part: i64, spool_key: &str) {
    let row = uploads::UploadPartRow {
        part,
        bytes: 1,
        spool_key: spool_key.to_owned(),
    };
    let attempt = || async {
        let mut tx = store.begin_relaxed(&[owner_id]).await?;
        uploads::put_part(&mut tx, owner_id, 1, &row).await?;
        tx.commit().await
    };
    loop {
        match attempt().await {
            Ok(()) => return,
            Err(StoreError::Conflict) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

async fn change(
    store: &Store,
    owner_id: i64,
    blob: BlobKey,
) -> Result<(i64, i64, i64), StoreError> {
    let mut tx = store.begin().await?;
    let (pts, message_id) = messages::advance_box(&mut tx, owner_id, 1, 1).await?;
    let photo_id = owner_id * 1_000_000 + message_id;
    let file = PhotoFileRow {
        letter: "a".into(),
        width: 160,
        height: 160,
        bytes: 1,
        blob,
    };
    let photo = PhotoRow {
        photo_id,
        owner_id,
        created_at: 0,
        stripped_photo: vec![1],
        stripped_user: vec![1],
        files: vec![file],
        ..PhotoRow::default()
    };
    photos::insert(&mut tx, &photo).await?;
    let message = MessageRow {
        owner_id,
        message_id,
        peer_id: 99,
        from_id: owner_id,
        sent_at: 0,
        random_id: None,
        twin_id: message_id,
        text: String::new(),
        entities: String::new(),
        reply_to: None,
        silent: false,
        photo_id: Some(photo_id),
        action: "suggest_photo".to_owned(),
        ..MessageRow::default()
    };
    messages::insert(&mut tx, &message).await?;
    let update = updates::UpdateRow {
        owner_id,
        pts,
        pts_count: 1,
        kind: "message".into(),
        message_id,
        message_ids: Vec::new(),
        peer_id: 0,
        still_unread: 0,
        origin: 0,
        created_at: 0,
    };
    updates::append(&mut tx, &update).await?;
    tx.commit().await?;
    Ok((message_id, pts, photo_id))
}
