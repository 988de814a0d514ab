//! Who may read which file, judged from every viewer's seat.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod engines;
mod house;

use std::sync::atomic::Ordering;

use bytes::Bytes;
use domain::{
    files::{self, Location, Window},
    peers::Named,
    photos::{self, GivenMedia, NamedPhoto},
    uploads::GivenFile,
};
use house::{Engine, FALLBACK, House, caller, word};
use sha2::{Digest, Sha256};
use store::rows::{messages, photos::PhotoRow};

const ANN: i64 = 1;
const BOB: i64 = 2;
const CAT: i64 = 3;

const ALL: Window = Window {
    offset: 0,
    bytes: 1 << 20,
};

async fn three(engine: Engine) -> House {
    let house = House::on(engine).await;
    for person in [ANN, BOB, CAT] {
        house.person(person).await;
    }
    house.befriend(ANN, BOB).await;
    house
}

fn by_photo(house: &House, viewer: i64, photo_id: i64, letter: &str) -> Location {
    Location::Photo {
        photo: house.named_photo(viewer, photo_id),
        letter: letter.to_owned(),
    }
}

fn by_peer(house: &House, viewer: i64, user: i64, photo_id: i64) -> Location {
    Location::PeerPhoto {
        peer: house.named(viewer, user).into(),
        big: false,
        photo_id,
    }
}

async fn read(house: &House, viewer: i64, location: &Location) -> Result<Bytes, String> {
    let stretch = files::read(&house.services, viewer, location, ALL).await;
    stretch.map(|stretch| stretch.bytes).map_err(word)
}

/// Both ways to `photo` for `viewer`, with hashes and references made for that viewer: what it would
/// send had it been given them.
async fn ways(house: &House, viewer: i64, user: i64, photo: &PhotoRow) -> [bool; 2] {
    let photo_id = photo.photo_id;
    let by_photo = read(house, viewer, &by_photo(house, viewer, photo_id, "a")).await;
    let by_peer = read(house, viewer, &by_peer(house, viewer, user, photo_id)).await;
    [by_photo, by_peer].map(|way| match way {
        Ok(bytes) => {
            assert_eq!(bytes.len() as i64, photo.file("a").unwrap().bytes);
            true
        }
        Err(refusal) => {
            assert_eq!(refusal, "LOCATION_INVALID");
            false
        }
    })
}

/// P78 to P81: exact bytes by both ways; small is `a`, big is `c`.
async fn every_size_has_the_length_that_was_announced(engine: Engine) {
    let house = three(engine).await;
    let photo = house.set(ANN, BOB, 1).await.unwrap();
    for file in &photo.files {
        let location = by_photo(&house, ANN, photo.photo_id, &file.letter);
        let bytes = read(&house, ANN, &location).await.unwrap();
        assert_eq!(bytes.len() as i64, file.bytes);
        assert_eq!(bytes[..2], [0xff, 0xd8]);
    }
    for (big, letter) in [(false, "a"), (true, "c")] {
        let peer = house.named(ANN, BOB);
        let location = Location::PeerPhoto {
            peer: peer.into(),
            big,
            photo_id: photo.photo_id,
        };
        let of_peer = read(&house, ANN, &location).await;
        assert_eq!(
            of_peer,
            read(&house, ANN, &by_photo(&house, ANN, photo.photo_id, letter)).await
        );
    }
    for letter in ["z", "i", "", "u", "aa"] {
        let location = by_photo(&house, ANN, photo.photo_id, letter);
        assert_eq!(
            read(&house, ANN, &location).await,
            Err("LOCATION_INVALID".into()),
            "{letter}"
        );
    }
}

