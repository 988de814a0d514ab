//! `channels.*`: supergroups and broadcast channels.

mod check_username;
mod create_channel;
mod delete_channel;
mod delete_history;
mod delete_messages;
mod edit_admin;
mod edit_banned;
mod edit_photo;
mod edit_title;
mod get_channels;
mod get_full_channel;
mod get_messages;
mod get_participant;
mod get_participants;
mod invite_to_channel;
mod join_channel;
mod leave_channel;
mod read_history;
mod update_username;

use domain::{
    chats::channels::Outcome,
    messages::Doer,
    updates::{Entry, InChannel},
};
use tl::{
    enums,
    functions::channels::{
        CheckUsername, CreateChannel, DeleteChannel, DeleteHistory, DeleteMessages, EditAdmin,
        EditBanned, EditPhoto, EditTitle, GetChannels, GetFullChannel, GetMessages, GetParticipant,
        GetParticipants, InviteToChannel, JoinChannel, LeaveChannel, ReadHistory, UpdateUsername,
    },
};

use super::{
    Cx, Human, Method, Origin, User, answers, photos,
    users::{named, named_channel, named_peer},
};

pub(super) const METHODS: &[Method] = &[
    Method::of::<CheckUsername>(),
    Method::of::<CreateChannel>(),
    Method::of::<DeleteChannel>(),
    Method::of::<DeleteHistory>(),
    Method::of::<DeleteMessages>(),
    Method::of::<EditAdmin>(),
    Method::of::<EditBanned>(),
    Method::of::<EditPhoto>(),
    Method::of::<EditTitle>(),
    Method::of::<GetChannels>(),
    Method::of::<GetFullChannel>(),
    Method::of::<GetMessages>(),
    Method::of::<GetParticipant>(),
    Method::of::<GetParticipants>(),
    Method::of::<InviteToChannel>(),
    Method::of::<JoinChannel>(),
    Method::of::<LeaveChannel>(),
    Method::of::<ReadHistory>(),
    Method::of::<UpdateUsername>(),
];

/// The caller as one who changes a channel; its session learns of the change in the answer.
fn doer(user_id: i64, origin: &Origin) -> Doer {
    Doer {
        user_id,
        origin: origin.session_id,
    }
}

/// The peer may be a user; groups and channels are no members.
fn is_user(peer: &enums::InputPeer) -> bool {
    !matches!(
        peer,
        enums::InputPeer::Chat(_) | enums::InputPeer::Channel(_)
    )
}

/// What a call did, as `Updates`: the channel itself, and the message that tells of it.
///
/// Source: clients take the channel of `chats` from every such answer.
fn outcome(cx: &Cx, (viewer, origin): (i64, &Origin), outcome: Outcome) -> enums::Updates {
    let to = answers::For::caller(viewer, origin, &cx.services);
    let channel_id = outcome.channel_id;
    let mut updates = vec![answers::channel_changed(channel_id)];
    if let Some((message, pts)) = outcome.told {
        let news = InChannel::Message { message, pts };
        let entry = Entry::Channel { channel_id, news };
        updates.push(answers::update(to, &entry, &outcome.bundle));
    }
    answers::updates(to, updates, &outcome.bundle, outcome.date)
}
