//! Authorization keys: permanent ones, temporary ones and what they are bound to, and who is
//! signed in on them.

use crate::{Row, StoreError, Tx, args};

/// One key with all that a client said on it. The key itself must not be logged: `Debug` leaves
/// it out.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Low 64 bits of SHA-1 of the key.
    pub auth_key_id: i64,
    /// 256 bytes.
    pub auth_key: Vec<u8>,
    /// Unix seconds.
    pub created_at: i64,
    /// From the nonces of the key exchange.
    pub first_salt: i64,
    /// Unix seconds; temporary keys only.
    pub expires_at: Option<i64>,
    /// Temporary keys only: the key it is bound to.
    pub perm_auth_key_id: Option<i64>,
    /// The data centre that the client said it dials.
    pub dc_id: Option<i64>,
    /// Permanent keys only: who is signed in.
    pub user_id: Option<i64>,
    /// Of the last `invokeWithLayer`.
    pub layer: Option<i64>,
    /// What the client said of itself.
    pub client: ClientRow,
    /// Unix seconds.
    pub signed_in_at: Option<i64>,
    /// Unix seconds.
    pub last_active_at: i64,
}

/// The columns of a key that `initConnection` fills.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientRow {
    /// Number of the application.
    pub api_id: i64,
    /// As the client wrote it.
    pub device_model: String,
    /// As the client wrote it.
    pub system_version: String,
    /// As the client wrote it.
    pub app_version: String,
    /// As the client wrote it.
    pub system_lang_code: String,
    /// As the client wrote it.
    pub lang_pack: String,
    /// As the client wrote it.
    pub lang_code: String,
    /// Address that it came from last.
    pub ip: String,
}

impl std::fmt::Debug for KeyRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut fields = f.debug_struct("KeyRow");
        fields
            .field("auth_key_id", &self.auth_key_id)
            .field("user_id", &self.user_id);
        fields.field("layer", &self.layer).finish_non_exhaustive()
    }
}

macro_rules! columns {
    () => {
        "auth_key_id, auth_key, created_at, first_salt, expires_at, perm_auth_key_id, dc_id, \
         user_id, layer, api_id, device_model, system_version, app_version, system_lang_code, \
         lang_pack, lang_code, ip, signed_in_at, last_active_at"
    };
}

fn key(row: &Row) -> Result<KeyRow, StoreError> {
    Ok(KeyRow {
        auth_key_id: row.i64(0)?,
        auth_key: row.bytes(1)?,
        created_at: row.i64(2)?,
        first_salt: row.i64(3)?,
        expires_at: row.opt_i64(4)?,
        perm_auth_key_id: row.opt_i64(5)?,
        dc_id: row.opt_i64(6)?,
        user_id: row.opt_i64(7)?,
        layer: row.opt_i64(8)?,
        client: ClientRow {
            api_id: row.i64(9)?,
            device_model: row.text(10)?,
            system_version: row.text(11)?,
            app_version: row.text(12)?,
            system_lang_code: row.text(13)?,
            lang_pack: row.text(14)?,
            lang_code: row.text(15)?,
            ip: row.text(16)?,
        },
        signed_in_at: row.opt_i64(17)?,
        last_active_at: row.i64(18)?,
    })
}

/// Writes a new key.
///
/// # Errors
/// [`StoreError::Conflict`]: there is a key with this id.
pub async fn insert(tx: &mut Tx, row: &KeyRow) -> Result<(), StoreError> {
    let client = &row.client;
    tx.run(
        concat!(
            "INSERT INTO auth_keys (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
             $17, $18, $19)"
        ),
        args![
            row.auth_key_id,
            &row.auth_key,
            row.created_at,
            row.first_salt,
            row.expires_at,
            row.perm_auth_key_id,
            row.dc_id,
            row.user_id,
            row.layer,
            client.api_id,
            &client.device_model,
            &client.system_version,
            &client.app_version,
            &client.system_lang_code,
            &client.lang_pack,
            &client.lang_code,
            &client.ip,
            row.signed_in_at,
            row.last_active_at
        ],
    )
    .await?;
    Ok(())
}

/// The key with this id.
pub async fn find(tx: &mut Tx, auth_key_id: i64) -> Result<Option<KeyRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM auth_keys WHERE auth_key_id = $1"
    );
    let row = tx.row(sql, args![auth_key_id]).await?;
    row.as_ref().map(key).transpose()
}

/// The keys on which an account is signed in, last used first.
pub async fn of_user(tx: &mut Tx, user_id: i64) -> Result<Vec<KeyRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM auth_keys WHERE user_id = $1 ORDER BY last_active_at DESC, auth_key_id"
    );
    let rows = tx.rows(sql, args![user_id]).await?;
    rows.iter().map(key).collect()
}

