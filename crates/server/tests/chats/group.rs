//! A group in a scenario: what its people call, and what they read out of answers and updates.

use std::sync::atomic::{AtomicI64, Ordering};

use testkit::{Account, Refused, TestServer};
use tl::{enums, functions, types};

/// Numbers of messages.
static NUMBERS: AtomicI64 = AtomicI64::new(1);

/// Ada made a group of herself, Bob and Carl; Dan is a stranger to it.
pub(crate) struct Four {
    pub(crate) ada: Account,
    pub(crate) bob: Account,
    pub(crate) carl: Account,
    pub(crate) dan: Account,
    pub(crate) chat_id: i64,
}

pub(crate) async fn four(server: &TestServer) -> Four {
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let (carl, dan) = server.two_strangers("Carl", "Dan").await;
    let made = create(&ada, "Tea", &[&bob, &carl]).await.unwrap();
    let chat_id = chat(&made.updates).id;
    for account in [&bob, &carl] {
        // With the message comes the list of members; Ada had both in her answer.
        account.update(|news| new_message(news).map(|_| ())).await;
    }
    Four {
        ada,
        bob,
        carl,
        dan,
        chat_id,
    }
}

pub(crate) async fn create(
    who: &Account,
    title: &str,
    others: &[&Account],
) -> Result<types::messages::InvitedUsers, Refused> {
    let mut users = Vec::new();
    for other in others {
        users.push(who.name(other).await);
    }
    let request = functions::messages::CreateChat::new(users, title.to_owned());
    who.call(request).await
}

pub(crate) async fn edit(
    who: &Account,
    chat_id: i64,
    photo: impl Into<enums::InputChatPhoto>,
) -> Result<enums::Updates, Refused> {
    let photo = photo.into();
    who.call(functions::messages::EditChatPhoto { chat_id, photo })
        .await
}

/// A new still from a file of this name.
pub(crate) async fn still(who: &Account, bytes: &[u8], name: &str) -> enums::InputChatPhoto {
    let mut uploaded = types::InputChatUploadedPhoto::new();
    uploaded.file = Some(who.upload(bytes, name).await);
    uploaded.into()
}

/// Gives the group a picture; the photo as `who` was told it.
pub(crate) async fn set(who: &Account, chat_id: i64, bytes: &[u8]) -> types::Photo {
    let photo = still(who, bytes, "x.jpg").await;
    let told = edit(who, chat_id, photo).await.unwrap();
    new_photo(&told).expect("the service message").1
}

pub(crate) async fn add(
    who: &Account,
    chat_id: i64,
    other: &Account,
) -> Result<types::messages::InvitedUsers, Refused> {
    let user_id = who.name(other).await;
    who.call(functions::messages::AddChatUser {
        chat_id,
        user_id,
        fwd_limit: 0,
    })
    .await
}

pub(crate) async fn remove(
    who: &Account,
    chat_id: i64,
    other: &Account,
) -> Result<enums::Updates, Refused> {
    let user_id = who.name(other).await;
    who.call(functions::messages::DeleteChatUser::new(chat_id, user_id))
        .await
}

pub(crate) async fn leave(who: &Account, chat_id: i64) {
    let user_id = enums::InputUser::Self_;
    let left = who.call(functions::messages::DeleteChatUser::new(chat_id, user_id));
    left.await.unwrap();
}

pub(crate) fn group(chat_id: i64) -> enums::InputPeer {
    types::InputPeerChat { chat_id }.into()
}

pub(crate) async fn write(
    who: &Account,
    chat_id: i64,
    text: &str,
) -> Result<enums::Updates, Refused> {
    let random_id = NUMBERS.fetch_add(1, Ordering::Relaxed);
    let peer = group(chat_id);
    who.call(functions::messages::SendMessage::new(
        peer,
        text.to_owned(),
        random_id,
    ))
    .await
}

pub(crate) async fn full(
    who: &Account,
    chat_id: i64,
) -> Result<(types::ChatFull, types::messages::ChatFull), Refused> {
    let answer = who
        .call(functions::messages::GetFullChat { chat_id })
        .await?;
    let enums::ChatFull::ChatFull(full) = &answer.full_chat else {
        panic!("a channel");
    };
    Ok(((**full).clone(), answer))
}

/// The group as `who` sees it in a list.
pub(crate) async fn sees(who: &Account, chat_id: i64) -> enums::Chat {
    let id = vec![chat_id];
    let found = who.call(functions::messages::GetChats { id }).await;
    match found.unwrap() {
        enums::messages::Chats::Chats(mut found) => found.chats.remove(0),
        enums::messages::Chats::Slice(_) => panic!("one group is no slice"),
    }
}

