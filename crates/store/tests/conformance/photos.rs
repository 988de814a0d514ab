//! Photos, their files, the list on a profile, sweeps.

use store::blobs::BlobKey;
use store::rows::blobs;
use store::rows::photos::{self, MarkupRow, PhotoFileRow, PhotoRow};
use store::rows::{contacts, messages, users};
use store::{StoreError, Tx};

use crate::boxes::message;
use crate::engine::{Place, on_every_engine};
use crate::people::new_user;

on_every_engine!(
    a_photo_comes_back_with_its_files_in_order,
    what_moves_comes_back_to_the_bit,
    a_photo_id_is_written_once,
    photos_cost_two_statements_however_many,
    the_highest_id_is_the_main_photo,
    the_list_of_a_profile_is_counted_and_paged_newest_first,
    only_photos_nothing_refers_to_are_deleted,
    unreferenced_photos_are_found_part_by_part,
    blobs_that_a_photo_names_are_known,
);

fn file(letter: &str, fill: u8) -> PhotoFileRow {
    PhotoFileRow {
        letter: letter.into(),
        width: 160,
        height: 160,
        bytes: 4096,
        blob: BlobKey([fill; 32]),
    }
}

fn photo(photo_id: i64) -> PhotoRow {
    let fill = u8::try_from(photo_id % 100).unwrap();
    PhotoRow {
        photo_id,
        owner_id: 1,
        created_at: 1000 + photo_id,
        stripped_photo: vec![1, 40, 40],
        stripped_user: vec![1, 8, 8],
        files: vec![file("a", fill), file("b", fill + 100), file("c", fill)],
        ..PhotoRow::default()
    }
}

async fn add(tx: &mut Tx, photo_ids: impl IntoIterator<Item = i64>) {
    for photo_id in photo_ids {
        photos::insert(tx, &photo(photo_id)).await.unwrap();
    }
}

async fn a_photo_comes_back_with_its_files_in_order(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let files = ["c", "u", "a", "b"].map(|letter| file(letter, 7));
    let moving = PhotoRow {
        files: files.to_vec(),
        ..photo(1)
    };
    photos::insert(&mut tx, &moving).await.unwrap();
    photos::insert(
        &mut tx,
        &PhotoRow {
            files: Vec::new(),
            ..photo(2)
        },
    )
    .await
    .unwrap();
    let found = photos::by_id(&mut tx, 1).await.unwrap().unwrap();
    let letters: Vec<&str> = found
        .files
        .iter()
        .map(|file| file.letter.as_str())
        .collect();
    assert_eq!(letters, ["a", "b", "c", "u"]);
    assert!(found.has_video());
    assert_eq!(found.file("b"), Some(&file("b", 7)));
    assert_eq!(found.file("x"), None);
    assert_eq!(found.stripped_photo, [1, 40, 40]);
    assert_eq!(found.stripped_user, [1, 8, 8]);
    assert_eq!((found.owner_id, found.created_at), (1, 1001));
    let bare = photos::by_id(&mut tx, 2).await.unwrap().unwrap();
    assert!(bare.files.is_empty() && !bare.has_video());
    assert_eq!(photos::by_id(&mut tx, 3).await, Ok(None));
    assert_eq!(photos::last_id(&mut tx).await, Ok(2));
}

async fn what_moves_comes_back_to_the_bit(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let markup = |document_id, set_id, colours: &[i32]| MarkupRow {
        document_id,
        set_id,
        colours: colours.to_vec(),
    };
    let moving = [
        (Some(1.5), None),
        (Some(-0.0), None),
        (Some(f64::MIN_POSITIVE), None),
        (
            Some(0.1 + 0.2),
            Some(markup(i64::MAX, None, &[0x00ff_ffff])),
        ),
        (
            None,
            Some(markup(-7, Some(i64::MIN), &[0, 1, -1, i32::MIN])),
        ),
        (Some(f64::MAX), Some(markup(0, Some(0), &[]))),
    ];
    for (photo_id, (video_start_ts, markup)) in (1..).zip(moving) {
        let row = PhotoRow {
            video_start_ts,
            markup,
            ..photo(photo_id)
        };
        photos::insert(&mut tx, &row).await.unwrap();
        let found = photos::by_id(&mut tx, photo_id).await.unwrap().unwrap();
        assert_eq!(found, row);
        let bits = |start: Option<f64>| start.map(f64::to_bits);
        assert_eq!(bits(found.video_start_ts), bits(video_start_ts));
    }
}

async fn a_photo_id_is_written_once(place: Place) {
    let store = place.store().await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(photos::last_id(&mut tx).await, Ok(0));
    add(&mut tx, [1]).await;
    assert_eq!(
        photos::insert(&mut tx, &photo(1)).await,
        Err(StoreError::Conflict)
    );
}

async fn photos_cost_two_statements_however_many(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    add(&mut tx, 1..=20).await;
    let before = tx.queries();
    let mut found = photos::by_ids(&mut tx, &(1..=30).collect::<Vec<i64>>())
        .await
        .unwrap();
    assert_eq!(tx.queries() - before, 2);
    found.sort_by_key(|photo| photo.photo_id);
    assert_eq!(found, (1..=20).map(photo).collect::<Vec<PhotoRow>>());
    assert_eq!(photos::by_ids(&mut tx, &[]).await, Ok(Vec::new()));
}

