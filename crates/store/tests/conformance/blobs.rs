//! Every promise of blobs, on files and in memory.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use store::blobs::{BlobError, BlobKey, Blobs};
use tempfile::TempDir;

macro_rules! on_every_place {
    ($($case:ident),+ $(,)?) => {
        mod files {
            $(
                #[tokio::test]
                async fn $case() {
                    let (blobs, _folder) = super::files();
                    super::$case(blobs).await;
                }
            )+
        }
        mod memory {
            $(
                #[tokio::test]
                async fn $case() {
                    super::$case(store::blobs::Blobs::memory()).await;
                }
            )+
        }
    };
}

on_every_place!(
    what_is_put_is_read_under_its_sha256,
    a_read_is_short_at_the_end,
    an_unknown_blob_is_not_found,
    putting_twice_is_one_blob,
    a_deleted_blob_is_gone_and_can_be_put_again,
    old_blobs_are_listed_in_order_page_by_page,
    a_blob_put_again_is_young_and_survives_a_sweep,
    a_touched_blob_is_young_and_an_unknown_one_is_not_there,
    readers_during_delete_get_all_or_not_found,
    many_puts_at_once_are_all_kept,
);

const HOUR: Duration = Duration::from_secs(3600);

fn files() -> (Blobs, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Blobs::files(folder.path().join("blobs")).unwrap(), folder)
}

fn later() -> SystemTime {
    SystemTime::now() + 2 * HOUR
}

async fn what_is_put_is_read_under_its_sha256(blobs: Blobs) {
    let key = blobs.put(Bytes::from_static(b"abc")).await.unwrap();
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(key.to_string(), expected);
    assert_eq!(BlobKey::from_hex(expected), Some(key));
    assert_eq!(blobs.read(&key, 0, 100).await.unwrap(), "abc");
    assert_eq!(blobs.len(&key).await.unwrap(), 3);
    let empty = blobs.put(Bytes::new()).await.unwrap();
    assert_eq!(blobs.read(&empty, 0, 100).await.unwrap(), "");
    let large: Vec<u8> = (0..3_000_000_u32).map(|i| (i % 251) as u8).collect();
    let key = blobs.put(large.clone().into()).await.unwrap();
    assert_eq!(blobs.read(&key, 0, large.len()).await.unwrap(), large);
    assert_eq!(
        blobs.read(&key, 1_000_000, 5).await.unwrap(),
        large[1_000_000..1_000_005]
    );
}

async fn a_read_is_short_at_the_end(blobs: Blobs) {
    let key = blobs.put(Bytes::from_static(b"0123456789")).await.unwrap();
    assert_eq!(blobs.read(&key, 8, 100).await.unwrap(), "89");
    assert_eq!(blobs.read(&key, 10, 100).await.unwrap(), "");
    assert_eq!(blobs.read(&key, u64::MAX, usize::MAX).await.unwrap(), "");
    assert_eq!(blobs.read(&key, 3, 0).await.unwrap(), "");
    assert_eq!(blobs.read(&key, 3, 2).await.unwrap(), "34");
}

async fn an_unknown_blob_is_not_found(blobs: Blobs) {
    let key = BlobKey::of(b"never put");
    assert!(matches!(
        blobs.read(&key, 0, 1).await,
        Err(BlobError::NotFound)
    ));
    assert!(matches!(blobs.len(&key).await, Err(BlobError::NotFound)));
    assert!(!blobs.delete(&key).await.unwrap());
}

async fn putting_twice_is_one_blob(blobs: Blobs) {
    let first = blobs.put(Bytes::from_static(b"same")).await.unwrap();
    let second = blobs.put(Bytes::from_static(b"same")).await.unwrap();
    assert_eq!(first, second);
    let all = blobs.older_than(later(), HOUR, None, 10).await.unwrap();
    assert_eq!(all.len(), 1);
}

async fn a_deleted_blob_is_gone_and_can_be_put_again(blobs: Blobs) {
    let key = blobs.put(Bytes::from_static(b"again")).await.unwrap();
    assert!(blobs.delete(&key).await.unwrap());
    assert!(matches!(
        blobs.read(&key, 0, 1).await,
        Err(BlobError::NotFound)
    ));
    assert!(!blobs.delete(&key).await.unwrap());
    blobs.put(Bytes::from_static(b"again")).await.unwrap();
    assert_eq!(blobs.read(&key, 0, 9).await.unwrap(), "again");
}

