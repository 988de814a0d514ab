//! What the tests of pictures start from: services in a throw-away folder, people, and pictures.
#![expect(dead_code, reason = "every test file uses a part of it")]
#![expect(
    clippy::unwrap_used,
    reason = "only tests use it, where a panic is the report"
)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use domain::{
    Clock, Error, Hashes, Ids, MediaCombinations, Rules, Seen, Services, SuggestRequires,
    chats::{
        NamedPeer,
        channels::{self, NewChannel},
    },
    peers::Named,
    photos::{Caller, Changed, ForContact, ForProfile, GivenMedia, NamedPhoto},
    uploads::{GivenFile, GivenParts, Part},
};
use store::{
    Store, StoreOptions,
    blobs::Blobs,
    bus::Bus,
    rows::{contacts, messages, photos::PhotoRow, users},
    spool::Spool,
};
use tokio::sync::Semaphore;

/// The session of every caller in these tests.
pub(crate) const SESSION: i64 = 77;

/// What keeps the rows of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    /// The server that `CAMEO_TEST_POSTGRES` names, a schema for each test.
    Postgres,
}

impl Engine {
    /// Whether this run has the engine. The conformance suite of the store says what is left out.
    pub(crate) fn is_there(self) -> bool {
        self == Self::Sqlite || std::env::var("CAMEO_TEST_POSTGRES").is_ok()
    }

    async fn open(self, folder: &std::path::Path) -> Store {
        let options = StoreOptions {
            durable: false,
            readers: 2,
            writers: 4,
            ..StoreOptions::default()
        };
        let url = match self {
            Self::Sqlite => format!("sqlite:{}", folder.join("rows.db").display()),
            Self::Postgres => {
                let address = std::env::var("CAMEO_TEST_POSTGRES").unwrap();
                let number = SCHEMAS.fetch_add(1, Ordering::Relaxed);
                let schema = format!("rules_{}_{number}", std::process::id());
                let outside = Store::open(&address, options.clone()).await.unwrap();
                let mut tx = outside.begin().await.unwrap();
                let sql = format!("CREATE SCHEMA {schema}");
                tx.run(&sql, &[]).await.unwrap();
                tx.commit().await.unwrap();
                outside.close().await;
                format!("{address}?options=-csearch_path%3D{schema}")
            }
        };
        Store::open(&url, options).await.unwrap()
    }
}

static SCHEMAS: AtomicU64 = AtomicU64::new(0);

/// Services with nobody in them.
pub(crate) struct House {
    pub(crate) services: Services,
    folder: tempfile::TempDir,
}

impl House {
    /// On the engine that is always there.
    pub(crate) async fn new() -> Self {
        Self::on(Engine::Sqlite).await
    }

    pub(crate) async fn on(engine: Engine) -> Self {
        Self::with(engine, |_| {}).await
    }

    /// With rules other than the usual ones.
    pub(crate) async fn with(engine: Engine, change: impl FnOnce(&mut Rules)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = engine.open(folder.path()).await;
        // Starts at the time of the spool, which has no other clock than the system's.
        let clock = Clock::standing_at(Clock::system().unix_ms());
        let mut rules = rules();
        change(&mut rules);
        let services = Services {
            store,
            blobs: Blobs::memory_with(system_time(clock.clone())),
            spool: Spool::memory(),
            bus: Bus::local(),
            ids: Ids::above(0, clock.clone()),
            clock,
            hashes: Hashes::new([3; 32]),
            reference_epoch: AtomicU32::new(1),
            picture_places: Arc::new(Semaphore::new(2)),
            jail: jail::Jail::in_process(),
            rules,
        };
        Self { services, folder }
    }

    /// An account with this id.
    pub(crate) async fn person(&self, user_id: i64) -> i64 {
        self.account(user_id, None).await
    }

    /// A bot of `owner`.
    pub(crate) async fn bot(&self, user_id: i64, owner: i64) -> i64 {
        self.account(user_id, Some(owner)).await
    }

    async fn account(&self, user_id: i64, bot_owner_id: Option<i64>) -> i64 {
        let mut tx = self.services.store.begin().await.unwrap();
        let row = users::NewUser {
            user_id,
            phone: bot_owner_id.is_none().then(|| format!("1555{user_id:07}")),
            first_name: format!("User {user_id}"),
            last_name: String::new(),
            bot_owner_id,
            created_at: 1,
        };
        users::insert(&mut tx, &row).await.unwrap();
        messages::open_box(&mut tx, user_id).await.unwrap();
        tx.commit().await.unwrap();
        user_id
    }

