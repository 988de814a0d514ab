//! `contacts.*`: the caller's contacts, and whom it has blocked.

mod accept_contact;
mod add_contact;
mod block;
mod delete_by_phones;
mod delete_contacts;
mod edit_close_friends;
mod get_blocked;
mod get_contact_ids;
mod get_contacts;
mod get_saved;
mod get_statuses;
mod import_contacts;
mod resolve_phone;
mod resolve_username;
mod search;
mod unblock;

use domain::{peers::UserView, updates::Offers};
use tl::{
    enums,
    functions::contacts::{
        AcceptContact, AddContact, Block, DeleteByPhones, DeleteContacts, EditCloseFriends,
        GetBlocked, GetContactIDs, GetContacts, GetSaved, GetStatuses, ImportContacts,
        ResolvePhone, ResolveUsername, Search, Unblock,
    },
    types,
};

use super::{Cx, Human, Method, answers};

pub(super) const METHODS: &[Method] = &[
    Method::of::<AcceptContact>(),
    Method::of::<AddContact>(),
    Method::of::<Block>(),
    Method::of::<DeleteByPhones>(),
    Method::of::<DeleteContacts>(),
    Method::of::<EditCloseFriends>(),
    Method::of::<GetBlocked>(),
    Method::of::<GetContactIDs>(),
    Method::of::<GetContacts>(),
    Method::of::<GetSaved>(),
    Method::of::<GetStatuses>(),
    Method::of::<ImportContacts>(),
    Method::of::<ResolvePhone>(),
    Method::of::<ResolveUsername>(),
    Method::of::<Search>(),
    Method::of::<Unblock>(),
];

/// `Updates` that say that the settings of these users changed, with the users themselves.
fn settings_changed(cx: &Cx, caller: &Human, offered: &[Offers]) -> enums::Updates {
    let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
    let updates = offered.iter().map(|offers| {
        let peer = types::PeerUser {
            user_id: offers.view.user_id,
        }
        .into();
        let settings = answers::chat_offers(offers);
        enums::Update::from(types::UpdatePeerSettings { peer, settings })
    });
    types::Updates {
        updates: updates.collect(),
        users: offered
            .iter()
            .map(|offers| answers::user(to, &offers.view))
            .collect(),
        chats: Vec::new(),
        date: answers::int(cx.services.clock.unix_seconds()),
        seq: 0,
    }
    .into()
}

fn resolved(to: answers::For<'_>, view: &UserView) -> types::contacts::ResolvedPeer {
    types::contacts::ResolvedPeer {
        peer: types::PeerUser {
            user_id: view.user_id,
        }
        .into(),
        chats: Vec::new(),
        users: vec![answers::user(to, view)],
    }
}
