//! The picture of a channel: set, seen, downloaded, announced, taken away, found in the history.

use testkit::{Account, decode, download, picture, pixel};
use tl::{enums, functions, types};

use crate::seat::{
    Channel, ban, channel_changed, create, edit_photo, full, history, invite, named, of_channel,
    parts, peer_photo, photo_told, promote, refused, sees, set_photo, shown, told_as, told_in,
};

const RED: [u8; 3] = [200, 20, 20];
const BLUE: [u8; 3] = [20, 20, 200];

/// A supergroup of Ada's with Bob in it, as each of them names it.
async fn with_member(ada: &Account, bob: &Account, megagroup: bool) -> (Channel, Channel) {
    let ours = create(ada, megagroup, "Ours").await;
    assert_eq!(invite(ada, &ours, &[bob]).await.unwrap(), [0; 0]);
    let theirs = named(&bob.update(channel_changed).await);
    (ours, theirs)
}

/// P135 for both kinds of channel, from the creator's and the member's seat.
#[tokio::test]
async fn p135_a_picture_is_set_announced_seen_and_taken_away() {
    let server = testkit::start().await;
    for megagroup in [true, false] {
        let (ada, bob) = server.two_contacts("Ada", "Bob").await;
        let phone = server.session_of(&ada).await;
        let (ours, theirs) = with_member(&ada, &bob, megagroup).await;
        let answer = set_photo(&ada, &ours, Some(&picture(RED, 800)))
            .await
            .unwrap();
        let (message, pts) = told_in(&answer).unwrap();
        let photo = photo_told(&message);
        assert_eq!(shown(&parts(&answer).1[0]), Some(photo.id));
        assert_eq!(message.post, !megagroup);
        assert_eq!(message.from_id.is_some(), megagroup);
        assert!(message.out);
        for session in [&phone, &bob] {
            let (told, told_pts) = session
                .update(|updates| told_as(updates, |told| told.id == message.id))
                .await;
            assert_eq!((photo_told(&told).id, told_pts), (photo.id, pts));
            assert_eq!(told.out, session.id == ada.id);
        }
        let seen = full(&bob, &theirs).await.unwrap();
        let enums::Photo::Photo(seen) = &seen.chat_photo else {
            panic!("the full channel has its picture");
        };
        assert_eq!(seen.id, photo.id);
        assert_eq!(shown(&sees(&bob, &theirs).await), Some(photo.id));
        let small = decode(&peer_photo(&bob, &theirs, photo.id, false).await.unwrap());
        assert_eq!(small.width(), 160);
        assert!(pixel(&small, (4, 4))[0] > 150);
        let big = decode(&download(&bob, seen, "c").await.unwrap());
        assert_eq!(big.width(), 640);
        let answer = set_photo(&ada, &ours, None).await.unwrap();
        let (gone, _) = told_in(&answer).unwrap();
        assert!(matches!(gone.action, enums::MessageAction::ChatDeletePhoto));
        assert_eq!(shown(&sees(&bob, &theirs).await), None);
        let again = set_photo(&ada, &ours, None).await.unwrap_err();
        assert_eq!(again, refused("CHAT_NOT_MODIFIED"));
    }
}

/// Photo history: `messages.search` with the filter finds the pictures, newest first, for members alone.
#[tokio::test]
async fn the_history_of_pictures_is_found() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let (ours, theirs) = with_member(&ada, &bob, true).await;
    let mut set = Vec::new();
    for colour in [RED, BLUE] {
        let answer = set_photo(&ada, &ours, Some(&picture(colour, 320)))
            .await
            .unwrap();
        set.insert(0, photo_told(&told_in(&answer).unwrap().0).id);
    }
    let found = |peer: enums::InputPeer| {
        let filter = enums::MessagesFilter::InputMessagesFilterChatPhotos;
        let mut request =
            functions::messages::Search::new(peer, String::new(), filter, 0, 0, 0, 0, 10, 0, 0, 0);
        request.limit = 10;
        request
    };
    let (messages, _) = of_channel(bob.call(found(theirs.peer())).await.unwrap());
    let pictures: Vec<i64> = messages
        .iter()
        .map(|message| match message {
            enums::Message::Service(message) => photo_told(message).id,
            other => panic!("not a picture: {other:?}"),
        })
        .collect();
    assert_eq!(pictures, set);
    let stranger = server.account("Cara").await;
    let theirs = Channel {
        id: ours.id,
        access_hash: theirs.access_hash,
    };
    let word = stranger.call(found(theirs.peer())).await.unwrap_err().name;
    assert_eq!(word, "PEER_ID_INVALID");
}

