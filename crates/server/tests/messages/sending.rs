//! What can be sent, in which layer, and what is refused by its name.

use testkit::Account;
use tl::{enums, functions, functions::messages as calls, types};

use crate::seen::{history, new_message, refused, send, sides, text, whole};

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
