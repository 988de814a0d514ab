//! Two servers that are one: the same PostgreSQL, the same key, a folder of blobs that they share.

use std::sync::atomic::{AtomicU64, Ordering};

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
    let places = |settings: &mut cameo::Settings| {
        settings.store = Some(store_url.clone());
        settings.blobs = Some(format!("file:{}", blobs.path().display()));
    };
    let one = start_at(clock_of_one, places).await;
    let data = tempfile::tempdir().unwrap();
    for name in SHARED_FILES {
        std::fs::copy(one.data().join(name), data.path().join(name)).unwrap();
    }
    let mut two = start_in(data, clock_of_two, places).await;
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
    pub fn blobs(&self) -> &std::path::Path {
        self.blobs.path()
    }

    /// Cuts the connections by which the nodes wake each other, as a restart of the database would.
    pub async fn cut_the_bus(&self) {
        let mut tx = self.one.running().services.store.read().await.unwrap();
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE application_name = $1";
        let name = format!("{} bus", self.schema);
        let cut = tx.rows(cut, args![name]).await.unwrap();
        assert_eq!(cut.len(), 2, "each node has one");
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
