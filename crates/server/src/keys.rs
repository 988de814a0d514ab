//! Auth keys and who is signed in on them, remembered from the store. The store is the truth:
//! whatever changes a key's row calls [`Keys::forget`], which other nodes hear, and a read that was
//! under way meanwhile is not remembered. While other nodes cannot be heard nothing is.

mod cache;

use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::{Clock, Services};
use mtproto::KeyInfo;
use mtproto::crypto::AuthKey;
use store::bus::Bus;
use store::rows::keys::{ClientRow, KeyRow};
use store::rows::{keys as rows, users};
use store::{Store, StoreError};
use tl::wrappers::InitConnection;
use tokio::time::Instant;

use crate::event::{Event, Events};
use crate::net::sessions::Sessions;
use crate::until_first::{CONFLICT_RETRIES_MAX, until_first};
use cache::Cache;

/// Longest text taken from `initConnection`, in bytes; what is longer is cut.
/// Chosen: device names of real clients stay below it.
const CLIENT_TEXT_BYTES_MAX: usize = 128;

/// Seconds between two notes that a key is in use. Chosen: lists of logins show minutes at best.
const USE_NOTED_EVERY_S: i64 = 300;
/// Seconds after which a permanent key is removed on which nobody is signed in and that nobody uses.
/// Chosen: a client that comes back later makes a new one by itself.
const UNUSED_KEY_LIFETIME_S: i64 = 7 * 24 * 60 * 60;

/// How long a key is believed where other nodes may change it. Chosen: they say so at once, except one that
/// dies between its commit and its word; costs one look a minute for a key in use.
const BELIEVED: Duration = Duration::from_secs(60);

/// A key, as the protocol and the binding of temporary keys need it.
#[derive(Debug)]
pub struct KeyState {
    /// Its id.
    pub auth_key_id: i64,
    /// The secret.
    pub key: Arc<AuthKey>,
    /// The salt that follows from the nonces of its creation.
    pub first_salt: i64,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds; temporary keys only.
    pub expires_at: Option<i64>,
    /// Temporary keys only: the key it is bound to.
    pub perm_auth_key_id: Option<i64>,
    /// The data centre that the client named when it made the key.
    pub dc_id: Option<i32>,
}

/// Who and what is behind a permanent key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The permanent key.
    pub perm_auth_key_id: i64,
    /// Who is signed in.
    pub user_id: Option<i64>,
    /// That user is a bot.
    pub is_bot: bool,
    /// Of the last `invokeWithLayer`.
    pub layer: Option<i32>,
    /// Number of the application.
    pub api_id: i32,
    /// As `initConnection` said.
    pub device_model: String,
    /// As `initConnection` said.
    pub system_version: String,
    /// As `initConnection` said.
    pub app_version: String,
    /// As `initConnection` said.
    pub system_lang_code: String,
    /// As `initConnection` said.
    pub lang_pack: String,
    /// As `initConnection` said.
    pub lang_code: String,
    /// Where it said so from.
    pub ip: String,
    /// The data centre that the client named when it made the key.
    pub dc_id: Option<i32>,
}

/// One row, split the way it is used.
#[derive(Debug)]
struct Entry {
    state: Arc<KeyState>,
    login: Arc<Login>,
    /// Unix seconds: the last use that the store knows of.
    used_at: AtomicI64,
    read_at: Instant,
}

/// The keys of all clients.
#[derive(Debug)]
pub struct Keys {
    store: Store,
    clock: Clock,
    bus: Bus,
    sessions: Arc<Sessions>,
    cache: Mutex<Cache>,
}

impl Keys {
    /// The keys in the store. `sessions` are told when a key is gone.
    pub fn new(services: &Services, sessions: Arc<Sessions>) -> Keys {
        Keys {
            store: services.store.clone(),
            clock: services.clock.clone(),
            bus: services.bus.clone(),
            sessions,
            cache: Mutex::default(),
        }
    }

