//! Private chats through a socket: who is told what of a message, a read, a deletion, and what is
//! refused. Rows of the acceptance matrix are named where a test stands for one.
#![expect(clippy::unwrap_used, reason = "a test fails where it is")]

use testkit::{Account, Refused};
use tl::{enums, functions, functions::messages as calls, types};

/// Every update in what arrived, without its wrapping.
fn flat(updates: &enums::Updates) -> Vec<enums::Update> {
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
fn new_message(updates: &enums::Updates) -> Option<(enums::Message, i32)> {
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

fn user_id(peer: &enums::Peer) -> i64 {
    match peer {
        enums::Peer::User(user) => user.user_id,
        other => panic!("not a user: {other:?}"),
    }
}

/// Writer and other side.
fn sides(message: &enums::Message) -> (i64, i64) {
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

fn text(message: &enums::Message) -> &types::Message {
    match message {
        enums::Message::Message(message) => message,
        other => panic!("not a text: {other:?}"),
    }
}

fn service(message: &enums::Message) -> &types::MessageService {
    match message {
        enums::Message::Service(message) => message,
        other => panic!("not a service message: {other:?}"),
    }
}

fn suggested(message: &enums::Message) -> &types::Photo {
    match &service(message).action {
        enums::MessageAction::SuggestProfilePhoto(suggest) => match &suggest.photo {
            enums::Photo::Photo(photo) => photo,
            enums::Photo::Empty(_) => panic!("no photo"),
        },
        other => panic!("not a suggestion: {other:?}"),
    }
}

fn deleted(updates: &enums::Updates) -> Option<types::UpdateDeleteMessages> {
    let enums::Updates::Updates(all) = updates else {
        return None;
    };
    all.updates.iter().find_map(|update| match update {
        enums::Update::DeleteMessages(deleted) => Some(deleted.clone()),
        _ => None,
    })
}

/// What `account` is told next is this text and nothing before it.
async fn is_told_only(account: &Account, expected: &str) {
    let (message, _) = account
        .update(|updates| Some(new_message(updates).expect("nothing but messages")))
        .await;
    assert_eq!(text(&message).message, expected);
}

fn photo_id(photo: &enums::Photo) -> i64 {
    match photo {
        enums::Photo::Photo(photo) => photo.id,
        enums::Photo::Empty(photo) => panic!("photo {} is empty", photo.id),
    }
}

async fn history(account: &Account, other: &Account, limit: i32) -> enums::messages::Messages {
    let peer = account.peer(other).await;
    account
        .call(calls::GetHistory::new(peer, 0, 0, 0, limit, 0, 0, 0))
        .await
        .unwrap()
}

fn whole(listed: enums::messages::Messages) -> types::messages::Messages {
    match listed {
        enums::messages::Messages::Messages(whole) => whole,
        other => panic!("not the whole list: {other:?}"),
    }
}

async fn state(account: &Account) -> types::updates::State {
    account.call(functions::updates::GetState {}).await.unwrap()
}

fn send(peer: &enums::InputPeer, text: &str, random_id: i64) -> calls::SendMessage {
    calls::SendMessage::new(peer.clone(), text.to_owned(), random_id)
}

fn refused(code: i32, name: &str) -> Refused {
    Refused {
        code,
        name: name.to_owned(),
    }
}

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

/// P19 to P24.
#[tokio::test]
async fn a_suggestion_reaches_every_session_of_both_sides_the_callers_too() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let ada_too = server.session_of(&ada).await;
    ada.write(&bob, "hello").await;
    bob.update(new_message).await;
    let before = (state(&ada).await, state(&bob).await);
    let suggestion = ada
        .suggest(&bob, &testkit::picture([9, 90, 200], 800))
        .await
        .unwrap();

    let mut ids = Vec::new();
    for session in [&ada, &ada_too] {
        let found = |updates: &enums::Updates| {
            new_message(updates).filter(|new| matches!(new.0, enums::Message::Service(_)))
        };
        let (message, pts) = session.update(found).await;
        assert_eq!(sides(&message), (ada.id, bob.id));
        assert_eq!((service(&message).out, pts), (true, before.0.pts + 1));
        assert_eq!(suggested(&message).id, photo_id(&suggestion.photo));
        ids.push(service(&message).id);
    }
    assert_eq!(ids[0], ids[1]);
    let (message, pts) = bob.update(new_message).await;
    assert_eq!(sides(&message), (ada.id, ada.id));
    assert_eq!((service(&message).out, pts), (false, before.1.pts + 1));
    assert_eq!(state(&bob).await.unread_count, before.1.unread_count + 1);
    // P23: the caller sees the suggested picture nowhere but here.
    assert!(ada.sees_full(&bob).await.personal_photo.is_none());
    // P24
    let listed = whole(history(&bob, &ada, 10).await);
    let letters: Vec<String> = suggested(&listed.messages[0])
        .sizes
        .iter()
        .map(|size| match size {
            enums::PhotoSize::PhotoSize(size) => size.r#type.clone(),
            enums::PhotoSize::PhotoStrippedSize(size) => size.r#type.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(letters, ["i", "a", "b", "c"]);
    let id = vec![
        types::InputMessageID {
            id: service(&message).id,
        }
        .into(),
    ];
    let by_id = whole(bob.call(calls::GetMessages { id }).await.unwrap());
    assert_eq!(
        suggested(&by_id.messages[0]).id,
        photo_id(&suggestion.photo)
    );
}

/// P34 and P36.
#[tokio::test]
async fn a_deleted_suggestion_goes_from_one_box_or_from_both() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let ada_too = server.session_of(&ada).await;
    let mut own_ids = Vec::new();
    for shade in [10, 200] {
        ada.suggest(&bob, &testkit::picture([shade, 90, 200], 800))
            .await
            .unwrap();
        own_ids.push(service(&ada.update(new_message).await.0).id);
        bob.update(new_message).await;
    }
    let before = (state(&ada).await.pts, state(&bob).await.pts);
    let request = calls::DeleteMessages {
        revoke: false,
        id: vec![own_ids[0]],
    };
    let affected = ada.call(request).await.unwrap();
    assert_eq!((affected.pts, affected.pts_count), (before.0 + 1, 1));
    let told = ada_too.update(deleted).await;
    assert_eq!(
        (told.messages, told.pts, told.pts_count),
        (vec![own_ids[0]], before.0 + 1, 1)
    );
    assert_eq!(whole(history(&bob, &ada, 10).await).messages.len(), 2);

    let request = calls::DeleteMessages {
        revoke: true,
        id: vec![own_ids[1], 777],
    };
    let affected = ada.call(request).await.unwrap();
    assert_eq!((affected.pts, affected.pts_count), (before.0 + 2, 1));
    // Bob was told nothing of the first deletion: this is the next thing that he hears.
    let told = bob
        .update(|updates| Some(deleted(updates).expect("a deletion")))
        .await;
    assert_eq!(
        (told.messages, told.pts, told.pts_count),
        (vec![2], before.1 + 1, 1)
    );
    let left = whole(history(&bob, &ada, 10).await);
    assert_eq!(
        left.messages
            .iter()
            .map(|left| service(left).id)
            .collect::<Vec<_>>(),
        [1]
    );
    assert!(whole(history(&ada, &bob, 10).await).messages.is_empty());
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
async fn what_cannot_be_sent_is_refused_by_its_name() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let to_bob = ada.peer(&bob).await;
    let empty = ada.call(send(&to_bob, " ", 1)).await;
    assert_eq!(empty.unwrap_err(), refused(400, "MESSAGE_EMPTY"));
    let long = ada.call(send(&to_bob, &"x".repeat(4097), 1)).await;
    assert_eq!(long.unwrap_err(), refused(400, "MESSAGE_TOO_LONG"));
    let no_id = ada.call(send(&to_bob, "hi", 0)).await;
    assert_eq!(no_id.unwrap_err(), refused(400, "RANDOM_ID_EMPTY"));
    for nobody in [
        enums::InputPeer::Empty,
        types::InputPeerChat { chat_id: 5 }.into(),
    ] {
        let refusal = ada.call(send(&nobody, "hi", 1)).await.unwrap_err();
        assert_eq!(refusal, refused(400, "PEER_ID_INVALID"));
    }
    let mut later = send(&to_bob, "hi", 1);
    later.schedule_date = Some(2_000_000_000);
    assert_eq!(ada.call(later).await.unwrap_err().name, "NOT_IMPLEMENTED");
    let mut bold = send(&to_bob, "hi", 1);
    bold.entities = Some(vec![
        types::MessageEntityBold {
            offset: 1,
            length: 5,
        }
        .into(),
    ]);
    let out_of_bounds = ada.call(bold).await;
    assert_eq!(
        out_of_bounds.unwrap_err(),
        refused(400, "ENTITY_BOUNDS_INVALID")
    );
    let mut mention = send(&to_bob, "hi", 1);
    let user_id = types::InputUser {
        user_id: bob.id,
        access_hash: 5,
    }
    .into();
    let entity = types::InputMessageEntityMentionName {
        offset: 0,
        length: 2,
        user_id,
    };
    mention.entities = Some(vec![entity.into()]);
    let unknown = ada.call(mention).await;
    assert_eq!(
        unknown.unwrap_err(),
        refused(400, "ENTITY_MENTION_USER_INVALID")
    );
    ada.call(send(&to_bob, "hi", 1)).await.unwrap();
    let double = ada.call(send(&to_bob, "other words", 1)).await;
    assert_eq!(double.unwrap_err().name, "RANDOM_ID_DUPLICATE");
}

#[tokio::test]
async fn lists_and_folders_that_do_not_exist_are_refused_by_their_names() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let many = calls::DeleteMessages {
        revoke: true,
        id: (1..=1001).collect(),
    };
    assert_eq!(
        ada.call(many).await.unwrap_err(),
        refused(400, "LIMIT_INVALID")
    );
    let mut archive = calls::GetDialogs::new(0, 0, enums::InputPeer::Empty, 10, 0);
    archive.folder_id = Some(7);
    assert_eq!(
        ada.call(archive).await.unwrap_err(),
        refused(400, "FOLDER_ID_INVALID")
    );
}

/// P31 and P32, for texts.
#[tokio::test]
async fn a_block_on_either_side_stops_messages() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let (to_bob, to_ada) = (ada.peer(&bob).await, bob.peer(&ada).await);
    bob.call(functions::contacts::Block::new(to_ada.clone()))
        .await
        .unwrap();
    let blocked = ada.call(send(&to_bob, "hi", 2)).await;
    assert_eq!(blocked.unwrap_err(), refused(400, "USER_IS_BLOCKED"));
    let blocker = bob.call(send(&to_ada, "hi", 2)).await;
    assert_eq!(blocker.unwrap_err(), refused(400, "YOU_BLOCKED_USER"));
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
async fn chats_are_listed_in_pages_with_what_they_name() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let cleo = server.account("Cleo").await;
    for n in 0..5 {
        ada.write(&bob, &format!("to bob {n}")).await;
    }
    ada.write(&cleo, "to cleo").await;
    let enums::messages::Messages::Slice(slice) = history(&ada, &bob, 2).await else {
        panic!("a part of five is a slice");
    };
    let texts: Vec<&str> = slice
        .messages
        .iter()
        .map(|m| text(m).message.as_str())
        .collect();
    assert_eq!((slice.count, texts), (5, vec!["to bob 4", "to bob 3"]));
    let enums::messages::Messages::Slice(counted) = history(&ada, &bob, 0).await else {
        panic!("nothing of five is a slice");
    };
    assert_eq!((counted.count, counted.messages.len()), (5, 0));
    assert_eq!(whole(history(&ada, &bob, 5).await).messages.len(), 5);

    let first = calls::GetDialogs::new(0, 0, enums::InputPeer::Empty, 1, 0);
    let enums::messages::Dialogs::Slice(first) = ada.call(first).await.unwrap() else {
        panic!("one of two is a slice");
    };
    let enums::Dialog::Dialog(top) = &first.dialogs[0];
    assert_eq!((first.count, user_id(&top.peer)), (2, cleo.id));
    let last = text(&first.messages[0]);
    let more = calls::GetDialogs::new(last.date, last.id, enums::InputPeer::Empty, 10, 0);
    let enums::messages::Dialogs::Slice(more) = ada.call(more).await.unwrap() else {
        panic!("a page behind an offset is a slice");
    };
    let enums::Dialog::Dialog(next) = &more.dialogs[0];
    assert_eq!((more.dialogs.len(), user_id(&next.peer)), (1, bob.id));
    let all = calls::GetDialogs::new(0, 0, enums::InputPeer::Empty, 10, 0);
    let all = ada.call(all).await.unwrap();
    assert!(matches!(all, enums::messages::Dialogs::Dialogs(all) if all.dialogs.len() == 2));

    // A chat in which nothing was written is there when it is asked for by name.
    let peer = types::InputDialogPeer {
        peer: bob.peer(&cleo).await,
    }
    .into();
    let asked = bob
        .call(calls::GetPeerDialogs { peers: vec![peer] })
        .await
        .unwrap();
    let enums::Dialog::Dialog(empty) = &asked.dialogs[0];
    assert_eq!((user_id(&empty.peer), empty.top_message), (cleo.id, 0));
    assert_eq!(
        (asked.users.len(), asked.state.pts),
        (1, state(&bob).await.pts)
    );
    let pinned = bob
        .call(calls::GetPinnedDialogs { folder_id: 0 })
        .await
        .unwrap();
    assert!(pinned.dialogs.is_empty());
    let settings = calls::GetPeerSettings {
        peer: bob.peer(&ada).await,
    };
    let offers = bob.call(settings).await.unwrap().settings;
    assert!(offers.add_contact && offers.block_contact && offers.report_spam);
}

#[tokio::test]
async fn a_page_that_the_client_has_already_is_not_sent_again() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    ada.write(&bob, "one").await;
    // Over the single id 1, as the published steps say.
    let mut request = calls::GetHistory::new(ada.peer(&bob).await, 0, 0, 0, 10, 0, 0, 0);
    request.hash = 1;
    let listed = ada.call(request).await.unwrap();
    assert!(
        matches!(listed, enums::messages::Messages::NotModified(same) if same.count == 1),
        "the hash of one id is that id"
    );
}