    /// A channel of `owner` that anybody finds by its name.
    pub(crate) async fn public_channel(&self, owner: i64, username: &str) -> i64 {
        let services = &self.services;
        let new = NewChannel {
            megagroup: false,
            title: "News".to_owned(),
            about: String::new(),
        };
        let made = channels::create(services, caller(owner), new).await;
        let channel_id = made.unwrap().channel_id;
        let seen = Seen::channel(owner, channel_id);
        let named = NamedPeer::Channel {
            channel_id,
            access_hash: services.hashes.access_hash(seen),
        };
        channels::update_username(services, caller(owner), named, username)
            .await
            .unwrap();
        channel_id
    }

    /// `owner` has `contact` among its contacts.
    pub(crate) async fn befriend(&self, owner: i64, contact: i64) {
        let row = contacts::ContactRow {
            owner_id: owner,
            contact_id: contact,
            phone: String::new(),
            first_name: "Saved".to_owned(),
            last_name: String::new(),
            added_at: 1,
            personal_photo_id: None,
            close_friend: false,
        };
        let mut tx = self.services.store.begin().await.unwrap();
        contacts::put(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// `owner` blocks `user`.
    pub(crate) async fn block(&self, owner: i64, user: i64) {
        let mut tx = self.services.store.begin().await.unwrap();
        contacts::block(&mut tx, owner, user, 1).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// How `viewer` names `user`.
    pub(crate) fn named(&self, viewer: i64, user: i64) -> Named {
        let access_hash = self.services.hashes.access_hash(Seen::user(viewer, user));
        Named::User {
            user_id: user,
            access_hash,
        }
    }

    /// How `viewer` names a photo that it was just given.
    pub(crate) fn named_photo(&self, viewer: i64, photo_id: i64) -> NamedPhoto {
        let seen = Seen::photo(viewer, photo_id);
        let hashes = &self.services.hashes;
        NamedPhoto {
            photo_id,
            access_hash: hashes.access_hash(seen),
            file_reference: hashes.reference(seen, self.services.reference_age()).into(),
        }
    }

    /// Saves `bytes` as one file of 512 KiB parts.
    pub(crate) async fn upload(&self, owner: i64, file_id: i64, bytes: &[u8]) -> GivenParts {
        let mut parts = 0;
        for part in bytes.chunks(512 * 1024) {
            let part = Part {
                file_id,
                part: parts,
                bytes: Bytes::copy_from_slice(part),
            };
            // As the program does: another writer came first, so once more.
            loop {
                match domain::uploads::save(&self.services, owner, part.clone()).await {
                    Err(Error::Conflict) => {}
                    saved => break saved.unwrap(),
                }
            }
            parts += 1;
        }
        GivenParts {
            file_id,
            parts,
            name: "x.bmp".to_owned(),
            md5: String::new(),
        }
    }

    /// The media of a request with a fresh still of one colour.
    pub(crate) async fn still(&self, owner: i64, shade: u8) -> GivenMedia {
        let parts = self
            .upload(owner, i64::from(shade) + 1000, &bmp(200, 200, shade))
            .await;
        GivenMedia {
            file: Some(GivenFile::Uploaded(parts)),
            ..GivenMedia::default()
        }
    }

    /// `viewer` sets the picture that it sees of `target`.
    pub(crate) async fn set(&self, viewer: i64, target: i64, shade: u8) -> Result<PhotoRow, Error> {
        let media = self.still(viewer, shade).await;
        let changed = self.ask(viewer, target, (false, true), media).await?;
        Ok(changed.photo.expect("a set picture is answered with it"))
    }

    /// `viewer` suggests a picture to `target`.
    pub(crate) async fn suggest(
        &self,
        viewer: i64,
        target: i64,
        shade: u8,
    ) -> Result<PhotoRow, Error> {
        let media = self.still(viewer, shade).await;
        let changed = self.ask(viewer, target, (true, false), media).await?;
        Ok(changed
            .photo
            .expect("a suggested picture is answered with it"))
    }

    /// A request about a contact with the flags `suggest` and `save`.
    pub(crate) async fn ask(
        &self,
        viewer: i64,
        target: i64,
        (suggest, save): (bool, bool),
        media: GivenMedia,
    ) -> Result<Changed, Error> {
        let target = self.named(viewer, target);
        let asked = ForContact {
            target,
            suggest,
            save,
            media,
            combinations: false,
        };
        domain::photos::change_for_contact(&self.services, caller(viewer), asked).await
    }

    /// A new main picture of `owner`.
    pub(crate) async fn main(&self, owner: i64, shade: u8) -> PhotoRow {
        self.place(owner, OWN, shade).await.unwrap()
    }

    /// A new picture of `owner` in a place.
    pub(crate) async fn place(
        &self,
        owner: i64,
        place: ForProfile,
        shade: u8,
    ) -> Result<PhotoRow, Error> {
        let media = self.still(owner, shade).await;
        let services = &self.services;
        let changed =
            domain::photos::upload_for_profile(services, caller(owner), place, &media, false);
        Ok(changed
            .await?
            .photo
            .expect("a new picture is answered with it"))
    }

    pub(crate) fn forward(&self, by: Duration) {
        self.services.clock.forward(by);
    }
}

/// The hand of `clock` as the store reads time.
fn system_time(clock: Clock) -> impl Fn() -> SystemTime {
    move || UNIX_EPOCH + Duration::from_millis(clock.unix_ms().cast_unsigned())
}

/// The own list.
pub(crate) const OWN: ForProfile = ForProfile {
    bot: None,
    fallback: false,
};
/// The own fallback.
pub(crate) const FALLBACK: ForProfile = ForProfile {
    bot: None,
    fallback: true,
};

/// An account in a call of its own.
pub(crate) fn caller(user_id: i64) -> Caller {
    // Far from the numbers that tests give to messages: a call may leave one in a channel.
    static CALLS: AtomicI64 = AtomicI64::new(1 << 40);
    Caller {
        user_id,
        session_id: SESSION,
        call_id: CALLS.fetch_add(1, Ordering::Relaxed),
    }
}

/// The protocol's word for `error`.
pub(crate) fn word(error: Error) -> String {
    match error {
        Error::Refused(refusal) => refusal.name().to_owned(),
        other => panic!("a refusal was expected, not {other:?}"),
    }
}

/// A picture of `width` by `height` pixels, each with its own grey around `shade`.
pub(crate) fn bmp(width: u32, height: u32, shade: u8) -> Vec<u8> {
    let row = (width as usize * 3).next_multiple_of(4);
    let pixels = row * height as usize;
    let mut bytes = Vec::with_capacity(54 + pixels);
    bytes.extend_from_slice(b"BM");
    bytes.extend_from_slice(&(54 + pixels as u32).to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&54_u32.to_le_bytes());
    bytes.extend_from_slice(&40_u32.to_le_bytes());
    bytes.extend_from_slice(&width.to_le_bytes());
    bytes.extend_from_slice(&height.to_le_bytes());
    bytes.extend_from_slice(&1_u16.to_le_bytes());
    bytes.extend_from_slice(&24_u16.to_le_bytes());
    bytes.extend_from_slice(&[0; 24]);
    for y in 0..height {
        let mut line: Vec<u8> = (0..width)
            .flat_map(|x| [shade.wrapping_add((x / 8 + y / 8) as u8), shade, !shade])
            .collect();
        line.resize(row, 0);
        bytes.extend_from_slice(&line);
    }
    bytes
}

/// A picture of 640 by 640 pixels that does not compress: its largest size has several blocks.
pub(crate) fn noise() -> Vec<u8> {
    let mut bytes = bmp(640, 640, 0);
    let mut state = 1_u32;
    for byte in &mut bytes[54..] {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (state >> 24) as u8;
    }
    bytes
}

fn rules() -> Rules {
    Rules {
        suggest_requires: SuggestRequires::Contact,
        media_combinations: MediaCombinations::MobileApps,
        stills: media::Limits::default(),
        clips: motion::ClipLimits::default(),
        profile_photos_max: 500,
        upload_parts_max: 4000,
        upload_waiting_bytes_max: i64::MAX,
        upload_lifetime_s: 6 * 3600,
        reference_lifetime_s: 0,
        login_code: None,
        login_code_lifetime_s: 300,
        api_ids: Vec::new(),
    }
}
