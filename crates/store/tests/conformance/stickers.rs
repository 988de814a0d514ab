//! Sticker sets, their stickers, and the files that those name.

use store::blobs::BlobKey;
use store::rows::blobs;
use store::rows::stickers::{self, DocumentRow, SetRow, ThumbRow};
use store::{StoreError, Tx};

use crate::engine::{Place, on_every_engine};

on_every_engine!(
    a_set_comes_back_with_its_stickers_in_order,
    a_name_is_taken_whatever_its_case,
    stickers_are_found_by_id_and_by_emoji,
    sets_are_paged_by_rising_id,
    a_deleted_set_takes_its_stickers_along,
    files_of_stickers_are_named,
);

fn set(set_id: i64, short_name: &str) -> SetRow {
    SetRow {
        set_id,
        short_name: short_name.into(),
        title: format!("Set {set_id} 🙂"),
        kind: "emoji".into(),
        text_color: set_id % 2 == 0,
        hash: 0x7fff_ffff,
        created_at: 1000 + set_id,
    }
}

fn document(document_id: i64, (set_id, place): (i64, i64), emoji: &[&str]) -> DocumentRow {
    let fill = u8::try_from(document_id).unwrap();
    DocumentRow {
        document_id,
        set_id,
        place,
        created_at: 1000,
        file_name: format!("{document_id}.tgs"),
        custom_emoji: true,
        mime_type: "application/x-tgsticker".into(),
        bytes: 900,
        blob: BlobKey([fill; 32]),
        width: 512,
        height: 500,
        thumb: ThumbRow {
            width: 128,
            height: 125,
            bytes: 300,
            blob: BlobKey([fill + 100; 32]),
        },
        outline: (place == 0).then(|| vec![1, 2, 255]),
        duration_ms: 3000,
        free: true,
        text_color: false,
        for_profiles: place == 0,
        for_groups: true,
        for_backgrounds: false,
        emoji: emoji.iter().map(|one| (*one).to_owned()).collect(),
    }
}

/// Set 1 has stickers 12 and 11, set 2 has 21.
async fn two_sets(tx: &mut Tx) -> [DocumentRow; 3] {
    stickers::insert_set(tx, &set(1, "Smiles")).await.unwrap();
    stickers::insert_set(tx, &set(2, "Beasts")).await.unwrap();
    let rows = [
        document(11, (1, 1), &["🙂"]),
        document(12, (1, 0), &["😀", "🙂"]),
        document(21, (2, 0), &["🐟"]),
    ];
    stickers::insert_documents(tx, &rows).await.unwrap();
    rows
}

async fn a_set_comes_back_with_its_stickers_in_order(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let [first, second, other] = two_sets(&mut tx).await;
    let found = stickers::set_by_id(&mut tx, 1).await.unwrap();
    assert_eq!(found, Some(set(1, "Smiles")));
    let of_set = stickers::of_set(&mut tx, 1).await.unwrap();
    assert_eq!(of_set, [second, first]);
    assert_eq!(stickers::of_set(&mut tx, 2).await.unwrap(), [other]);
    let counts = stickers::counts(&mut tx, &[1, 2, 3]).await.unwrap();
    assert_eq!(
        (counts.len(), counts.get(&1), counts.get(&2)),
        (2, Some(&2), Some(&1))
    );
    let firsts = stickers::firsts(&mut tx, &[1, 2, 3]).await.unwrap();
    assert_eq!(
        (firsts.len(), firsts.get(&1), firsts.get(&2)),
        (2, Some(&12), Some(&21))
    );
    let ids = stickers::ids_for_profiles(&mut tx, 9).await.unwrap();
    assert_eq!(ids, [12, 21]);
    let ids = stickers::ids_for_groups(&mut tx, 2).await.unwrap();
    assert_eq!(ids, [12, 11]);
    let ids = stickers::ids_for_backgrounds(&mut tx, 9).await;
    assert_eq!(ids, Ok(Vec::new()));
    assert_eq!(stickers::last_id(&mut tx).await, Ok(21));
}

