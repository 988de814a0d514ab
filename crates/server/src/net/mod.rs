//! Sockets and sessions: everything between the operating system and the router. Tasks are
//! started here and nowhere else in the server; each is waited for when it stops.

mod driver;
mod http;
mod limits;
mod link;
mod listener;
mod mailbox;
mod rate;
pub mod sessions;
mod stream;
mod tls;
mod websocket;

use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mtproto::crypto::Random;
use mtproto::transport::Detector;
use mtproto::{Shared, Time};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::event::Events;
use crate::keys::Keys;
use crate::rpc::Router;
use limits::{Limits, Place};
use mailbox::{Command, Mailbox};
use sessions::Sessions;

pub(crate) use tls::acceptor as tls_acceptor;

/// How long connections may take to end after they were told to end at once.
/// Chosen: as long as the last words of one may take.
const CLOSE_WAIT: Duration = Duration::from_secs(6);
/// Pieces of key creation that one address may have queued, for each that is computed at once.
/// Chosen: keeps the workers busy, and lets others wait for a few pieces instead of thousands.
const JOBS_PER_IP_TIMES: usize = 4;
/// How often sessions that were left long ago are looked for. Chosen: far below their lifetime.
const SESSION_SWEEP: Duration = Duration::from_secs(15);
/// Data centre numbers that clients know of. Source: every client's built-in list.
const KNOWN_DCS: std::ops::RangeInclusive<i32> = 1..=5;
/// Added to the number by clients that want a test server. Source: TDLib, tdesktop.
const TEST_DC_SHIFT: i32 = 10_000;

/// Freed at once to tell the allocator what is large here. Chosen: several of the largest answers.
const LARGE_BUFFER_BYTES: usize = 8 * 1024 * 1024;

/// Lets glibc keep the memory of a file's stretch for the next one instead of giving it back to
/// the system and clearing fresh pages each time, which costs a tenth of a download. It gives
/// back what is free above twice the largest block that it ever mapped and unmapped.
/// Source: mallopt(3), `M_MMAP_THRESHOLD`. Elsewhere this does nothing.
fn keep_large_buffers() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(
        LARGE_BUFFER_BYTES,
    )));
}

/// What all connections share.
pub(crate) struct Net {
    pub(crate) shared: Arc<Shared>,
    pub(crate) detector: Arc<Detector>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) router: Arc<Router>,
    pub(crate) events: Arc<Events>,
    handshake_places: Arc<Semaphore>,
    limits: Arc<Limits>,
    tls: Option<TlsAcceptor>,
    random: Mutex<Random>,
    dc: i32,
    connections: AtomicU64,
    mailboxes: Mutex<HashMap<u64, Arc<Mailbox>>>,
    tasks: TaskTracker,
    work: TaskTracker,
    stopping: CancellationToken,
}

/// What [`Net`] is made of.
pub(crate) struct Parts {
    pub(crate) shared: Arc<Shared>,
    pub(crate) detector: Arc<Detector>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) router: Arc<Router>,
    pub(crate) events: Arc<Events>,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) random: Random,
}

/// The other end of a connection, and the place that the connection takes.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    /// Number of the connection.
    pub(crate) connection: u64,
    /// Where it comes from.
    pub(crate) ip: IpAddr,
    /// The address that it reached.
    pub(crate) local: SocketAddr,
    place: Arc<Place>,
}

impl Net {
    /// Connections as `settings` allow them.
    pub(crate) fn new(parts: Parts, settings: &crate::Settings) -> Arc<Net> {
        let handshakes = match settings.handshakes_max {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            number => number as usize,
        };
        keep_large_buffers();
        Arc::new(Net {
            shared: parts.shared,
            detector: parts.detector,
            keys: parts.keys,
            sessions: parts.sessions,
            router: parts.router,
            events: parts.events,
            handshake_places: Arc::new(Semaphore::new(handshakes)),
            limits: Limits::new(
                settings.connections_max as usize,
                settings.connections_per_ip_max as usize,
                handshakes * JOBS_PER_IP_TIMES,
            ),
            tls: parts.tls,
            random: Mutex::new(parts.random),
            dc: settings.dc,
            connections: AtomicU64::new(1),
            mailboxes: Mutex::default(),
            tasks: TaskTracker::new(),
            work: TaskTracker::new(),
            stopping: CancellationToken::new(),
        })
    }

    /// Accepts connections from now on.
    pub(crate) fn listen(self: &Arc<Net>, listener: tokio::net::TcpListener) {
        self.tasks.spawn(listener::accept(self.clone(), listener));
        let net = self.clone();
        self.tasks.spawn(async move {
            let mut turn = tokio::time::interval(SESSION_SWEEP);
            while net
                .stopping
                .run_until_cancelled(turn.tick())
                .await
                .is_some()
            {
                net.sessions.expire(now());
            }
        });
    }

    /// Stops accepting, lets running calls finish for at most `drain`, closes everything.
    pub(crate) async fn stop(&self, drain: Duration) {
        self.stopping.cancel();
        self.tasks.close();
        self.tell_all(|| Command::Drain);
        if tokio::time::timeout(drain, self.tasks.wait())
            .await
            .is_err()
        {
            let connections = self.limits.taken();
            tracing::warn!(
                connections,
                "calls are still running; connections are closed"
            );
            self.tell_all(|| Command::Close);
            let _ = tokio::time::timeout(CLOSE_WAIT, self.tasks.wait()).await;
        }
        self.work.close();
        // Calls whose connection is gone still run to their end.
        if tokio::time::timeout(drain, self.work.wait()).await.is_err() {
            tracing::warn!(calls = self.work.len(), "calls were cut off");
        }
    }

    /// How many connections there are.
    pub(crate) fn connection_count(&self) -> usize {
        self.limits.taken()
    }

    fn tell_all(&self, command: impl Fn() -> Command) {
        let mailboxes = self
            .mailboxes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for mailbox in mailboxes.values() {
            let _ = mailbox.post(command());
        }
    }

    /// Runs a piece of work that belongs to no connection, to its end.
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.work.spawn(work);
    }

    /// A generator of its own for one connection.
    fn random(&self) -> Random {
        self.random
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fork()
    }

    fn register(&self, connection: u64) -> Arc<Mailbox> {
        let mailbox = Arc::new(Mailbox::default());
        let mut mailboxes = self
            .mailboxes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        mailboxes.insert(connection, mailbox.clone());
        drop(mailboxes);
        if self.stopping.is_cancelled() {
            let _ = mailbox.post(Command::Drain);
        }
        mailbox
    }

    fn unregister(&self, connection: u64) {
        self.mailboxes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&connection);
    }

    fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed)
    }

    /// The data centre that the header of an obfuscated stream names.
    fn dialled(&self, hint: Option<i16>) -> Option<i32> {
        self.named(hint?.into())
    }

    /// The data centre behind a number that a client gave: media and test servers are the same
    /// place. `None` for numbers that nobody can mean: some clients leave random bytes there.
    fn named(&self, number: i32) -> Option<i32> {
        let dc = i32::try_from(number.unsigned_abs()).ok()? % TEST_DC_SHIFT;
        (KNOWN_DCS.contains(&dc) || dc == self.dc).then_some(dc)
    }

    /// Whether the header asks for a test server.
    fn is_test(&self, hint: Option<i16>) -> bool {
        let number = hint.map_or(0, |hint| i32::from(hint).abs());
        number >= TEST_DC_SHIFT && self.named(number).is_some()
    }
}

/// The system's clock.
pub(crate) fn now() -> Time {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Time::from_unix_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
