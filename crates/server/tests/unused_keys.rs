//! Keys tell when they were used, and those that nobody uses go.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::time::Duration;

use domain::Clock;
use testkit::Account;
use tl::functions;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const FIVE_MINUTES: Duration = Duration::from_secs(5 * 60);

async fn last_use(account: &Account) -> i32 {
    let logins = functions::account::GetAuthorizations {};
    let logins = account.call(logins).await.unwrap().authorizations;
    logins
        .iter()
        .find(|login| login.current)
        .unwrap()
        .date_active
}

#[tokio::test]
async fn a_login_shows_when_it_was_last_used() {
    let clock = Clock::standing_at(Clock::system().unix_ms());
    let server = testkit::start_at(clock.clone(), |_| {}).await;
    let ada = server.account("Ada").await;
    let first = last_use(&ada).await;
    clock.forward(FIVE_MINUTES / 2);
    assert_eq!(last_use(&ada).await, first, "not every call is noted");
    clock.forward(FIVE_MINUTES / 2);
    assert_eq!(last_use(&ada).await, first + 300);
}

#[tokio::test]
async fn a_key_without_a_login_goes_after_a_week_and_a_login_stays() {
    let clock = Clock::standing_at(Clock::system().unix_ms());
    let server = testkit::start_at(clock.clone(), |_| {}).await;
    let ada = server.account("Ada").await;
    let keys = &server.running().keys;
    let nobody = server.client().await;
    nobody.call(functions::help::GetConfig {}).await.unwrap();
    clock.forward(6 * DAY);
    assert_eq!(keys.sweep_expired(100).await.unwrap(), 0);
    nobody.call(functions::help::GetConfig {}).await.unwrap();
    clock.forward(6 * DAY);
    assert_eq!(keys.sweep_expired(100).await.unwrap(), 0, "it was used");
    clock.forward(2 * DAY);
    assert_eq!(keys.sweep_expired(100).await.unwrap(), 1);
    last_use(&ada).await;
}
