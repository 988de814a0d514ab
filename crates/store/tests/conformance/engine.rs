//! A place for one case: a fresh store on one engine.

use std::future::Future;
use std::io::Write;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use store::{Store, StoreError, StoreOptions};
use tempfile::TempDir;

/// Where a case keeps its rows.
pub(crate) struct Place {
    /// Opens the same rows again.
    pub(crate) url: String,
    pub(crate) kind: Kind,
    _folder: Option<TempDir>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

static SAY: Once = Once::new();
static NEXT: AtomicU64 = AtomicU64::new(0);

/// `None`: this engine is left out of the run.
pub(crate) async fn place(kind: Kind) -> Option<Place> {
    let address = std::env::var("CAMEO_TEST_POSTGRES").ok();
    SAY.call_once(|| {
        let text = match &address {
            Some(_) => "engines: sqlite, postgres",
            None => "engines: sqlite; left out: postgres (CAMEO_TEST_POSTGRES is not set)",
        };
        // Not `eprintln!`: the harness would swallow it.
        std::io::stderr()
            .write_all(format!("{text}\n").as_bytes())
            .unwrap();
    });
    match kind {
        Kind::Sqlite => {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite:{}", folder.path().join("cameo.db").display());
            Some(Place {
                url,
                kind,
                _folder: Some(folder),
            })
        }
        Kind::Postgres => {
            let address = address?;
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let schema = format!("case_{}_{number}", std::process::id());
            postgres(&address, &format!("CREATE SCHEMA {schema}")).await;
            let url = format!("{address}?options=-csearch_path%3D{schema}");
            Some(Place {
                url,
                kind,
                _folder: None,
            })
        }
    }
}

/// Runs statements on a connection of its own, past the store.
pub(crate) async fn postgres(address: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(address, tokio_postgres::NoTls)
        .await
        .unwrap();
    let driver = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    driver.await.unwrap().unwrap();
}

impl Place {
    pub(crate) fn options() -> StoreOptions {
        StoreOptions {
            durable: false,
            ..StoreOptions::default()
        }
    }

    pub(crate) async fn store(&self) -> Store {
        Store::open(&self.url, Place::options()).await.unwrap()
    }

    pub(crate) async fn store_with(&self, readers: usize, wait_max: Duration) -> Store {
        let options = StoreOptions {
            readers,
            writers: 0,
            wait_max,
            ..Place::options()
        };
        Store::open(&self.url, options).await.unwrap()
    }
}

/// Runs `attempt` until it does not end in a conflict, as the router does, but without a limit.
pub(crate) async fn until_done<T, F>(mut attempt: impl FnMut() -> F) -> T
where
    F: Future<Output = Result<T, StoreError>>,
{
    loop {
        match attempt().await {
            Ok(done) => return done,
            Err(StoreError::Conflict) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

/// One test per case and engine; a case is an `async fn(Place)`.
macro_rules! on_every_engine {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let kind = crate::engine::Kind::Sqlite;
                    super::$case(crate::engine::place(kind).await.unwrap()).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let kind = crate::engine::Kind::Postgres;
                    if let Some(place) = crate::engine::place(kind).await {
                        super::$case(place).await;
                    }
                }
            )+
        }
    };
}
pub(crate) use on_every_engine;
