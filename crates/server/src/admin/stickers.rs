//! `cameo admin stickers`: sets listed, looked at, imported, deleted.

use domain::stickers::{self, GivenSet, GivenSticker, Listed, NamedSet, NotTaken, Whole};
use serde_json::{Value, json};
use store::rows::stickers::{self as rows, DocumentRow};

use super::request::Stickers;
use super::{Host, Problem, after, page};
use crate::stickers::SentSet;

pub(super) async fn answer(host: &Host, asked: Stickers) -> Result<Value, Problem> {
    let services = &host.services;
    match asked {
        Stickers::List(asked) => {
            let mut tx = services.store.read().await?;
            let sets = rows::sets(&mut tx, after(&asked, 0)?, asked.limit.into()).await?;
            let listed = stickers::listed(&mut tx, sets).await?;
            let entries = listed.iter().map(entry).collect();
            Ok(page("sets", entries, asked.limit, "set_id"))
        }
        Stickers::Show { set } => {
            let named = NamedSet::ShortName(set);
            Ok(whole(&stickers::whole_set(services, 0, &named).await?))
        }
        Stickers::Import { replace, sent, .. } => {
            let sent = sent.ok_or_else(|| Problem::unreadable("the request holds no set"))?;
            let new = stickers::judged(services, given(sent)).await?;
            Ok(whole(&stickers::import(services, &new, replace).await?))
        }
        Stickers::Delete { set } => {
            let (set, stickers) = stickers::delete(services, &set).await?;
            Ok(json!({
                "set_id": set.set_id.to_string(),
                "short_name": set.short_name,
                "stickers_deleted": stickers,
            }))
        }
    }
}

fn given(sent: SentSet) -> GivenSet {
    let sticker = |sticker: crate::stickers::SentSticker| GivenSticker {
        traits: sticker.traits(),
        file_name: sticker.file_name,
        file: sticker.file.0,
        emoji: sticker.emoji,
    };
    GivenSet {
        short_name: sent.short_name,
        title: sent.title,
        kind: sent.kind.into(),
        stickers: sent.stickers.into_iter().map(sticker).collect(),
    }
}

/// A set in a list. Ids are texts: they are above 2^53.
fn entry(listed: &Listed) -> Value {
    let set = &listed.set;
    json!({
        "set_id": set.set_id.to_string(),
        "short_name": set.short_name,
        "title": set.title,
        "kind": set.kind,
        "stickers": listed.count,
        "text_color": set.text_color,
        "created_at": set.created_at,
    })
}

fn whole(whole: &Whole) -> Value {
    let set = &whole.set;
    let bytes: i64 = whole.documents.iter().map(|row| row.bytes).sum();
    json!({
        "set_id": set.set_id.to_string(),
        "short_name": set.short_name,
        "title": set.title,
        "kind": set.kind,
        "text_color": set.text_color,
        "created_at": set.created_at,
        "bytes": bytes,
        "stickers": whole.documents.iter().map(sticker).collect::<Vec<Value>>(),
    })
}

fn sticker(row: &DocumentRow) -> Value {
    let offered = [
        (row.for_profiles, "profile"),
        (row.for_groups, "group"),
        (row.for_backgrounds, "background"),
    ];
    let offered = offered.iter().filter(|(is, _)| *is);
    json!({
        "document_id": row.document_id.to_string(),
        "file": row.file_name,
        "emoji": row.emoji,
        "mime_type": row.mime_type,
        "width_px": row.width,
        "height_px": row.height,
        "duration_ms": row.duration_ms,
        "bytes": row.bytes,
        "text_color": row.text_color,
        "offered_for": offered.map(|(_, what)| *what).collect::<Vec<&str>>(),
    })
}

impl From<NotTaken> for Problem {
    fn from(why: NotTaken) -> Problem {
        match why {
            NotTaken::Error(error) => error.into(),
            other => Problem::refused(other.to_string()),
        }
    }
}
