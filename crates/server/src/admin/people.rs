//! `cameo admin users`: accounts listed, looked at, made, renamed, deleted.

use domain::accounts::{self, Names};
use domain::{bots, host};
use serde_json::{Value, json};
use store::rows::users::{self, UserRow};
use store::rows::{contacts, dialogs, keys, photos};

use super::request::{Users, Who};
use super::{Host, Problem, after, page};

pub(super) async fn answer(host: &Host, asked: Users) -> Result<Value, Problem> {
    let services = &host.services;
    match asked {
        Users::List(asked) => {
            let mut tx = services.store.read().await?;
            let rows = users::page(&mut tx, after(&asked, 0)?, asked.limit.into()).await?;
            let entries = rows.iter().map(facts).collect();
            Ok(page("users", entries, asked.limit, "user_id"))
        }
        Users::Show { user } => show(host, &user).await,
        Users::Create {
            phone,
            first_name: first,
            last_name: last,
            username,
        } => {
            let username = username.as_deref().map(|name| name.trim_start_matches('@'));
            let user_id = host::create(services, &phone, &Names { first, last }, username).await?;
            show(host, &Who(host::Who::Id(user_id))).await
        }
        Users::Rename {
            user,
            first_name: first,
            last_name: last,
        } => {
            let user_id = host::rename(services, &user.0, &Names { first, last }).await?;
            show(host, &Who(host::Who::Id(user_id))).await
        }
        Users::Delete { user } => {
            let mut tx = services.store.read().await?;
            let row = host::find(&mut tx, &user.0).await?;
            drop(tx);
            if row.deleted_at.is_some() {
                return Err(Problem::refused("this account is deleted already"));
            }
            let ended = match row.bot_owner_id {
                None => accounts::delete(services, row.user_id).await?,
                Some(_) => bots::delete(services, row.user_id).await?,
            };
            host.end_logins(&ended);
            Ok(json!({ "user_id": row.user_id, "sessions_ended": ended.len() }))
        }
    }
}

/// An account in a list. Times are Unix seconds; 0 or null: never.
fn facts(user: &UserRow) -> Value {
    json!({
        "user_id": user.user_id,
        "phone": user.phone,
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "bot_owner_id": user.bot_owner_id,
        "created_at": user.created_at,
        "deleted_at": user.deleted_at,
        "last_seen_at": user.last_seen_at,
    })
}

async fn show(host: &Host, who: &Who) -> Result<Value, Problem> {
    let mut tx = host.services.store.read().await?;
    let user = host::find(&mut tx, &who.0).await?;
    let id = user.user_id;
    let logins: Vec<i64> = keys::of_user(&mut tx, id)
        .await?
        .iter()
        .map(|key| key.auth_key_id)
        .collect();
    let connected = host.sessions.connected();
    let online = logins.iter().filter(|key| connected.contains(*key)).count();
    let more = json!({
        "about": user.about,
        "online_until": user.online_until,
        "fallback_photo_id": user.fallback_photo_id.map(|id| id.to_string()),
        "profile_pictures": photos::profile_count(&mut tx, id).await?,
        "contacts": contacts::count(&mut tx, id).await?,
        "dialogs": dialogs::count(&mut tx, id).await?,
        "sessions": logins.len(),
        "sessions_connected": online,
    });
    let mut all = facts(&user);
    if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
        all.extend(more);
    }
    Ok(all)
}
