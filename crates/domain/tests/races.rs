//! Sweeps beside people who set, suggest, accept, delete and read pictures: nothing that is referred to
//! goes away, and everything else does.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod engines;
mod house;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{
    Error,
    chats::NamedPeer,
    files,
    files::{Location, Window},
    messages::{self, Doer},
    photos::{self, GivenMedia},
    sweep, updates,
};
use house::{Engine, FALLBACK, House, OWN, caller, word};
use store::rows::photos as photo_rows;
use tokio::sync::RwLock;

engines::on_every_engine!(
    nothing_that_is_referred_to_is_swept_while_people_are_at_work,
    a_picture_that_is_replaced_for_ever_takes_the_room_of_one,
);

const PEOPLE: i64 = 4;
/// Deeds of each of them.
const DEEDS: u64 = 250;
/// Beyond every grace of a sweep.
const HOURS: Duration = Duration::from_secs(2 * 3600);

/// People at work hold it shared, whoever moves the clock holds it alone: a deed takes less time than
/// the grace of a sweep, also in a test where hours pass between two deeds.
type Hours = RwLock<()>;

async fn nothing_that_is_referred_to_is_swept_while_people_are_at_work(engine: Engine) {
    let house = Arc::new(House::on(engine).await);
    for one in 1..=PEOPLE {
        house.person(one).await;
    }
    for one in 1..=PEOPLE {
        for other in (1..=PEOPLE).filter(|other| *other != one) {
            house.befriend(one, other).await;
        }
    }
    let hours = Arc::new(Hours::default());
    let working = Arc::new(AtomicBool::new(true));
    let sweeping = tokio::spawn(sweep_on(house.clone(), working.clone()));
    let passing = tokio::spawn(pass(house.clone(), hours.clone(), working.clone()));
    let work = (1..=PEOPLE).map(|who| tokio::spawn(work(house.clone(), hours.clone(), who)));
    for done in work.collect::<Vec<_>>() {
        done.await.unwrap();
    }
    working.store(false, Ordering::Relaxed);
    passing.await.unwrap();
    let swept = sweeping.await.unwrap();
    assert!(swept > 0, "the sweeps had nothing to do");
    is_whole(&house).await;
    // And nothing else is left.
    house.forward(HOURS);
    sweep::run_once(&house.services).await.unwrap();
    is_whole(&house).await;
    let mut tx = house.services.store.read().await.unwrap();
    let old = house.services.clock.unix_seconds() + 1;
    let (unused, _) = photo_rows::unreferenced(&mut tx, 0, old, 10_000)
        .await
        .unwrap();
    assert_eq!(unused, [0_i64; 0]);
}

/// Sweeps without a pause; returns how many photos went.
async fn sweep_on(house: Arc<House>, working: Arc<AtomicBool>) -> u64 {
    let mut photos = 0;
    while working.load(Ordering::Relaxed) {
        match sweep::run_once(&house.services).await {
            Ok(swept) => photos += swept.photos,
            // Another writer was faster; the next sweep goes on.
            Err(Error::Conflict) => {}
            Err(other) => panic!("{other:?}"),
        }
        tokio::task::yield_now().await;
    }
    photos
}

async fn pass(house: Arc<House>, hours: Arc<Hours>, working: Arc<AtomicBool>) {
    while working.load(Ordering::Relaxed) {
        let alone = hours.write().await;
        house.forward(HOURS);
        drop(alone);
        tokio::task::yield_now().await;
    }
}

async fn work(house: Arc<House>, hours: Arc<Hours>, who: i64) {
    let mut state = who.cast_unsigned();
    let mut pick = |below: i64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as i64) % below
    };
    for _ in 0..DEEDS {
        let other = (who + pick(PEOPLE - 1)) % PEOPLE + 1;
        // Few shades: the same bytes come and go under different photos.
        let (kind, shade) = (pick(14), pick(3) as u8);
        let _at_work = hours.read().await;
        // As the program does: what another transaction was in the way of is done again.
        while let Err(error) = deed(&house, (who, other), kind, shade).await {
            match error {
                Error::Conflict => tokio::task::yield_now().await,
                Error::Refused(_) => break,
                Error::Fault(fault) => panic!("{fault:?}"),
            }
        }
    }
}

async fn deed(house: &House, (who, other): (i64, i64), kind: i64, shade: u8) -> Result<(), Error> {
    let services = &house.services;
    if other == who {
        return Ok(());
    }
    match kind {
        0..=2 => drop(house.set(who, other, shade).await?),
        3 => {
            drop(
                house
                    .ask(who, other, (false, true), GivenMedia::default())
                    .await?,
            );
        }
        4..=6 => drop(house.suggest(who, other, shade).await?),
        7 | 8 => {
            let place = if shade == 0 { FALLBACK } else { OWN };
            if let Some((_, photo_id)) = suggested(house, who).await? {
                let named = house.named_photo(who, photo_id);
                drop(photos::reuse_for_profile(services, caller(who), place, &named).await?);
            }
        }
        9 | 10 => {
            // With the other side's copy, so that the photo may be without any reference.
            if let Some((message_id, _)) = suggested(house, other).await? {
                let doer = Doer {
                    user_id: other,
                    origin: 0,
                };
                messages::delete(services, doer, &[message_id], true).await?;
            }
        }
        11 => drop(photos::take_from_profile(services, caller(who), OWN).await?),
        12 => drop(house.place(who, OWN, shade).await?),
        _ => read(house, who, other).await?,
    }
    Ok(())
}

