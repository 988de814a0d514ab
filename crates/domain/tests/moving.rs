//! Pictures that move: what is kept of them, when their files go, and what is said of those that are refused.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod engines;
mod house;

use std::time::Duration;

use domain::{
    Error,
    doctor::{self, CHECKS, Depth},
    photos::{self, GivenMedia},
    uploads::GivenFile,
};
use house::{Engine, House, OWN, caller};
use store::rows::{counters, photos::PhotoRow};

const ANN: i64 = 1;
const BOB: i64 = 2;

async fn two(engine: Engine) -> House {
    let house = House::on(engine).await;
    for person in [ANN, BOB] {
        house.person(person).await;
    }
    house.befriend(ANN, BOB).await;
    // As whoever hands out ids does; the checks of the data compare.
    let mut tx = house.services.store.begin().await.unwrap();
    counters::raise(&mut tx, "user_id", BOB).await.unwrap();
    tx.commit().await.unwrap();
    house
}

/// A clip of six frames of one shade each.
fn clip(shade: u8) -> Vec<u8> {
    let frame = |number: u8| vec![shade.wrapping_add(number * 30); 160 * 160 * 3];
    motion::film(&mut (0..6).map(frame), 160, 6)
        .unwrap()
        .to_vec()
}

async fn moving(house: &House, owner: i64, bytes: &[u8], start: Option<f64>) -> GivenMedia {
    let parts = house.upload(owner, 7000, bytes).await;
    GivenMedia {
        video: Some(GivenFile::Uploaded(parts)),
        video_start_ts: start,
        ..GivenMedia::default()
    }
}

async fn set(house: &House, shade: u8) -> PhotoRow {
    let media = moving(house, ANN, &clip(shade), Some(0.5)).await;
    let set = house.ask(ANN, BOB, (false, true), media).await;
    set.unwrap().photo.unwrap()
}

async fn healthy(house: &House) {
    for check in CHECKS {
        let outcome = doctor::run(&house.services, check, Depth::default()).await;
        assert!(
            outcome.is_healthy(),
            "{}: {:?}",
            check.name,
            outcome.findings
        );
    }
}

/// P41: stills and films with their lengths, and the start to the bit.
async fn a_clip_is_kept_with_its_stills_and_its_start(engine: Engine) {
    let house = two(engine).await;
    let photo = set(&house, 0).await;
    let mut tx = house.services.store.read().await.unwrap();
    let kept = store::rows::photos::by_id(&mut tx, photo.photo_id).await;
    assert_eq!(kept.unwrap().unwrap(), photo);
    drop(tx);
    assert!(photo.has_video() && photo.markup.is_none());
    assert_eq!(photo.video_start_ts, Some(0.5));
    for letter in ["a", "b", "c", "u"] {
        let file = photo.file(letter).unwrap();
        let length = house.services.blobs.len(&file.blob).await.unwrap();
        assert_eq!(length, file.bytes.unsigned_abs(), "{letter}");
    }
    healthy(&house).await;
}

/// What waits for a place holds no bytes; the jail, whose queue bounds the rest, is asked after that.
async fn a_clip_is_read_in_a_place_of_the_pool(engine: Engine) {
    let house = two(engine).await;
    let media = moving(&house, ANN, &clip(0), None).await;
    house.services.picture_places.close();
    let refused = house.ask(ANN, BOB, (false, true), media).await;
    assert!(matches!(refused, Err(Error::Fault(_))));
}

/// P140: the films go with the last photo that names them, and not before.
async fn films_are_swept_with_their_photo(engine: Engine) {
    let house = two(engine).await;
    let first = set(&house, 0).await;
    let film = first.file("u").unwrap().blob;
    let second = set(&house, 100).await;
    let kept = second.file("u").unwrap().blob;
    assert_ne!(film, kept);
    house.forward(Duration::from_secs(7200));
    assert_eq!(
        domain::sweep::run_once(&house.services)
            .await
            .unwrap()
            .photos,
        1
    );
    house.forward(Duration::from_secs(24 * 3600));
    domain::sweep::run_once(&house.services).await.unwrap();
    assert!(house.services.blobs.len(&film).await.is_err());
    assert!(house.services.blobs.len(&kept).await.is_ok());
    healthy(&house).await;
}

/// A photo that is used again keeps everything but its id.
async fn a_photo_that_is_used_again_still_moves(engine: Engine) {
    let house = two(engine).await;
    let media = moving(&house, BOB, &clip(0), Some(0.2)).await;
    let services = &house.services;
    let own = photos::upload_for_profile(services, caller(BOB), OWN, &media, false);
    let first = own.await.unwrap().photo.unwrap();
    let named = house.named_photo(BOB, first.photo_id);
    let again = photos::reuse_for_profile(services, caller(BOB), OWN, &named).await;
    let again = again.unwrap().photo.unwrap();
    assert!(again.photo_id > first.photo_id);
    let same = PhotoRow {
        photo_id: first.photo_id,
        created_at: first.created_at,
        ..again
    };
    assert_eq!(same, first);
    healthy(&house).await;
}

/// P43 to P45: the host is told what was wrong with whose clip; nothing is kept.
async fn a_refused_clip_is_told_to_the_host(engine: Engine) {
    let house = two(engine).await;
    let whole = clip(0);
    for (bytes, start) in [
        (house::bmp(200, 200, 5), None),
        (whole[..whole.len() / 2].to_vec(), None),
        (vec![0; 3 * 1024 * 1024], Some(1.0)),
    ] {
        let media = moving(&house, ANN, &bytes, start).await;
        let refused = house.ask(ANN, BOB, (false, true), media).await;
        let Err(Error::Refused(no)) = refused else {
            panic!("taken: {refused:?}");
        };
        assert_eq!(no.name(), "VIDEO_FILE_INVALID");
        let reason = no.reason().expect("a reason");
        assert!(reason.starts_with("clip of user_id=1: "), "{reason}");
        assert!(reason.len() < 300 && reason.is_ascii(), "{reason}");
    }
    let mut tx = house.services.store.read().await.unwrap();
    assert_eq!(store::rows::photos::last_id(&mut tx).await, Ok(0));
}

/// Clips of several people at once, each with its own stills.
async fn clips_at_once_do_not_mix(engine: Engine) {
    let house = std::sync::Arc::new(two(engine).await);
    let sets: Vec<_> = [(ANN, 0_u8), (BOB, 90), (ANN, 180)]
        .into_iter()
        .map(|(owner, shade)| {
            let house = house.clone();
            tokio::spawn(async move {
                let file_id = 7000 + i64::from(shade);
                let parts = house.upload(owner, file_id, &clip(shade)).await;
                let media = GivenMedia {
                    video: Some(GivenFile::Uploaded(parts)),
                    ..GivenMedia::default()
                };
                loop {
                    let services = &house.services;
                    let set =
                        photos::upload_for_profile(services, caller(owner), OWN, &media, false);
                    match set.await {
                        Err(Error::Conflict) => {}
                        set => break set.unwrap().photo.unwrap(),
                    }
                }
            })
        })
        .collect();
    let mut films = std::collections::HashSet::new();
    for set in sets {
        films.insert(set.await.unwrap().file("u").unwrap().blob);
    }
    assert_eq!(films.len(), 3);
    healthy(&house).await;
}

engines::on_every_engine!(
    a_clip_is_kept_with_its_stills_and_its_start,
    a_clip_is_read_in_a_place_of_the_pool,
    films_are_swept_with_their_photo,
    a_photo_that_is_used_again_still_moves,
    a_refused_clip_is_told_to_the_host,
    clips_at_once_do_not_mix,
);
