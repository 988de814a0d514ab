//! One connection to PostgreSQL that hears and tells: LISTEN on a channel of the schema, NOTIFY on it.

use std::future::poll_fn;
use std::time::{Duration, SystemTime};

use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls, Statement};

use crate::StoreError;
use crate::blobs::BlobKey;
use crate::engine::postgres::broken;

/// How long one step may take before the connection counts as lost. Chosen: far above the time that a
/// busy database takes for one notification.
pub(super) const STEP_MAX: Duration = Duration::from_secs(5);

/// How long one address of the database may take to be reached, unless its URL says. Chosen: a network of one's
/// own takes milliseconds, and a second address must still get its turn.
pub(super) const CONNECT_MAX: Duration = Duration::from_secs(2);
/// Addresses that one name stands for. Chosen: one of each kind.
const ADDRESSES_OF_NAME: u32 = 2;

/// Milliseconds by which clocks may differ before it is said. Chosen: changes are looked for ten seconds
/// back, so two nodes may be half of that away from the database each.
const CLOCK_MS_MAX: i64 = 4000;

const NOTIFY: &str = "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload";

/// A connection that listens already.
pub(super) struct Link {
    client: Client,
    channel: String,
    notify: Statement,
    hearing: JoinHandle<()>,
}

impl Link {
    /// Connects and listens; whatever others say from then on is handed to `heard`.
    pub(super) async fn open(
        config: &Config,
        heard: impl Fn(&str) + Send + 'static,
    ) -> Result<Link, StoreError> {
        let connect = async { config.connect(NoTls).await.map_err(|it| broken(&it)) };
        let (client, mut connection) = within_time(connect_wait(config), connect).await?;
        let hearing = tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
                if let AsyncMessage::Notification(notification) = message {
                    heard(notification.payload());
                }
            }
        });
        let begun = within(begin(&client)).await;
        let (channel, notify) = match begun {
            Ok(begun) => begun,
            Err(error) => {
                hearing.abort();
                return Err(error);
            }
        };
        Ok(Link {
            client,
            channel,
            notify,
            hearing,
        })
    }

    /// Tells everybody who listens, all of it in one transaction.
    pub(super) async fn tell(&self, payloads: &[String]) -> Result<(), StoreError> {
        let tell = async {
            self.client
                .query(&self.notify, &[&self.channel, &payloads])
                .await
                .map(drop)
                .map_err(|error| broken(&error))
        };
        within(tell).await
    }

    /// Waits until the connection has ended.
    pub(super) async fn lost(&mut self) {
        // A task that panicked has ended as well.
        let _ = (&mut self.hearing).await;
    }

    /// Whether the other side still answers.
    pub(super) async fn asks_whether_it_lives(&self) -> Result<(), StoreError> {
        let ask = async {
            let asked = self.client.batch_execute("");
            asked.await.map_err(|error| broken(&error))
        };
        within(ask).await
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.hearing.abort();
    }
}

async fn begin(client: &Client) -> Result<(String, Statement), StoreError> {
    let broken = |error| broken(&error);
    // A notification has nothing that could be lost with the disk, so its commit does not wait for it.
    let session = "SET synchronous_commit = off; SET client_min_messages = warning";
    client.batch_execute(session).await.map_err(broken)?;
    let ask = "SELECT COALESCE(current_schema(), ''),
               CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
    let row = client.query_one(ask, &[]).await.map_err(broken)?;
    let (schema, there): (String, i64) = (row.get(0), row.get(1));
    compare_clocks(there);
    // Installations in schemas of one database do not hear each other; a name has at most 63 bytes.
    let channel = format!(
        "cameo_{}",
        &BlobKey::of(schema.as_bytes()).to_string()[..32]
    );
    let notify = client.prepare(NOTIFY).await.map_err(broken)?;
    let listen = format!("LISTEN {channel}");
    client.batch_execute(&listen).await.map_err(broken)?;
    Ok((channel, notify))
}

/// Nodes whose clocks differ tell some changes late.
fn compare_clocks(there: i64) {
    let here = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let here = here.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    });
    let ahead_ms = here.saturating_sub(there);
    if ahead_ms.saturating_abs() > CLOCK_MS_MAX {
        tracing::warn!(
            ahead_ms,
            "the clock of this machine is not that of the database; nodes need the same time"
        );
    }
}

/// How long all addresses together may take. The driver's own limit is for the socket of each: whoever accepts and
/// says nothing is not in it.
fn connect_wait(config: &Config) -> Duration {
    let each = config.get_connect_timeout().copied();
    let hosts = config.get_hosts().len().max(config.get_hostaddrs().len());
    let addresses = ADDRESSES_OF_NAME.saturating_mul(hosts as u32);
    each.unwrap_or(CONNECT_MAX)
        .saturating_mul(addresses)
        .saturating_add(STEP_MAX)
}

async fn within<T>(step: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    within_time(STEP_MAX, step).await
}

async fn within_time<T>(
    time: Duration,
    step: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let silent = |_| StoreError::Unavailable("the database does not answer".into());
    tokio::time::timeout(time, step).await.map_err(silent)?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An address that swallows packets must leave time for the next one.
    #[test]
    fn every_address_of_the_database_gets_its_time() {
        for (url, seconds) in [
            ("postgres://a/db", 9),
            ("postgres://a,b,c/db", 17),
            ("postgres://a,b/db?connect_timeout=15", 65),
        ] {
            let config: Config = url.parse().expect("a URL");
            assert_eq!(connect_wait(&config), Duration::from_secs(seconds), "{url}");
        }
    }
}