#[tokio::test]
async fn saved_messages_are_ones_own() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let ada_too = server.session_of(&ada).await;
    let peer = enums::InputPeer::Self_;
    let send = calls::SendMessage::new(peer.clone(), "note".to_owned(), 1);
    let (own, pts) = new_message(&ada.call(send).await.unwrap()).unwrap();
    assert_eq!((sides(&own), pts), ((ada.id, ada.id), 2));
    let (told, _) = ada_too.update(new_message).await;
    assert_eq!(text(&told).id, text(&own).id);
    let everything = enums::MessagesFilter::InputMessagesFilterEmpty;
    let mut search =
        calls::Search::new(peer, "NOT".to_owned(), everything, 0, 0, 0, 0, 10, 0, 0, 0);
    let found = whole(ada.call(search.clone()).await.unwrap());
    assert_eq!(found.messages.len(), 1);
    search.filter = enums::MessagesFilter::InputMessagesFilterPinned;
    assert!(whole(ada.call(search).await.unwrap()).messages.is_empty());
}

/// P131, for chats: the same with a client of an older layer.
#[tokio::test]
async fn an_older_client_writes_answers_and_is_told_in_its_own_layer() {
    let server = testkit::start().await;
    let bob = server.account("Bob").await;
    let old = server.client_in_layer(158).await;
    let ada = Account::sign_up(old, "15559990001", "Ada").await;
    bob.write(&ada, "question").await;
    let (question, _) = ada.update(new_message).await;
    let mut answer = calls::SendMessage::new(ada.peer(&bob).await, "answer".to_owned(), 9);
    let mut reply = types::InputReplyToMessage::new(text(&question).id);
    reply.top_msg_id = None;
    answer.reply_to = Some(reply.into());
    answer.entities = Some(vec![
        types::MessageEntityItalic {
            offset: 0,
            length: 6,
        }
        .into(),
    ]);
    ada.call(answer).await.unwrap();
    let (told, _) = bob.update(new_message).await;
    let told = text(&told);
    let Some(enums::MessageReplyHeader::MessageReplyHeader(header)) = &told.reply_to else {
        panic!("{told:?}");
    };
    assert_eq!(
        (told.message.as_str(), header.reply_to_msg_id),
        ("answer", Some(1))
    );
    assert_eq!(told.entities.as_ref().map(Vec::len), Some(1));
    assert_eq!(whole(history(&ada, &bob, 10).await).messages.len(), 2);
}

