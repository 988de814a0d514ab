//! Texts of a group: sent, shown, read, answered, taken back.

use tl::{enums, functions, types};

use crate::group::{Four, four, group, history, leave, parts, text, word, write};

/// Every session of everybody gets the text, each box with an id of its own.
#[tokio::test]
async fn a_text_reaches_everybody_and_nobody_else() {
    let server = testkit::start().await;
    let Four {
        ada,
        bob,
        carl,
        dan,
        chat_id,
    } = four(&server).await;
    bob.write(&bob, "moves the ids of Bob's box").await;
    bob.take_updates();
    let tablet = server.session_of(&ada).await;
    let sent = text(&write(&ada, chat_id, "hello").await.unwrap()).unwrap();
    assert!(sent.out);
    let there = types::PeerChat { chat_id };
    assert_eq!(sent.peer_id, there.into());
    let on_tablet = tablet.update(text).await;
    assert_eq!((on_tablet.id, on_tablet.out), (sent.id, true));
    let at_bob = bob
        .update(|news| text(news).filter(|message| message.message == "hello"))
        .await;
    let at_carl = carl.update(text).await;
    assert_ne!(at_bob.id, at_carl.id);
    for (seen, who) in [(&at_bob, &bob), (&at_carl, &carl)] {
        let from = types::PeerUser { user_id: ada.id };
        assert_eq!(seen.from_id, Some(from.into()));
        assert_eq!((seen.out, history(who, chat_id).await.len()), (false, 2));
    }
    dan.settle().await;
    assert!(dan.take_updates().iter().all(|news| text(news).is_none()));
    let request = functions::messages::GetHistory::new(group(chat_id), 0, 0, 0, 100, 0, 0, 0);
    assert_eq!(word(dan.call(request).await), "PEER_ID_INVALID");
}

/// Reading is told to who wrote; unread ones are counted.
#[tokio::test]
async fn the_writer_learns_that_a_text_was_read() {
    let server = testkit::start().await;
    let Four {
        ada, bob, chat_id, ..
    } = four(&server).await;
    let sent = text(&write(&ada, chat_id, "hello").await.unwrap()).unwrap();
    let seen = bob.update(text).await;
    let unread = async || {
        let peer = types::InputDialogPeer {
            peer: group(chat_id),
        };
        let peers = vec![peer.into()];
        let found = bob
            .call(functions::messages::GetPeerDialogs { peers })
            .await;
        let enums::Dialog::Dialog(dialog) = found.unwrap().dialogs.remove(0);
        dialog.unread_count
    };
    assert_eq!(unread().await, 2);
    let (peer, max_id) = (group(chat_id), seen.id);
    let read = bob
        .call(functions::messages::ReadHistory { peer, max_id })
        .await;
    assert_eq!(read.unwrap().pts_count, 1);
    assert_eq!(unread().await, 0);
    let max_id = ada
        .update(|news| {
            parts(news).0.iter().find_map(|update| match update {
                enums::Update::ReadHistoryOutbox(read) => Some(read.max_id),
                _ => None,
            })
        })
        .await;
    assert_eq!(max_id, sent.id);
}

/// Somebody writes: everybody else in the group is shown it.
#[tokio::test]
async fn typing_is_shown_to_the_group() {
    let server = testkit::start().await;
    let Four {
        ada,
        bob,
        carl,
        dan,
        chat_id,
    } = four(&server).await;
    let typing = || {
        let action = enums::SendMessageAction::SendMessageTypingAction;
        functions::messages::SetTyping::new(group(chat_id), action)
    };
    assert!(ada.call(typing()).await.unwrap());
    let shown = |news: &enums::Updates| match news {
        enums::Updates::UpdateShort(short) => match &short.update {
            enums::Update::ChatUserTyping(typing) => Some((typing.chat_id, typing.from_id.clone())),
            _ => None,
        },
        _ => None,
    };
    let from: enums::Peer = types::PeerUser { user_id: ada.id }.into();
    for who in [&bob, &carl] {
        assert_eq!(who.update(shown).await, (chat_id, from.clone()));
    }
    assert_eq!(word(dan.call(typing()).await), "PEER_ID_INVALID");
    leave(&carl, chat_id).await;
    assert_eq!(word(carl.call(typing()).await), "CHAT_WRITE_FORBIDDEN");
}

/// Taking back: the own text for everybody, an administrator anything, others only from the own box.
#[tokio::test]
async fn a_text_is_taken_back_for_everybody_by_its_writer() {
    let server = testkit::start().await;
    let Four {
        ada,
        bob,
        carl,
        chat_id,
        ..
    } = four(&server).await;
    let sent = text(&write(&bob, chat_id, "oh").await.unwrap()).unwrap();
    let at_carl = carl.update(text).await;
    let at_ada = ada.update(text).await;
    let delete = |id: i32, revoke: bool| {
        let mut request = functions::messages::DeleteMessages::new(vec![id]);
        request.revoke = revoke;
        request
    };
    let refused = carl.call(delete(at_carl.id, true)).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.name.as_str()),
        (403, "MESSAGE_DELETE_FORBIDDEN")
    );
    let gone = bob.call(delete(sent.id, true)).await.unwrap();
    assert_eq!(gone.pts_count, 1);
    let deleted = |news: &enums::Updates| {
        parts(news).0.iter().find_map(|update| match update {
            enums::Update::DeleteMessages(gone) => Some(gone.messages.clone()),
            _ => None,
        })
    };
    assert_eq!(carl.update(deleted).await, [at_carl.id]);
    assert_eq!(ada.update(deleted).await, [at_ada.id]);
    assert_eq!(history(&carl, chat_id).await.len(), 1);
    write(&bob, chat_id, "again").await.unwrap();
    let at_ada = ada.update(text).await;
    ada.call(delete(at_ada.id, true)).await.unwrap();
    assert_eq!(history(&bob, chat_id).await.len(), 1);
    let mut clear = functions::messages::DeleteHistory::new(group(chat_id), 0);
    clear.revoke = true;
    carl.call(clear).await.unwrap();
    assert!(history(&carl, chat_id).await.is_empty());
    assert_eq!(history(&ada, chat_id).await.len(), 1);
}
