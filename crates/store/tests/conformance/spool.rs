//! Every promise of the spool, on files and in memory.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use store::blobs::BlobError;
use store::spool::Spool;

const HOUR: Duration = Duration::from_secs(3600);

macro_rules! on_every_place {
    ($($case:ident),+ $(,)?) => {
        mod files {
            $(
                #[tokio::test]
                async fn $case() {
                    let folder = tempfile::tempdir().unwrap();
                    let spool = store::spool::Spool::files(folder.path().join("spool")).unwrap();
                    super::$case(spool).await;
                }
            )+
        }
        mod memory {
            $(
                #[tokio::test]
                async fn $case() {
                    super::$case(store::spool::Spool::memory()).await;
                }
            )+
        }
    };
}

on_every_place!(
    a_part_is_read_under_the_name_it_got,
    a_part_sent_again_has_a_new_name,
    an_unknown_name_is_not_found,
    a_sweep_takes_old_parts_only,
    many_parts_at_once_are_all_kept,
);

async fn a_part_is_read_under_the_name_it_got(spool: Spool) {
    let key = spool
        .write(1, i64::MIN, 3999, Bytes::from_static(b"0123456789"))
        .await
        .unwrap();
    assert_eq!(spool.read(&key, 0, 100).await.unwrap(), "0123456789");
    assert_eq!(spool.read(&key, 8, 100).await.unwrap(), "89");
    assert_eq!(spool.read(&key, 10, 1).await.unwrap(), "");
    assert_eq!(spool.read(&key, u64::MAX, usize::MAX).await.unwrap(), "");
    assert_eq!(spool.read(&key, 2, 3).await.unwrap(), "234");
    assert!(spool.delete(&key).await.unwrap());
    assert!(!spool.delete(&key).await.unwrap());
    assert!(matches!(
        spool.read(&key, 0, 1).await,
        Err(BlobError::NotFound)
    ));
}

async fn a_part_sent_again_has_a_new_name(spool: Spool) {
    let first = spool
        .write(1, 2, 3, Bytes::from_static(b"first"))
        .await
        .unwrap();
    let second = spool
        .write(1, 2, 3, Bytes::from_static(b"second"))
        .await
        .unwrap();
    assert_ne!(first, second);
    assert_eq!(spool.read(&first, 0, 9).await.unwrap(), "first");
    assert_eq!(spool.read(&second, 0, 9).await.unwrap(), "second");
}

async fn an_unknown_name_is_not_found(spool: Spool) {
    for name in [
        "",
        "x",
        "00/none",
        "../../etc/passwd",
        "00/../x",
        "/etc/passwd",
        "00/a/b",
    ] {
        assert!(
            matches!(spool.read(name, 0, 9).await, Err(BlobError::NotFound)),
            "{name}"
        );
        assert!(!spool.delete(name).await.unwrap(), "{name}");
    }
}

async fn a_sweep_takes_old_parts_only(spool: Spool) {
    let mut keys = Vec::new();
    for part in 0..5 {
        keys.push(
            spool
                .write(part, 2, part, Bytes::from_static(b"x"))
                .await
                .unwrap(),
        );
    }
    assert_eq!(spool.sweep(SystemTime::now(), HOUR).await.unwrap(), 0);
    assert_eq!(spool.read(&keys[0], 0, 9).await.unwrap(), "x");
    assert_eq!(
        spool
            .sweep(SystemTime::now() + 2 * HOUR, HOUR)
            .await
            .unwrap(),
        5
    );
    assert!(matches!(
        spool.read(&keys[0], 0, 9).await,
        Err(BlobError::NotFound)
    ));
    let key = spool
        .write(1, 2, 0, Bytes::from_static(b"y"))
        .await
        .unwrap();
    assert_eq!(spool.read(&key, 0, 9).await.unwrap(), "y");
}

async fn many_parts_at_once_are_all_kept(spool: Spool) {
    let writes: Vec<_> = (0..100)
        .map(|part| {
            let spool = spool.clone();
            let bytes = Bytes::from(vec![u8::try_from(part).unwrap(); 1024]);
            tokio::spawn(async move { spool.write(1, 2, part, bytes).await.unwrap() })
        })
        .collect();
    let mut names = std::collections::HashSet::new();
    for (part, write) in writes.into_iter().enumerate() {
        let key = write.await.unwrap();
        let read = spool.read(&key, 0, 9000).await.unwrap();
        assert!(read == vec![u8::try_from(part).unwrap(); 1024]);
        assert!(names.insert(key));
    }
}

#[tokio::test]
async fn parts_survive_the_process_and_names_never_meet() {
    let folder = tempfile::tempdir().unwrap();
    let before = Spool::files(folder.path()).unwrap();
    let old = before
        .write(1, 2, 3, Bytes::from_static(b"old"))
        .await
        .unwrap();
    drop(before);
    let after = Spool::files(folder.path()).unwrap();
    let new = after
        .write(1, 2, 3, Bytes::from_static(b"new"))
        .await
        .unwrap();
    assert_ne!(old, new);
    assert_eq!(after.read(&old, 0, 9).await.unwrap(), "old");
    assert_eq!(after.read(&new, 0, 9).await.unwrap(), "new");
}
