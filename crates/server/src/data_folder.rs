//! The data folder: made readable for its owner alone, used by one server at a time, and written
//! so that a file is either there whole or not there.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::start::StartError;

/// The file whose lock says that a server is running here; it holds that server's process id.
const LOCK_FILE: &str = "server.lock";

/// A data folder that this process holds until the value is dropped.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Creates the folder when it is missing, and takes it for this process.
    ///
    /// # Errors
    /// [`StartError::DataBusy`] when another server holds it, [`StartError::DataFolder`] when it
    /// cannot be created or written.
    pub(crate) fn open(path: &Path) -> Result<DataFolder, StartError> {
        let unusable = |error| StartError::DataFolder {
            path: path.to_owned(),
            error,
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(unusable)?;
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path.join(LOCK_FILE))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Without its number the message is still true.
                let _ = lock.read_to_string(&mut holder);
                let process = holder.trim().parse().ok();
                return Err(StartError::DataBusy {
                    path: path.to_owned(),
                    process,
                });
            }
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        lock.set_len(0).map_err(unusable)?;
        writeln!(lock, "{}", std::process::id()).map_err(unusable)?;
        Ok(DataFolder {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The whole file `name`, or `None` when there is none.
    pub(crate) fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes the file `name` with the permissions `mode`; after return it is on the disk whole.
    pub(crate) fn write(&self, name: &str, mode: u32, bytes: &[u8]) -> io::Result<()> {
        let unfinished = self.path.join(format!("{name}.new"));
        // Left over from a start that was cut off; with its old permissions it is of no use.
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, self.path.join(name))?;
        File::open(&self.path)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_folder_in_use_is_refused_with_the_process_that_uses_it() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        let held = DataFolder::open(&path).unwrap();
        let Err(StartError::DataBusy { process, .. }) = DataFolder::open(&path) else {
            panic!("opened twice");
        };
        assert_eq!(process, Some(std::process::id()));
        drop(held);
        DataFolder::open(&path).unwrap();
    }

    #[test]
    fn files_get_their_permissions_and_replace_leftovers() {
        let parent = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(&parent.path().join("data")).unwrap();
        fs::write(folder.path().join("secret.new"), b"half").unwrap();
        folder.write("secret", 0o600, b"whole").unwrap();
        assert_eq!(
            folder.read("secret").unwrap().as_deref(),
            Some(&b"whole"[..])
        );
        let mode = fs::metadata(folder.path().join("secret"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(folder.read("nothing").unwrap(), None);
    }

    #[test]
    fn a_file_in_place_of_the_folder_is_unusable() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        fs::write(&path, b"").unwrap();
        assert!(matches!(
            DataFolder::open(&path),
            Err(StartError::DataFolder { .. })
        ));
    }
}