async fn old_blobs_are_listed_in_order_page_by_page(blobs: Blobs) {
    let mut expected = Vec::new();
    for number in 0..20_u8 {
        expected.push(blobs.put(Bytes::copy_from_slice(&[number])).await.unwrap());
    }
    expected.sort_unstable();
    assert!(
        blobs
            .older_than(SystemTime::now(), HOUR, None, 100)
            .await
            .unwrap()
            .is_empty()
    );
    let mut after = None;
    let mut listed = Vec::new();
    loop {
        let page = blobs.older_than(later(), HOUR, after, 7).await.unwrap();
        assert!(page.len() <= 7 && page.iter().all(|kept| kept.len == 1));
        let Some(last) = page.last() else { break };
        after = Some(last.key);
        listed.extend(page.iter().map(|kept| kept.key));
    }
    assert_eq!(listed, expected);
}

async fn a_blob_put_again_is_young_and_survives_a_sweep(blobs: Blobs) {
    let key = blobs.put(Bytes::from_static(b"x")).await.unwrap();
    let between = SystemTime::now() + Duration::from_millis(1);
    while SystemTime::now() <= between {
        std::hint::spin_loop();
    }
    // File times are coarser than the clock: put until the second time is later.
    while blobs
        .older_than(between + HOUR, HOUR, None, 1)
        .await
        .unwrap()
        .len()
        == 1
    {
        blobs.put(Bytes::from_static(b"x")).await.unwrap();
    }
    assert!(
        !blobs
            .delete_older(&key, between + HOUR, HOUR)
            .await
            .unwrap()
    );
    assert_eq!(blobs.read(&key, 0, 9).await.unwrap(), "x");
    assert!(blobs.delete_older(&key, later(), HOUR).await.unwrap());
    assert!(!blobs.delete_older(&key, later(), HOUR).await.unwrap());
    assert!(matches!(blobs.len(&key).await, Err(BlobError::NotFound)));
}

async fn a_touched_blob_is_young_and_an_unknown_one_is_not_there(blobs: Blobs) {
    let key = blobs.put(Bytes::from_static(b"x")).await.unwrap();
    let between = SystemTime::now();
    // Files tell their age in steps of some milliseconds.
    while SystemTime::now() < between + Duration::from_millis(20) {
        assert!(blobs.touch(&key).await.unwrap());
    }
    let now = between + HOUR;
    assert!(!blobs.delete_older(&key, now, HOUR).await.unwrap());
    assert_eq!(blobs.read(&key, 0, 9).await.unwrap(), "x");
    assert!(blobs.delete(&key).await.unwrap());
    assert!(!blobs.touch(&key).await.unwrap());
    assert!(!blobs.touch(&BlobKey::of(b"never put")).await.unwrap());
}

async fn readers_during_delete_get_all_or_not_found(blobs: Blobs) {
    let bytes = Bytes::from(vec![7; 200_000]);
    let key = BlobKey::of(&bytes);
    let reader = tokio::spawn({
        let (blobs, bytes) = (blobs.clone(), bytes.clone());
        async move {
            for _ in 0..200 {
                match blobs.read(&key, 0, usize::MAX).await {
                    Ok(read) => assert!(read == bytes, "{} bytes", read.len()),
                    Err(error) => assert!(matches!(error, BlobError::NotFound), "{error}"),
                }
                tokio::task::yield_now().await;
            }
        }
    });
    while !reader.is_finished() {
        blobs.put(bytes.clone()).await.unwrap();
        blobs.delete(&key).await.unwrap();
        tokio::task::yield_now().await;
    }
    reader.await.unwrap();
}

async fn many_puts_at_once_are_all_kept(blobs: Blobs) {
    let puts: Vec<_> = (0..60_u8)
        .map(|number| {
            let blobs = blobs.clone();
            // Each content twice at the same time.
            tokio::spawn(async move { blobs.put(Bytes::from(vec![number / 2; 5000])).await })
        })
        .collect();
    for (number, put) in puts.into_iter().enumerate() {
        let key = put.await.unwrap().unwrap();
        let read = blobs.read(&key, 0, 9000).await.unwrap();
        assert!(read == vec![u8::try_from(number / 2).unwrap(); 5000]);
    }
    assert_eq!(
        blobs
            .older_than(later(), HOUR, None, 100)
            .await
            .unwrap()
            .len(),
        30
    );
}

