//! What clients read out of answers and updates about messages.

use testkit::{Account, Refused};
use tl::{enums, functions, functions::messages as calls, types};

/// Every update in what arrived, without its wrapping.
pub(crate) fn flat(updates: &enums::Updates) -> Vec<enums::Update> {
    match updates {
        enums::Updates::Updates(updates) => {
            assert_eq!(updates.seq, 0, "pushes have no sequence");
            updates.updates.clone()
        }
        enums::Updates::UpdateShort(short) => vec![short.update.clone()],
        other => panic!("unexpected: {other:?}"),
    }
}

/// The first new message, with the `pts` behind it; everybody it names must come along.
pub(crate) fn new_message(updates: &enums::Updates) -> Option<(enums::Message, i32)> {
    let enums::Updates::Updates(all) = updates else {
        return None;
    };
    let (message, pts) = all.updates.iter().find_map(|update| match update {
        enums::Update::NewMessage(new) => {
            assert_eq!(new.pts_count, 1);
            Some((new.message.clone(), new.pts))
        }
        _ => None,
    })?;
    let named: Vec<i64> = all
        .users
        .iter()
        .map(|user| match user {
            enums::User::User(user) => {
                assert!(!user.min && user.access_hash.is_some());
                user.id
            }
            enums::User::Empty(user) => panic!("user {} is empty", user.id),
        })
        .collect();
    let (from, peer) = sides(&message);
    assert!(
        named.contains(&from) && named.contains(&peer),
        "{named:?} for {message:?}"
    );
    Some((message, pts))
}

pub(crate) fn user_id(peer: &enums::Peer) -> i64 {
    match peer {
        enums::Peer::User(user) => user.user_id,
        other => panic!("not a user: {other:?}"),
    }
}

/// Writer and other side.
pub(crate) fn sides(message: &enums::Message) -> (i64, i64) {
    match message {
        enums::Message::Message(message) => (
            user_id(message.from_id.as_ref().unwrap()),
            user_id(&message.peer_id),
        ),
        enums::Message::Service(message) => (
            user_id(message.from_id.as_ref().unwrap()),
            user_id(&message.peer_id),
        ),
        enums::Message::Empty(message) => panic!("message {} is empty", message.id),
    }
}

pub(crate) fn text(message: &enums::Message) -> &types::Message {
    match message {
        enums::Message::Message(message) => message,
        other => panic!("not a text: {other:?}"),
    }
}

pub(crate) fn service(message: &enums::Message) -> &types::MessageService {
    match message {
        enums::Message::Service(message) => message,
        other => panic!("not a service message: {other:?}"),
    }
}

pub(crate) fn suggested(message: &enums::Message) -> &types::Photo {
    match &service(message).action {
        enums::MessageAction::SuggestProfilePhoto(suggest) => match &suggest.photo {
            enums::Photo::Photo(photo) => photo,
            enums::Photo::Empty(_) => panic!("no photo"),
        },
        other => panic!("not a suggestion: {other:?}"),
    }
}

pub(crate) fn deleted(updates: &enums::Updates) -> Option<types::UpdateDeleteMessages> {
    let enums::Updates::Updates(all) = updates else {
        return None;
    };
    all.updates.iter().find_map(|update| match update {
        enums::Update::DeleteMessages(deleted) => Some(deleted.clone()),
        _ => None,
    })
}

/// What `account` is told next is this text and nothing before it.
pub(crate) async fn is_told_only(account: &Account, expected: &str) {
    let (message, _) = account
        .update(|updates| Some(new_message(updates).expect("nothing but messages")))
        .await;
    assert_eq!(text(&message).message, expected);
}

pub(crate) fn photo_id(photo: &enums::Photo) -> i64 {
    match photo {
        enums::Photo::Photo(photo) => photo.id,
        enums::Photo::Empty(photo) => panic!("photo {} is empty", photo.id),
    }
}

pub(crate) async fn history(
    account: &Account,
    other: &Account,
    limit: i32,
) -> enums::messages::Messages {
    let peer = account.peer(other).await;
    account
        .call(calls::GetHistory::new(peer, 0, 0, 0, limit, 0, 0, 0))
        .await
        .unwrap()
}

pub(crate) fn whole(listed: enums::messages::Messages) -> types::messages::Messages {
    match listed {
        enums::messages::Messages::Messages(whole) => whole,
        other => panic!("not the whole list: {other:?}"),
    }
}

pub(crate) async fn state(account: &Account) -> types::updates::State {
    account.call(functions::updates::GetState {}).await.unwrap()
}

pub(crate) fn send(peer: &enums::InputPeer, text: &str, random_id: i64) -> calls::SendMessage {
    calls::SendMessage::new(peer.clone(), text.to_owned(), random_id)
}

pub(crate) fn refused(code: i32, name: &str) -> Refused {
    Refused::new(code, name)
}
