//! Groups and channels as a host ends them and takes their pictures down.

use store::{
    Tx,
    rows::{
        channels,
        chats::{self as rows, ChatRow},
    },
};

use crate::{Error, Refusal, Services, chats::ChatKind, updates};

/// Members that are looked up at once.
const MEMBERS_PAGE: i64 = 1000;

/// Ends a group or a channel for everybody, as its creator would: members are told. What was written in a
/// group stays with those who have it. Returns how many were told.
///
/// # Errors
/// CHAT_ID_INVALID: no chat has this id, or it has ended already.
pub async fn delete_chat(services: &Services, chat_id: i64) -> Result<usize, Error> {
    let mut tx = services.store.begin().await?;
    let chat = rows::by_id(&mut tx, chat_id).await?;
    let chat = chat.filter(|chat| chat.deleted_at.is_none());
    let chat = chat.ok_or(Refusal::CHAT_ID_INVALID)?;
    rows::delete(&mut tx, chat_id, services.clock.unix_seconds()).await?;
    let members = members(&mut tx, chat_id).await?;
    if ChatKind::of(&chat) != ChatKind::Group {
        // A channel that has ended is shown to nobody.
        channels::forget_dialogs(&mut tx, number(&chat), &members).await?;
    }
    tell(services, &mut tx, &chat, &members).await?;
    services.commit(tx, &members).await?;
    Ok(members.len())
}

/// Takes the picture off a chat; returns whom to wake after the commit.
pub(super) async fn lose_photo(
    services: &Services,
    tx: &mut Tx,
    chat_id: i64,
) -> Result<Vec<i64>, Error> {
    let Some(chat) = rows::by_id(tx, chat_id).await? else {
        return Ok(Vec::new());
    };
    rows::set_photo(tx, chat_id, None).await?;
    if chat.deleted_at.is_some() {
        return Ok(Vec::new());
    }
    let members = members(tx, chat_id).await?;
    tell(services, tx, &chat, &members).await?;
    Ok(members)
}

/// Journals that a chat itself looks different now.
async fn tell(
    services: &Services,
    tx: &mut Tx,
    chat: &ChatRow,
    members: &[i64],
) -> Result<(), Error> {
    if ChatKind::of(chat) == ChatKind::Group {
        updates::chat_changed(services, tx, members, number(chat), (0, 0)).await
    } else {
        updates::channel_changed(services, tx, number(chat), members, (0, 0)).await
    }
}

fn number(chat: &ChatRow) -> i64 {
    ChatKind::of(chat).peer(chat.chat_id).number()
}

/// Everybody who is in a chat, by user id.
async fn members(tx: &mut Tx, chat_id: i64) -> Result<Vec<i64>, Error> {
    let mut all = Vec::new();
    loop {
        let after = all.last().copied().unwrap_or(0);
        let page = rows::present(tx, chat_id, after, MEMBERS_PAGE).await?;
        all.extend(page.iter().map(|row| row.user_id));
        if (page.len() as i64) < MEMBERS_PAGE {
            return Ok(all);
        }
    }
}
