//! Bots: found by id and by owner, page by page; their tokens change and never print.

use store::StoreError;
use store::rows::bots::{self, BotRow, CommandsRow, TextRow};
use store::rows::users;

use crate::engine::{Place, on_every_engine};
use crate::people::new_user;

on_every_engine!(
    a_bot_is_found_by_id_and_by_owner,
    bots_are_listed_page_by_page,
    a_new_token_replaces_the_one_before,
    what_a_bot_tells_is_kept_by_language,
    commands_are_kept_by_scope_and_language,
    a_deleted_bot_tells_nothing,
    the_version_of_a_bot_rises,
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

fn text(lang_code: &str, description: &str) -> TextRow {
    TextRow {
        user_id: 5,
        lang_code: lang_code.into(),
        name: "Helper".into(),
        about: "Helps".into(),
        description: description.into(),
    }
}

fn commands(scope: &str, lang_code: &str, commands: &str) -> CommandsRow {
    CommandsRow {
        user_id: 5,
        scope: scope.into(),
        lang_code: lang_code.into(),
        commands: commands.into(),
    }
}

async fn what_a_bot_tells_is_kept_by_language(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for row in [text("", "one"), text("de", "eins"), text("", "two")] {
        bots::put_text(&mut tx, &row).await.unwrap();
    }
    assert_eq!(
        bots::texts(&mut tx, 5, &[""]).await,
        Ok(vec![text("", "two")])
    );
    let mut both = bots::texts(&mut tx, 5, &["de", "", "fr"]).await.unwrap();
    both.sort_by(|a, b| a.lang_code.cmp(&b.lang_code));
    assert_eq!(both, [text("", "two"), text("de", "eins")]);
    assert_eq!(bots::texts(&mut tx, 6, &["", "de"]).await, Ok(Vec::new()));
}

async fn commands_are_kept_by_scope_and_language(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    for row in [
        commands("default", "", "a b"),
        commands("users", "de", "c d"),
        commands("default", "", "e f"),
    ] {
        bots::put_commands(&mut tx, &row).await.unwrap();
    }
    let of_default = bots::commands(&mut tx, 5, &["default", "peer:1"]).await;
    assert_eq!(of_default, Ok(vec![commands("default", "", "e f")]));
    let gone = bots::delete_commands(&mut tx, 5, "users", "").await;
    assert_eq!(gone, Ok(false));
    let gone = bots::delete_commands(&mut tx, 5, "users", "de").await;
    assert_eq!(gone, Ok(true));
    assert_eq!(bots::commands(&mut tx, 5, &["users"]).await, Ok(Vec::new()));
}

async fn a_deleted_bot_tells_nothing(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    bots::insert(&mut tx, &bot(5, 1)).await.unwrap();
    bots::put_text(&mut tx, &text("", "one")).await.unwrap();
    let row = commands("default", "", "a b");
    bots::put_commands(&mut tx, &row).await.unwrap();
    assert_eq!(bots::delete(&mut tx, 5).await, Ok(true));
    assert_eq!(bots::texts(&mut tx, 5, &[""]).await, Ok(Vec::new()));
    assert_eq!(
        bots::commands(&mut tx, 5, &["default"]).await,
        Ok(Vec::new())
    );
}

async fn the_version_of_a_bot_rises(place: Place) {
    let mut tx = place.store().await.begin().await.unwrap();
    users::insert(&mut tx, &new_user(5)).await.unwrap();
    assert_eq!(users::raise_bot_info(&mut tx, 5).await, Ok(true));
    let found = users::by_id(&mut tx, 5).await.unwrap().unwrap();
    assert_eq!(found.bot_info_version, 2);
    assert_eq!(users::raise_bot_info(&mut tx, 6).await, Ok(false));
}
