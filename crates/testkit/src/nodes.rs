//! Two servers that are one: the same PostgreSQL, the same key, a folder of blobs that they share.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cameo::Settings;
use domain::Clock;
use store::{Store, StoreOptions, args};
use tempfile::TempDir;

use crate::{
    TestServer,
    server::{start_at, start_in},
};

/// What a node needs of another one to be one of them.
const SHARED_FILES: [&str; 2] = ["server_key.pem", "server_secret"];

static SCHEMAS: AtomicU64 = AtomicU64::new(1);

/// Two nodes.
pub struct Nodes {
    /// The first.
    pub one: TestServer,
    /// The second.
    pub two: TestServer,
    /// Where their rows are.
    pub store_url: String,
    schema: String,
    // Last, so that the servers are gone before it.
    blobs: TempDir,
}

/// Two nodes; `None` where CAMEO_TEST_POSTGRES names no PostgreSQL, which the suite of the store says.
pub async fn nodes() -> Option<Nodes> {
    nodes_at(Clock::system(), Clock::system()).await
}

/// Two nodes whose rules read these clocks.
pub async fn nodes_at(clock_of_one: Clock, clock_of_two: Clock) -> Option<Nodes> {
    let address = std::env::var("CAMEO_TEST_POSTGRES").ok()?;
    let number = SCHEMAS.fetch_add(1, Ordering::Relaxed);
    let schema = format!("nodes_{}_{number}", std::process::id());
    make_schema(&address, &schema).await;
    let store_url = format!("{address}?options=-csearch_path%3D{schema}&application_name={schema}");
    let blobs = tempfile::tempdir().unwrap();
    // Each is known to the database by a name of its own.
    let places = |number: u8| {
        let (store, blobs) = (format!("{store_url}_{number}"), blobs.path().to_owned());
        move |settings: &mut Settings| share(settings, store, &blobs)
    };
    let one = start_at(clock_of_one, places(1)).await;
    let data = tempfile::tempdir().unwrap();
    give_key(&one, data.path());
    let mut two = start_in(data, clock_of_two, places(2)).await;
    two.shares_numbers_with(&one);
    Some(Nodes {
        one,
        two,
        store_url,
        schema,
        blobs,
    })
}

impl Nodes {
    /// The folder that they share.
    pub fn blobs(&self) -> &Path {
        self.blobs.path()
    }

    /// Copies into a data folder what makes its server one of them.
    pub fn give_key_to(&self, data: &Path) {
        give_key(&self.one, data);
    }

    /// The settings of one more of them, whose data folder has the key: see [`Nodes::give_key_to`].
    pub fn settings_beside(&self, data: &Path) -> Settings {
        let mut settings = Settings::for_tests();
        settings.data = data.to_owned();
        share(&mut settings, self.store_url.clone(), self.blobs());
        settings
    }

    /// Cuts the connection by which node 1 or node 2 hears and wakes the other, as a restart of the
    /// database would; returns when the node has noticed.
    pub async fn cut_the_bus_of(&self, number: u8) {
        let node = if number == 1 { &self.one } else { &self.two };
        let bus = &node.running().services.bus;
        let before = bus.unbroken();
        assert!(before.is_some(), "there is something to cut");
        let mut tx = self.one.running().services.store.read().await.unwrap();
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE application_name = $1";
        let name = format!("{}_{number} bus", self.schema);
        let cut = tx.rows(cut, args![name]).await.unwrap();
        assert_eq!(cut.len(), 1, "each node has one");
        let noticed = async {
            while bus.unbroken() == before {
                tokio::task::yield_now().await;
            }
        };
        let noticed = tokio::time::timeout(PATIENCE, noticed).await;
        noticed.expect("the node notices the cut");
    }
}

/// How long a node may take to notice what happened to it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Keeps the rows and files of a node where the others keep theirs.
fn share(settings: &mut Settings, store: String, blobs: &Path) {
    settings.store = Some(store);
    settings.blobs = Some(format!("file:{}", blobs.display()));
}

fn give_key(one: &TestServer, data: &Path) {
    for name in SHARED_FILES {
        std::fs::copy(one.data().join(name), data.join(name)).unwrap();
    }
}

async fn make_schema(address: &str, schema: &str) {
    let outside = Store::open(address, StoreOptions::default()).await.unwrap();
    let mut tx = outside.begin().await.unwrap();
    let sql = format!("CREATE SCHEMA {schema}");
    tx.run(&sql, &[]).await.unwrap();
    tx.commit().await.unwrap();
    outside.close().await;
}