    /// The key with this id, unless it has expired.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn find(&self, auth_key_id: i64) -> Result<Option<Arc<KeyState>>, StoreError> {
        let entry = self.entry(auth_key_id).await?;
        Ok(entry
            .map(|entry| entry.state.clone())
            .filter(|state| !self.expired(state)))
    }

    /// As [`Keys::find`], if that needs no look into the store.
    pub(crate) fn cached(&self, auth_key_id: i64) -> Option<Arc<KeyState>> {
        let entry = self.remembered(auth_key_id)?;
        Some(entry.state.clone()).filter(|state| !self.expired(state))
    }

    /// Who is behind a key: for a temporary key, behind the permanent one that it is bound to.
    /// `None`: no such key, or a temporary one that is not bound.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn login(&self, auth_key_id: i64) -> Result<Option<Arc<Login>>, StoreError> {
        let Some(entry) = self.entry(auth_key_id).await? else {
            return Ok(None);
        };
        if entry.state.expires_at.is_none() {
            return Ok(Some(entry.login.clone()));
        }
        let Some(perm_auth_key_id) = entry.state.perm_auth_key_id else {
            return Ok(None);
        };
        let permanent = self.entry(perm_auth_key_id).await?;
        Ok(permanent.map(|entry| entry.login.clone()))
    }

    /// Notes the layer of `invokeWithLayer` and what `initConnection` said, on the permanent key.
    /// Writes only what changed.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn remember_client(
        &self,
        perm_auth_key_id: i64,
        layer: i32,
        init: Option<&InitConnection>,
        ip: IpAddr,
    ) -> Result<(), StoreError> {
        let Some(entry) = self.entry(perm_auth_key_id).await? else {
            return Ok(());
        };
        let known = &*entry.login;
        let said = said(known, layer, init, ip);
        if said == *known {
            return Ok(());
        }
        let client = ClientRow {
            api_id: said.api_id.into(),
            device_model: said.device_model,
            system_version: said.system_version,
            app_version: said.app_version,
            system_lang_code: said.system_lang_code,
            lang_pack: said.lang_pack,
            lang_code: said.lang_code,
            ip: said.ip,
        };
        let outcome = until_first!(
            CONFLICT_RETRIES_MAX,
            self.write_client(perm_auth_key_id, layer, &client)
        );
        self.forget(perm_auth_key_id);
        outcome
    }

    async fn write_client(
        &self,
        perm_auth_key_id: i64,
        layer: i32,
        client: &ClientRow,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        rows::set_client(&mut tx, perm_auth_key_id, Some(layer.into()), client).await?;
        tx.commit().await
    }

    /// Notes now and then that a permanent key is in use, and from where.
    ///
    /// # Errors
    /// The store cannot be written.
    pub(crate) async fn note_use(
        &self,
        perm_auth_key_id: i64,
        ip: IpAddr,
    ) -> Result<(), StoreError> {
        let Some(entry) = self.entry(perm_auth_key_id).await? else {
            return Ok(());
        };
        let now = self.clock.unix_seconds();
        let noted = entry.used_at.load(Ordering::Relaxed);
        let due = now - noted >= USE_NOTED_EVERY_S;
        // Of several calls at once, one writes.
        let ours = due
            && entry
                .used_at
                .compare_exchange(noted, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if !ours {
            return Ok(());
        }
        until_first!(
            CONFLICT_RETRIES_MAX,
            self.write_use(perm_auth_key_id, now, ip)
        )
    }

    async fn write_use(
        &self,
        perm_auth_key_id: i64,
        now: i64,
        ip: IpAddr,
    ) -> Result<(), StoreError> {
        // A crash may lose it: it is as good as late.
        let mut tx = self.store.begin_relaxed(&[]).await?;
        let ip = ip.to_canonical().to_string();
        rows::touch(&mut tx, perm_auth_key_id, now, &ip).await?;
        tx.commit().await
    }

    /// Makes a new key durable.
    ///
    /// # Errors
    /// [`StoreError::Conflict`]: there is a key with this id. Or the store cannot be written.
    pub async fn store_new(&self, key: &KeyInfo, dc_id: Option<i32>) -> Result<(), StoreError> {
        let now = self.clock.unix_seconds();
        let row = KeyRow {
            auth_key_id: key.key.id,
            auth_key: key.key.bytes.to_vec(),
            created_at: key.created_at.into(),
            first_salt: key.first_salt,
            expires_at: key.expires_at.map(i64::from),
            perm_auth_key_id: None,
            dc_id: dc_id.map(i64::from),
            user_id: None,
            layer: None,
            client: ClientRow::default(),
            signed_in_at: None,
            last_active_at: now,
        };
        let mut tx = self.store.begin().await?;
        rows::insert(&mut tx, &row).await?;
        tx.commit().await
    }

    /// Binds a temporary key to a permanent one until `expires_at`. False: no such key.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn bind(
        &self,
        auth_key_id: i64,
        perm_auth_key_id: i64,
        expires_at: i64,
    ) -> Result<bool, StoreError> {
        let outcome = until_first!(
            CONFLICT_RETRIES_MAX,
            self.write_binding(auth_key_id, perm_auth_key_id, expires_at)
        );
        self.forget(auth_key_id);
        outcome
    }

    async fn write_binding(
        &self,
        auth_key_id: i64,
        perm_auth_key_id: i64,
        expires_at: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let bound = rows::bind(&mut tx, auth_key_id, perm_auth_key_id, expires_at).await?;
        tx.commit().await?;
        Ok(bound)
    }

    /// Destroys a key and the temporary keys bound to it. False: no such key.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn destroy(&self, auth_key_id: i64) -> Result<bool, StoreError> {
        let outcome = until_first!(CONFLICT_RETRIES_MAX, self.delete(auth_key_id));
        // Also when nobody knows whether it took effect: the next look finds the truth.
        self.forget(auth_key_id);
        let (existed, gone) = outcome?;
        self.gone(&gone);
        Ok(existed)
    }

    async fn delete(&self, auth_key_id: i64) -> Result<(bool, Vec<i64>), StoreError> {
        let mut tx = self.store.begin().await?;
        let mut gone = rows::bound_to(&mut tx, auth_key_id).await?;
        let existed = rows::delete(&mut tx, auth_key_id).await?;
        tx.commit().await?;
        gone.push(auth_key_id);
        Ok((existed, gone))
    }

    /// Destroys the temporary keys of a permanent key, except those listed.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn drop_temp_except(
        &self,
        perm_auth_key_id: i64,
        except: &[i64],
    ) -> Result<(), StoreError> {
        let gone = until_first!(
            CONFLICT_RETRIES_MAX,
            self.delete_bound(perm_auth_key_id, except)
        )?;
        self.gone(&gone);
        Ok(())
    }

    async fn delete_bound(
        &self,
        perm_auth_key_id: i64,
        except: &[i64],
    ) -> Result<Vec<i64>, StoreError> {
        let mut tx = self.store.begin().await?;
        let mut gone = rows::bound_to(&mut tx, perm_auth_key_id).await?;
        gone.retain(|auth_key_id| !except.contains(auth_key_id));
        for auth_key_id in &gone {
            rows::delete(&mut tx, *auth_key_id).await?;
        }
        tx.commit().await?;
        Ok(gone)
    }

    /// Removes temporary keys that have expired and permanent ones that nobody uses; says how many.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn sweep_expired(&self, limit: i64) -> Result<usize, StoreError> {
        let gone = until_first!(CONFLICT_RETRIES_MAX, self.delete_expired(limit))?;
        self.gone(&gone);
        Ok(gone.len())
    }

    async fn delete_expired(&self, limit: i64) -> Result<Vec<i64>, StoreError> {
        let mut tx = self.store.begin().await?;
        let now = self.clock.unix_seconds();
        let mut gone = rows::delete_expired(&mut tx, now, limit).await?;
        let unused_since = now - UNUSED_KEY_LIFETIME_S;
        gone.extend(rows::delete_unused(&mut tx, unused_since, limit).await?);
        tx.commit().await?;
        Ok(gone)
    }

    /// The row of this key changed or is about to be read by someone who must see the newest.
    pub fn forget(&self, auth_key_id: i64) {
        self.cache().forget(auth_key_id);
        self.bus.key_changed(auth_key_id);
    }

    /// Other nodes changed the rows of these keys: none is believed before it was read anew.
    pub(crate) fn changed_elsewhere(&self, auth_key_ids: &[i64]) {
        let mut cache = self.cache();
        for auth_key_id in auth_key_ids {
            cache.forget(*auth_key_id);
        }
    }

    /// As [`Keys::changed_elsewhere`], for every key that there is.
    pub(crate) fn any_changed_elsewhere(&self) {
        self.cache().forget_all();
    }

    /// Sessions here end with their key, and lose their account with the login, when another node
    /// ended either.
    ///
    /// # Errors
    /// The store cannot be read; then they stay, and their next call finds out.
    pub(crate) async fn settle_sessions(&self, auth_key_id: i64) -> Result<(), StoreError> {
        if !self.sessions.knows(auth_key_id) {
            return Ok(());
        }
        match self.entry(auth_key_id).await? {
            None => self.sessions.drop_key(auth_key_id),
            Some(entry) if entry.state.expires_at.is_some() => {}
            Some(entry) => self.sessions.keep_only(auth_key_id, entry.login.user_id),
        }
        Ok(())
    }

    /// Destroys the key of a client that asks for it, in the protocol's words.
    pub(crate) async fn destroy_answer(
        &self,
        auth_key_id: i64,
        events: &Events,
    ) -> mtproto::Answer {
        use mtproto::service::KeyDestroyed;
        mtproto::Answer::KeyDestroyed(match self.destroy(auth_key_id).await {
            Ok(true) => KeyDestroyed::Ok,
            Ok(false) => KeyDestroyed::None,
            Err(error) => {
                events.emit(Event::Fault {
                    doing: "destroy a key",
                    error: &error,
                });
                KeyDestroyed::Fail
            }
        })
    }

    fn gone(&self, auth_key_ids: &[i64]) {
        for auth_key_id in auth_key_ids {
            self.forget(*auth_key_id);
            self.sessions.drop_key(*auth_key_id);
        }
    }

    fn expired(&self, state: &KeyState) -> bool {
        state
            .expires_at
            .is_some_and(|at| at <= self.clock.unix_seconds())
    }

    async fn entry(&self, auth_key_id: i64) -> Result<Option<Arc<Entry>>, StoreError> {
        if let Some(entry) = self.remembered(auth_key_id) {
            return Ok(Some(entry));
        }
        // Whoever changes the key from here on is heard, if the bus stands until the end.
        let heard = self.bus.unbroken();
        let forgotten = self.cache().forgotten;
        let mut tx = self.store.read().await?;
        let Some(row) = rows::find(&mut tx, auth_key_id).await? else {
            return Ok(None);
        };
        let is_bot = match row.user_id {
            Some(user_id) => {
                let user = users::by_id(&mut tx, user_id).await?;
                user.is_some_and(|user| user.bot_owner_id.is_some())
            }
            None => false,
        };
        drop(tx);
        let entry = Arc::new(entry(row, is_bot)?);
        let mut cache = self.cache();
        if cache.forgotten == forgotten && heard.is_some() && cache.heard == heard {
            cache.insert(auth_key_id, entry.clone());
        }
        Ok(Some(entry))
    }

    /// What may be believed of a key without a look into the store.
    fn remembered(&self, auth_key_id: i64) -> Option<Arc<Entry>> {
        let heard = self.bus.unbroken();
        let mut cache = self.cache();
        cache.believe_since(heard);
        heard?;
        let entry = cache.find(auth_key_id)?;
        let old = self.bus.has_others() && entry.read_at.elapsed() > BELIEVED;
        (!old).then_some(entry)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        // Nothing under the lock can panic half-way through a change.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn entry(row: KeyRow, is_bot: bool) -> Result<Entry, StoreError> {
    let int = |number: i64| i32::try_from(number).ok();
    let bytes = row.auth_key.try_into();
    let bytes = bytes.map_err(|_| StoreError::Broken("an auth key of another length".into()))?;
    let dc_id = row.dc_id.and_then(int);
    let state = KeyState {
        auth_key_id: row.auth_key_id,
        key: Arc::new(AuthKey::new(bytes)),
        first_salt: row.first_salt,
        created_at: row.created_at,
        expires_at: row.expires_at,
        perm_auth_key_id: row.perm_auth_key_id,
        dc_id,
    };
    let used_at = AtomicI64::new(row.last_active_at);
    let client = row.client;
    let login = Login {
        perm_auth_key_id: row.auth_key_id,
        user_id: row.user_id,
        is_bot,
        layer: row.layer.and_then(int),
        api_id: int(client.api_id).unwrap_or(0),
        device_model: client.device_model,
        system_version: client.system_version,
        app_version: client.app_version,
        system_lang_code: client.system_lang_code,
        lang_pack: client.lang_pack,
        lang_code: client.lang_code,
        ip: client.ip,
        dc_id,
    };
    Ok(Entry {
        state: Arc::new(state),
        login: Arc::new(login),
        used_at,
        read_at: Instant::now(),
    })
}

/// What is known of a client after it said this.
fn said(known: &Login, layer: i32, init: Option<&InitConnection>, ip: IpAddr) -> Login {
    let mut said = Login {
        layer: Some(layer),
        ..known.clone()
    };
    if let Some(init) = init {
        said.api_id = init.api_id;
        said.device_model = cut(&init.device_model);
        said.system_version = cut(&init.system_version);
        said.app_version = cut(&init.app_version);
        said.system_lang_code = cut(&init.system_lang_code);
        said.lang_pack = cut(&init.lang_pack);
        said.lang_code = cut(&init.lang_code);
        said.ip = ip.to_canonical().to_string();
    }
    said
}

fn cut(text: &str) -> String {
    let end = text.floor_char_boundary(CLIENT_TEXT_BYTES_MAX);
    text[..end].to_owned()
}
