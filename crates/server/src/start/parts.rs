//! The pieces of a server, each made from the settings.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use domain::{Clock, Hashes, Ids, Rules, Services};
use jail::{Jail, JailSettings};
use mtproto::Shared;
use mtproto::crypto::Random;
use mtproto::crypto::rsa::PrivateKey;
use mtproto::handshake::{Config, RsaKeys};
use mtproto::salts::Salts;
use mtproto::transport::{Detector, Secret};
use store::blobs::{BlobError, Blobs};
use store::bus::Bus;
use store::rows::{counters, photos, stickers, updates};
use store::spool::Spool;
use store::{Store, StoreOptions};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Semaphore;

use super::{START_RETRIES_MAX, StartError};
use crate::server_key::Secrets;
use crate::settings::Settings;
use crate::until_first::until_first;

/// Connections that the system holds until they are accepted. Chosen: a fleet that comes back
/// after a restart; the system may allow fewer.
const BACKLOG: u32 = 4096;

/// The name of the counter of nodes that were started.
const NODES: &str = "nodes";

/// The rows.
pub(super) async fn store(settings: &Settings) -> Result<Store, StartError> {
    Ok(Store::open(&settings.store_url(), StoreOptions::default()).await?)
}

/// Where the bytes of finished files and of uploads are; folders that are missing are made.
pub(super) fn files(settings: &Settings) -> Result<(Blobs, Spool), StartError> {
    let folder = |error: BlobError| {
        let error = match error {
            BlobError::Unavailable { source, .. } => source,
            BlobError::NotFound => io::ErrorKind::NotFound.into(),
        };
        StartError::DataFolder {
            path: settings.data.clone(),
            error,
        }
    };
    let blobs = match settings.blob_folder() {
        None => Blobs::memory(),
        Some(path) => Blobs::files(path).map_err(folder)?,
    };
    Ok((
        blobs,
        Spool::files(settings.spool_folder()).map_err(folder)?,
    ))
}

/// Everything that the rules reach.
pub(super) async fn services(
    settings: &Settings,
    secrets: &Secrets,
    clock: Clock,
    kept: (Store, Blobs, Spool),
) -> Result<Services, StartError> {
    let alone = settings.bus.as_deref() == Some("local") || !settings.store_is_shared();
    let node = if alone { 0 } else { number(&kept.0).await? };
    let floor = highest_id(&kept.0).await?;
    let ids = Ids::of_node(node, floor, clock.clone());
    let mut services = together(settings, secrets, (clock, ids), kept)?;
    if !alone {
        // Last: its connection is held until it is closed, also when nobody came to use it.
        services.bus = Bus::over(&settings.store_url()).await?;
    }
    Ok(services)
}

/// The number that tells ids of this node from those of others: new at every start, so that nodes that
/// run at the same time differ, as long as fewer are started meanwhile than an id has numbers for.
async fn number(store: &Store) -> Result<i64, store::StoreError> {
    let take = async || {
        let mut tx = store.begin().await?;
        let number = counters::next(&mut tx, NODES).await?;
        tx.commit().await?;
        Ok(number)
    };
    until_first!(START_RETRIES_MAX, take())
}

/// The same for a look into data that a running server may hold: nothing is created, locked or changed.
pub(super) async fn guest(settings: &Settings, secrets: &Secrets) -> Result<Services, StartError> {
    let options = StoreOptions {
        readers: 1,
        guest: true,
        ..StoreOptions::default()
    };
    let store = Store::open(&settings.store_url(), options).await?;
    let folder = settings.blob_folder();
    let blobs = folder.map_or_else(Blobs::memory, Blobs::files_as_guest);
    let spool = Spool::files_as_guest(settings.spool_folder());
    let clock = Clock::system();
    let ids = Ids::above(highest_id(&store).await?, clock.clone());
    together(settings, secrets, (clock, ids), (store, blobs, spool))
}

