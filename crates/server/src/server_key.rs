//! What a server is known by: the RSA key that clients carry, and a secret from which salts,
//! access hashes and file references follow. Made at the first start, kept for ever; nodes that
//! share a store need the same two secret ones, and the store knows a digest of them.

use std::path::{Path, PathBuf};

use mtproto::crypto::rsa::{PrivateKey, PublicKey};
use mtproto::crypto::{Random, sha};

use crate::data_folder::DataFolder;
use crate::start::StartError;

/// The private key, readable by its owner only. Source: the program's contract.
pub(crate) const SERVER_KEY_FILE: &str = "server_key.pem";
/// The public key, for clients. Source: the program's contract.
pub(crate) const PUBLIC_KEY_FILE: &str = "public_key.pem";
/// The secret under salts, access hashes and file references.
pub(crate) const SECRET_FILE: &str = "server_secret";

const SECRET_BYTES: usize = 32;
const OWNER_ONLY: u32 = 0o600;
const EVERYBODY_READS: u32 = 0o644;

/// Secrets for different purposes; knowing one says nothing about the other.
#[derive(Clone)]
pub(crate) struct Secrets {
    /// For [`mtproto`]'s salts.
    pub(crate) salts: [u8; SECRET_BYTES],
    /// For the access hashes and file references of [`domain::Hashes`].
    pub(crate) hashes: [u8; SECRET_BYTES],
}

impl Secrets {
    /// Those of a server that was started before on this folder; `None`: there are none.
    pub(crate) fn read(data: &Path) -> Option<Secrets> {
        let bytes = std::fs::read(data.join(SECRET_FILE)).ok()?;
        Some(Secrets::from(bytes.try_into().ok()?))
    }

    /// For looking into data without its folder; what follows from them fits nobody.
    pub(crate) fn none() -> Secrets {
        Secrets::from([0; SECRET_BYTES])
    }

    fn from(secret: [u8; SECRET_BYTES]) -> Secrets {
        // One hash suffices: label and secret have fixed lengths, and no result is ever shown.
        let derive = |label: &[u8]| sha::sha256(&[&secret, label]);
        Secrets {
            salts: derive(b"cameo salts"),
            hashes: derive(b"cameo hashes"),
        }
    }
}

/// What the folder holds.
pub(crate) struct Identity {
    /// The server's RSA key.
    pub(crate) key: PrivateKey,
    /// The derived secrets.
    pub(crate) secrets: Secrets,
    /// Where the public key is.
    pub(crate) public_key_pem: PathBuf,
    digest: i64,
}

impl Identity {
    /// Reads the files, or makes those that are missing. Takes some 100 ms the first time.
    ///
    /// # Errors
    /// [`StartError::Key`] for a file that is no usable key, [`StartError::DataFolder`] when the
    /// folder cannot be read or written.
    pub(crate) fn load(folder: &DataFolder) -> Result<Identity, StartError> {
        let unusable = |error| StartError::DataFolder {
            path: folder.path().to_owned(),
            error,
        };
        let key = match folder.read(SERVER_KEY_FILE).map_err(unusable)? {
            Some(pem) => key_from(&pem, folder.path().join(SERVER_KEY_FILE))?,
            None => {
                let key = PrivateKey::generate(&mut Random::new(random()?));
                let pem = key.to_pem();
                folder
                    .write(SERVER_KEY_FILE, OWNER_ONLY, pem.as_bytes())
                    .map_err(unusable)?;
                key
            }
        };
        let public = key.public().to_pem();
        let written = folder.read(PUBLIC_KEY_FILE).map_err(unusable)?;
        if written.as_deref() != Some(public.as_bytes()) {
            folder
                .write(PUBLIC_KEY_FILE, EVERYBODY_READS, public.as_bytes())
                .map_err(unusable)?;
        }
        let secret = match folder.read(SECRET_FILE).map_err(unusable)? {
            Some(bytes) => bytes.try_into().map_err(|_| StartError::Key {
                path: folder.path().join(SECRET_FILE),
                problem: format!("not a secret of {SECRET_BYTES} bytes"),
            })?,
            None => {
                let secret = random()?;
                folder
                    .write(SECRET_FILE, OWNER_ONLY, &secret)
                    .map_err(unusable)?;
                secret
            }
        };
        let public_key_pem = folder.path().join(PUBLIC_KEY_FILE);
        let digest = sha::sha256(&[b"cameo identity", &secret, public.as_bytes()]);
        let [a, b, c, d, e, f, g, h, ..] = digest;
        Ok(Identity {
            key,
            secrets: Secrets::from(secret),
            public_key_pem,
            digest: i64::from_le_bytes([a, b, c, d, e, f, g, h]),
        })
    }

    /// Whether the folder has key and secret already.
    pub(crate) fn is_in(folder: &DataFolder) -> bool {
        let there = |name| matches!(folder.read(name), Ok(Some(_)));
        there(SERVER_KEY_FILE) && there(SECRET_FILE)
    }

    /// A number that is the same for servers with the same key and secret, and tells nothing of either.
    pub(crate) fn digest(&self) -> i64 {
        self.digest
    }
}

fn key_from(pem: &[u8], path: PathBuf) -> Result<PrivateKey, StartError> {
    let text = std::str::from_utf8(pem).unwrap_or_default();
    PrivateKey::from_pem(text).map_err(|error| StartError::Key {
        path,
        problem: error.to_string(),
    })
}

/// The public key of a server that was started before on this folder.
///
/// # Errors
/// [`StartError::Key`] when there is none, or it is no key.
pub(crate) fn public_key(data: &Path) -> Result<PublicKey, StartError> {
    let path = data.join(PUBLIC_KEY_FILE);
    let problem = |problem| StartError::Key {
        path: path.clone(),
        problem,
    };
    let text = std::fs::read_to_string(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            problem("there is none yet; `cameo serve` makes it at its first start".to_owned())
        }
        _ => problem(error.to_string()),
    })?;
    PublicKey::from_pem(&text).map_err(|error| problem(error.to_string()))
}

/// Random bytes from the operating system.
pub(crate) fn random() -> Result<[u8; SECRET_BYTES], StartError> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| StartError::Random(error.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_second_start_finds_the_same_key_and_secrets() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        let first = Identity::load(&DataFolder::open(&path).unwrap()).unwrap();
        let second = Identity::load(&DataFolder::open(&path).unwrap()).unwrap();
        let fingerprint = first.key.public().fingerprint();
        assert_eq!(fingerprint, second.key.public().fingerprint());
        assert_eq!(first.secrets.salts, second.secrets.salts);
        assert_eq!(first.secrets.hashes, second.secrets.hashes);
        assert_ne!(first.secrets.salts, first.secrets.hashes);
        assert_eq!(first.digest(), second.digest());
        assert_eq!(public_key(&path).unwrap().fingerprint(), fingerprint);
    }

    #[test]
    fn a_lost_public_key_is_written_again_and_a_damaged_private_one_is_refused() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        let missing = public_key(&path).unwrap_err().to_string();
        assert!(missing.contains("cameo serve"), "{missing}");
        let folder = DataFolder::open(&path).unwrap();
        Identity::load(&folder).unwrap();
        fs::remove_file(path.join(PUBLIC_KEY_FILE)).unwrap();
        Identity::load(&folder).unwrap();
        assert!(path.join(PUBLIC_KEY_FILE).exists());
        fs::write(path.join(SERVER_KEY_FILE), "-----BEGIN").unwrap();
        let Err(StartError::Key { .. }) = Identity::load(&folder) else {
            panic!("a damaged key was taken");
        };
    }
}
