//! The data of a server that does not run, opened for a command: as a guest to look, or held as a server
//! would hold it to change something.

use std::sync::Arc;
use std::time::Duration;

use domain::Clock;

use super::{StartError, joining, parts};
use crate::admin::Host;
use crate::data_folder::DataFolder;
use crate::keys::Keys;
use crate::net::sessions::Sessions;
use crate::server_key::Secrets;
use crate::settings::Settings;

/// Opened data; closes with [`Closed::close`].
pub(crate) struct Closed {
    pub(crate) host: Host,
    _folder: Option<DataFolder>,
}

impl Closed {
    /// Opens the data that `settings` name. Nothing is created where nothing is.
    ///
    /// # Errors
    /// [`StartError`]: there is no data, it cannot be used, or a server holds it.
    pub(crate) async fn open(settings: &Settings, writes: bool) -> Result<Closed, StartError> {
        let (folder, services) = if writes {
            there(settings)?;
            let folder = DataFolder::open(&settings.data)?;
            let (_, services) = joining::begin(settings, &folder, Clock::system()).await?;
            (Some(folder), services)
        } else {
            // A look answers no hashes; a remote store may be looked into from elsewhere.
            let secrets = Secrets::read(&settings.data).unwrap_or_else(Secrets::none);
            (None, parts::guest(settings, &secrets).await?)
        };
        let services = Arc::new(services);
        let sessions = Arc::new(Sessions::new(Duration::ZERO));
        let keys = Arc::new(Keys::new(&services, sessions.clone()));
        Ok(Closed {
            host: Host {
                services,
                keys,
                sessions,
                live: None,
            },
            _folder: folder,
        })
    }

    /// Closes the store and gives the folder back.
    pub(crate) async fn close(self) {
        self.host.services.jail.stop().await;
        self.host.services.bus.close().await;
        self.host.services.store.close().await;
    }
}

/// Whether a server was ever started on the folder.
fn there(settings: &Settings) -> Result<(), StartError> {
    if Secrets::read(&settings.data).is_some() {
        return Ok(());
    }
    Err(StartError::Key {
        path: settings.data.clone(),
        problem: "no server was started on this folder yet; `cameo serve` makes its data"
            .to_owned(),
    })
}