/// The newest suggestion in a box: message and photo.
async fn suggested(house: &House, owner: i64) -> Result<Option<(i64, i64)>, Error> {
    let mut tx = house.services.store.read().await?;
    let sql = "SELECT message_id, photo_id FROM messages
               WHERE owner_id = $1 AND photo_id IS NOT NULL ORDER BY message_id DESC LIMIT 1";
    let row = tx.row(sql, &[owner.into()]).await?;
    Ok(row.map(|row| (row.i64(0).unwrap(), row.i64(1).unwrap())))
}

/// Downloads what is shown. It may be replaced between two looks, but not gone without that.
async fn read(house: &House, viewer: i64, owner: i64) -> Result<(), Error> {
    let services = &house.services;
    let mut tx = services.store.read().await?;
    let seen = domain::peers::view_one(services, &mut tx, viewer, owner).await?;
    drop(tx);
    let Some(photo) = seen.and_then(|(view, _)| view.photo) else {
        return Ok(());
    };
    let peer = NamedPeer::User(house.named(viewer, owner));
    let location = Location::PeerPhoto {
        peer,
        big: true,
        photo_id: photo.photo_id,
    };
    let window = Window {
        offset: 0,
        bytes: 1 << 20,
    };
    match files::read(services, viewer, &location, window).await {
        Ok(stretch) => assert!(!stretch.bytes.is_empty()),
        Err(error @ Error::Refused(_)) => assert_eq!(word(error), "LOCATION_INVALID"),
        Err(other) => return Err(other),
    }
    Ok(())
}

/// Every photo that anything refers to is there with all its files.
async fn is_whole(house: &House) {
    let mut tx = house.services.store.read().await.unwrap();
    let sql = "SELECT photo_id FROM profile_photos
               UNION SELECT fallback_photo_id FROM users WHERE fallback_photo_id IS NOT NULL
               UNION SELECT personal_photo_id FROM contacts WHERE personal_photo_id IS NOT NULL
               UNION SELECT photo_id FROM messages WHERE photo_id IS NOT NULL";
    let rows = tx.rows(sql, &[]).await.unwrap();
    let referred: Vec<i64> = rows.iter().map(|row| row.i64(0).unwrap()).collect();
    assert!(!referred.is_empty());
    let photos = photo_rows::by_ids(&mut tx, &referred).await.unwrap();
    assert_eq!(
        photos.len(),
        referred.len(),
        "a photo is gone that something refers to"
    );
    for photo in photos {
        assert_eq!(photo.files.len(), 3);
        for file in photo.files {
            let bytes = usize::try_from(file.bytes).unwrap();
            let read = house.services.blobs.read(&file.blob, 0, bytes + 1).await;
            assert_eq!(
                read.unwrap().len(),
                bytes,
                "file {} of {}",
                file.letter,
                photo.photo_id
            );
        }
    }
}

/// P140. Rows and blobs after a thousand replacements are those of one picture.
async fn a_picture_that_is_replaced_for_ever_takes_the_room_of_one(engine: Engine) {
    let house = House::on(engine).await;
    house.person(1).await;
    house.person(2).await;
    house.befriend(1, 2).await;
    for turn in 0..1000_u32 {
        house.set(1, 2, (turn % 250) as u8).await.unwrap();
        if turn % 100 == 99 {
            house.forward(HOURS);
            sweep::run_once(&house.services).await.unwrap();
            assert_eq!(count(&house, "photos").await, 1);
            assert_eq!(count(&house, "photo_files").await, 3);
            // Its two larger sizes are the same bytes: it is smaller than both.
            assert_eq!(blobs(&house).await, 2);
        }
    }
    // What is remembered of calls, uploads and changes goes with its time.
    let lifetime = updates::JOURNAL_LIFETIME_S.cast_unsigned() + 1;
    house.forward(Duration::from_secs(lifetime));
    sweep::run_once(&house.services).await.unwrap();
    for table in [
        "acted_calls",
        "upload_files",
        "upload_parts",
        "updates",
        "peer_changes",
    ] {
        assert_eq!(count(&house, table).await, 0, "{table}");
    }
    is_whole(&house).await;
}

async fn count(house: &House, table: &str) -> i64 {
    let mut tx = house.services.store.read().await.unwrap();
    let row = tx
        .row(&format!("SELECT COUNT(*) FROM {table}"), &[])
        .await
        .unwrap();
    row.unwrap().i64(0).unwrap()
}

async fn blobs(house: &House) -> usize {
    let later = std::time::UNIX_EPOCH + Duration::from_secs(1 << 36);
    let all = house
        .services
        .blobs
        .older_than(later, Duration::ZERO, None, 10_000)
        .await;
    all.unwrap().len()
}

/// P139. Ten thousand new photos of two accounts at the same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_of_photos_are_positive_unique_and_rise() {
    let house = Arc::new(House::new().await);
    let makers = [1, 2].map(|who| tokio::spawn(make(house.clone(), who, 5000)));
    let mut all = Vec::new();
    for maker in makers {
        let ids = maker.await.unwrap();
        assert!(ids[0] > 0 && ids.windows(2).all(|pair| pair[0] < pair[1]));
        all.extend(ids);
    }
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 10_000);
}

/// New photos from one picture: used again and again, each time with a new id.
async fn make(house: Arc<House>, who: i64, photos: usize) -> Vec<i64> {
    house.person(who).await;
    let mut ids = vec![house.main(who, 7).await.photo_id];
    while ids.len() < photos {
        let named = house.named_photo(who, ids[ids.len() - 1]);
        let again = photos::reuse_for_profile(&house.services, caller(who), OWN, &named).await;
        ids.push(again.unwrap().photo.unwrap().photo_id);
    }
    ids
}
