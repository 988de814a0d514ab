//! Start and stop of the whole server: opens what it needs in an order that leaves nothing
//! half-started, and waits for everything it began when it stops.

mod closed;
mod error;
mod joining;
mod others;
mod parts;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::{Clock, Services};
use jail::{Jail, Walls};
use mtproto::crypto::Random;
use tokio::net::TcpListener;
use tokio::time::{Instant, interval_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::admin;
use crate::data_folder::DataFolder;
use crate::event::{Event, Events};
use crate::keys::Keys;
use crate::net::sessions::Sessions;
use crate::net::{Net, Parts};
use crate::push::Push;
use crate::rpc::{Cx, Router};
use crate::server_key::random;
use crate::settings::Settings;

pub(crate) use closed::Closed;
pub use error::StartError;
pub(crate) use parts::jail_settings;

/// Expired keys removed in one transaction. Chosen: a writer that waits for it waits milliseconds.
const KEYS_SWEPT_MAX: i64 = 200;
/// Times a start tries again because other servers that start on the same store came first.
/// Chosen: each time, one of those that start together succeeds; more than that do not start together.
const START_RETRIES_MAX: u32 = 16;

/// The server.
#[derive(Debug)]
pub struct Server;

/// A server that accepts connections. [`Running::stop`] ends it in good order; when it is
/// dropped instead, its tasks go on until the runtime ends.
pub struct Running {
    /// The address it listens on, with the port that was picked.
    pub addr: SocketAddr,
    /// The data centre number for clients that do not name one.
    pub dc: i32,
    /// How clients name its key.
    pub fingerprint: i64,
    /// The file with its public key.
    pub public_key_pem: PathBuf,
    /// The rules and what they reach: store, clock, ids.
    pub services: Arc<Services>,
    /// Auth keys.
    pub keys: Arc<Keys>,
    /// Sessions.
    pub sessions: Arc<Sessions>,
    /// Counters of what happened.
    pub events: Arc<Events>,
    net: Arc<Net>,
    push: Arc<Push>,
    tasks: TaskTracker,
    stopping: CancellationToken,
    drain: Duration,
    folder: DataFolder,
}

impl Server {
    /// Starts a server and returns when it accepts connections.
    ///
    /// # Errors
    /// [`StartError`]; then nothing is left running, and when the address is the reason, nothing
    /// was created either.
    pub async fn start(settings: Settings) -> Result<Running, StartError> {
        Server::start_at(settings, Clock::system()).await
    }

    /// As [`Server::start`], with a clock for the rules that a test may move. The protocol below
    /// them keeps the system's time, as clients do.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_at(settings: Settings, clock: Clock) -> Result<Running, StartError> {
        settings.check()?;
        let tls = crate::net::tls_acceptor(&settings)?;
        let (folder, listener) = claim(&settings)?;
        let failed = |error| StartError::Listen {
            address: settings.listen,
            error,
        };
        let addr = listener.local_addr().map_err(failed)?;
        let mut seed = Random::new(random()?);
        // Last of all that may fail: what it begins goes on until it is stopped.
        let (identity, services) = joining::begin(&settings, &folder, clock).await?;
        let services = Arc::new(services);
        let settings = Arc::new(settings);
        let sessions = Sessions::new(Duration::from_secs(settings.session_lifetime_s));
        let sessions = Arc::new(sessions);
        let keys = Arc::new(Keys::new(&services, sessions.clone()));
        let events = Arc::new(Events::new());
        give_first_set(&services, &events).await;
        let cx = Cx {
            services: services.clone(),
            keys: keys.clone(),
            sessions: sessions.clone(),
            settings: settings.clone(),
        };
        let push = Push::start(services.clone(), sessions.clone(), events.clone());
        let router = Arc::new(Router::new(cx, push.clone(), events.clone()));
        let fingerprint = identity.key.public().fingerprint();
        let shared = parts::protocol(identity.key, identity.secrets.salts, &mut seed);
        let parts = Parts {
            shared: Arc::new(shared),
            detector: Arc::new(parts::detector(&settings)),
            keys: keys.clone(),
            sessions: sessions.clone(),
            router,
            events: events.clone(),
            tls,
            random: seed,
        };
        let running = Running {
            addr,
            dc: settings.dc,
            fingerprint,
            public_key_pem: identity.public_key_pem,
            services,
            keys,
            sessions,
            events,
            net: Net::new(parts, &settings),
            push,
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            drain: Duration::from_secs(settings.drain_timeout_s),
            folder,
        };
        try_the_jail(&running.services.jail).await;
        running.begin(listener, Duration::from_secs(settings.sweep_interval_s));
        Ok(running)
    }
}

