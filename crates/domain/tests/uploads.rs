//! Parts of uploads, and what a sweep leaves of them and of pictures.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod engines;
mod house;

use std::time::Duration;

use bytes::Bytes;
use domain::{
    photos::GivenMedia,
    sweep::{self, Swept},
    uploads::{self, GivenFile, GivenParts, Part},
};
use house::{Engine, House, word};

const ANN: i64 = 1;
const BOB: i64 = 2;

async fn two(engine: Engine) -> House {
    let house = House::on(engine).await;
    house.person(ANN).await;
    house.person(BOB).await;
    house.befriend(ANN, BOB).await;
    house
}

async fn big(house: &House, part: i32, total: i32, bytes: &[u8]) -> Result<(), String> {
    let part = Part {
        file_id: 9,
        part,
        bytes: Bytes::copy_from_slice(bytes),
    };
    uploads::save_big(&house.services, ANN, part, total)
        .await
        .map_err(word)
}

async fn small(house: &House, part: i32, bytes: &[u8]) -> Result<(), String> {
    let part = Part {
        file_id: 9,
        part,
        bytes: Bytes::copy_from_slice(bytes),
    };
    uploads::save(&house.services, ANN, part)
        .await
        .map_err(word)
}

/// Sets a picture from the upload of these tests.
async fn use_it(house: &House, parts: i32) -> Result<(), String> {
    let name = String::new();
    let given = GivenParts {
        file_id: 9,
        parts,
        name,
        md5: String::new(),
    };
    let file = Some(GivenFile::Uploaded(given));
    let media = GivenMedia {
        file,
        ..GivenMedia::default()
    };
    house
        .ask(ANN, BOB, (false, true), media)
        .await
        .map(|_| ())
        .map_err(word)
}

/// P75.
async fn parts_that_are_not_alike_are_refused_when_used(engine: Engine) {
    let house = two(engine).await;
    for part in 0..3 {
        small(&house, part, &[7; 1000]).await.unwrap();
    }
    assert_eq!(
        use_it(&house, 3).await,
        Err("FILE_PART_SIZE_INVALID".into())
    );
    let refused = big(&house, 0, 3, &[7; 1000]).await;
    assert_eq!(refused, Err("FILE_PART_SIZE_INVALID".into()));
}

/// P66: the hole is named, filled, and the same call works.
async fn a_hole_is_filled_and_the_call_repeated(engine: Engine) {
    let house = two(engine).await;
    let bmp = house::bmp(200, 200, 1);
    let parts: Vec<&[u8]> = bmp.chunks(32 * 1024).collect();
    let count = i32::try_from(parts.len()).unwrap();
    for (number, part) in parts.iter().enumerate().filter(|(number, _)| *number != 1) {
        small(&house, i32::try_from(number).unwrap(), part)
            .await
            .unwrap();
    }
    assert_eq!(
        use_it(&house, count).await,
        Err("FILE_PART_1_MISSING".into())
    );
    small(&house, 1, parts[1]).await.unwrap();
    assert_eq!(use_it(&house, count).await, Ok(()));
    assert_eq!(use_it(&house, count).await, Ok(()));
}

/// A part that is sent again replaces the first.
async fn the_last_bytes_of_a_part_count(engine: Engine) {
    let house = two(engine).await;
    small(&house, 0, b"not a picture").await.unwrap();
    small(&house, 0, &house::bmp(160, 160, 1)).await.unwrap();
    assert_eq!(use_it(&house, 1).await, Ok(()));
}

/// P70, P76: streams, with every way to end them.
async fn a_stream_ends_in_every_documented_way(engine: Engine) {
    let bmp = house::bmp(200, 200, 1);
    let parts: Vec<&[u8]> = bmp.chunks(64 * 1024).collect();
    let [first, last] = parts[..] else {
        panic!("two parts")
    };
    // The last part tells the total.
    let house = two(engine).await;
    big(&house, 0, -1, first).await.unwrap();
    big(&house, 1, 2, last).await.unwrap();
    assert_eq!(use_it(&house, 2).await, Ok(()));
    assert_eq!(use_it(&house, 1).await, Err("FILE_PARTS_INVALID".into()));
    // An empty call behind the last part tells it.
    let house = two(engine).await;
    big(&house, 1, -1, last).await.unwrap();
    big(&house, 0, -1, first).await.unwrap();
    big(&house, 2, 2, &[]).await.unwrap();
    assert_eq!(use_it(&house, 2).await, Ok(()));
    // An empty last part that is counted.
    let house = two(engine).await;
    big(&house, 0, -1, &bmp).await.unwrap();
    big(&house, 1, 2, &[]).await.unwrap();
    assert_eq!(use_it(&house, 2).await, Ok(()));
    // An empty call with the number of a part that is there leaves it alone.
    let house = two(engine).await;
    big(&house, 0, -1, &bmp).await.unwrap();
    big(&house, 0, 1, &[]).await.unwrap();
    assert_eq!(use_it(&house, 1).await, Ok(()));
    // The total may never have been told.
    let house = two(engine).await;
    big(&house, 0, -1, &bmp).await.unwrap();
    assert_eq!(use_it(&house, 1).await, Ok(()));
}

