//! What clients read out of answers and updates.

use testkit::{Account, Refused};
use tl::{enums, functions, types};

/// The photo of an answer.
pub(crate) fn photo(answer: &types::photos::Photo) -> &types::Photo {
    photo_of(&answer.photo)
}

pub(crate) fn photo_of(photo: &enums::Photo) -> &types::Photo {
    match photo {
        enums::Photo::Photo(photo) => photo,
        enums::Photo::Empty(_) => panic!("no photo"),
    }
}

/// The id of a photo that may be absent.
pub(crate) fn photo_id(photo: Option<&enums::Photo>) -> Option<i64> {
    photo.map(|photo| photo_of(photo).id)
}

pub(crate) fn user(user: &enums::User) -> &types::User {
    match user {
        enums::User::User(user) => user,
        enums::User::Empty(_) => panic!("no user"),
    }
}

/// The picture of a user in a list: id and whether it is personal.
pub(crate) fn shown(user: &types::User) -> Option<(i64, bool)> {
    match user.photo.as_ref()? {
        enums::UserProfilePhoto::UserProfilePhoto(photo) => {
            assert!(
                photo
                    .stripped_thumb
                    .as_ref()
                    .is_some_and(|thumb| thumb[0] == 1)
            );
            Some((photo.photo_id, photo.personal))
        }
        enums::UserProfilePhoto::Empty => None,
    }
}

/// Whether the picture of a user in a list moves.
pub(crate) fn has_video(user: &types::User) -> bool {
    match user.photo.as_ref() {
        Some(enums::UserProfilePhoto::UserProfilePhoto(photo)) => photo.has_video,
        _ => false,
    }
}

/// What `viewer` is shown of `other`, in lists and in the full profile, which must agree (I2 to I4).
pub(crate) async fn sees(viewer: &Account, other: &Account) -> Option<(i64, bool)> {
    let full = viewer.sees_full(other).await;
    let in_list = viewer.sees(other).await;
    let photos = [
        &full.personal_photo,
        &full.profile_photo,
        &full.fallback_photo,
    ];
    let photo = photos.into_iter().flatten().next();
    let moves = photo.is_some_and(|photo| !testkit::films(photo_of(photo)).is_empty());
    assert_eq!(has_video(&in_list), moves);
    let personal = photo_id(full.personal_photo.as_ref());
    let main = photo_id(full.profile_photo.as_ref());
    let fallback = photo_id(full.fallback_photo.as_ref());
    let first = personal
        .or(main)
        .or(fallback)
        .map(|id| (id, personal.is_some()));
    assert_eq!(shown(&in_list), first);
    first
}

