//! Temporary keys: bound, acting for the permanent one, dropped. M42 to M45, M47, M49.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use testkit::{Account, Client, Refused, TestServer};
use tl::functions;

fn no<T: std::fmt::Debug>(outcome: Result<T, Refused>) -> (i32, String) {
    let refused = outcome.unwrap_err();
    (refused.code, refused.name)
}

fn name(code: i32, name: &str) -> (i32, String) {
    (code, name.to_owned())
}

fn in_a_day() -> i32 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(86_400);
    i32::try_from(now.as_secs()).unwrap()
}

async fn temporary(server: &TestServer, expires_in: i32) -> Client {
    Client::temporary(server.address(), server.public_key(), expires_in).await
}

/// M42, M44, M45, M47: before the binding nearly nothing, afterwards everything, also after a restart.
#[tokio::test]
async fn a_bound_key_acts_for_the_permanent_one() {
    let mut server = testkit::start().await;
    let ada = server.account("Ada").await;
    let temporary = temporary(&server, 86_400).await;
    temporary.call(functions::help::GetConfig {}).await.unwrap();
    let early = temporary.call(functions::updates::GetState {}).await;
    assert_eq!(no(early), name(401, "AUTH_KEY_PERM_EMPTY"));
    assert_eq!(
        temporary.bind(&ada.key(), in_a_day(), |_| {}).await,
        Ok(true)
    );
    temporary
        .call(functions::updates::GetState {})
        .await
        .unwrap();
    let listed = temporary
        .call(functions::account::GetAuthorizations {})
        .await
        .unwrap();
    assert_eq!(listed.authorizations.len(), 1);
    assert!(listed.authorizations[0].current);
    server.restart().await;
    let again = Client::with_key(server.address(), temporary.key(), testkit::LAYER, "").await;
    let seen = Account {
        id: ada.id,
        phone: ada.phone.clone(),
        client: again,
    };
    assert_eq!(seen.sees(&seen).await.id, ada.id);
}

/// M43: each part of the proof is checked.
#[tokio::test]
async fn a_binding_that_does_not_hold_is_refused() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let temporary = temporary(&server, 86_400).await;
    let refused = name(400, "ENCRYPTED_MESSAGE_INVALID");
    let at = in_a_day();
    let nonce = temporary
        .bind(&ada.key(), at, |request| request.nonce += 1)
        .await;
    assert_eq!(no(nonce), refused);
    let expiry = temporary
        .bind(&ada.key(), at, |request| request.expires_at -= 1)
        .await;
    assert_eq!(no(expiry), refused);
    let unknown = temporary
        .bind(&ada.key(), at, |request| request.perm_auth_key_id ^= 1)
        .await;
    assert_eq!(no(unknown), refused);
    let cut = |request: &mut functions::auth::BindTempAuthKey| {
        request.encrypted_message.truncate(100);
    };
    assert_eq!(no(temporary.bind(&ada.key(), at, cut).await), refused);
    let past = temporary.bind(&ada.key(), 1_000_000, |_| {}).await;
    assert_eq!(no(past), name(400, "EXPIRES_AT_INVALID"));
    let permanent = ada.client.bind(&ada.key(), at, |_| {}).await;
    assert_eq!(no(permanent), name(400, "TEMP_AUTH_KEY_EMPTY"));
    assert_eq!(temporary.bind(&ada.key(), at, |_| {}).await, Ok(true));
}

/// M49: keys that are not listed are gone, and a client that uses one is told so.
#[tokio::test]
async fn dropped_keys_are_gone() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let (kept, dropped) = (
        temporary(&server, 86_400).await,
        temporary(&server, 86_400).await,
    );
    for client in [&kept, &dropped] {
        assert_eq!(client.bind(&ada.key(), in_a_day(), |_| {}).await, Ok(true));
        client.call(functions::help::GetConfig {}).await.unwrap();
    }
    let except_auth_keys = vec![kept.auth_key_id()];
    let drop = functions::auth::DropTempAuthKeys { except_auth_keys };
    assert!(ada.call(drop).await.unwrap());
    kept.call(functions::updates::GetState {}).await.unwrap();
    let gone = Client::with_key(server.address(), dropped.key(), testkit::LAYER, "").await;
    let asked = gone.call(functions::updates::GetState {}).await;
    assert_eq!(no(asked).0, -404);
}
