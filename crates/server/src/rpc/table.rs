//! The table of methods: from an id on the wire to the handler behind it.

use std::{collections::HashMap, future::Future, pin::Pin, sync::LazyLock};

use bytes::Bytes;
use domain::{Error, Fault, Refusal};
use tl::{
    ReadError,
    wire::{Reader, Writer},
};

use super::{
    Cx, Origin, Rpc,
    caller::{Admit, Who},
};

/// The TL bytes of a result, in the caller's layer.
pub(super) type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, Error>> + Send + 'a>>;

/// One row of the table.
pub(crate) struct Method {
    pub(super) name: &'static str,
    pub(super) ids: &'static [u32],
    #[cfg_attr(not(test), expect(dead_code, reason = "a test reads the table"))]
    pub(super) who: Who,
    pub(super) call: for<'a> fn(u32, Bytes, Origin, &'a Cx) -> Answer<'a>,
}

impl Method {
    /// The row of method `M`.
    pub(crate) const fn of<M: Rpc>() -> Self {
        Self {
            name: M::NAME,
            ids: M::IDS,
            who: M::Caller::WHO,
            call: call::<M>,
        }
    }
}

/// Admits the caller, decodes, handles, encodes.
fn call<M: Rpc>(id: u32, body: Bytes, origin: Origin, cx: &Cx) -> Answer<'_> {
    Box::pin(async move {
        let layer = origin.layer;
        let caller = M::Caller::admit(origin)?;
        let request = decode::<M>(id, body)?;
        let outcome = request.handle(caller, cx).await?;
        let mut writer = Writer::new(layer);
        M::put_output(&outcome, &mut writer);
        Ok(writer
            .into_result()
            .map_err(Fault::doing("write an answer in the caller's layer"))?)
    })
}

fn decode<M: Rpc>(id: u32, body: Bytes) -> Result<M, Refusal> {
    let mut reader = Reader::new(body);
    let request = M::get(&mut reader, id).and_then(|request| {
        reader.finish()?;
        Ok(request)
    });
    request.map_err(|error| unreadable(&error))
}

/// The words for bytes that are not what they claim to be.
pub(super) fn unreadable(error: &ReadError) -> Refusal {
    match error {
        ReadError::Method(id) => Refusal::unknown_method(*id),
        ReadError::Constructor(_) => Refusal::INPUT_CONSTRUCTOR_INVALID,
        ReadError::TooLong => Refusal::INPUT_REQUEST_TOO_LONG,
        _ => Refusal::INPUT_FETCH_FAIL,
    }
}

/// Every method with a handler, by each of its ids in every layer.
pub(super) static METHODS: LazyLock<HashMap<u32, &'static Method>> = LazyLock::new(|| {
    let with_ids = |row: &'static Method| row.ids.iter().map(move |id| (*id, row));
    rows().flat_map(with_ids).collect()
});

/// The rows of all namespaces.
pub(super) fn rows() -> impl Iterator<Item = &'static Method> {
    [
        super::account::METHODS,
        super::auth::METHODS,
        super::bots::METHODS,
        super::channels::METHODS,
        super::contacts::METHODS,
        super::help::METHODS,
        super::messages::METHODS,
        super::photos::METHODS,
        super::stories::METHODS,
        super::updates::METHODS,
        super::upload::METHODS,
        super::users::METHODS,
        super::quiet::METHODS,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What bots may call, of the methods that need a login. Source: the lists of libraries that bots
    /// use, and the official method pages; whatever is not here is BOT_METHOD_INVALID for them.
    const FOR_BOTS: &[&str] = &[
        "auth.exportAuthorization",
        "auth.logOut",
        "bots.getBotCommands",
        "bots.getBotInfo",
        "bots.resetBotCommands",
        "bots.setBotCommands",
        "bots.setBotInfo",
        "channels.deleteMessages",
        "channels.editAdmin",
        "channels.editBanned",
        "channels.editPhoto",
        "channels.editTitle",
        "channels.getChannels",
        "channels.getFullChannel",
        "channels.getMessages",
        "channels.getParticipant",
        "channels.getParticipants",
        "channels.leaveChannel",
        "contacts.resolveUsername",
        "messages.deleteChatUser",
        "messages.deleteMessages",
        "messages.editChatAbout",
        "messages.editChatPhoto",
        "messages.editChatTitle",
        "messages.getChats",
        "messages.getCustomEmojiDocuments",
        "messages.getFullChat",
        "messages.getMessages",
        "messages.getStickerSet",
        "messages.sendMessage",
        "messages.setTyping",
        "photos.deletePhotos",
        "photos.getUserPhotos",
        "photos.updateProfilePhoto",
        "photos.uploadProfilePhoto",
        "updates.getChannelDifference",
        "updates.getDifference",
        "updates.getState",
        "upload.getFile",
        "upload.getFileHashes",
        "upload.saveBigFilePart",
        "upload.saveFilePart",
        "users.getFullUser",
        "users.getUsers",
    ];

    /// Of those, what people may not call.
    const FOR_BOTS_ALONE: &[&str] = &[
        "bots.getBotCommands",
        "bots.resetBotCommands",
        "bots.setBotCommands",
    ];

    fn names(who: &[Who]) -> BTreeSet<&'static str> {
        let rows = METHODS.values().filter(|row| who.contains(&row.who));
        rows.map(|row| row.name).collect()
    }

    /// A new method that bots may call gets a line above; one that is for people names `Human`.
    #[test]
    fn bots_may_call_what_the_list_names_and_nothing_else() {
        let listed: BTreeSet<&str> = FOR_BOTS.iter().copied().collect();
        assert_eq!(names(&[Who::Users, Who::Bots]), listed);
        let alone: BTreeSet<&str> = FOR_BOTS_ALONE.iter().copied().collect();
        assert_eq!(names(&[Who::Bots]), alone);
    }

    #[test]
    fn whoever_has_a_key_may_only_sign_in_and_look_around() {
        for name in names(&[Who::Anyone]) {
            let areas = ["auth.", "help.", "langpack.", "upload.getCdnFile"];
            assert!(areas.iter().any(|area| name.starts_with(area)), "{name}");
        }
        assert!(names(&[Who::People]).len() > 20);
    }
}
