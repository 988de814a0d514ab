//! A text into a channel: by its members in a supergroup, by its administrators in a broadcast.

use store::{
    Tx,
    rows::messages::{self, MessageRow},
};

use super::{
    Found, NamedPeer,
    delivery::{Draft, deliver},
    find, queue,
};
use crate::{
    Error, Refusal, Services,
    messages::{Bundle, Doer, ReplyTo, Sent, Written},
    updates,
};

/// Sends a text. The same `random_id` of the same writer again is answered with the first message.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN. CHAT_ADMIN_REQUIRED: a broadcast, and the
/// caller is no administrator. RANDOM_ID_DUPLICATE: the number of another message.
pub(crate) async fn send(
    services: &Services,
    doer: Doer,
    named: NamedPeer,
    written: Written,
) -> Result<Sent, Error> {
    let mut tx = services.store.begin_for(&[queue(named)]).await?;
    let found = find(services, &mut tx, doer.user_id, named).await?;
    let found = may_write(found)?;
    let channel = found.number();
    if let Some(first) = messages::by_random_id(&mut tx, channel, written.random_id).await? {
        if first.twin_id != doer.user_id || first.text != written.text {
            return Err(Refusal::RANDOM_ID_DUPLICATE.into());
        }
        return again(services, &mut tx, doer.user_id, first).await;
    }
    let draft = Draft {
        random_id: Some(written.random_id),
        text: written.text,
        entities: written.entities,
        reply_to: reply(&mut tx, channel, written.reply_to).await?,
        silent: written.silent,
        origin: doer.origin,
        ..found.draft(services, doer.user_id)
    };
    let delivered = deliver(services, &mut tx, &draft).await?;
    let message = delivered.message;
    let bundle = Bundle::of(services, &mut tx, doer.user_id, &[&message], &[]).await?;
    services.commit(tx, &delivered.wake).await?;
    Ok(Sent {
        message,
        pts: delivered.pts,
        bundle,
    })
}

fn may_write(found: Found) -> Result<Found, Refusal> {
    if found.is_broadcast() {
        found.administered()
    } else if found.role.is_present() {
        Ok(found)
    } else {
        Err(Refusal::CHAT_WRITE_FORBIDDEN)
    }
}

async fn again(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    message: MessageRow,
) -> Result<Sent, Error> {
    let channel = message.owner_id;
    let pts = updates::pts_of_message(tx, channel, message.message_id).await?;
    let bundle = Bundle::of(services, tx, viewer, &[&message], &[]).await?;
    Ok(Sent {
        message,
        pts,
        bundle,
    })
}

/// The answered message, if it is still there.
async fn reply(tx: &mut Tx, channel: i64, reply_to: ReplyTo) -> Result<Option<i64>, Error> {
    let ReplyTo::Message(message_id) = reply_to else {
        return Ok(None);
    };
    let answered = messages::by_ids(tx, channel, &[message_id]).await?.pop();
    Ok(answered.map(|row| row.message_id))
}
