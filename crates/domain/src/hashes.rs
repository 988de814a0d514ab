//! Access hashes and file references: what a client must show to prove that it was given an object.
//!
//! Both are keyed digests that name the viewer, so nothing has to be stored and what one account was
//! given is worthless to another.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Refusal;

/// Length of a file reference in bytes: version, epoch, time of issue, digest.
const REFERENCE_BYTES: usize = 1 + 4 + 4 + 12;
const REFERENCE_VERSION: u8 = 1;

/// What a hash or reference was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A user, `inputUser` and `inputPeerUser`.
    User,
    /// A photo, `inputPhoto` and `inputPhotoFileLocation`.
    Photo,
    /// A channel, `inputChannel` and `inputPeerChannel`.
    Channel,
    /// A sticker or custom emoji, `inputDocument` and `inputDocumentFileLocation`.
    Document,
    /// A sticker set, `inputStickerSetID`.
    StickerSet,
    /// A login of one's own account, `authorization.hash`.
    Login,
}

/// One object as one account sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it is.
    pub kind: Kind,
    /// The account that is shown it, by `user_id`.
    pub viewer: i64,
    /// Its id.
    pub id: i64,
}

impl Seen {
    /// User `id` as `viewer` sees it.
    pub fn user(viewer: i64, id: i64) -> Self {
        Self {
            kind: Kind::User,
            viewer,
            id,
        }
    }

    /// Photo `id` as `viewer` sees it.
    pub fn photo(viewer: i64, id: i64) -> Self {
        Self {
            kind: Kind::Photo,
            viewer,
            id,
        }
    }

    /// Channel `id` as `viewer` sees it.
    pub fn channel(viewer: i64, id: i64) -> Self {
        Self {
            kind: Kind::Channel,
            viewer,
            id,
        }
    }

    /// Sticker or custom emoji `id` as `viewer` sees it.
    pub fn document(viewer: i64, id: i64) -> Self {
        Self {
            kind: Kind::Document,
            viewer,
            id,
        }
    }

    /// Sticker set `id` as `viewer` sees it.
    pub fn sticker_set(viewer: i64, id: i64) -> Self {
        Self {
            kind: Kind::StickerSet,
            viewer,
            id,
        }
    }

    /// The login of `viewer` on key `auth_key_id`.
    pub fn login(viewer: i64, auth_key_id: i64) -> Self {
        Self {
            kind: Kind::Login,
            viewer,
            id: auth_key_id,
        }
    }
}

/// Makes and checks access hashes and file references from one durable secret.
pub struct Hashes {
    secret: [u8; 32],
}

impl std::fmt::Debug for Hashes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hashes")
    }
}

/// The state of file references on this server: references of an older epoch, or older than the
/// lifetime, have expired.
#[derive(Clone, Copy, Debug)]
pub struct ReferenceAge {
    /// Raised by an administrator or a test to make every earlier reference expire.
    pub epoch: u32,
    /// Unix seconds.
    pub now: i64,
    /// Seconds; 0: references do not expire by age.
    pub lifetime: i64,
}