/// A photo that the caller or the channel has or had is used again, with hash and reference.
#[tokio::test]
async fn a_known_photo_is_used_again() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let ours = create(&ada, false, "Ours").await;
    let first = set_photo(&ada, &ours, Some(&picture(RED, 320)))
        .await
        .unwrap();
    let first = photo_told(&told_in(&first).unwrap().0);
    set_photo(&ada, &ours, None).await.unwrap();
    let known = |photo: &types::Photo, reference: &[u8]| {
        let id = types::InputPhoto {
            id: photo.id,
            access_hash: photo.access_hash,
            file_reference: reference.to_vec().into(),
        };
        enums::InputChatPhoto::from(types::InputChatPhoto { id: id.into() })
    };
    let word = |outcome: Result<enums::Updates, testkit::Refused>| outcome.unwrap_err().name;
    let broken = edit_photo(&ada, &ours, known(&first, &[1, 2, 3])).await;
    assert_eq!(word(broken), "FILE_REFERENCE_INVALID");
    let empty = edit_photo(&ada, &ours, known(&first, &[])).await;
    assert_eq!(word(empty), "FILE_REFERENCE_EMPTY");
    let answer = edit_photo(&ada, &ours, known(&first, &first.file_reference))
        .await
        .unwrap();
    let again = photo_told(&told_in(&answer).unwrap().0);
    assert_ne!(again.id, first.id);
    assert_eq!(shown(&sees(&ada, &ours).await), Some(again.id));
    let same = edit_photo(&ada, &ours, known(&again, &again.file_reference)).await;
    assert_eq!(word(same), "CHAT_NOT_MODIFIED");
}

/// A stranger, and somebody who was sent away, are shown nothing of a private channel's picture and can
/// download nothing of it.
#[tokio::test]
async fn strangers_and_those_sent_away_see_no_picture() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let (ours, theirs) = with_member(&ada, &bob, true).await;
    let answer = set_photo(&ada, &ours, Some(&picture(RED, 320)))
        .await
        .unwrap();
    let id = photo_told(&told_in(&answer).unwrap().0).id;
    let (held, _) = history(&bob, &theirs).await.unwrap();
    let enums::Message::Service(held) = &held[0] else {
        panic!("the newest message tells of the picture");
    };
    let held = photo_told(held);
    assert!(download(&bob, &held, "a").await.is_ok());
    ban(&ada, &ours, &bob, true).await.unwrap();
    let forbidden = bob
        .update(|updates| {
            channel_changed(updates).filter(|chat| matches!(chat, enums::Chat::ChannelForbidden(_)))
        })
        .await;
    assert_eq!(named(&forbidden).id, ours.id);
    assert_eq!(shown(&sees(&bob, &theirs).await), None);
    let private = refused("CHANNEL_PRIVATE");
    assert_eq!(full(&bob, &theirs).await.unwrap_err(), private);
    assert_eq!(history(&bob, &theirs).await.unwrap_err(), private);
    let word = |outcome: Result<Vec<u8>, testkit::Refused>| outcome.unwrap_err().name;
    assert_eq!(word(download(&bob, &held, "a").await), "LOCATION_INVALID");
    let by_peer = peer_photo(&bob, &theirs, id, true).await;
    assert_eq!(word(by_peer), "LOCATION_INVALID");
    let cara = server.account("Cara").await;
    let stolen = full(&cara, &theirs).await.unwrap_err();
    assert_eq!(stolen, refused("CHANNEL_INVALID"));
    assert_eq!(word(download(&cara, &held, "a").await), "LOCATION_INVALID");
    assert_eq!(
        word(peer_photo(&cara, &theirs, id, true).await),
        "LOCATION_INVALID"
    );
}

/// Members change nothing, administrators do; both kinds.
#[tokio::test]
async fn administrators_change_the_picture_and_members_do_not() {
    let server = testkit::start().await;
    for megagroup in [true, false] {
        let (ada, bob) = server.two_contacts("Ada", "Bob").await;
        let (ours, theirs) = with_member(&ada, &bob, megagroup).await;
        let red = picture(RED, 320);
        let denied = set_photo(&bob, &theirs, Some(&red)).await.unwrap_err();
        assert_eq!(denied, refused("CHAT_ADMIN_REQUIRED"));
        promote(&ada, &ours, &bob, true).await.unwrap();
        let answer = set_photo(&bob, &theirs, Some(&red)).await.unwrap();
        let (message, _) = told_in(&answer).unwrap();
        let seen = ada
            .update(|updates| told_as(updates, |told| told.id == message.id))
            .await;
        assert_eq!(photo_told(&seen.0).id, photo_told(&message).id);
        promote(&ada, &ours, &bob, false).await.unwrap();
        let denied = set_photo(&bob, &theirs, None).await.unwrap_err();
        assert_eq!(denied, refused("CHAT_ADMIN_REQUIRED"));
    }
}

/// The oldest layers served see the same.
#[tokio::test]
async fn p131_old_layers_see_the_picture_too() {
    let server = testkit::start().await;
    for layer in [148, 158] {
        let client = server.client_in_layer(layer).await;
        let ada = Account::sign_up(client, &format!("1555777{layer}"), "Ada").await;
        let ours = create(&ada, true, "Ours").await;
        let answer = set_photo(&ada, &ours, Some(&picture(BLUE, 320)))
            .await
            .unwrap();
        let photo = photo_told(&told_in(&answer).unwrap().0);
        assert_eq!(shown(&sees(&ada, &ours).await), Some(photo.id));
        let seen = full(&ada, &ours).await.unwrap();
        assert!(matches!(seen.chat_photo, enums::Photo::Photo(seen) if seen.id == photo.id));
        assert!(download(&ada, &photo, "b").await.is_ok());
        let bob = server.account("Bob").await;
        assert_eq!(invite(&ada, &ours, &[&bob]).await.unwrap(), [0; 0]);
    }
}
