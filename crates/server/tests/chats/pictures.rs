//! The picture of a group: set, seen, downloaded, taken away, and its history.

use testkit::{Account, decode, download, picture, pixel};
use tl::{enums, functions, types};

use crate::group::{
    Four, add, by_peer, chat, create, edit, four, full, group, group_in, history, leave,
    new_message, new_photo, no_photo, photo_in, refused, remove, sees, service, set, shown, still,
    word,
};

const RED: [u8; 3] = [200, 20, 20];
const BLUE: [u8; 3] = [20, 20, 200];

fn near(jpeg: &[u8], colour: [u8; 3]) {
    let image = decode(jpeg);
    let seen = pixel(&image, (2, 4));
    for (a, b) in seen.iter().zip(colour) {
        assert!(a.abs_diff(b) < 40, "{seen:?} is not {colour:?}");
    }
}

/// P135: set by a member, told to every session of everybody, taken away, and not twice.
#[tokio::test]
async fn p135_a_group_picture_is_set_taken_away_and_not_twice() {
    let server = testkit::start().await;
    let Four {
        ada,
        bob,
        carl,
        chat_id,
        ..
    } = four(&server).await;
    let phone = server.session_of(&bob).await;
    let upload = still(&bob, &picture(RED, 800), "x.jpg").await;
    let answer = edit(&bob, chat_id, upload).await.unwrap();
    let (message, photo) = new_photo(&answer).expect("the service message");
    assert!(message.out);
    // iOS requires the chat itself in the answer.
    assert_eq!(shown(&chat(&answer)), Some(photo.id));
    let mut hashes = vec![photo.access_hash];
    for session in [&phone, &ada, &carl] {
        let (told, seen, group) = session
            .update(|news| new_photo(news).map(|(told, seen)| (told, seen, chat(news))))
            .await;
        assert_eq!(told.out, session.id == bob.id);
        assert_eq!((seen.id, shown(&group)), (photo.id, Some(photo.id)));
        if session.id != bob.id {
            // Everybody has a hash of the own.
            assert!(!hashes.contains(&seen.access_hash));
            hashes.push(seen.access_hash);
        }
    }
    let (whole, answer) = full(&carl, chat_id).await.unwrap();
    let Some(enums::Photo::Photo(in_full)) = whole.chat_photo else {
        panic!("the whole group has its picture");
    };
    assert_eq!(in_full.id, photo.id);
    assert_eq!(
        group_in(&answer.chats).as_ref().and_then(shown),
        Some(photo.id)
    );
    let answer = edit(&ada, chat_id, enums::InputChatPhoto::Empty).await;
    let answer = answer.unwrap();
    assert!(no_photo(&answer).is_some());
    assert_eq!(shown(&chat(&answer)), None);
    let group = carl.update(|news| no_photo(news).map(|_| chat(news))).await;
    assert_eq!(shown(&group), None);
    assert!(full(&carl, chat_id).await.unwrap().0.chat_photo.is_none());
    let again = edit(&ada, chat_id, enums::InputChatPhoto::Empty).await;
    assert_eq!(again.map(|_| ()), Err(refused("CHAT_NOT_MODIFIED")));
}

/// P135: the bytes, by the photo and by the group, are the same for every member.
#[tokio::test]
async fn p135_members_download_the_picture_by_photo_and_by_group() {
    let server = testkit::start().await;
    let Four {
        ada, carl, chat_id, ..
    } = four(&server).await;
    let photo = set(&ada, chat_id, &picture(RED, 800)).await;
    let seen = carl.update(new_photo).await.1;
    for (who, photo) in [(&ada, &photo), (&carl, &seen)] {
        let small = by_peer(who, chat_id, photo.id, false).await.unwrap();
        let big = by_peer(who, chat_id, photo.id, true).await.unwrap();
        assert_eq!(small, download(who, photo, "a").await.unwrap());
        assert_eq!(big, download(who, photo, "c").await.unwrap());
        near(&big, RED);
        assert_eq!(decode(&big).width(), 640);
    }
    // A picture that the group does not show.
    let other = by_peer(&ada, chat_id, photo.id + 1, true).await;
    assert_eq!(other.map(|_| ()), Err(refused("LOCATION_INVALID")));
}

