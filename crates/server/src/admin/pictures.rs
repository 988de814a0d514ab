//! `cameo admin pictures`: what accounts show of themselves and of their contacts, and taking it down.

use domain::Fault;
use domain::host::{self, Picture, Place};
use serde_json::{Value, json};
use store::rows::photos::{self, PhotoRow};
use store::rows::places;

use super::request::Pictures;
use super::{Host, Problem, after, page};

/// Most entries of one kind that `show` names. Chosen: more than a person reads.
const PLACES_SHOWN_MAX: i64 = 1000;

pub(super) async fn answer(host: &Host, asked: Pictures) -> Result<Value, Problem> {
    let services = &host.services;
    match asked {
        Pictures::List { user, page: asked } => {
            let before = after(&asked, i64::MAX)?;
            let limit = asked.limit as usize;
            let (user_id, all) = host::pictures_of(services, &user.0, before, limit).await?;
            let entries = all.iter().map(|picture| entry(user_id, picture)).collect();
            Ok(page("pictures", entries, asked.limit, "photo_id"))
        }
        Pictures::Show {
            photo_id,
            size,
            with_jpeg,
            ..
        } => show(host, photo_id, with_jpeg.then_some(size)).await,
        Pictures::Delete { photo_id } => {
            let done = host::take_down(services, photo_id).await?;
            Ok(json!({
                "photo_id": photo_id.to_string(),
                "profiles": done.places.profiles.len(),
                "fallbacks": done.places.fallbacks.len(),
                "personals": done.places.personals.len(),
                "chats": done.places.chats.len(),
                "messages_deleted": done.places.messages.len(),
                "accounts_told": done.told,
            }))
        }
    }
}

/// A picture that `user_id` has set. Ids of pictures are texts: they are above 2^53.
fn entry(user_id: i64, picture: &Picture) -> Value {
    let (place, main, of) = match picture.place {
        Place::Profile { main } => ("profile", main, user_id),
        Place::Fallback => ("fallback", false, user_id),
        Place::Personal { contact_id } => ("personal", false, contact_id),
    };
    let photo = &picture.photo;
    json!({
        "photo_id": photo.photo_id.to_string(),
        "place": place,
        "of_user_id": of,
        "main": main,
        "created_at": photo.created_at,
        "bytes": photo.files.iter().map(|file| file.bytes).sum::<i64>(),
    })
}

async fn show(host: &Host, photo_id: i64, size: Option<String>) -> Result<Value, Problem> {
    let mut tx = host.services.store.read().await?;
    let photo = photos::by_id(&mut tx, photo_id).await?;
    let photo = photo
        .ok_or_else(|| Problem::refused("there is no picture with this id (PHOTO_ID_INVALID)"))?;
    let places = places::of(&mut tx, photo_id, PLACES_SHOWN_MAX).await?;
    drop(tx);
    let personals: Vec<Value> = places
        .personals
        .iter()
        .map(|(owner_id, user_id)| json!({ "owner_id": owner_id, "of_user_id": user_id }))
        .collect();
    let messages: Vec<Value> = places
        .messages
        .iter()
        .map(|(owner_id, message_id)| json!({ "owner_id": owner_id, "message_id": message_id }))
        .collect();
    let mut facts = json!({
        "photo_id": photo_id.to_string(),
        "owner_id": photo.owner_id,
        "created_at": photo.created_at,
        "sizes": sizes(&photo),
        "on_profiles": places.profiles,
        "fallback_of": places.fallbacks,
        "personal_of": personals,
        "chats": places.chats,
        "messages": messages,
    });
    if let (Some(size), Value::Object(facts)) = (size, &mut facts) {
        facts.insert(
            "jpeg_hex".to_owned(),
            jpeg(host, &photo, &size).await?.into(),
        );
    }
    Ok(facts)
}

fn sizes(photo: &PhotoRow) -> Vec<Value> {
    let size = |file: &photos::PhotoFileRow| {
        json!({
            "size": file.letter,
            "width_px": file.width,
            "height_px": file.height,
            "bytes": file.bytes,
            "sha256": file.blob.to_string(),
        })
    };
    photo.files.iter().map(size).collect()
}

/// The file of one size in hexadecimal digits: the answer is a line of text.
async fn jpeg(host: &Host, photo: &PhotoRow, size: &str) -> Result<String, Problem> {
    let file = photo
        .file(size)
        .ok_or_else(|| Problem::refused("the picture has no such size"))?;
    let bytes = usize::try_from(file.bytes).unwrap_or(usize::MAX);
    let read = host.services.blobs.read(&file.blob, 0, bytes).await;
    let read = read
        .map_err(Fault::doing("read the file of a picture"))
        .map_err(|fault| Problem::fault(&fault))?;
    Ok(hex::encode(read))
}
