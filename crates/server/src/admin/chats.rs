//! `cameo admin chats`: groups and channels with their members.

use domain::host;
use serde_json::{Value, json};
use store::rows::chats::{self, ChatRow, MemberRow};

use super::request::Chats;
use super::{Host, Problem, after, page};

pub(super) async fn answer(host: &Host, asked: Chats) -> Result<Value, Problem> {
    let services = &host.services;
    match asked {
        Chats::List(asked) => {
            let mut tx = services.store.read().await?;
            let rows = chats::page(&mut tx, after(&asked, 0)?, asked.limit.into()).await?;
            let entries = rows.iter().map(facts).collect();
            Ok(page("chats", entries, asked.limit, "chat_id"))
        }
        Chats::Show {
            chat_id,
            page: asked,
        } => {
            let mut tx = services.store.read().await?;
            let missing = || Problem::refused("there is no chat with this id (CHAT_ID_INVALID)");
            let row = chats::by_id(&mut tx, chat_id).await?.ok_or_else(missing)?;
            let limit = asked.limit.into();
            let rows = chats::present(&mut tx, chat_id, after(&asked, 0)?, limit).await?;
            let members = rows.iter().map(member).collect();
            let mut chat = facts(&row);
            let members = page("members", members, asked.limit, "user_id");
            if let (Value::Object(chat), Value::Object(members)) = (&mut chat, members) {
                let next = members.get("next").cloned();
                chat.insert("next_member".to_owned(), next.unwrap_or_default());
                chat.extend(members.into_iter().filter(|(name, _)| name == "members"));
            }
            Ok(chat)
        }
        Chats::Delete { chat_id } => {
            let told = host::delete_chat(services, chat_id).await?;
            Ok(json!({ "chat_id": chat_id, "accounts_told": told }))
        }
    }
}

/// A chat. `kind`: group, megagroup or broadcast.
fn facts(chat: &ChatRow) -> Value {
    json!({
        "chat_id": chat.chat_id,
        "kind": chat.kind,
        "title": chat.title,
        "username": chat.username,
        "creator_id": chat.creator_id,
        "photo_id": chat.photo_id.map(|id| id.to_string()),
        "created_at": chat.created_at,
        "deleted_at": chat.deleted_at,
    })
}

/// Somebody who is in it now. `role`: creator, admin or member.
fn member(row: &MemberRow) -> Value {
    json!({
        "user_id": row.user_id,
        "role": row.role,
        "invited_by": row.invited_by,
        "joined_at": row.joined_at,
    })
}
