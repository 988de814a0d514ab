//! Who is told of a text, of reading, of typing, of a cleared chat, and who is not.

use tl::{enums, functions, functions::messages as calls};

use crate::seen::{
    deleted, flat, history, is_told_only, new_message, sides, state, text, user_id, whole,
};

#[tokio::test]
async fn a_message_reaches_every_session_of_both_sides_and_nobody_else() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let cleo = server.account("Cleo").await;
    let ada_too = server.session_of(&ada).await;
    let bob_too = server.session_of(&bob).await;
    assert_eq!(state(&ada).await.pts, 1);

    let answer = ada.write(&bob, "hello").await;
    let [
        enums::Update::MessageID(known_as),
        enums::Update::NewMessage(_),
    ] = &flat(&answer)[..]
    else {
        panic!("{answer:?}");
    };
    let (own, pts) = new_message(&answer).unwrap();
    let own = text(&own);
    assert_eq!((known_as.id, own.id, own.out, pts), (own.id, 1, true, 2));

    for session in [&bob, &bob_too] {
        let (message, pts) = session.update(new_message).await;
        assert_eq!(sides(&message), (ada.id, ada.id));
        let message = text(&message);
        assert_eq!(
            (message.message.as_str(), message.out, pts),
            ("hello", false, 2)
        );
    }
    let (message, pts) = ada_too.update(new_message).await;
    assert_eq!(sides(&message), (ada.id, bob.id));
    assert_eq!(
        (text(&message).id, text(&message).out, pts),
        (own.id, true, 2)
    );

    // The session that sent it has its answer and is told nothing; a stranger is told nothing.
    bob.write(&ada, "to the sender").await;
    is_told_only(&ada, "to the sender").await;
    ada.write(&cleo, "to the stranger").await;
    is_told_only(&cleo, "to the stranger").await;
}

#[tokio::test]
async fn a_read_chat_is_told_to_the_writer_and_to_the_readers_other_sessions() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let bob_too = server.session_of(&bob).await;
    for text in ["one", "two", "three"] {
        ada.write(&bob, text).await;
    }
    let peer = bob.peer(&ada).await;
    let affected = bob
        .call(calls::ReadHistory {
            peer: peer.clone(),
            max_id: 2,
        })
        .await
        .unwrap();
    assert_eq!((affected.pts, affected.pts_count), (5, 1));
    let inbox = |updates: &enums::Updates| {
        flat(updates).into_iter().find_map(|update| match update {
            enums::Update::ReadHistoryInbox(read) => Some(read),
            _ => None,
        })
    };
    let read = bob_too.update(inbox).await;
    assert_eq!((user_id(&read.peer), read.max_id, read.pts), (ada.id, 2, 5));
    assert_eq!((read.still_unread_count, read.pts_count), (1, 1));
    let outbox = |updates: &enums::Updates| {
        flat(updates).into_iter().find_map(|update| match update {
            enums::Update::ReadHistoryOutbox(read) => Some(read),
            _ => None,
        })
    };
    let read = ada.update(outbox).await;
    assert_eq!((user_id(&read.peer), read.max_id, read.pts), (bob.id, 2, 5));
    // Nothing new to read: nothing moves.
    let again = bob
        .call(calls::ReadHistory { peer, max_id: 1 })
        .await
        .unwrap();
    assert_eq!((again.pts, again.pts_count), (5, 0));
    assert_eq!(state(&bob).await.unread_count, 1);
}

#[tokio::test]
async fn typing_is_shown_to_the_other_side_and_kept_nowhere() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let peer = ada.peer(&bob).await;
    let action = enums::SendMessageAction::SendMessageTypingAction;
    let request = calls::SetTyping::new(peer.clone(), action.clone());
    assert!(ada.call(request).await.unwrap());
    let typing = bob
        .update(|updates| match &flat(updates)[..] {
            [enums::Update::UserTyping(typing)] => Some(typing.clone()),
            other => panic!("{other:?}"),
        })
        .await;
    assert_eq!((typing.user_id, typing.action), (ada.id, action.clone()));
    assert_eq!(state(&bob).await.pts, 1);

    bob.call(functions::contacts::Block::new(bob.peer(&ada).await))
        .await
        .unwrap();
    bob.take_updates();
    assert!(ada.call(calls::SetTyping::new(peer, action)).await.unwrap());
    bob.call(functions::contacts::Unblock::new(bob.peer(&ada).await))
        .await
        .unwrap();
    ada.write(&bob, "now").await;
    is_told_only(&bob, "now").await;
}

#[tokio::test]
async fn a_cleared_chat_leaves_the_list_of_whoever_cleared_it() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let ada_too = server.session_of(&ada).await;
    for text in ["one", "two"] {
        ada.write(&bob, text).await;
    }
    let clear = async |revoke| {
        let mut request = calls::DeleteHistory::new(ada.peer(&bob).await, 0);
        request.revoke = revoke;
        let cleared = ada.call(request).await.unwrap();
        (cleared.pts, cleared.pts_count, cleared.offset)
    };
    assert_eq!(clear(false).await, (5, 2, 0));
    let told = ada_too.update(deleted).await;
    assert_eq!(
        (told.messages, told.pts, told.pts_count),
        (vec![1, 2], 5, 2)
    );
    let list = calls::GetDialogs::new(0, 0, enums::InputPeer::Empty, 10, 0);
    let list = ada.call(list).await.unwrap();
    assert!(matches!(list, enums::messages::Dialogs::Dialogs(list) if list.dialogs.is_empty()));
    assert_eq!(whole(history(&bob, &ada, 10).await).messages.len(), 2);

    bob.write(&ada, "three").await;
    bob.take_updates();
    assert_eq!(clear(true).await, (7, 1, 0));
    assert_eq!(bob.update(deleted).await.messages, [3]);
    assert_eq!(whole(history(&bob, &ada, 10).await).messages.len(), 2);
}
