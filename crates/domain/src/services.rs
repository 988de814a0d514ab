//! What every rule works with: the store, the clock, the ids, the limits.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use jail::Jail;
use store::{Store, Tx, blobs::Blobs, bus::Bus, spool::Spool};
use tokio::sync::Semaphore;

use crate::{Clock, Error, Hashes, Ids, ReferenceAge};

/// Everything the rules reach, shared by all requests.
#[derive(Debug)]
pub struct Services {
    /// Rows.
    pub store: Store,
    /// Finished files, by content.
    pub blobs: Blobs,
    /// Parts of uploads that are not finished.
    pub spool: Spool,
    /// Tells whoever holds an account's sessions to look again.
    pub bus: Bus,
    /// Time.
    pub clock: Clock,
    /// Rising ids.
    pub ids: Ids,
    /// Access hashes and file references.
    pub hashes: Hashes,
    /// File references of an earlier epoch have expired.
    pub reference_epoch: AtomicU32,
    /// Places for picture work: decoding is heavy, so only this many run at once.
    pub picture_places: Arc<Semaphore>,
    /// Where moving pictures are decoded and drawn.
    pub jail: Jail,
    /// What the host chose.
    pub rules: Rules,
}

/// Limits and policies that a host may set.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Who may be sent a suggestion.
    pub suggest_requires: SuggestRequires,
    /// Whether `file`, `video` and markup may come together.
    pub media_combinations: MediaCombinations,
    /// Limits of a still picture, checked before it is decoded.
    pub stills: media::Limits,
    /// Limits of a clip, checked before its frames are decoded.
    pub clips: motion::ClipLimits,
    /// Pictures on one profile; one more is ALBUM_PHOTOS_TOO_MANY.
    pub profile_photos_max: i64,
    /// Parts of one upload.
    pub upload_parts_max: i32,
    /// Bytes of one account's uploads that wait; with more, no new file is begun.
    pub upload_waiting_bytes_max: i64,
    /// Seconds after which parts that nobody used are removed.
    pub upload_lifetime_s: i64,
    /// Seconds after which a file reference expires; 0: never.
    pub reference_lifetime_s: i64,
    /// Hands everyone this login code; `None`: five random digits.
    pub login_code: Option<String>,
    /// Seconds in which a login code is good.
    pub login_code_lifetime_s: i64,
    /// Pairs of api_id and api_hash that are accepted; empty: all.
    pub api_ids: Vec<i32>,
}

/// Who may be sent a suggested picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuggestRequires {
    /// The target is the caller's contact.
    Contact,
    /// A contact, or somebody the caller has messages with.
    ContactOrChat,
    /// Any user.
    Anyone,
}

/// From whom `file`, `video` and markup are accepted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaCombinations {
    /// Callers whose `lang_pack` names a mobile app.
    MobileApps,
    /// Nobody.
    Never,
    /// Everybody.
    Always,
}

impl Services {
    /// Commits, then wakes the sessions of the accounts whose journal grew.
    ///
    /// # Errors
    /// The commit failed: nothing happened and nobody is woken.
    pub async fn commit(&self, tx: Tx, wake: &[i64]) -> Result<(), Error> {
        tx.commit().await?;
        for user_id in wake {
            self.bus.wake(*user_id);
        }
        Ok(())
    }

    /// What decides whether a file reference has expired.
    pub fn reference_age(&self) -> ReferenceAge {
        ReferenceAge {
            epoch: self.reference_epoch.load(Ordering::Relaxed),
            now: self.clock.unix_seconds(),
            lifetime: self.rules.reference_lifetime_s,
        }
    }
}
