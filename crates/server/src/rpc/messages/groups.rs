//! What the answers of several methods about groups share.

use domain::chats::groups::{Added, Outcome};
use tl::{enums, types};

use super::{Cx, Human, Origin, answers};

/// The first layer whose answers say who could not be added. Source: the schema.
const LAYER_MISSING_INVITEES: i32 = 177;

/// Whether the caller's layer can be told who could not be added.
pub(super) fn tells_missing(origin: &Origin) -> bool {
    origin.layer >= LAYER_MISSING_INVITEES
}

/// What a change did, for the caller.
pub(super) fn told(cx: &Cx, caller: i64, origin: &Origin, outcome: &Outcome) -> enums::Updates {
    let to = answers::For::caller(caller, origin, &cx.services);
    let entries = outcome.entries.iter();
    let updates = entries.map(|entry| answers::update(to, entry, &outcome.bundle));
    answers::updates(to, updates.collect(), &outcome.bundle, outcome.date)
}

/// Who came, and who could not be added.
pub(super) fn added(cx: &Cx, caller: &Human, added: &Added) -> types::messages::InvitedUsers {
    let updates = match &added.outcome {
        Some(outcome) => told(cx, caller.id, &caller.origin, outcome),
        None => types::Updates {
            updates: Vec::new(),
            users: Vec::new(),
            chats: Vec::new(),
            date: answers::int(cx.services.clock.unix_seconds()),
            seq: 0,
        }
        .into(),
    };
    let missing = added.missing.iter();
    types::messages::InvitedUsers {
        updates,
        missing_invitees: missing.map(|id| types::MissingInvitee::new(*id)).collect(),
    }
}
