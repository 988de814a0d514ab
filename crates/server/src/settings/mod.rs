//! Every setting of the server as one plain struct, and how its value is found:
//! flag, then `CAMEO_…` variable, then TOML file, then default.
//! The list that `cameo settings` prints, with limits and explanations, stands in `table.rs`.

mod error;
mod sources;
mod table;
mod values;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

pub use domain::{MediaCombinations, SuggestRequires};
pub use error::{Origin, SettingError};
pub use jail::Policy;
pub use sources::Sources;
pub use table::{Kind, SETTINGS, Setting};
pub use values::{LogFormat, OtherIdentity, ProxySecret};

/// What the server was told to be. Plain fields: tests and embedders fill them directly.
/// Every field is explained by the row of the same name in [`SETTINGS`].
#[derive(Debug, Clone, PartialEq)]
#[expect(
    missing_docs,
    reason = "each field is explained once, by its row in table.rs"
)]
pub struct Settings {
    pub data: PathBuf,
    pub listen: SocketAddr,
    pub advertise_ip: Option<IpAddr>,
    pub advertise_port: Option<u16>,
    pub dc: i32,
    pub store: Option<String>,
    pub blobs: Option<String>,
    pub bus: Option<String>,
    pub other_identity: OtherIdentity,

    pub login_code: Option<String>,
    pub login_code_lifetime_s: u64,
    pub api_ids: Option<Vec<i32>>,
    pub suggest_requires: SuggestRequires,
    pub media_combinations: MediaCombinations,

    pub proxy_secrets: Vec<ProxySecret>,
    pub tls_cert: Option<PathBuf>,
    pub tls_key: Option<PathBuf>,

    pub picture_side_px_min: u32,
    pub picture_bytes_max: u64,
    pub picture_pixels_max: u64,
    pub clip_seconds_max: u32,
    pub clip_mib_max: u32,
    pub clip_side_px_min: u32,
    pub clip_side_px_max: u32,
    pub profile_photos_max: u32,
    pub upload_parts_max: u32,
    pub upload_part_lifetime_s: u64,
    /// Uploads of one account that wait together, in MiB; with more, no new one is begun.
    pub upload_waiting_mib_max: u64,
    pub sweep_interval_s: u64,
    pub file_reference_epoch: u32,
    pub file_reference_lifetime_s: Option<u64>,

    pub jail: Policy,
    pub jail_children: u32,
    pub jail_memory_mib: u64,
    pub jail_job_cpu_s: u64,
    pub jail_job_s: u64,
    pub jail_jobs_per_child: u32,
    pub jail_queue_max: u32,
    pub jail_queue_per_account_max: u32,
    /// No children at all: for servers inside tests, whose program has no child's side. It has no row, so that
    /// nobody switches the jail off unawares.
    pub jail_in_process: bool,

    pub connections_max: u32,
    pub connections_per_ip_max: u32,
    pub handshakes_max: u32,
    pub session_lifetime_s: u64,
    pub drain_timeout_s: u64,

    pub log: String,
    pub log_format: LogFormat,
}

/// The address that `serve` listens on when nobody says otherwise.
/// Source: the program's contract in the README.
pub const LISTEN_DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 10443);

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            data: PathBuf::from("./cameo-data"),
            listen: LISTEN_DEFAULT,
            advertise_ip: None,
            advertise_port: None,
            dc: 2,
            store: None,
            blobs: None,
            bus: None,
            other_identity: OtherIdentity::Refuse,
            login_code: None,
            login_code_lifetime_s: 300,
            api_ids: None,
            suggest_requires: SuggestRequires::Contact,
            media_combinations: MediaCombinations::MobileApps,
            proxy_secrets: Vec::new(),
            tls_cert: None,
            tls_key: None,
            picture_side_px_min: 160,
            picture_bytes_max: 10 * 1024 * 1024,
            picture_pixels_max: 50_000_000,
            clip_seconds_max: 10,
            clip_mib_max: 2,
            clip_side_px_min: 160,
            clip_side_px_max: 1280,
            profile_photos_max: 500,
            upload_parts_max: 4000,
            upload_part_lifetime_s: 6 * 60 * 60,
            upload_waiting_mib_max: 2048,
            sweep_interval_s: 600,
            file_reference_epoch: 0,
            file_reference_lifetime_s: None,
            jail: Policy::Required,
            jail_children: 0,
            jail_memory_mib: 512,
            jail_job_cpu_s: 10,
            jail_job_s: 30,
            jail_jobs_per_child: 64,
            jail_queue_max: 64,
            jail_queue_per_account_max: 8,
            jail_in_process: false,
            connections_max: 100_000,
            connections_per_ip_max: 10_000,
            handshakes_max: 0,
            session_lifetime_s: 600,
            drain_timeout_s: 10,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
        }
    }
}

impl Settings {
    /// Settings for a server inside a test: any free port of the loopback address, one login code
    /// for everyone. `data` is left at its default; a test sets its own folder.
    pub fn for_tests() -> Settings {
        Settings {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            login_code: Some("12345".to_owned()),
            log: "warn".to_owned(),
            jail_in_process: true,
            ..Settings::default()
        }
    }

    /// Reads every source and checks the result.
    ///
    /// # Errors
    /// [`SettingError`], worded as one line that names the setting and where its value came from.
    pub fn load(sources: &Sources) -> Result<Settings, SettingError> {
        let settings = sources.resolve()?;
        settings.check()?;
        Ok(settings)
    }

    /// The database that the store opens.
    pub fn store_url(&self) -> String {
        let default = || format!("sqlite:{}", self.data.join("cameo.db").display());
        self.store.clone().unwrap_or_else(default)
    }

    /// Whether other servers may share the store: it is a PostgreSQL.
    pub fn store_is_shared(&self) -> bool {
        let store = self.store.as_deref().unwrap_or_default();
        !store.is_empty() && !store.starts_with("sqlite:")
    }

    /// Where blobs are; `None`: in memory.
    pub fn blob_folder(&self) -> Option<PathBuf> {
        match self.blobs.as_deref() {
            Some("memory:") => None,
            Some(url) => {
                let path = url.strip_prefix("file:").unwrap_or(url);
                // As in an address without a host: file:///folder.
                Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
            }
            None => Some(self.data.join("blobs")),
        }
    }

    /// Where parts of uploads wait: beside the blobs, where whoever shares these finds them, too.
    pub fn spool_folder(&self) -> PathBuf {
        match (&self.blobs, self.blob_folder()) {
            (Some(_), Some(folder)) => folder.join("spool"),
            _ => self.data.join("spool"),
        }
    }

    /// The address that a client which reached `local` is told to use.
    pub fn advertised(&self, local: SocketAddr) -> SocketAddr {
        let ip = self.advertise_ip.unwrap_or(local.ip().to_canonical());
        SocketAddr::new(ip, self.advertise_port.unwrap_or(local.port()))
    }

    /// The rules that concern more than one setting.
    ///
    /// # Errors
    /// [`SettingError::Together`]: a certificate without its key, or a key without certificate; a bus
    /// between nodes without a store that they can share.
    pub fn check(&self) -> Result<(), SettingError> {
        if self.tls_cert.is_some() != self.tls_key.is_some() {
            return Err(SettingError::Together {
                first: "tls_cert",
                second: "tls_key",
            });
        }
        if self.bus.as_deref() == Some("store") && !self.store_is_shared() {
            return Err(SettingError::Lacks {
                name: "bus = store",
                needed: "a store of PostgreSQL",
            });
        }
        Ok(())
    }
}