impl Hashes {
    /// `secret` must survive restarts: clients keep hashes for years.
    pub fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    /// `access_hash` of an object for its viewer; never 0, which some clients read as "unknown".
    pub fn access_hash(&self, seen: Seen) -> i64 {
        let digest = self.digest(b"access", seen, &[]);
        let hash = i64::from_be_bytes([
            digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7],
        ]);
        if hash == 0 { 1 } else { hash }
    }

    /// `file_reference` of an object for its viewer.
    pub fn reference(&self, seen: Seen, age: ReferenceAge) -> Vec<u8> {
        let issued = if age.lifetime == 0 {
            0
        } else {
            (age.now & 0xffff_ffff) as u32
        };
        let mut bytes = Vec::with_capacity(REFERENCE_BYTES);
        bytes.push(REFERENCE_VERSION);
        bytes.extend_from_slice(&age.epoch.to_be_bytes());
        bytes.extend_from_slice(&issued.to_be_bytes());
        let digest = self.digest(b"reference", seen, &bytes);
        bytes.extend_from_slice(&digest[..12]);
        bytes
    }

    /// # Errors
    /// FILE_REFERENCE_EMPTY: no bytes. FILE_REFERENCE_INVALID: not made here for this viewer and object.
    /// FILE_REFERENCE_EXPIRED: an older epoch, or older than the lifetime.
    pub fn check_reference(
        &self,
        seen: Seen,
        given: &[u8],
        age: ReferenceAge,
    ) -> Result<(), Refusal> {
        if given.is_empty() {
            return Err(Refusal::FILE_REFERENCE_EMPTY);
        }
        if given.len() != REFERENCE_BYTES || given[0] != REFERENCE_VERSION {
            return Err(Refusal::FILE_REFERENCE_INVALID);
        }
        let digest = self.digest(b"reference", seen, &given[..9]);
        if !same(&digest[..12], &given[9..]) {
            return Err(Refusal::FILE_REFERENCE_INVALID);
        }
        let word = |at: usize| {
            u32::from_be_bytes([given[at], given[at + 1], given[at + 2], given[at + 3]])
        };
        let too_old = age.lifetime > 0 && i64::from(word(5)) + age.lifetime < age.now;
        if word(1) != age.epoch || too_old {
            return Err(Refusal::FILE_REFERENCE_EXPIRED);
        }
        Ok(())
    }

    fn digest(&self, purpose: &[u8], seen: Seen, more: &[u8]) -> [u8; 32] {
        // One block of the digest: the secret followed by zeros, which is what the standard pads to.
        let mut key = [0; 64];
        key[..32].copy_from_slice(&self.secret);
        let mut mac = Hmac::<Sha256>::new(&key.into());
        mac.update(purpose);
        mac.update(&[match seen.kind {
            Kind::User => 1,
            Kind::Photo => 2,
            Kind::Login => 3,
            Kind::Channel => 4,
            Kind::Document => 5,
            Kind::StickerSet => 6,
        }]);
        mac.update(&seen.viewer.to_be_bytes());
        mac.update(&seen.id.to_be_bytes());
        mac.update(more);
        mac.finalize().into_bytes().into()
    }
}

/// Compares in a time that does not tell where the first difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (x, y)| differs | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGE: ReferenceAge = ReferenceAge {
        epoch: 1,
        now: 1_700_000_000,
        lifetime: 0,
    };

    #[test]
    fn a_hash_belongs_to_one_viewer_and_one_object() {
        let hashes = Hashes::new([7; 32]);
        let hash = hashes.access_hash(Seen::user(1, 2));
        assert_eq!(hash, hashes.access_hash(Seen::user(1, 2)));
        assert_ne!(hash, hashes.access_hash(Seen::user(3, 2)));
        assert_ne!(hash, hashes.access_hash(Seen::user(1, 3)));
        assert_ne!(hash, hashes.access_hash(Seen::photo(1, 2)));
        let document = hashes.access_hash(Seen::document(1, 2));
        assert_ne!(document, hashes.access_hash(Seen::sticker_set(1, 2)));
    }

    #[test]
    fn a_reference_says_why_it_is_refused() {
        let hashes = Hashes::new([7; 32]);
        let reference = hashes.reference(Seen::photo(1, 2), AGE);
        let check = |viewer, given: &[u8], age| {
            hashes
                .check_reference(Seen::photo(viewer, 2), given, age)
                .map_err(|no| no.name().to_owned())
        };
        assert_eq!(check(1, &reference, AGE), Ok(()));
        assert_eq!(check(1, &[], AGE), Err("FILE_REFERENCE_EMPTY".into()));
        assert_eq!(
            check(1, &reference[1..], AGE),
            Err("FILE_REFERENCE_INVALID".into())
        );
        assert_eq!(
            check(9, &reference, AGE),
            Err("FILE_REFERENCE_INVALID".into())
        );
        let later = ReferenceAge { epoch: 2, ..AGE };
        assert_eq!(
            check(1, &reference, later),
            Err("FILE_REFERENCE_EXPIRED".into())
        );
    }

    #[test]
    fn a_lifetime_makes_references_expire_by_age() {
        let hashes = Hashes::new([7; 32]);
        let age = ReferenceAge {
            lifetime: 60,
            ..AGE
        };
        let reference = hashes.reference(Seen::photo(1, 2), age);
        let at = |now| {
            hashes.check_reference(Seen::photo(1, 2), &reference, ReferenceAge { now, ..age })
        };
        assert_eq!(at(AGE.now + 60), Ok(()));
        assert_eq!(at(AGE.now + 61), Err(Refusal::FILE_REFERENCE_EXPIRED));
    }
}
