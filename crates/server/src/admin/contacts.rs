//! `cameo admin contacts`: whom an account has saved.

use domain::accounts::Names;
use domain::{Seen, contacts as rules, host, peers::Named};
use serde_json::{Value, json};
use store::rows::contacts::{self, ContactRow};

use super::request::Contacts;
use super::{Host, Problem, after, page};

pub(super) async fn answer(host: &Host, asked: Contacts) -> Result<Value, Problem> {
    let services = &host.services;
    match asked {
        Contacts::List { owner, page: asked } => {
            let mut tx = services.store.read().await?;
            let owner_id = host::find(&mut tx, &owner.0).await?.user_id;
            let limit = asked.limit.into();
            let rows = contacts::page(&mut tx, owner_id, after(&asked, 0)?, limit).await?;
            let ids: Vec<i64> = rows.iter().map(|row| row.contact_id).collect();
            let mutual = contacts::savers_among(&mut tx, owner_id, &ids).await?;
            let entry =
                |row: &ContactRow| facts(row, mutual.iter().any(|(id, _)| *id == row.contact_id));
            let entries = rows.iter().map(entry).collect();
            Ok(page("contacts", entries, asked.limit, "user_id"))
        }
        Contacts::Create {
            owner,
            user,
            first_name,
            last_name: last,
        } => {
            let names = first_name.map(|first| Names { first, last });
            let saved = host::save_contact(services, &owner.0, &user.0, names).await?;
            let (owner_id, user_id) = saved;
            let mut tx = services.store.read().await?;
            let row = contacts::find(&mut tx, owner_id, user_id).await?;
            let row = row.ok_or_else(|| Problem::refused("the contact was removed meanwhile"))?;
            let mutual = contacts::savers_among(&mut tx, owner_id, &[user_id]).await?;
            Ok(facts(&row, !mutual.is_empty()))
        }
        Contacts::Delete { owner, user } => {
            let mut tx = services.store.read().await?;
            let owner_id = host::find(&mut tx, &owner.0).await?.user_id;
            let user_id = host::find(&mut tx, &user.0).await?.user_id;
            drop(tx);
            let seen = Seen::user(owner_id, user_id);
            let access_hash = services.hashes.access_hash(seen);
            let named = Named::User {
                user_id,
                access_hash,
            };
            let gone = rules::delete(services, owner_id, &[named], 0).await?;
            if gone.is_empty() {
                return Err(Problem::refused(format!(
                    "{user} is no contact of {owner} (CONTACT_MISSING)"
                )));
            }
            Ok(json!({ "owner_id": owner_id, "user_id": user_id }))
        }
    }
}

/// A contact. `mutual`: in each other's contacts.
fn facts(row: &ContactRow, mutual: bool) -> Value {
    json!({
        "user_id": row.contact_id,
        "owner_id": row.owner_id,
        "phone": row.phone,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "mutual": mutual,
        "added_at": row.added_at,
        "personal_photo_id": row.personal_photo_id.map(|id| id.to_string()),
    })
}