/// Sizes of a photo: letter, width, height, length; stripped bytes first.
pub(crate) fn sizes(photo: &types::Photo) -> Vec<(String, i32, i32, i32)> {
    let read = |size: &enums::PhotoSize| match size {
        enums::PhotoSize::PhotoSize(size) => (size.r#type.clone(), size.w, size.h, size.size),
        enums::PhotoSize::PhotoStrippedSize(size) => {
            assert_eq!(size.bytes[0], 1);
            let side = |at: usize| i32::from(size.bytes[at]);
            (size.r#type.clone(), side(2), side(1), 0)
        }
        other => panic!("a size that no client needs: {other:?}"),
    };
    photo.sizes.iter().map(read).collect()
}

/// The updates and users of a push.
pub(crate) fn parts(updates: &enums::Updates) -> (&[enums::Update], &[enums::User], i32) {
    match updates {
        enums::Updates::Updates(updates) => (&updates.updates, &updates.users, updates.seq),
        enums::Updates::Combined(updates) => (&updates.updates, &updates.users, updates.seq),
        _ => (&[], &[], 0),
    }
}

/// The user that a push says has changed, as its receiver sees them now.
pub(crate) fn changed_user(updates: &enums::Updates) -> Option<types::User> {
    let (updates, users, seq) = parts(updates);
    let changed = updates.iter().find_map(|update| match update {
        enums::Update::User(update) => Some(update.user_id),
        _ => None,
    })?;
    assert_eq!(seq, 0);
    users
        .iter()
        .map(user)
        .find(|user| user.id == changed)
        .cloned()
}

/// A suggestion as one of its boxes has it.
pub(crate) struct Suggestion {
    pub(crate) message: types::MessageService,
    pub(crate) photo: types::Photo,
    pub(crate) pts: i32,
}

pub(crate) fn suggestion_in(
    message: &enums::Message,
) -> Option<(types::MessageService, types::Photo)> {
    let enums::Message::Service(message) = message else {
        return None;
    };
    let enums::MessageAction::SuggestProfilePhoto(action) = &message.action else {
        return None;
    };
    Some(((**message).clone(), photo_of(&action.photo).clone()))
}

/// The suggestion in a push.
pub(crate) fn suggestion(updates: &enums::Updates) -> Option<Suggestion> {
    let (updates, users, _) = parts(updates);
    updates.iter().find_map(|update| {
        let enums::Update::NewMessage(update) = update else {
            return None;
        };
        let (message, photo) = suggestion_in(&update.message)?;
        assert_eq!(update.pts_count, 1);
        assert!(users.len() >= 2, "both people come with the message");
        Some(Suggestion {
            message,
            photo,
            pts: update.pts,
        })
    })
}

/// The photo of a suggestion, once every session of its sender and its receiver was told as they must be;
/// `before` is the pts of each box until then.
pub(crate) async fn arrived(
    sender: [&Account; 2],
    receiver: &Account,
    id: i64,
    before: (i32, i32),
) -> types::Photo {
    let mut sent = Vec::new();
    for session in sender {
        let Suggestion {
            message,
            photo,
            pts,
        } = session.update(suggestion).await;
        assert!(message.out);
        assert_eq!((photo.id, pts), (id, before.0 + 1));
        assert_eq!(message.from_id.as_ref().map(peer_id), Some(session.id));
        assert_eq!(peer_id(&message.peer_id), receiver.id);
        sent.push(message.id);
    }
    assert_eq!(sent[0], sent[1]);
    let Suggestion {
        message,
        photo,
        pts,
    } = receiver.update(suggestion).await;
    assert!(!message.out);
    assert_eq!((photo.id, pts), (id, before.1 + 1));
    assert_eq!(message.from_id.as_ref().map(peer_id), Some(sender[0].id));
    assert_eq!(peer_id(&message.peer_id), sender[0].id);
    assert_ne!(message.id, sent[0]);
    let newest = history(receiver, sender[0]).await.remove(0);
    let (found, suggested) = suggestion_in(&newest).expect("the suggestion is the newest");
    assert_eq!((found.id, suggested.id), (message.id, id));
    suggested
}

/// Whether `session` was told of nothing since its last update was taken: a text that is written to it now
/// is the first thing that arrives.
pub(crate) async fn hears_nothing_before_a_text(session: &Account, writer: &Account) -> bool {
    writer.write(session, "now").await;
    let first = session.update(|updates| Some(updates.clone())).await;
    let is_message = |update: &enums::Update| matches!(update, enums::Update::NewMessage(_));
    // A writer's own session may be told of a text from before in the same push.
    let news = parts(&first).0;
    matches!(&first, enums::Updates::UpdateShortMessage(_))
        || !news.is_empty() && news.iter().all(is_message)
}

pub(crate) fn peer_id(peer: &enums::Peer) -> i64 {
    match peer {
        enums::Peer::User(user) => user.user_id,
        other => panic!("a user was expected, not {other:?}"),
    }
}

pub(crate) async fn pts(account: &Account) -> i32 {
    account
        .call(functions::updates::GetState {})
        .await
        .unwrap()
        .pts
}

/// The messages of `account` with `other`, newest first.
pub(crate) async fn history(account: &Account, other: &Account) -> Vec<enums::Message> {
    let peer = account.peer(other).await;
    let request = functions::messages::GetHistory::new(peer, 0, 0, 0, 100, 0, 0, 0);
    match account.call(request).await.unwrap() {
        enums::messages::Messages::Messages(found) => found.messages,
        enums::messages::Messages::Slice(found) => found.messages,
        other => panic!("no history: {other:?}"),
    }
}

pub(crate) fn input_photo(photo: &types::Photo) -> enums::InputPhoto {
    types::InputPhoto {
        id: photo.id,
        access_hash: photo.access_hash,
        file_reference: photo.file_reference.clone(),
    }
    .into()
}

/// `photos.getUserPhotos`: ids, the count of a slice.
pub(crate) async fn list(
    viewer: &Account,
    owner: &Account,
    (offset, max_id, limit): (i32, i64, i32),
) -> (Vec<i64>, Option<i32>) {
    let user_id = viewer.name(owner).await;
    let request = functions::photos::GetUserPhotos {
        user_id,
        offset,
        max_id,
        limit,
    };
    let ids = |photos: &[enums::Photo]| photos.iter().map(|photo| photo_of(photo).id).collect();
    match viewer.call(request).await.unwrap() {
        enums::photos::Photos::Photos(found) => {
            assert_eq!(user(&found.users[0]).id, owner.id);
            (ids(&found.photos), None)
        }
        enums::photos::Photos::Slice(found) => {
            assert_eq!(user(&found.users[0]).id, owner.id);
            (ids(&found.photos), Some(found.count))
        }
    }
}

/// The markup of a custom emoji on these colours.
pub(crate) fn emoji(emoji_id: i64, colours: &[i32]) -> enums::VideoSize {
    types::VideoSizeEmojiMarkup {
        emoji_id,
        background_colors: colours.to_vec(),
    }
    .into()
}

/// The markup of a sticker on these colours.
pub(crate) fn sticker(
    set: enums::InputStickerSet,
    sticker_id: i64,
    colours: &[i32],
) -> enums::VideoSize {
    types::VideoSizeStickerMarkup::new(set, sticker_id, colours.to_vec()).into()
}

pub(crate) fn refused(name: &str) -> Refused {
    Refused::new(400, name)
}

/// The picture of a user by the user.
pub(crate) async fn peer_photo(
    viewer: &Account,
    other: &Account,
    photo_id: i64,
    big: bool,
) -> Result<Vec<u8>, Refused> {
    let peer = viewer.peer(other).await;
    testkit::peer_photo(viewer, peer, photo_id, big).await
}
