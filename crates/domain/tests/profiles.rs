//! The pictures on a profile: the list, its head, the fallback, and who is shown what of them.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

#[path = "profiles/changes.rs"]
mod changes;
mod engines;
mod house;
#[path = "profiles/lists.rs"]
mod lists;

use domain::{
    peers,
    photos::{self, NamedPhoto, Page, UserPhotos},
};
use house::{Engine, House, caller};

const ANN: i64 = 1;
const BOB: i64 = 2;
const CAT: i64 = 3;

async fn three(engine: Engine) -> House {
    three_with(engine, |_| {}).await
}

async fn three_with(engine: Engine, change: impl FnOnce(&mut domain::Rules)) -> House {
    let house = House::with(engine, change).await;
    for person in [ANN, BOB, CAT] {
        house.person(person).await;
    }
    house.befriend(ANN, BOB).await;
    house
}

/// What `viewer` is shown of `user`: the ids of the personal, the main and the fallback picture.
async fn pictures(house: &House, viewer: i64, user: i64) -> [Option<i64>; 3] {
    let mut tx = house.services.store.read().await.unwrap();
    let seen = peers::view_one(&house.services, &mut tx, viewer, user)
        .await
        .unwrap()
        .unwrap();
    let pictures = [&seen.1.personal, &seen.1.main, &seen.1.fallback];
    let ids = pictures.map(|photo| photo.as_ref().map(|photo| photo.photo_id));
    // What is shown in lists is the first of the three.
    let shown = ids.iter().flatten().next().copied();
    assert_eq!(seen.0.photo.map(|photo| photo.photo_id), shown);
    ids
}

async fn list(house: &House, viewer: i64, user: i64, page: Page) -> UserPhotos {
    let named = house.named(viewer, user);
    photos::user_photos(&house.services, viewer, named, page)
        .await
        .unwrap()
}

/// Ids, count, whole.
async fn listed(
    house: &House,
    viewer: i64,
    user: i64,
    (offset, max_id, limit): (i32, i64, i32),
) -> (Vec<i64>, i64, bool) {
    let found = list(
        house,
        viewer,
        user,
        Page {
            offset,
            max_id,
            limit,
        },
    )
    .await;
    assert_eq!(found.users.len(), 1);
    let ids = found.photos.iter().map(|photo| photo.photo_id).collect();
    (ids, found.count, found.whole)
}

/// Five pictures of Bob, newest first.
async fn five(house: &House) -> Vec<i64> {
    let mut ids = Vec::new();
    for shade in 0..5 {
        ids.insert(0, house.main(BOB, shade).await.photo_id);
    }
    ids
}

async fn told(house: &House) -> Vec<(i64, i64)> {
    let mut tx = house.services.store.read().await.unwrap();
    let sql = "SELECT owner_id, peer_id FROM peer_changes ORDER BY owner_id, peer_id";
    let rows = tx.rows(sql, &[]).await.unwrap();
    rows.iter()
        .map(|row| (row.i64(0).unwrap(), row.i64(1).unwrap()))
        .collect()
}

async fn photo_changed_at(house: &House, user: i64) -> i64 {
    let mut tx = house.services.store.read().await.unwrap();
    store::rows::users::by_id(&mut tx, user)
        .await
        .unwrap()
        .unwrap()
        .photo_changed_at
}

async fn delete(house: &House, owner: i64, ids: &[i64]) -> Vec<i64> {
    let bare = |id: &i64| NamedPhoto {
        photo_id: *id,
        access_hash: 0,
        file_reference: bytes::Bytes::new(),
    };
    let named: Vec<NamedPhoto> = ids.iter().map(bare).collect();
    photos::delete(&house.services, caller(owner), &named)
        .await
        .unwrap()
}