async fn the_highest_id_is_the_main_photo(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for (owner_id, photo_id) in [(1, 10), (1, 30), (1, 20), (2, 15)] {
        photos::add_to_profile(&mut tx, owner_id, photo_id)
            .await
            .unwrap();
        photos::add_to_profile(&mut tx, owner_id, photo_id)
            .await
            .unwrap();
    }
    let mut main = photos::main_of(&mut tx, &[1, 2, 3]).await.unwrap();
    main.sort_unstable();
    assert_eq!(main, [(1, 30), (2, 15)]);
    assert_eq!(
        photos::remove_from_profile(&mut tx, 1, &[30, 15]).await,
        Ok(vec![30])
    );
    assert_eq!(photos::main_of(&mut tx, &[1]).await, Ok(vec![(1, 20)]));
    assert_eq!(photos::forget_profile(&mut tx, 1).await, Ok(2));
    assert_eq!(photos::main_of(&mut tx, &[1]).await, Ok(Vec::new()));
    assert_eq!(photos::profile_count(&mut tx, 2).await, Ok(1));
}

async fn the_list_of_a_profile_is_counted_and_paged_newest_first(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for photo_id in [10, 20, 30, 40] {
        photos::add_to_profile(&mut tx, 1, photo_id).await.unwrap();
    }
    photos::add_to_profile(&mut tx, 2, 25).await.unwrap();
    assert_eq!(photos::profile_count(&mut tx, 1).await, Ok(4));
    for (max_id, place) in [(0, 4), (41, 0), (40, 1), (30, 2), (25, 2), (10, 4), (5, 4)] {
        assert_eq!(
            photos::profile_count_from(&mut tx, 1, max_id).await,
            Ok(place),
            "{max_id}"
        );
    }
    assert_eq!(
        photos::profile_page(&mut tx, 1, 0, 2).await,
        Ok(vec![40, 30])
    );
    assert_eq!(
        photos::profile_page(&mut tx, 1, 1, 9).await,
        Ok(vec![30, 20, 10])
    );
    assert_eq!(photos::profile_page(&mut tx, 1, 4, 9).await, Ok(Vec::new()));
    let mut among = photos::profile_among(&mut tx, 1, &[25, 40, 10])
        .await
        .unwrap();
    among.sort_unstable();
    assert_eq!(among, [10, 40]);
}

async fn only_photos_nothing_refers_to_are_deleted(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    add(&mut tx, 1..=6).await;
    users::insert(&mut tx, &new_user(1)).await.unwrap();
    photos::add_to_profile(&mut tx, 1, 1).await.unwrap();
    users::set_fallback(&mut tx, 1, Some(2)).await.unwrap();
    let contact = contacts::ContactRow {
        owner_id: 1,
        contact_id: 2,
        phone: String::new(),
        first_name: "A".into(),
        last_name: String::new(),
        added_at: 0,
        personal_photo_id: Some(3),
        close_friend: false,
    };
    contacts::put(&mut tx, &contact).await.unwrap();
    let suggestion = messages::MessageRow {
        photo_id: Some(4),
        ..message(1, 1, 2)
    };
    messages::insert(&mut tx, &suggestion).await.unwrap();
    // Photo 5 has no reference; photo 6 neither, but is too young.
    let found = photos::unreferenced(&mut tx, 0, 1006, 100).await;
    assert_eq!(found, Ok((vec![5], Some(5))));
    let all = [1, 2, 3, 4, 5, 9];
    assert_eq!(
        photos::delete_unreferenced(&mut tx, &all).await,
        Ok(vec![5])
    );
    assert_eq!(photos::by_id(&mut tx, 5).await, Ok(None));
    assert_eq!(photos::by_id(&mut tx, 4).await, Ok(Some(photo(4))));
    assert_eq!(
        photos::delete_unreferenced(&mut tx, &all).await,
        Ok(Vec::new())
    );
    photos::remove_from_profile(&mut tx, 1, &[1]).await.unwrap();
    users::set_fallback(&mut tx, 1, None).await.unwrap();
    contacts::set_personal(&mut tx, 1, 2, None).await.unwrap();
    messages::delete(&mut tx, 1, &[1]).await.unwrap();
    let found = photos::unreferenced(&mut tx, 0, 1006, 100).await;
    assert_eq!(found, Ok((vec![1, 2, 3, 4], Some(4))));
    assert_eq!(
        photos::delete_unreferenced(&mut tx, &all).await,
        Ok(vec![1, 2, 3, 4])
    );
    let named = blobs::named(&mut tx, &[BlobKey([5; 32]), BlobKey([6; 32])]).await;
    assert_eq!(
        named.unwrap().into_iter().collect::<Vec<_>>(),
        [BlobKey([6; 32])]
    );
}

async fn unreferenced_photos_are_found_part_by_part(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    add(&mut tx, 1..=5).await;
    photos::add_to_profile(&mut tx, 1, 2).await.unwrap();
    photos::add_to_profile(&mut tx, 1, 3).await.unwrap();
    let mut after = 0;
    let mut found = Vec::new();
    while let (some, Some(last)) = photos::unreferenced(&mut tx, after, 9999, 2).await.unwrap() {
        after = last;
        found.push(some);
    }
    assert_eq!(found, [vec![1], vec![4], vec![5]]);
    assert_eq!(
        photos::delete_unreferenced(&mut tx, &[]).await,
        Ok(Vec::new())
    );
}

async fn blobs_that_a_photo_names_are_known(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    add(&mut tx, [1, 2]).await;
    let asked: Vec<BlobKey> = (0..=255).map(|fill| BlobKey([fill; 32])).collect();
    let mut named: Vec<BlobKey> = blobs::named(&mut tx, &asked)
        .await
        .unwrap()
        .into_iter()
        .collect();
    named.sort_unstable();
    assert_eq!(named, [1, 2, 101, 102].map(|fill| BlobKey([fill; 32])));
    assert!(blobs::named(&mut tx, &[]).await.unwrap().is_empty());
}