/// P7, P79: a personal picture is nobody's but its setter's, and gone for the peer's place once it is
/// replaced or removed.
async fn a_personal_picture_is_read_by_its_setter_alone(engine: Engine) {
    let house = three(engine).await;
    let first = house.set(ANN, BOB, 1).await.unwrap();
    assert_eq!(ways(&house, ANN, BOB, &first).await, [true, true]);
    for viewer in [BOB, CAT] {
        assert_eq!(ways(&house, viewer, BOB, &first).await, [false, false]);
        // Not even under the setter's name, nor with the setter's own hash.
        assert_eq!(ways(&house, viewer, ANN, &first).await, [false, false]);
        let stolen = by_photo(&house, ANN, first.photo_id, "a");
        assert_eq!(
            read(&house, viewer, &stolen).await,
            Err("LOCATION_INVALID".into())
        );
    }
    let second = house.set(ANN, BOB, 2).await.unwrap();
    assert_eq!(ways(&house, ANN, BOB, &first).await, [true, false]);
    house
        .ask(ANN, BOB, (false, true), GivenMedia::default())
        .await
        .unwrap();
    assert_eq!(ways(&house, ANN, BOB, &second).await, [true, false]);
}

/// P36: a suggestion is read by both while it is in their boxes, by its maker afterwards too.
async fn a_suggestion_is_read_while_its_message_is_there(engine: Engine) {
    let house = three(engine).await;
    let photo = house.suggest(ANN, BOB, 1).await.unwrap();
    assert_eq!(ways(&house, ANN, BOB, &photo).await, [true, false]);
    assert_eq!(ways(&house, BOB, BOB, &photo).await, [true, false]);
    assert_eq!(ways(&house, CAT, BOB, &photo).await, [false, false]);
    let mut tx = house.services.store.begin().await.unwrap();
    messages::delete(&mut tx, BOB, &[1]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ways(&house, BOB, BOB, &photo).await, [false, false]);
    assert_eq!(ways(&house, ANN, BOB, &photo).await, [true, false]);
}

/// The list is everybody's except for whom the owner has blocked; the fallback only without a main.
async fn a_profile_is_read_by_all_who_may_see_it(engine: Engine) {
    let house = three(engine).await;
    let fallback = house.place(BOB, FALLBACK, 1).await.unwrap();
    assert_eq!(ways(&house, CAT, BOB, &fallback).await, [true, true]);
    let old = house.main(BOB, 2).await;
    let main = house.main(BOB, 3).await;
    for viewer in [ANN, BOB, CAT] {
        for photo in [&old, &main] {
            assert_eq!(
                ways(&house, viewer, BOB, photo).await,
                [true, true],
                "{viewer}"
            );
        }
    }
    assert_eq!(ways(&house, CAT, BOB, &fallback).await, [false, false]);
    assert_eq!(ways(&house, BOB, BOB, &fallback).await, [true, true]);
    assert_eq!(ways(&house, CAT, ANN, &main).await, [true, false]);
    house.block(BOB, CAT).await;
    for photo in [&old, &main, &fallback] {
        assert_eq!(ways(&house, CAT, BOB, photo).await, [false, false]);
    }
    photos::delete(
        &house.services,
        caller(BOB),
        &[house.named_photo(BOB, old.photo_id)],
    )
    .await
    .unwrap();
    assert_eq!(ways(&house, ANN, BOB, &old).await, [false, false]);
}

/// P82 and what else may be wrong with a location.
async fn a_location_needs_hash_and_reference(engine: Engine) {
    let house = three(engine).await;
    let main = house.main(BOB, 1).await.photo_id;
    let good = house.named_photo(ANN, main);
    let reference = |bytes: &'static [u8]| NamedPhoto {
        file_reference: Bytes::from_static(bytes),
        ..good.clone()
    };
    for (photo, refusal) in [
        (reference(b""), "FILE_REFERENCE_EMPTY"),
        (reference(b"abc"), "FILE_REFERENCE_INVALID"),
        (
            NamedPhoto {
                access_hash: 1,
                ..good.clone()
            },
            "LOCATION_INVALID",
        ),
        (
            NamedPhoto {
                photo_id: 0,
                ..good.clone()
            },
            "FILE_ID_INVALID",
        ),
        (
            NamedPhoto {
                photo_id: -5,
                ..good.clone()
            },
            "FILE_ID_INVALID",
        ),
        (house.named_photo(ANN, 4711), "LOCATION_INVALID"),
    ] {
        let location = Location::Photo {
            photo,
            letter: "a".to_owned(),
        };
        assert_eq!(read(&house, ANN, &location).await, Err(refusal.to_owned()));
    }
    house.services.reference_epoch.store(2, Ordering::Relaxed);
    let location = Location::Photo {
        photo: good,
        letter: "a".to_owned(),
    };
    assert_eq!(
        read(&house, ANN, &location).await,
        Err("FILE_REFERENCE_EXPIRED".into())
    );
}

