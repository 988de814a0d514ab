//! A server on a data folder of its own.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use cameo::{Running, Server, Settings};
use domain::{
    Clock,
    bots::{self, NewBot, WithToken},
};
use mtproto::crypto::rsa::PublicKey;
use tempfile::TempDir;

use crate::{Account, Client};

/// The login code of everyone.
pub const CODE: &str = "12345";

/// A running server that ends with this value.
pub struct TestServer {
    settings: Settings,
    clock: Clock,
    running: Option<Running>,
    numbers: Arc<AtomicU64>,
    // Last, so that the server is gone before its folder.
    _data: TempDir,
}

/// A server with the settings for tests.
pub async fn start() -> TestServer {
    start_with(|_| {}).await
}

/// A server whose settings `change` has touched.
pub async fn start_with(change: impl FnOnce(&mut Settings)) -> TestServer {
    start_at(Clock::system(), change).await
}

/// A server whose rules read this clock; the protocol below them keeps the system's time.
pub async fn start_at(clock: Clock, change: impl FnOnce(&mut Settings)) -> TestServer {
    start_in(tempfile::tempdir().unwrap(), clock, change).await
}

/// The same on a folder that may hold something already.
pub(crate) async fn start_in(
    data: TempDir,
    clock: Clock,
    change: impl FnOnce(&mut Settings),
) -> TestServer {
    let mut settings = Settings::for_tests();
    settings.data = data.path().to_owned();
    change(&mut settings);
    let running = Server::start_at(settings.clone(), clock.clone())
        .await
        .unwrap();
    TestServer {
        settings,
        clock,
        running: Some(running),
        numbers: Arc::new(AtomicU64::new(1)),
        _data: data,
    }
}

impl TestServer {
    /// The server.
    pub fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running().addr
    }

    /// The key that clients must trust.
    pub fn public_key(&self) -> PublicKey {
        PublicKey::from_pem(&std::fs::read_to_string(&self.running().public_key_pem).unwrap())
            .unwrap()
    }

    /// Stops the server and starts it again on the same folder, at the same address.
    pub async fn restart(&mut self) {
        self.settings.listen = self.address();
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
        let (settings, clock) = (self.settings.clone(), self.clock.clone());
        self.running = Some(Server::start_at(settings, clock).await.unwrap());
    }

    /// Its data folder.
    pub fn data(&self) -> &std::path::Path {
        &self.settings.data
    }

    /// Gives its accounts numbers that no account of `other` has.
    pub(crate) fn shares_numbers_with(&mut self, other: &TestServer) {
        self.numbers = other.numbers.clone();
    }

    /// Ends the server, in good order, before its value.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Makes every file reference that was given out expire.
    pub fn expire_file_references(&self) {
        self.running()
            .services
            .reference_epoch
            .fetch_add(1, Ordering::Relaxed);
    }

    /// Statements that the store has run so far.
    pub fn queries(&self) -> u64 {
        self.running().services.store.queries()
    }

    /// A client with a new key, not signed in, in the newest layer.
    pub async fn client(&self) -> Client {
        self.client_in_layer(crate::LAYER).await
    }

    /// A client with a new key that speaks `layer`.
    pub async fn client_in_layer(&self, layer: i32) -> Client {
        Client::connect(self.address(), self.public_key(), layer).await
    }

    /// A new account with a number of its own.
    pub async fn account(&self, name: &str) -> Account {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        Account::sign_up(self.client().await, &format!("1555{number:07}"), name).await
    }

    /// Another session of an account, on a key of its own.
    pub async fn session_of(&self, account: &Account) -> Account {
        Account::sign_in(self.client().await, &account.phone).await
    }

    /// Two accounts that do not know each other.
    pub async fn two_strangers(&self, first: &str, second: &str) -> (Account, Account) {
        (self.account(first).await, self.account(second).await)
    }

    /// Two accounts; the second is a contact of the first, not the other way round.
    pub async fn two_contacts(&self, first: &str, second: &str) -> (Account, Account) {
        let (ada, bob) = self.two_strangers(first, second).await;
        ada.import(&bob).await;
        (ada, bob)
    }

    /// A bot of `owner` and its token. Bots are not made by clients.
    pub async fn new_bot(&self, owner: &Account, name: &str) -> WithToken {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let new = NewBot {
            owner_id: owner.id,
            first_name: name.to_owned(),
            username: format!("made{number}_bot"),
        };
        bots::create(&self.running().services, &new).await.unwrap()
    }

    /// A bot of `owner`, signed in with its token on a key of its own.
    pub async fn bot(&self, owner: &Account, name: &str) -> Account {
        let made = self.new_bot(owner, name).await;
        Account::import_bot(self.client().await, &made.token).await
    }
}
