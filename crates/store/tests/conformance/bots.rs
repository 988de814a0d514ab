//! Bots: found by id and by owner, page by page; their tokens change and never print.

use store::StoreError;
use store::rows::bots::{self, BotRow};

use crate::engine::{Place, on_every_engine};

on_every_engine!(
    a_bot_is_found_by_id_and_by_owner,
    bots_are_listed_page_by_page,
    a_new_token_replaces_the_one_before,
);

fn bot(user_id: i64, owner_id: i64) -> BotRow {
    BotRow {
        user_id,
        owner_id,
        token_hash: vec![0x5A; 32],
        revoked_hash: None,
        created_at: 10,
    }
}

async fn a_bot_is_found_by_id_and_by_owner(place: Place) {
    let store = place.store().await;
    let mut tx = store.begin().await.unwrap();
    for row in [bot(5, 1), bot(3, 1), bot(4, 2)] {
        bots::insert(&mut tx, &row).await.unwrap();
    }
    assert_eq!(bots::find(&mut tx, 3).await, Ok(Some(bot(3, 1))));
    assert_eq!(bots::find(&mut tx, 1).await, Ok(None));
    let of_one = bots::of_owner(&mut tx, 1).await;
    assert_eq!(of_one, Ok(vec![bot(3, 1), bot(5, 1)]));
    assert_eq!(bots::of_owner(&mut tx, 3).await, Ok(Vec::new()));
    assert_eq!(bots::delete(&mut tx, 3).await, Ok(true));
    assert_eq!(bots::delete(&mut tx, 3).await, Ok(false));
    assert_eq!(bots::of_owner(&mut tx, 1).await, Ok(vec![bot(5, 1)]));
    let shown = format!("{:?}", bot(5, 1));
    assert!(!shown.contains("90"), "a digest is printed: {shown}");
    let again = bots::insert(&mut tx, &bot(5, 9)).await;
    assert_eq!(again, Err(StoreError::Conflict));
}

async fn bots_are_listed_page_by_page(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for user_id in [9, 2, 7] {
        bots::insert(&mut tx, &bot(user_id, 1)).await.unwrap();
    }
    let first = bots::page(&mut tx, 0, 2).await;
    assert_eq!(first, Ok(vec![bot(2, 1), bot(7, 1)]));
    assert_eq!(bots::page(&mut tx, 7, 2).await, Ok(vec![bot(9, 1)]));
    assert_eq!(bots::page(&mut tx, 9, 2).await, Ok(Vec::new()));
}

async fn a_new_token_replaces_the_one_before(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    bots::insert(&mut tx, &bot(5, 1)).await.unwrap();
    assert_eq!(bots::set_token(&mut tx, 5, &[1; 32]).await, Ok(true));
    assert_eq!(bots::set_token(&mut tx, 5, &[2; 32]).await, Ok(true));
    let changed = BotRow {
        token_hash: vec![2; 32],
        revoked_hash: Some(vec![1; 32]),
        ..bot(5, 1)
    };
    assert_eq!(bots::find(&mut tx, 5).await, Ok(Some(changed)));
    assert_eq!(bots::set_token(&mut tx, 6, &[1; 32]).await, Ok(false));
}