async fn a_name_is_taken_whatever_its_case(place: Place) {
    let store = place.store().await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(stickers::last_id(&mut tx).await, Ok(0));
    two_sets(&mut tx).await;
    let found = stickers::set_by_name(&mut tx, "sMILES").await.unwrap();
    assert_eq!(found, Some(set(1, "Smiles")));
    assert_eq!(stickers::set_by_name(&mut tx, "smile").await, Ok(None));
    let again = stickers::insert_set(&mut tx, &set(3, "smiles")).await;
    assert_eq!(again, Err(StoreError::Conflict));
}

async fn stickers_are_found_by_id_and_by_emoji(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let [first, second, other] = two_sets(&mut tx).await;
    let mut found = stickers::by_ids(&mut tx, &[21, 99, 11]).await.unwrap();
    found.sort_by_key(|row| row.document_id);
    assert_eq!(found, [first, other]);
    assert_eq!(stickers::by_id(&mut tx, 12).await, Ok(Some(second)));
    assert_eq!(stickers::by_id(&mut tx, 13).await, Ok(None));
    // Those of the other kind do not use the limit up.
    stickers::insert_set(&mut tx, &set(3, "Others"))
        .await
        .unwrap();
    let sticker = DocumentRow {
        custom_emoji: false,
        ..document(10, (3, 0), &["🙂"])
    };
    stickers::insert_documents(&mut tx, &[sticker])
        .await
        .unwrap();
    let ids = async |tx: &mut Tx, emoji, custom_emoji, limit| {
        let found = stickers::ids_of_emoji(tx, emoji, custom_emoji, limit).await;
        found.unwrap()
    };
    assert_eq!(ids(&mut tx, "🙂", true, 9).await, [11, 12]);
    assert_eq!(ids(&mut tx, "🙂", true, 1).await, [11]);
    assert_eq!(ids(&mut tx, "🙂", false, 9).await, [10]);
    assert_eq!(ids(&mut tx, "🦊", true, 9).await, [0; 0]);
}

async fn sets_are_paged_by_rising_id(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    two_sets(&mut tx).await;
    let ids = |rows: Vec<SetRow>| rows.iter().map(|row| row.set_id).collect::<Vec<i64>>();
    assert_eq!(ids(stickers::sets(&mut tx, 0, 9).await.unwrap()), [1, 2]);
    assert_eq!(ids(stickers::sets(&mut tx, 0, 1).await.unwrap()), [1]);
    assert_eq!(ids(stickers::sets(&mut tx, 1, 9).await.unwrap()), [2]);
}

async fn a_deleted_set_takes_its_stickers_along(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    let [_, _, other] = two_sets(&mut tx).await;
    assert_eq!(stickers::delete_set(&mut tx, 1).await, Ok(Some(2)));
    assert_eq!(stickers::delete_set(&mut tx, 1).await, Ok(None));
    assert_eq!(stickers::set_by_id(&mut tx, 1).await, Ok(None));
    let left = stickers::by_ids(&mut tx, &[11, 12, 21]).await.unwrap();
    assert_eq!(left, [other]);
    let gone = stickers::ids_of_emoji(&mut tx, "🙂", true, 9).await;
    assert_eq!(gone, Ok(vec![]));
    // The same ids may come back: a set that is replaced keeps them.
    stickers::insert_set(&mut tx, &set(1, "Smiles"))
        .await
        .unwrap();
    let again = [document(12, (1, 0), &["🙂"])];
    stickers::insert_documents(&mut tx, &again).await.unwrap();
    assert_eq!(stickers::of_set(&mut tx, 1).await.unwrap(), again);
}

async fn files_of_stickers_are_named(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    two_sets(&mut tx).await;
    let asked = [11, 111, 21, 121, 55].map(|fill| BlobKey([fill; 32]));
    let mut named: Vec<BlobKey> = blobs::named(&mut tx, &asked)
        .await
        .unwrap()
        .into_iter()
        .collect();
    named.sort_unstable();
    assert_eq!(named, [11, 21, 111, 121].map(|fill| BlobKey([fill; 32])));
    stickers::delete_set(&mut tx, 1).await.unwrap();
    let named = blobs::named(&mut tx, &asked).await.unwrap();
    assert_eq!(named.len(), 2);
}