/// Peers that are nobody, and kinds of places where nothing is.
async fn a_location_names_a_known_peer(engine: Engine) {
    let house = three(engine).await;
    let main = house.main(BOB, 1).await.photo_id;
    for location in [
        Location::Other,
        Location::PeerPhoto {
            peer: Named::Nobody.into(),
            big: false,
            photo_id: main,
        },
        Location::PeerPhoto {
            peer: Named::User {
                user_id: BOB,
                access_hash: 1,
            }
            .into(),
            big: false,
            photo_id: main,
        },
        by_peer(&house, ANN, 4711, main),
        by_peer(&house, ANN, BOB, 4711),
    ] {
        let refused = read(&house, ANN, &location).await;
        assert_eq!(refused, Err("LOCATION_INVALID".into()), "{location:?}");
    }
    let by_self = Location::PeerPhoto {
        peer: Named::Itself.into(),
        big: true,
        photo_id: main,
    };
    assert!(read(&house, BOB, &by_self).await.is_ok());
}

/// P84, P86, P87: stretches and hashes.
async fn stretches_and_hashes_are_of_the_same_bytes(engine: Engine) {
    let house = three(engine).await;
    let services = &house.services;
    let parts = house.upload(BOB, 1, &house::noise()).await;
    let file = Some(GivenFile::Uploaded(parts));
    let media = GivenMedia {
        file,
        ..GivenMedia::default()
    };
    let main = photos::upload_for_profile(services, caller(BOB), house::OWN, &media, false).await;
    let main = main.unwrap().photo.unwrap().photo_id;
    let location = by_photo(&house, ANN, main, "c");
    let whole = read(&house, ANN, &location).await.unwrap();
    assert!(whole.len() > 128 * 1024);
    let at = async |offset: i64, limit: i32| {
        let window = Window::of(offset, limit, true).unwrap();
        files::read(services, ANN, &location, window)
            .await
            .unwrap()
            .bytes
    };
    assert_eq!(at(1024, 3072).await, whole.slice(1024..4096));
    let last = whole.len() / 4096 * 4096;
    assert_eq!(at(last as i64, 4096).await, whole.slice(last..));
    assert!(at(1 << 20, 4096).await.is_empty());
    assert!(at(i64::MAX - 1023, 1024).await.is_empty());
    let window = Window::of_hashes(0).unwrap();
    let hashes = files::hashes(services, ANN, &location, window)
        .await
        .unwrap();
    let mut end = 0;
    for block in &hashes {
        assert_eq!(block.offset, end);
        end += block.bytes;
        let bytes = &whole[block.offset as usize..end as usize];
        assert_eq!(block.hash[..], Sha256::digest(bytes)[..]);
    }
    assert_eq!(end as usize, whole.len());
    let window = Window::of_hashes(128 * 1024 + 5).unwrap();
    let tail = files::hashes(services, ANN, &location, window)
        .await
        .unwrap();
    assert_eq!(tail, hashes[1..]);
    let stranger = files::hashes(services, CAT, &location, window).await;
    assert_eq!(word(stranger.unwrap_err()), "LOCATION_INVALID");
}

engines::on_every_engine!(
    every_size_has_the_length_that_was_announced,
    a_personal_picture_is_read_by_its_setter_alone,
    a_suggestion_is_read_while_its_message_is_there,
    a_profile_is_read_by_all_who_may_see_it,
    a_location_needs_hash_and_reference,
    a_location_names_a_known_peer,
    stretches_and_hashes_are_of_the_same_bytes,
);