/// One entity of every kind that has a place and nothing else.
macro_rules! placed {
    ($offset:expr, $length:expr, $($name:ident)+) => {
        vec![$(types::$name { offset: $offset, length: $length }.into()),+]
    };
}

#[tokio::test]
async fn every_kind_of_formatting_comes_back_as_it_was_sent() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let (offset, length) = (2, 3);
    let mut sent: Vec<enums::MessageEntity> = placed!(
        offset, length,
        MessageEntityBold MessageEntityItalic MessageEntityUnderline MessageEntityStrike
        MessageEntitySpoiler MessageEntityCode MessageEntityMention MessageEntityHashtag
        MessageEntityCashtag MessageEntityBotCommand MessageEntityUrl MessageEntityEmail
        MessageEntityPhone MessageEntityBankCard
    );
    let (language, url) = ("rust".to_owned(), "https://example.org/?a=1,2".to_owned());
    let (document_id, collapsed) = (-7, true);
    sent.extend([
        types::MessageEntityPre {
            offset,
            length,
            language,
        }
        .into(),
        types::MessageEntityTextUrl {
            offset,
            length,
            url,
        }
        .into(),
        types::MessageEntityCustomEmoji {
            offset,
            length,
            document_id,
        }
        .into(),
        types::MessageEntityBlockquote {
            collapsed,
            offset,
            length,
        }
        .into(),
    ]);
    let mut request = send(&ada.peer(&bob).await, "a text of some length", 1);
    request.entities = Some(sent.clone());
    ada.call(request).await.unwrap();
    let (told, _) = bob.update(new_message).await;
    assert_eq!(text(&told).entities.as_deref(), Some(&sent[..]));
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