#[tokio::test]
async fn what_a_crash_left_half_written_is_swept_and_never_read() {
    let (blobs, folder) = files();
    let half = folder.path().join("blobs/new/1-1");
    std::fs::write(&half, b"half").unwrap();
    assert!(
        blobs
            .older_than(SystemTime::now(), HOUR, None, 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(half.exists(), "young: somebody may be writing it");
    assert!(
        blobs
            .older_than(later(), HOUR, None, 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(!half.exists());
}

fn two_nodes() -> (Blobs, Blobs, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let node = || Blobs::files(folder.path().join("blobs")).unwrap();
    (node(), node(), folder)
}

fn path(folder: &TempDir, key: &BlobKey) -> std::path::PathBuf {
    let name = key.to_string();
    folder.path().join("blobs").join(&name[..2]).join(name)
}

#[tokio::test]
async fn two_nodes_that_put_into_one_folder_do_not_meet() {
    let (one, two, _folder) = two_nodes();
    for number in 0..50_u8 {
        let bytes = |node: u8| Bytes::from(vec![node, number]);
        let (first, second) = tokio::join!(one.put(bytes(1)), two.put(bytes(2)));
        assert_eq!(one.read(&second.unwrap(), 0, 9).await.unwrap(), bytes(2));
        assert_eq!(two.read(&first.unwrap(), 0, 9).await.unwrap(), bytes(1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_has_put_no_other_node_sweeps() {
    let (one, two, folder) = two_nodes();
    let bytes = Bytes::from_static(b"put again while it is swept");
    let key = one.put(bytes.clone()).await.unwrap();
    let (mut swept, mut touched) = (0, 0);
    for round in 0..600 {
        let mut options = std::fs::File::options();
        let file = options.write(true).open(path(&folder, &key)).unwrap();
        let now = SystemTime::now();
        file.set_modified(now - 2 * HOUR).unwrap();
        let (sweeper, putter) = (two.clone(), one.clone());
        let sweep = async move { sweeper.delete_older(&key, now, HOUR).await };
        let again = bytes.clone();
        let makes_young = async move {
            let found = round % 2 == 0 && putter.touch(&key).await.unwrap();
            if !found {
                putter.put(again).await.unwrap();
            }
            found
        };
        // One before the other, the other before the one, and at once.
        let (gone, found) = match round % 3 {
            0 => (sweep.await, makes_young.await),
            1 => {
                let found = makes_young.await;
                (sweep.await, found)
            }
            _ => {
                let sweep = tokio::spawn(sweep);
                let found = makes_young.await;
                (sweep.await.unwrap(), found)
            }
        };
        swept += u32::from(gone.unwrap());
        touched += u32::from(found);
        assert_eq!(one.read(&key, 0, 99).await.unwrap(), bytes, "{round}");
        assert_eq!(two.read(&key, 0, 99).await.unwrap(), bytes, "{round}");
    }
    assert!(
        swept >= 200 && touched >= 100,
        "swept {swept}, touched {touched}"
    );
}

#[tokio::test]
async fn a_sweep_that_was_cut_off_half_way_is_made_undone_by_the_next() {
    let (one, two, folder) = two_nodes();
    let key = one.put(Bytes::from_static(b"x")).await.unwrap();
    let away = folder
        .path()
        .join("blobs/new")
        .join(format!("away.{key}.1-1"));
    std::fs::rename(path(&folder, &key), &away).unwrap();
    assert!(matches!(two.len(&key).await, Err(BlobError::NotFound)));
    two.older_than(later(), HOUR, None, 9).await.unwrap();
    assert_eq!(one.read(&key, 0, 9).await.unwrap(), "x");
    assert!(!away.exists());
    assert!(two.delete_older(&key, later(), HOUR).await.unwrap());
}

#[tokio::test]
async fn blobs_survive_reopening_and_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let (blobs, folder) = files();
    let key = blobs.put(Bytes::from_static(b"kept")).await.unwrap();
    drop(blobs);
    let blobs = Blobs::files(folder.path().join("blobs")).unwrap();
    assert_eq!(blobs.read(&key, 0, 9).await.unwrap(), "kept");
    let name = key.to_string();
    let home = folder.path().join("blobs").join(&name[..2]);
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(home.join(name)), 0o600);
    assert_eq!(mode(home), 0o700);
}

#[test]
fn a_name_is_read_back_only_in_its_one_form() {
    let name = BlobKey::of(b"").to_string();
    assert!(BlobKey::from_hex(&name).is_some());
    for wrong in [
        &name[1..],
        &name.to_uppercase(),
        &name.replace('e', "g"),
        "",
    ] {
        assert_eq!(BlobKey::from_hex(wrong), None, "{wrong}");
    }
}