/// P135: the difference of somebody who was away, and the history of pictures.
#[tokio::test]
async fn p135_pictures_are_found_later() {
    let server = testkit::start().await;
    let Four {
        ada, carl, chat_id, ..
    } = four(&server).await;
    let state = carl.call(functions::updates::GetState {}).await.unwrap();
    carl.hang_up();
    let first = set(&ada, chat_id, &picture(RED, 800)).await;
    let second = set(&ada, chat_id, &picture(BLUE, 800)).await;
    let request = functions::updates::GetDifference::new(state.pts, state.date, state.qts);
    let enums::updates::Difference::Difference(missed) = carl.call(request).await.unwrap() else {
        panic!("something was missed");
    };
    let photos = |messages: &[enums::Message]| -> Vec<types::Photo> {
        let service = |message: &enums::Message| match message {
            enums::Message::Service(message) => photo_in(message),
            _ => None,
        };
        messages.iter().filter_map(service).collect()
    };
    let told: Vec<i64> = photos(&missed.new_messages)
        .iter()
        .map(|it| it.id)
        .collect();
    assert_eq!(told, [first.id, second.id]);
    assert_eq!(
        group_in(&missed.chats).as_ref().and_then(shown),
        Some(second.id)
    );
    let filter = enums::MessagesFilter::InputMessagesFilterChatPhotos;
    let request = functions::messages::Search::new(
        group(chat_id),
        String::new(),
        filter,
        0,
        0,
        0,
        0,
        10,
        0,
        0,
        0,
    );
    let enums::messages::Messages::Messages(found) = carl.call(request).await.unwrap() else {
        panic!("two pictures are a whole list");
    };
    let found = photos(&found.messages);
    let ids: Vec<i64> = found.iter().map(|it| it.id).collect();
    assert_eq!(ids, [second.id, first.id]);
    near(&download(&carl, &found[1], "c").await.unwrap(), RED);
    near(&download(&carl, &found[0], "c").await.unwrap(), BLUE);
    // The list of chats shows the newest.
    let request = functions::messages::GetDialogs::new(0, 0, enums::InputPeer::Empty, 10, 0);
    let enums::messages::Dialogs::Dialogs(list) = carl.call(request).await.unwrap() else {
        panic!("one chat fits one answer");
    };
    assert_eq!(
        group_in(&list.chats).as_ref().and_then(shown),
        Some(second.id)
    );
}

/// P135: an own picture and an earlier one of the group can be taken; nobody else's.
#[tokio::test]
async fn p135_a_known_picture_is_set_again() {
    let server = testkit::start().await;
    let Four {
        ada, bob, chat_id, ..
    } = four(&server).await;
    let named = |photo: &types::Photo| types::InputChatPhoto { id: input(photo) };
    let first = set(&ada, chat_id, &picture(RED, 800)).await;
    let seen = bob.update(new_photo).await.1;
    set(&ada, chat_id, &picture(BLUE, 800)).await;
    let answer = edit(&bob, chat_id, named(&seen)).await.unwrap();
    let (_, again) = new_photo(&answer).unwrap();
    assert_ne!(again.id, first.id);
    near(&download(&bob, &again, "c").await.unwrap(), RED);
    let same = edit(&bob, chat_id, named(&again)).await;
    assert_eq!(word(same), "CHAT_NOT_MODIFIED");
    let own = bob.set_own(&picture(BLUE, 800)).await.unwrap();
    let enums::Photo::Photo(own) = own.photo else {
        panic!("a picture");
    };
    let answer = edit(&bob, chat_id, named(&own)).await.unwrap();
    near(
        &download(&bob, &new_photo(&answer).unwrap().1, "c")
            .await
            .unwrap(),
        BLUE,
    );
    // Bob's own picture is his to give, with his hash or without one.
    let taken = edit(&ada, chat_id, named(&own)).await;
    assert_eq!(word(taken), "PHOTO_INVALID");
    let mut unproven = seen.clone();
    unproven.access_hash += 1;
    assert_eq!(
        word(edit(&bob, chat_id, named(&unproven)).await),
        "PHOTO_INVALID"
    );
    let mut without = seen.clone();
    without.file_reference = bytes::Bytes::new();
    assert_eq!(
        word(edit(&bob, chat_id, named(&without)).await),
        "FILE_REFERENCE_EMPTY"
    );
    server.expire_file_references();
    assert_eq!(
        word(edit(&bob, chat_id, named(&seen)).await),
        "FILE_REFERENCE_EXPIRED"
    );
}