/// Where no child can be confined, the server still does everything but moving pictures, and says so.
async fn try_the_jail(jail: &Jail) {
    match jail.check().await {
        Ok(Some(Walls { filter: false, .. })) => {
            tracing::warn!("the jail is off: decoders have limits of memory and time only");
        }
        Ok(Some(Walls { filter, landlock })) => {
            tracing::info!(filter, landlock, "moving pictures are decoded in a jail");
        }
        Err(error) => tracing::warn!(%error, "moving pictures are refused"),
        Ok(None) => {}
    }
}

/// Takes the data folder and the address. A folder that exists is asked first, because "in use by
/// another server" says more than "address in use"; one that does not is created last.
fn claim(settings: &Settings) -> Result<(DataFolder, TcpListener), StartError> {
    let held = settings
        .data
        .exists()
        .then(|| DataFolder::open(&settings.data))
        .transpose()?;
    let listener = parts::listener(settings.listen).map_err(|error| StartError::Listen {
        address: settings.listen,
        error,
    })?;
    let folder = match held {
        Some(folder) => folder,
        None => DataFolder::open(&settings.data)?,
    };
    Ok((folder, listener))
}

impl Running {
    /// How many connections there are.
    pub fn connections(&self) -> usize {
        self.net.connection_count()
    }

    /// Stops accepting, lets running calls finish, closes connections and the store.
    pub async fn stop(self) {
        self.net.stop(self.drain).await;
        self.push.stop().await;
        self.stopping.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.services.jail.stop().await;
        self.services.bus.close().await;
        self.services.store.close().await;
    }

    fn begin(&self, listener: TcpListener, sweep_every: Duration) {
        let (services, keys) = (self.services.clone(), self.keys.clone());
        let (events, stopping) = (self.events.clone(), self.stopping.clone());
        self.tasks.spawn(async move {
            let mut turn = interval_at(Instant::now() + sweep_every, sweep_every);
            while stopping.run_until_cancelled(turn.tick()).await.is_some() {
                match domain::sweep::turn(&services, sweep_every.as_secs()).await {
                    Ok(true) => sweep(&services, &keys, &events).await,
                    Ok(false) => {}
                    Err(error) => events.emit(Event::Fault {
                        doing: "ask whose turn it is to sweep",
                        error: &error,
                    }),
                }
            }
        });
        let others = others::Others {
            heard: self.services.bus.listen(),
            services: self.services.clone(),
            keys: self.keys.clone(),
            sessions: self.sessions.clone(),
            events: self.events.clone(),
        };
        self.tasks.spawn(others.hear(self.stopping.clone()));
        self.net.listen(listener);
        self.hear_the_host();
    }

    /// Without a socket the server still serves its clients.
    fn hear_the_host(&self) {
        let socket = match admin::socket::Socket::bind(self.folder.path()) {
            Ok(socket) => socket,
            Err(error) => {
                let doing = "listen for requests of the host";
                self.events.emit(Event::Fault {
                    doing,
                    error: &error,
                });
                return;
            }
        };
        let host = admin::Host {
            services: self.services.clone(),
            keys: self.keys.clone(),
            sessions: self.sessions.clone(),
            live: Some(admin::Live {
                net: self.net.clone(),
                events: self.events.clone(),
                started: std::time::Instant::now(),
            }),
        };
        self.tasks
            .spawn(socket.serve(Arc::new(host), self.stopping.clone()));
    }
}

/// A server without its first stickers serves all the same, and is given them at the next start.
async fn give_first_set(services: &Services, events: &Events) {
    match domain::stickers::seed(services, crate::stickers::first_set).await {
        // Another node gave them.
        Ok(_) | Err(domain::Error::Conflict) => {}
        Err(error) => events.emit(Event::Fault {
            doing: "give the server its first sticker set",
            error: &error,
        }),
    }
}

/// Removes what nothing refers to any more. What fails is tried again at the next turn.
async fn sweep(services: &Services, keys: &Keys, events: &Events) {
    if let Err(error) = domain::sweep::run_once(services).await {
        events.emit(Event::Fault {
            doing: "sweep what nothing refers to",
            error: &error,
        });
    }
    if let Err(error) = keys.sweep_expired(KEYS_SWEPT_MAX).await {
        events.emit(Event::Fault {
            doing: "sweep expired keys",
            error: &error,
        });
    }
}
