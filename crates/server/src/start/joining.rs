//! One of several servers on a store: it must have their key, their secret and their folder of blobs,
//! or clients and pictures of one would be unknown to the other (docs/decisions/0180).

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use domain::{Clock, Services};
use store::rows::counters;
use store::{Store, StoreError};

use super::{START_RETRIES_MAX, StartError, parts};
use crate::data_folder::DataFolder;
use crate::server_key::{Identity, SECRET_FILE, SERVER_KEY_FILE, random};
use crate::settings::{OtherIdentity, Settings};
use crate::until_first::until_first;

/// The name under which the store keeps a digest of key and secret.
const IDENTITY: &str = "identity";
/// The name under which the store keeps the number of the folder of blobs.
const BLOBS: &str = "blobs";
/// The file with that number in the folder of blobs.
const FOLDER_ID_FILE: &str = "folder_id";

/// Opens everything that the rules reach, as one of the servers that the store knows. What is missing is
/// made, unless others have it.
pub(super) async fn begin(
    settings: &Settings,
    folder: &DataFolder,
    clock: Clock,
) -> Result<(Identity, Services), StartError> {
    let (identity, store) = if settings.store_is_shared() {
        let store = parts::store(settings).await?;
        (known_identity(settings, folder, &store).await?, store)
    } else {
        // A key that cannot be used leaves the rows untouched.
        (Identity::load(folder)?, parts::store(settings).await?)
    };
    let (blobs, spool) = parts::files(settings)?;
    if let (true, Some(path)) = (settings.store_is_shared(), settings.blob_folder()) {
        known_folder(settings, &path, &store).await?;
    }
    let kept = (store, blobs, spool);
    let services = parts::services(settings, &identity.secrets, clock, kept).await?;
    Ok((identity, services))
}

async fn known_identity(
    settings: &Settings,
    folder: &DataFolder,
    store: &Store,
) -> Result<Identity, StartError> {
    let stranger = || StartError::Stranger {
        whose: "with another key",
        remedy: format!(
            "copy {SERVER_KEY_FILE} and {SECRET_FILE} of one of them to {}",
            folder.path().display()
        ),
    };
    let refuses = settings.other_identity == OtherIdentity::Refuse;
    let known = kept(store, IDENTITY).await?;
    // Before a key is made that nobody can use.
    if known.is_some() && refuses && !Identity::is_in(folder) {
        return Err(stranger());
    }
    let identity = Identity::load(folder)?;
    let own = identity.digest();
    if same(store, IDENTITY, (own, refuses)).await? {
        Ok(identity)
    } else {
        Err(stranger())
    }
}

async fn known_folder(settings: &Settings, path: &Path, store: &Store) -> Result<(), StartError> {
    let stranger = || StartError::Stranger {
        whose: "with another folder of blobs",
        remedy: format!(
            "let blobs name the folder that all of them share; {} is not it",
            path.display()
        ),
    };
    let unusable = |error| StartError::DataFolder {
        path: path.to_owned(),
        error,
    };
    let refuses = settings.other_identity == OtherIdentity::Refuse;
    let known = kept(store, BLOBS).await?;
    let own = match folder_id(path).map_err(unusable)? {
        Some(own) => own,
        None if known.is_some() && refuses => return Err(stranger()),
        None => {
            make_folder_id(path)?;
            let made = folder_id(path).map_err(unusable)?;
            made.ok_or_else(|| unusable(ErrorKind::InvalidData.into()))?
        }
    };
    if same(store, BLOBS, (own, refuses)).await? {
        Ok(())
    } else {
        Err(stranger())
    }
}

/// The number of a folder; `None`: it has none yet, or its file holds something else.
fn folder_id(path: &Path) -> std::io::Result<Option<i64>> {
    match fs::read_to_string(path.join(FOLDER_ID_FILE)) {
        Ok(text) => Ok(u64::from_str_radix(text.trim(), 16)
            .ok()
            .map(u64::cast_signed)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Two servers that start at the same time may both come here: the first to name its file has made it.
fn make_folder_id(path: &Path) -> Result<(), StartError> {
    let [a, b, c, d, e, f, g, h, ..] = random()?;
    let number = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    let (unnamed, named) = (
        path.join(format!("{FOLDER_ID_FILE}.{number:016x}")),
        path.join(FOLDER_ID_FILE),
    );
    let write = || {
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&unnamed)?;
        writeln!(file, "{number:016x}")?;
        file.sync_all()?;
        match fs::hard_link(&unnamed, &named) {
            Ok(()) => fs::remove_file(&unnamed)?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::remove_file(&unnamed)?,
            // A file system without links.
            Err(_) => fs::rename(&unnamed, &named)?,
        }
        fs::File::open(path)?.sync_all()
    };
    write().map_err(|error| StartError::DataFolder {
        path: path.to_owned(),
        error,
    })
}

async fn kept(store: &Store, name: &str) -> Result<Option<i64>, StoreError> {
    let mut tx = store.read().await?;
    counters::kept(&mut tx, name).await
}

/// Whether the store keeps this number; one that keeps none keeps it from now on, and so does one that
/// keeps another, unless that is refused.
async fn same(store: &Store, name: &str, (own, refuses): (i64, bool)) -> Result<bool, StoreError> {
    let compare = async || {
        let mut tx = store.begin().await?;
        match counters::kept(&mut tx, name).await? {
            Some(known) if known == own => Ok(true),
            Some(_) if refuses => Ok(false),
            other => {
                if other.is_some() {
                    tracing::warn!(name, "the store knew another one; this one takes its place");
                }
                counters::keep(&mut tx, name, own).await?;
                tx.commit().await?;
                Ok(true)
            }
        }
    };
    // Another server that starts came first.
    until_first!(START_RETRIES_MAX, compare())
}