/// Everything, of a node that is alone.
fn together(
    settings: &Settings,
    secrets: &Secrets,
    (clock, ids): (Clock, Ids),
    (store, blobs, spool): (Store, Blobs, Spool),
) -> Result<Services, StartError> {
    let places = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Services {
        store,
        blobs,
        spool,
        bus: Bus::local(),
        ids,
        clock,
        hashes: Hashes::new(secrets.hashes),
        reference_epoch: AtomicU32::new(settings.file_reference_epoch),
        picture_places: Arc::new(Semaphore::new(places)),
        jail: jail(settings).map_err(StartError::Runtime)?,
        rules: rules(settings),
    })
}

/// Where moving pictures are decoded. Its children are started when there is work.
fn jail(settings: &Settings) -> io::Result<Jail> {
    if settings.jail_in_process {
        return Ok(Jail::in_process());
    }
    Jail::start(jail_settings(settings))
}

/// What children of the jail may cost.
pub(crate) fn jail_settings(settings: &Settings) -> JailSettings {
    let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    JailSettings {
        policy: settings.jail,
        children: size(settings.jail_children),
        memory_mib: settings.jail_memory_mib,
        job_cpu_s: settings.jail_job_cpu_s,
        job_s: settings.jail_job_s,
        jobs_per_child: settings.jail_jobs_per_child,
        queue_max: size(settings.jail_queue_max),
        queue_per_account_max: size(settings.jail_queue_per_account_max),
        ..JailSettings::default()
    }
}

/// The highest rising id in use: ids must go on above it even if the clock went back.
async fn highest_id(store: &Store) -> Result<i64, store::StoreError> {
    let mut tx = store.read().await?;
    let photo = photos::last_id(&mut tx).await?;
    let picture = photo.max(stickers::last_id(&mut tx).await?);
    Ok(picture.max(updates::last_change_id_of_all(&mut tx).await?))
}

fn rules(settings: &Settings) -> Rules {
    let seconds = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX);
    let bytes = |mib: u64| i64::try_from(mib.saturating_mul(1024 * 1024)).unwrap_or(i64::MAX);
    Rules {
        suggest_requires: settings.suggest_requires,
        media_combinations: settings.media_combinations,
        stills: media::Limits {
            bytes_max: usize::try_from(settings.picture_bytes_max).unwrap_or(usize::MAX),
            pixels_max: settings.picture_pixels_max,
            side_px_min: settings.picture_side_px_min,
            ..media::Limits::default()
        },
        clips: motion::ClipLimits {
            bytes_max: usize::try_from(u64::from(settings.clip_mib_max) << 20)
                .unwrap_or(usize::MAX),
            duration_ms_max: settings
                .clip_seconds_max
                .saturating_mul(1000)
                .saturating_add(500),
            side_px_min: settings.clip_side_px_min,
            side_px_max: settings.clip_side_px_max,
        },
        profile_photos_max: settings.profile_photos_max.into(),
        upload_parts_max: i32::try_from(settings.upload_parts_max).unwrap_or(i32::MAX),
        upload_waiting_bytes_max: bytes(settings.upload_waiting_mib_max),
        upload_lifetime_s: seconds(settings.upload_part_lifetime_s),
        reference_lifetime_s: settings.file_reference_lifetime_s.map_or(0, seconds),
        login_code: settings.login_code.clone(),
        login_code_lifetime_s: seconds(settings.login_code_lifetime_s),
        api_ids: settings.api_ids.clone().unwrap_or_default(),
    }
}

/// What the protocol of all connections shares.
pub(super) fn protocol(key: PrivateKey, salts: [u8; 32], random: &mut Random) -> Shared {
    let config = Config::new(RsaKeys::new(vec![key]), random);
    Shared {
        salts: Salts::new(salts),
        handshake: Arc::new(config),
    }
}

/// Recognises transports, with the secrets that clients may use.
pub(super) fn detector(settings: &Settings) -> Detector {
    let secrets = settings.proxy_secrets.iter();
    Detector::new(
        secrets
            .filter_map(|secret| Secret::from_bytes(&secret.0))
            .collect(),
    )
}

/// A socket that listens on `address`, also when one of an earlier server has just closed.
pub(super) fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}