async fn the_parts_of_a_big_file_agree_with_each_other(engine: Engine) {
    let house = two(engine).await;
    big(&house, 1, 4, &[1; 2048]).await.unwrap();
    for (part, total, bytes, refusal) in [
        (0, 5, 2048, "FILE_PARTS_INVALID"),
        (0, 4, 1024, "FILE_PART_SIZE_CHANGED"),
        (2, 4, 4096, "FILE_PART_SIZE_CHANGED"),
        (3, 4, 4096, "FILE_PART_SIZE_CHANGED"),
        (4, 4, 2048, "FILE_PART_INVALID"),
        (0, 0, 2048, "FILE_PARTS_INVALID"),
    ] {
        let refused = big(&house, part, total, &vec![1; bytes]).await;
        assert_eq!(
            refused,
            Err(refusal.to_owned()),
            "{part} of {total}, {bytes}"
        );
    }
    big(&house, 3, 4, &[1; 5]).await.unwrap();
}

/// U39: unused parts go after their time, counted from the last one; used and fresh ones stay.
async fn uploads_that_nobody_uses_are_swept(engine: Engine) {
    let house = two(engine).await;
    house.upload(ANN, 5, &house::bmp(200, 200, 1)).await;
    house.forward(Duration::from_secs(4 * 3600));
    small(&house, 0, &house::bmp(160, 160, 1)).await.unwrap();
    house.forward(Duration::from_secs(3 * 3600));
    let swept = sweep::run_once(&house.services).await.unwrap();
    assert_eq!(
        swept,
        Swept {
            uploads: 1,
            ..Swept::default()
        }
    );
    assert_eq!(use_it(&house, 1).await, Ok(()));
    house.forward(Duration::from_secs(7 * 3600));
    assert_eq!(sweep::run_once(&house.services).await.unwrap().uploads, 1);
    assert_eq!(use_it(&house, 1).await, Err("FILE_PART_0_MISSING".into()));
}

async fn an_account_begins_no_file_beyond_its_room(engine: Engine) {
    let house = House::with(engine, |rules| rules.upload_waiting_bytes_max = 2048).await;
    house.person(ANN).await;
    house.person(BOB).await;
    let save = async |owner, file_id| {
        let bytes = Bytes::from_static(&[0; 1024]);
        let part = Part {
            file_id,
            part: 0,
            bytes,
        };
        uploads::save(&house.services, owner, part)
            .await
            .map_err(word)
    };
    save(ANN, 1).await.unwrap();
    house.forward(Duration::from_secs(3600));
    save(ANN, 2).await.unwrap();
    // It has room again when the first has waited its six hours.
    assert_eq!(save(ANN, 3).await.unwrap_err(), "FLOOD_WAIT_18000");
    save(ANN, 2).await.unwrap();
    save(BOB, 3).await.unwrap();
    house.forward(Duration::from_secs(5 * 3600 + 1));
    sweep::run_once(&house.services).await.unwrap();
    save(ANN, 3).await.unwrap();
}

async fn blob_count(house: &House) -> usize {
    let far = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40);
    let blobs = &house.services.blobs;
    blobs
        .older_than(far, Duration::ZERO, None, 100_000)
        .await
        .unwrap()
        .len()
}

/// P140: storage stays bounded under somebody who replaces a picture for ever; what is referred to stays.
async fn replaced_pictures_are_collected(engine: Engine) {
    let house = two(engine).await;
    let main = house.main(BOB, 200).await;
    let suggested = house.suggest(ANN, BOB, 201).await.unwrap();
    for round in 0..5 {
        for shade in 0..10 {
            house.set(ANN, BOB, round * 10 + shade).await.unwrap();
        }
        house.forward(Duration::from_secs(2 * 3600));
        sweep::run_once(&house.services).await.unwrap();
        // Three photos of three sizes, of which two may be alike.
        assert!(blob_count(&house).await <= 9);
    }
    let mut tx = house.services.store.read().await.unwrap();
    let kept = store::rows::photos::by_ids(&mut tx, &[main.photo_id, suggested.photo_id]).await;
    for file in kept.unwrap().iter().flat_map(|photo| &photo.files) {
        assert_eq!(
            house.services.blobs.len(&file.blob).await.unwrap() as i64,
            file.bytes
        );
    }
}

/// The same bytes again while they are about to be swept: what was put again stays.
async fn bytes_that_are_put_again_are_not_swept(engine: Engine) {
    let house = two(engine).await;
    let photo = house.set(ANN, BOB, 1).await.unwrap();
    house
        .ask(ANN, BOB, (false, true), GivenMedia::default())
        .await
        .unwrap();
    // As long after the put as a sweep waits, but not longer.
    house.forward(Duration::from_secs(3590));
    assert_eq!(
        sweep::run_once(&house.services).await.unwrap(),
        Swept::default()
    );
    house.forward(Duration::from_secs(20));
    assert_eq!(sweep::run_once(&house.services).await.unwrap().photos, 1);
    assert_eq!(blob_count(&house).await, 0);
    let again = house.set(ANN, BOB, 1).await.unwrap();
    assert_eq!(again.files, photo.files);
    assert!(blob_count(&house).await > 0);
}

engines::on_every_engine!(
    parts_that_are_not_alike_are_refused_when_used,
    a_hole_is_filled_and_the_call_repeated,
    the_last_bytes_of_a_part_count,
    a_stream_ends_in_every_documented_way,
    the_parts_of_a_big_file_agree_with_each_other,
    uploads_that_nobody_uses_are_swept,
    an_account_begins_no_file_beyond_its_room,
    replaced_pictures_are_collected,
    bytes_that_are_put_again_are_not_swept,
);