/// The picture of a group in a list.
pub(crate) fn shown(chat: &types::Chat) -> Option<i64> {
    match &chat.photo {
        enums::ChatPhoto::ChatPhoto(photo) => {
            assert_eq!(photo.stripped_thumb.as_ref().unwrap()[0], 1);
            Some(photo.photo_id)
        }
        enums::ChatPhoto::Empty => None,
    }
}

/// What stands in updates: the updates themselves, groups, users.
pub(crate) fn parts(
    updates: &enums::Updates,
) -> (&[enums::Update], &[enums::Chat], &[enums::User]) {
    match updates {
        enums::Updates::Updates(all) => (&all.updates, &all.chats, &all.users),
        _ => (&[], &[], &[]),
    }
}

/// The group that updates bring along.
pub(crate) fn chat(updates: &enums::Updates) -> types::Chat {
    group_in(parts(updates).1).expect("the group comes with its news")
}

pub(crate) fn group_in(chats: &[enums::Chat]) -> Option<types::Chat> {
    chats.iter().find_map(|chat| match chat {
        enums::Chat::Chat(chat) => Some((**chat).clone()),
        _ => None,
    })
}

/// The new message of updates and its `pts`.
pub(crate) fn new_message(updates: &enums::Updates) -> Option<(enums::Message, i32)> {
    parts(updates).0.iter().find_map(|update| match update {
        enums::Update::NewMessage(new) => Some((new.message.clone(), new.pts)),
        _ => None,
    })
}

/// The service message of updates that `found` picks out.
pub(crate) fn service<T>(
    updates: &enums::Updates,
    found: impl Fn(&types::MessageService) -> Option<T>,
) -> Option<T> {
    match new_message(updates)?.0 {
        enums::Message::Service(message) => found(&message),
        _ => None,
    }
}

pub(crate) fn photo_in(message: &types::MessageService) -> Option<types::Photo> {
    match &message.action {
        enums::MessageAction::ChatEditPhoto(edit) => match &edit.photo {
            enums::Photo::Photo(photo) => Some((**photo).clone()),
            enums::Photo::Empty(_) => None,
        },
        _ => None,
    }
}

/// The service message about a new picture, and the picture.
pub(crate) fn new_photo(updates: &enums::Updates) -> Option<(types::MessageService, types::Photo)> {
    service(updates, |message| {
        Some((message.clone(), photo_in(message)?))
    })
}

pub(crate) fn no_photo(updates: &enums::Updates) -> Option<types::MessageService> {
    service(updates, |message| {
        let deleted = matches!(message.action, enums::MessageAction::ChatDeletePhoto);
        deleted.then(|| message.clone())
    })
}

/// The text of a new message.
pub(crate) fn text(updates: &enums::Updates) -> Option<types::Message> {
    match new_message(updates)?.0 {
        enums::Message::Message(message) => Some(*message),
        _ => None,
    }
}

/// The list of members that updates bring; `Err`: it is not for the receiver.
pub(crate) fn members(updates: &enums::Updates) -> Option<Result<Vec<i64>, ()>> {
    parts(updates).0.iter().find_map(|update| match update {
        enums::Update::ChatParticipants(list) => Some(ids(&list.participants)),
        _ => None,
    })
}

pub(crate) fn ids(list: &enums::ChatParticipants) -> Result<Vec<i64>, ()> {
    let enums::ChatParticipants::ChatParticipants(list) = list else {
        return Err(());
    };
    let id = |member: &enums::ChatParticipant| match member {
        enums::ChatParticipant::ChatParticipant(member) => member.user_id,
        enums::ChatParticipant::Creator(member) => member.user_id,
        enums::ChatParticipant::Admin(member) => member.user_id,
    };
    Ok(list.participants.iter().map(id).collect())
}

pub(crate) async fn history(who: &Account, chat_id: i64) -> Vec<enums::Message> {
    let request = functions::messages::GetHistory::new(group(chat_id), 0, 0, 0, 100, 0, 0, 0);
    match who.call(request).await.unwrap() {
        enums::messages::Messages::Messages(found) => found.messages,
        other => panic!("no whole history: {other:?}"),
    }
}

/// The picture of a group, by the group.
pub(crate) async fn by_peer(
    who: &Account,
    chat_id: i64,
    photo_id: i64,
    big: bool,
) -> Result<Vec<u8>, Refused> {
    testkit::peer_photo(who, group(chat_id), photo_id, big).await
}

pub(crate) fn refused(name: &str) -> Refused {
    Refused::new(400, name)
}

/// The word of a refusal.
pub(crate) fn word<T: std::fmt::Debug>(outcome: Result<T, Refused>) -> String {
    outcome.unwrap_err().name
}
