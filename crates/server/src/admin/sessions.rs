//! `cameo admin sessions`: the logins of accounts, and their end.

use std::collections::HashSet;

use domain::host;
use serde_json::{Value, json};
use store::rows::keys::{self, KeyRow};

use super::request::Sessions;
use super::{Host, Problem, page};

pub(super) async fn answer(host: &Host, asked: Sessions) -> Result<Value, Problem> {
    let services = &host.services;
    match asked {
        Sessions::List { user, page: asked } => {
            let after = asked.after.as_deref().map(key_id).transpose()?;
            let limit = asked.limit as usize;
            let mut tx = services.store.read().await?;
            let rows = match user {
                None => {
                    let after = after.unwrap_or(i64::MIN);
                    keys::signed_in(&mut tx, after, asked.limit.into()).await?
                }
                Some(user) => {
                    let user_id = host::find(&mut tx, &user.0).await?.user_id;
                    let mut rows = keys::of_user(&mut tx, user_id).await?;
                    rows.sort_unstable_by_key(|row| row.auth_key_id);
                    rows.retain(|row| after.is_none_or(|after| row.auth_key_id > after));
                    rows.truncate(limit);
                    rows
                }
            };
            drop(tx);
            let connected = host.sessions.connected();
            let entries = rows.iter().map(|row| facts(row, &connected)).collect();
            Ok(page("sessions", entries, asked.limit, "session"))
        }
        Sessions::Delete {
            session: Some(session),
            ..
        } => {
            let auth_key_id = key_id(&session)?;
            let ended = host::end_login(services, auth_key_id).await?;
            // Also when nobody was signed in: what a client still has of it ends here.
            host.end_logins(&[auth_key_id]);
            let missing = || Problem::refused("nobody is signed in there");
            let user_id = ended.ok_or_else(missing)?;
            Ok(json!({ "user_id": user_id, "sessions_ended": 1 }))
        }
        Sessions::Delete {
            user: Some(user), ..
        } => {
            let (user_id, ended) = host::end_all_logins(services, &user.0).await?;
            host.end_logins(&ended);
            Ok(json!({ "user_id": user_id, "sessions_ended": ended.len() }))
        }
        Sessions::Delete { .. } => Err(Problem::unreadable("name a session or a user")),
    }
}

/// A login. `session` is the id of its key: 64 bits, more than a JSON number keeps.
fn facts(key: &KeyRow, connected: &HashSet<i64>) -> Value {
    let client = &key.client;
    json!({
        "session": format!("{:016x}", key.auth_key_id),
        "user_id": key.user_id,
        "connected": connected.contains(&key.auth_key_id),
        "signed_in_at": key.signed_in_at,
        "last_active_at": key.last_active_at,
        "layer": key.layer,
        "api_id": client.api_id,
        "device_model": client.device_model,
        "system_version": client.system_version,
        "app_version": client.app_version,
        "ip": client.ip,
    })
}

fn key_id(text: &str) -> Result<i64, Problem> {
    let number = (text.len() == 16)
        .then(|| u64::from_str_radix(text, 16).ok())
        .flatten();
    number
        .map(u64::cast_signed)
        .ok_or_else(|| Problem::unreadable("a session is named by 16 hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_read_as_it_is_written() {
        for id in [0, 1, -1, i64::MIN, i64::MAX] {
            assert_eq!(key_id(&format!("{id:016x}")), Ok(id));
        }
        for text in ["", "1", "00000000000000000", "000000000000000g"] {
            assert!(key_id(text).is_err(), "{text}");
        }
    }
}