/// Keys with ids above `after` on which somebody is signed in, ascending: all logins, page by page.
pub async fn signed_in(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<KeyRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM auth_keys WHERE auth_key_id > $1 AND user_id IS NOT NULL
         ORDER BY auth_key_id LIMIT $2"
    );
    let rows = tx.rows(sql, args![after, limit]).await?;
    rows.iter().map(key).collect()
}

/// Binds a temporary key to a permanent one; a later binding replaces an earlier one. `false`:
/// there is no such key.
pub async fn bind(
    tx: &mut Tx,
    auth_key_id: i64,
    perm_auth_key_id: i64,
    expires_at: i64,
) -> Result<bool, StoreError> {
    let sql = "UPDATE auth_keys SET perm_auth_key_id = $1, expires_at = $2 WHERE auth_key_id = $3";
    Ok(tx
        .run(sql, args![perm_auth_key_id, expires_at, auth_key_id])
        .await?
        == 1)
}

/// The temporary keys that are bound to a permanent one.
pub async fn bound_to(tx: &mut Tx, perm_auth_key_id: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT auth_key_id FROM auth_keys WHERE perm_auth_key_id = $1 ORDER BY auth_key_id";
    super::i64s(&tx.rows(sql, args![perm_auth_key_id]).await?, 0)
}

/// Notes the data centre that the client dials.
pub async fn set_dc(tx: &mut Tx, auth_key_id: i64, dc_id: i64) -> Result<(), StoreError> {
    let sql = "UPDATE auth_keys SET dc_id = $1 WHERE auth_key_id = $2";
    tx.run(sql, args![dc_id, auth_key_id]).await?;
    Ok(())
}

/// Notes the layer and what the client says of itself.
pub async fn set_client(
    tx: &mut Tx,
    auth_key_id: i64,
    layer: Option<i64>,
    client: &ClientRow,
) -> Result<(), StoreError> {
    tx.run(
        "UPDATE auth_keys SET layer = $1, api_id = $2, device_model = $3, system_version = $4,
         app_version = $5, system_lang_code = $6, lang_pack = $7, lang_code = $8, ip = $9
         WHERE auth_key_id = $10",
        args![
            layer,
            client.api_id,
            &client.device_model,
            &client.system_version,
            &client.app_version,
            &client.system_lang_code,
            &client.lang_pack,
            &client.lang_code,
            &client.ip,
            auth_key_id
        ],
    )
    .await?;
    Ok(())
}

/// Notes that the key was used.
pub async fn touch(tx: &mut Tx, auth_key_id: i64, now: i64, ip: &str) -> Result<(), StoreError> {
    let sql = "UPDATE auth_keys SET last_active_at = $1, ip = $2 WHERE auth_key_id = $3";
    tx.run(sql, args![now, ip, auth_key_id]).await?;
    Ok(())
}

/// Signs an account in. `false`: there is no such key.
pub async fn sign_in(
    tx: &mut Tx,
    auth_key_id: i64,
    user_id: i64,
    now: i64,
) -> Result<bool, StoreError> {
    let sql = "UPDATE auth_keys SET user_id = $1, signed_in_at = $2, last_active_at = $2
               WHERE auth_key_id = $3";
    Ok(tx.run(sql, args![user_id, now, auth_key_id]).await? == 1)
}

/// Signs out whoever is signed in; the key stays. `false`: there is no such key.
pub async fn sign_out(tx: &mut Tx, auth_key_id: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE auth_keys SET user_id = NULL, signed_in_at = NULL WHERE auth_key_id = $1";
    Ok(tx.run(sql, args![auth_key_id]).await? == 1)
}

/// Destroys a key; temporary keys bound to it go with it. `false`: there was none.
pub async fn delete(tx: &mut Tx, auth_key_id: i64) -> Result<bool, StoreError> {
    tx.run(
        "DELETE FROM auth_keys WHERE perm_auth_key_id = $1",
        args![auth_key_id],
    )
    .await?;
    let sql = "DELETE FROM auth_keys WHERE auth_key_id = $1";
    Ok(tx.run(sql, args![auth_key_id]).await? == 1)
}

/// Removes temporary keys that expired before `before`; says which.
pub async fn delete_expired(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<i64>, StoreError> {
    let rows = tx
        .rows(
            "DELETE FROM auth_keys WHERE auth_key_id IN
             (SELECT auth_key_id FROM auth_keys WHERE expires_at < $1
              ORDER BY expires_at LIMIT $2)
             RETURNING auth_key_id",
            args![before, limit],
        )
        .await?;
    super::i64s(&rows, 0)
}

/// Removes permanent keys on which nobody is signed in and that were last used before `before`; says
/// which.
pub async fn delete_unused(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<i64>, StoreError> {
    let rows = tx
        .rows(
            "DELETE FROM auth_keys WHERE auth_key_id IN
             (SELECT auth_key_id FROM auth_keys WHERE user_id IS NULL AND expires_at IS NULL
              AND last_active_at < $1 LIMIT $2)
             RETURNING auth_key_id",
            args![before, limit],
        )
        .await?;
    super::i64s(&rows, 0)
}
