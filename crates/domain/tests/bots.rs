//! Bots: made, given another token, signed in, listed, deleted.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod engines;
mod house;

use domain::{
    bots::{self, NewBot},
    peers,
};
use house::{Engine, House, word};
use store::rows::keys::{self, ClientRow, KeyRow};

engines::on_every_engine!(
    a_bot_signs_in_with_the_token_that_was_shown_once,
    a_new_token_ends_the_one_before_and_its_logins,
    a_bot_is_made_only_with_an_owner_a_name_and_a_username,
    bots_are_listed_by_owner_and_page_by_page,
    a_deleted_bot_is_gone,
    a_host_may_accept_few_applications,
);

const ANN: i64 = 1001;
const BOB: i64 = 1002;

async fn house(engine: Engine) -> House {
    let house = House::on(engine).await;
    house.person(ANN).await;
    house.person(BOB).await;
    house
}

fn helper(owner_id: i64, username: &str) -> NewBot {
    NewBot {
        owner_id,
        first_name: "Helper".to_owned(),
        username: username.to_owned(),
    }
}

/// A key on which nobody is signed in.
async fn key(house: &House, auth_key_id: i64) -> i64 {
    let row = KeyRow {
        auth_key_id,
        auth_key: vec![1; 256],
        created_at: 1,
        first_salt: 1,
        expires_at: None,
        perm_auth_key_id: None,
        dc_id: None,
        user_id: None,
        layer: None,
        client: ClientRow::default(),
        signed_in_at: None,
        last_active_at: 0,
    };
    let mut tx = house.services.store.begin().await.unwrap();
    keys::insert(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    auth_key_id
}

async fn signed_in(house: &House, auth_key_id: i64) -> Option<i64> {
    let mut tx = house.services.store.read().await.unwrap();
    let key = keys::find(&mut tx, auth_key_id).await.unwrap();
    key.unwrap().user_id
}

async fn enter(house: &House, key: i64, token: &str) -> Result<i64, String> {
    bots::sign_in(&house.services, key, 1, token)
        .await
        .map_err(word)
}

async fn a_bot_signs_in_with_the_token_that_was_shown_once(engine: Engine) {
    let house = house(engine).await;
    let made = bots::create(&house.services, &helper(ANN, "helper_bot"))
        .await
        .unwrap();
    let key = key(&house, 5).await;
    assert_eq!(enter(&house, key, &made.token).await, Ok(made.user_id));
    assert_eq!(signed_in(&house, key).await, Some(made.user_id));
    assert!(made.token.starts_with(&format!("{}:", made.user_id)));
    assert!(!format!("{made:?}").contains(&made.token), "it is printed");
    let other = format!("{}:{}", made.user_id, "A".repeat(35));
    for wrong in ["", "1:x", &other, &made.token[1..]] {
        let refused = enter(&house, key, wrong).await;
        assert_eq!(refused, Err("ACCESS_TOKEN_INVALID".to_owned()), "{wrong}");
    }
    let mut tx = house.services.store.read().await.unwrap();
    let ids = [made.user_id];
    let seen = peers::view(&house.services, &mut tx, ANN, &ids).await;
    let seen = seen.unwrap().pop().unwrap();
    assert!(seen.is_bot && seen.bot_can_edit);
    assert_eq!(
        (seen.phone, seen.username),
        (None, Some("helper_bot".to_owned()))
    );
    let seen = peers::view(&house.services, &mut tx, BOB, &ids).await;
    assert!(!seen.unwrap().pop().unwrap().bot_can_edit);
}

async fn a_new_token_ends_the_one_before_and_its_logins(engine: Engine) {
    let house = house(engine).await;
    let made = bots::create(&house.services, &helper(ANN, "helper_bot"))
        .await
        .unwrap();
    let key = key(&house, 5).await;
    enter(&house, key, &made.token).await.unwrap();
    let second = bots::new_token(&house.services, made.user_id)
        .await
        .unwrap();
    assert_eq!((second.user_id, &second.ended), (made.user_id, &vec![key]));
    assert_eq!(signed_in(&house, key).await, None);
    let refused = enter(&house, key, &made.token).await;
    assert_eq!(refused, Err("ACCESS_TOKEN_EXPIRED".to_owned()));
    assert_eq!(enter(&house, key, &second.token).await, Ok(made.user_id));
    let nobody = bots::new_token(&house.services, ANN).await.map_err(word);
    assert_eq!(nobody, Err("BOT_INVALID".to_owned()));
}

async fn a_bot_is_made_only_with_an_owner_a_name_and_a_username(engine: Engine) {
    let house = house(engine).await;
    let services = &house.services;
    let made = bots::create(services, &helper(ANN, "HelperBOT"))
        .await
        .unwrap();
    house.public_channel(ANN, "news_bot").await;
    let nameless = NewBot {
        first_name: " ".to_owned(),
        ..helper(ANN, "other_bot")
    };
    for (new, why) in [
        (helper(9, "other_bot"), "USER_ID_INVALID"),
        (helper(made.user_id, "other_bot"), "USER_ID_INVALID"),
        (helper(ANN, "bot"), "USERNAME_INVALID"),
        (helper(ANN, "helper_bo"), "USERNAME_INVALID"),
        (helper(ANN, "helper bot"), "USERNAME_INVALID"),
        (helper(BOB, "helperbot"), "USERNAME_OCCUPIED"),
        (helper(BOB, "News_Bot"), "USERNAME_OCCUPIED"),
        (nameless, "FIRSTNAME_INVALID"),
    ] {
        let refused = bots::create(services, &new).await.map_err(word);
        assert_eq!(refused, Err(why.to_owned()), "{new:?}");
    }
}

async fn bots_are_listed_by_owner_and_page_by_page(engine: Engine) {
    let house = house(engine).await;
    let services = &house.services;
    let mut ids = Vec::new();
    for (owner, username) in [(ANN, "one_bot"), (BOB, "two_bot"), (ANN, "three_bot")] {
        let made = bots::create(services, &helper(owner, username)).await;
        ids.push(made.unwrap().user_id);
    }
    let of_ann = bots::of_owner(services, ANN).await.unwrap();
    let named: Vec<_> = of_ann.iter().map(|bot| bot.username.as_deref()).collect();
    assert_eq!(named, [Some("one_bot"), Some("three_bot")]);
    let first = bots::page(services, 0, 2).await.unwrap();
    let owners: Vec<_> = first
        .iter()
        .map(|bot| (bot.user_id, bot.owner_id))
        .collect();
    assert_eq!(owners, [(ids[0], ANN), (ids[1], BOB)]);
    let rest = bots::page(services, ids[1], 2).await.unwrap();
    assert_eq!((rest.len(), rest[0].first_name.as_str()), (1, "Helper"));
}

async fn a_deleted_bot_is_gone(engine: Engine) {
    let house = house(engine).await;
    let services = &house.services;
    let made = bots::create(services, &helper(ANN, "helper_bot"))
        .await
        .unwrap();
    let key = key(&house, 5).await;
    enter(&house, key, &made.token).await.unwrap();
    let person = bots::delete(services, ANN).await.map_err(word);
    assert_eq!(person, Err("BOT_INVALID".to_owned()));
    assert_eq!(bots::delete(services, made.user_id).await.unwrap(), [key]);
    assert_eq!(signed_in(&house, key).await, None);
    let refused = enter(&house, key, &made.token).await;
    assert_eq!(refused, Err("ACCESS_TOKEN_INVALID".to_owned()));
    assert_eq!(bots::of_owner(services, ANN).await.unwrap(), []);
    // Its username is free again.
    bots::create(services, &helper(BOB, "helper_bot"))
        .await
        .unwrap();
}

async fn a_host_may_accept_few_applications(engine: Engine) {
    let house = House::with(engine, |rules| rules.api_ids = vec![7]).await;
    house.person(ANN).await;
    let services = &house.services;
    let made = bots::create(services, &helper(ANN, "helper_bot"))
        .await
        .unwrap();
    let key = key(&house, 5).await;
    let refused = enter(&house, key, &made.token).await;
    assert_eq!(refused, Err("API_ID_INVALID".to_owned()));
    let entered = bots::sign_in(services, key, 7, &made.token).await;
    assert_eq!(entered.unwrap(), made.user_id);
}
