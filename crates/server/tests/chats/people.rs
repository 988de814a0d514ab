//! Who comes into a group and who goes, and what everybody is told of it.

use tl::{enums, functions};

use crate::group::{
    Four, add, chat, create, four, full, group_in, ids, leave, members, new_message, parts, remove,
    sees, service, word,
};

/// Everybody is told of a new group; the maker in the answer.
#[tokio::test]
async fn a_new_group_is_told_to_everybody_in_it() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let tablet = server.session_of(&ada).await;
    let made = create(&ada, "Tea", &[&bob]).await.unwrap();
    assert!(made.missing_invitees.is_empty());
    let group = chat(&made.updates);
    assert!(group.creator);
    assert_eq!((group.title.as_str(), group.participants_count), ("Tea", 2));
    assert_eq!(members(&made.updates), Some(Ok(vec![ada.id, bob.id])));
    let action = service(&made.updates, |message| Some(message.action.clone()));
    let Some(enums::MessageAction::ChatCreate(told)) = action else {
        panic!("the first message tells of the group");
    };
    assert_eq!(
        (told.title.as_str(), told.users),
        ("Tea", vec![ada.id, bob.id])
    );
    for session in [&tablet, &bob] {
        let seen = session
            .update(|news| new_message(news).map(|_| chat(news)))
            .await;
        assert_eq!((seen.id, seen.creator), (group.id, session.id == ada.id));
    }
}

/// Coming, leaving and being removed.
#[tokio::test]
async fn coming_and_going_is_told_to_those_who_are_there() {
    let server = testkit::start().await;
    let Four {
        ada,
        bob,
        carl,
        dan,
        chat_id,
    } = four(&server).await;
    let added = add(&bob, chat_id, &dan).await.unwrap();
    let now = vec![ada.id, bob.id, carl.id, dan.id];
    assert_eq!(members(&added.updates), Some(Ok(now.clone())));
    let told = carl.update(members).await;
    assert_eq!(told, Ok(now.clone()));
    let (whole, _) = full(&dan, chat_id).await.unwrap();
    assert_eq!(ids(&whole.participants), Ok(now));
    assert!(whole.exported_invite.is_none());
    leave(&dan, chat_id).await;
    let went = |news: &enums::Updates| {
        service(news, |message| match &message.action {
            enums::MessageAction::ChatDeleteUser(gone) => Some(gone.user_id),
            _ => None,
        })
    };
    assert_eq!(carl.update(went).await, dan.id);
    carl.settle().await;
    carl.take_updates();
    remove(&ada, chat_id, &carl).await.unwrap();
    // The last that Carl hears: he is out, and the list is not for him.
    let mut gone = None;
    let mut list = None;
    carl.update(|news| {
        gone = gone.or(went(news));
        list = list.take().or(members(news));
        (gone.is_some() && list.is_some()).then_some(())
    })
    .await;
    assert_eq!((gone, list), (Some(carl.id), Some(Err(()))));
    assert!(matches!(
        sees(&carl, chat_id).await,
        enums::Chat::Forbidden(_)
    ));
    assert_eq!(word(add(&carl, chat_id, &carl).await), "CHAT_ID_INVALID");
}

/// A block on either side keeps people apart; newer layers are told who is missing.
#[tokio::test]
async fn who_blocks_is_a_missing_invitee() {
    let server = testkit::start().await;
    let Four {
        ada, dan, chat_id, ..
    } = four(&server).await;
    let id = dan.peer(&ada).await;
    assert!(dan.call(functions::contacts::Block::new(id)).await.unwrap());
    let told = add(&ada, chat_id, &dan).await.unwrap();
    assert_eq!(told.missing_invitees[0].user_id, dan.id);
    assert!(parts(&told.updates).0.is_empty());
    assert!(matches!(sees(&dan, chat_id).await, enums::Chat::Empty(_)));
}

/// Administrators, the words about a group, and its end.
#[tokio::test]
async fn a_group_is_led_described_and_ended() {
    let server = testkit::start().await;
    let Four {
        ada,
        bob,
        carl,
        chat_id,
        ..
    } = four(&server).await;
    let user_id = ada.name(&bob).await;
    let request = functions::messages::EditChatAdmin {
        chat_id,
        user_id,
        is_admin: true,
    };
    assert!(ada.call(request).await.unwrap());
    let list = carl
        .update(|news| {
            parts(news).0.iter().find_map(|update| match update {
                enums::Update::ChatParticipants(list) => Some(list.participants.clone()),
                _ => None,
            })
        })
        .await;
    let enums::ChatParticipants::ChatParticipants(list) = list else {
        panic!("Carl is there");
    };
    let admins = list.participants.iter();
    let admins = admins.filter(|it| matches!(it, enums::ChatParticipant::Admin(_)));
    assert_eq!(admins.count(), 1);
    remove(&bob, chat_id, &carl).await.unwrap();
    let (peer, about) = (crate::group::group(chat_id), "For tea".to_owned());
    let request = functions::messages::EditChatAbout { peer, about };
    assert!(bob.call(request).await.unwrap());
    let changed = |news: &enums::Updates| {
        let mut updates = parts(news).0.iter();
        updates
            .any(|it| matches!(it, enums::Update::Chat(_)))
            .then_some(())
    };
    ada.update(changed).await;
    assert_eq!(full(&ada, chat_id).await.unwrap().0.about, "For tea");
    assert_eq!(full(&carl, chat_id).await.unwrap().0.about, "");
    let title = "Coffee".to_owned();
    let request = functions::messages::EditChatTitle { chat_id, title };
    let told = bob.call(request).await.unwrap();
    assert_eq!(chat(&told).title, "Coffee");
    let seen = ada
        .update(|news| {
            let renamed = service(news, |message| match &message.action {
                enums::MessageAction::ChatEditTitle(told) => Some(told.title.clone()),
                _ => None,
            });
            renamed.map(|title| (title, chat(news).title))
        })
        .await;
    assert_eq!(seen, ("Coffee".to_owned(), "Coffee".to_owned()));
    let ended = ada.call(functions::messages::DeleteChat { chat_id }).await;
    assert!(ended.unwrap());
    bob.update(changed).await;
    let enums::Chat::Chat(seen) = sees(&bob, chat_id).await else {
        panic!("Bob was there to the end");
    };
    assert!(seen.deactivated);
}

/// What apps ask on opening a chat is answered for groups, too, and for members alone.
#[tokio::test]
async fn a_group_is_opened_by_its_members() {
    let server = testkit::start().await;
    let Four {
        bob, dan, chat_id, ..
    } = four(&server).await;
    let peer = || crate::group::group(chat_id);
    let settings = |peer| functions::messages::GetPeerSettings { peer };
    let opened = bob.call(settings(peer())).await.unwrap();
    assert_eq!(group_in(&opened.chats).map(|group| group.id), Some(chat_id));
    assert!(!opened.settings.add_contact && opened.users.is_empty());
    assert_eq!(word(dan.call(settings(peer())).await), "PEER_ID_INVALID");
    let scheduled = |peer| functions::messages::GetScheduledHistory { peer, hash: 0 };
    let mentions = |peer| functions::messages::GetUnreadMentions::new(peer, 0, 0, 10, 0, 0);
    assert!(bob.call(scheduled(peer())).await.is_ok());
    assert!(bob.call(mentions(peer())).await.is_ok());
    assert_eq!(word(dan.call(scheduled(peer())).await), "PEER_ID_INVALID");
    assert_eq!(word(dan.call(mentions(peer())).await), "PEER_ID_INVALID");
}
