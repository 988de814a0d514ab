//! Somebody is writing: shown to the sessions of this node, and said to the other nodes. Nothing is kept.

use bytes::{Buf, BufMut, Bytes};
use domain::Peer;
use store::bus::{Bus, WORDS_BYTES_MAX};
use tl::{Put, enums, types};

use crate::{net::sessions::Sessions, rpc::answers};

/// Who does what where.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Typing {
    /// Who.
    pub(crate) user_id: i64,
    /// A chat with one of those who are told, or a group.
    pub(crate) peer: Peer,
    /// What.
    pub(crate) action: enums::SendMessageAction,
}

/// Shows the sessions of `told`, wherever they are, that a user is doing something in their chat or in a
/// group.
pub(crate) fn typing((sessions, bus): (&Sessions, &Bus), told: &[i64], typing: &Typing, now: i64) {
    show(sessions, told, typing, now);
    if bus.has_others() && !told.is_empty() {
        let mut words = words(told, typing);
        if words.len() > WORDS_BYTES_MAX {
            let action = enums::SendMessageAction::SendMessageTypingAction;
            let short = Typing {
                action,
                ..typing.clone()
            };
            words = self::words(told, &short);
        }
        bus.say(words);
    }
}

/// The same, said by another node. What cannot be read is passed over: it is worth nothing later.
pub(crate) fn typing_elsewhere(sessions: &Sessions, words: Bytes, now: i64) {
    if let Some((told, typing)) = read(words) {
        show(sessions, &told, &typing, now);
    }
}

fn show(sessions: &Sessions, told: &[i64], typing: &Typing, now: i64) {
    for (session, facts) in told.iter().flat_map(|told| sessions.of_user(*told)) {
        if !facts.wants_updates {
            continue;
        }
        let action = if typing.action.exists_in(facts.layer) {
            typing.action.clone()
        } else {
            enums::SendMessageAction::SendMessageTypingAction
        };
        let update = match typing.peer {
            Peer::Group(chat_id) => types::UpdateChatUserTyping {
                chat_id,
                from_id: answers::peer(typing.user_id),
                action,
            }
            .into(),
            _ => types::UpdateUserTyping::new(typing.user_id, action).into(),
        };
        let updates: enums::Updates = types::UpdateShort {
            update,
            date: answers::int(now),
        }
        .into();
        if let Ok(bytes) = tl::encode(&updates, facts.layer) {
            sessions.push(session, bytes.into());
        }
    }
}

fn words(told: &[i64], typing: &Typing) -> Bytes {
    let mut words = Vec::new();
    words.put_i64(typing.user_id);
    words.put_i64(typing.peer.number());
    words.put_u32(u32::try_from(told.len()).unwrap_or(u32::MAX));
    told.iter().for_each(|user_id| words.put_i64(*user_id));
    // The newest layer has a form for whatever was read.
    words.extend(tl::encode(&typing.action, tl::LAYER_MAX).unwrap_or_default());
    words.into()
}

fn read(mut words: Bytes) -> Option<(Vec<i64>, Typing)> {
    let user_id = words.try_get_i64().ok()?;
    let peer = Peer::of(words.try_get_i64().ok()?);
    let count = usize::try_from(words.try_get_u32().ok()?).ok()?;
    if words.remaining() / 8 < count {
        return None;
    }
    let told = (0..count).map(|_| words.get_i64()).collect();
    let action = tl::decode(words).ok()?;
    Some((
        told,
        Typing {
            user_id,
            peer,
            action,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_were_written_and_broken_ones_passed_over() {
        let typing = Typing {
            user_id: 7,
            peer: Peer::Group(9),
            action: types::SendMessageUploadPhotoAction { progress: 50 }.into(),
        };
        let words = words(&[1, 2, 3], &typing);
        assert_eq!(read(words.clone()), Some((vec![1, 2, 3], typing)));
        for len in 0..words.len() {
            assert_eq!(read(words.slice(..len)), None, "{len}");
        }
    }
}