fn input(photo: &types::Photo) -> enums::InputPhoto {
    types::InputPhoto {
        id: photo.id,
        access_hash: photo.access_hash,
        file_reference: photo.file_reference.clone(),
    }
    .into()
}

/// P135 from other seats: who left, who was removed, who was never there.
#[tokio::test]
async fn p135_the_picture_is_for_those_who_are_there() {
    let server = testkit::start().await;
    let Four {
        ada,
        bob,
        carl,
        dan,
        chat_id,
    } = four(&server).await;
    set(&ada, chat_id, &picture(RED, 800)).await;
    let of_bob = bob.update(new_photo).await.1;
    let of_carl = carl.update(new_photo).await.1;
    leave(&bob, chat_id).await;
    remove(&ada, chat_id, &carl).await.unwrap();
    for (who, photo) in [(&bob, &of_bob), (&carl, &of_carl), (&dan, &of_carl)] {
        let by_photo = download(who, photo, "a").await;
        assert_eq!(by_photo.map(|_| ()), Err(refused("LOCATION_INVALID")));
        let peer = by_peer(who, chat_id, photo.id, true).await;
        assert_eq!(peer.map(|_| ()), Err(refused("LOCATION_INVALID")));
        let upload = still(who, &picture(BLUE, 800), "x.jpg").await;
        let change = edit(who, chat_id, upload).await;
        assert_eq!(change.map(|_| ()), Err(refused("CHAT_ID_INVALID")));
    }
    let enums::Chat::Chat(left) = sees(&bob, chat_id).await else {
        panic!("Bob was there");
    };
    assert!(left.left);
    assert_eq!(shown(&left), None);
    assert!(matches!(
        sees(&carl, chat_id).await,
        enums::Chat::Forbidden(_)
    ));
    assert!(matches!(sees(&dan, chat_id).await, enums::Chat::Empty(_)));
    for who in [&bob, &carl] {
        let (whole, _) = full(who, chat_id).await.unwrap();
        assert!(whole.chat_photo.is_none());
        // The message stays in the own box and shows nothing.
        let messages = history(who, chat_id).await;
        let shows = messages.iter().any(|message| match message {
            enums::Message::Service(message) => photo_in(message).is_some(),
            _ => false,
        });
        assert!(!shows);
        assert!(messages.len() >= 2);
    }
    assert_eq!(
        full(&dan, chat_id).await.map(|_| ()),
        Err(refused("CHAT_ID_INVALID"))
    );
    // What comes later is not for them.
    let last = |message: &types::MessageService| match &message.action {
        enums::MessageAction::ChatDeleteUser(gone) => (gone.user_id == carl.id).then_some(()),
        _ => None,
    };
    carl.update(|news| service(news, last)).await;
    set(&ada, chat_id, &picture(BLUE, 800)).await;
    for who in [&bob, &carl] {
        who.settle().await;
        assert!(
            who.take_updates()
                .iter()
                .all(|news| new_message(news).is_none())
        );
    }
    // Bob comes back and sees what he could see before.
    add(&bob, chat_id, &bob).await.unwrap();
    near(&download(&bob, &of_bob, "c").await.unwrap(), RED);
}

/// P131, P135: old layers make groups, see the picture and read the history.
#[tokio::test]
async fn p131_p135_old_layers_have_group_pictures() {
    let server = testkit::start().await;
    for (number, layer) in [(1, 148), (2, 158)] {
        let client = server.client_in_layer(layer).await;
        let old = Account::sign_up(client, &format!("1666000000{number}"), "Old").await;
        let new = server.account("New").await;
        let made = create(&old, "Tea", &[&new]).await.unwrap();
        assert!(made.missing_invitees.is_empty());
        let chat_id = chat(&made.updates).id;
        let photo = set(&old, chat_id, &picture(RED, 800)).await;
        let seen = new.update(new_photo).await.1;
        assert_eq!(seen.id, photo.id);
        set(&new, chat_id, &picture(BLUE, 800)).await;
        let later = old
            .update(|news| new_photo(news).filter(|(_, it)| it.id != photo.id))
            .await
            .1;
        near(&download(&old, &later, "c").await.unwrap(), BLUE);
        let (whole, _) = full(&old, chat_id).await.unwrap();
        assert!(matches!(whole.chat_photo, Some(enums::Photo::Photo(it)) if it.id == later.id));
        assert_eq!(history(&old, chat_id).await.len(), 3);
    }
}
