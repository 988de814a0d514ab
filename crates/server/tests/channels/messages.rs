//! Messages of channels: who writes, how they look to each reader, reading and deleting them.

use tl::{enums, functions};

use crate::seat::{
    channel_changed, create, dialog, full, history, invite, named, of_channel, parts, refused, say,
    text_in,
};

#[tokio::test]
async fn members_write_in_a_supergroup_and_unread_counts_are_right() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let ours = create(&ada, true, "Ours").await;
    invite(&ada, &ours, &[&bob]).await.unwrap();
    let theirs = named(&bob.update(channel_changed).await);
    let (first, pts) = say(&bob, &theirs, "hello", 11).await.unwrap();
    assert!(first.out && !first.post);
    let (seen, seen_pts) = ada.update(text_in).await;
    assert_eq!(
        (seen.id, seen_pts, seen.message.as_str()),
        (first.id, pts, "hello")
    );
    assert!(!seen.out);
    assert!(matches!(&seen.from_id, Some(enums::Peer::User(peer)) if peer.user_id == bob.id));
    // A repeated call is the same message; the number of another message is refused.
    let (again, again_pts) = say(&bob, &theirs, "hello", 11).await.unwrap();
    assert_eq!((again.id, again_pts), (first.id, pts));
    let other = say(&bob, &theirs, "other", 11).await.unwrap_err();
    assert_eq!(other, refused("RANDOM_ID_DUPLICATE"));
    let (second, _) = say(&bob, &theirs, "again", 12).await.unwrap();
    let entry = dialog(&ada, &ours).await.unwrap();
    assert_eq!((entry.unread_count, entry.top_message), (2, second.id));
    assert_eq!(dialog(&bob, &theirs).await.unwrap().unread_count, 1);
    let read = |channel, max_id| functions::channels::ReadHistory { channel, max_id };
    let phone = server.session_of(&ada).await;
    assert!(ada.call(read(ours.input(), first.id)).await.unwrap());
    let told = phone
        .update(|updates| {
            parts(updates).0.iter().find_map(|update| match update {
                enums::Update::ReadChannelInbox(read) => Some((**read).clone()),
                _ => None,
            })
        })
        .await;
    assert_eq!((told.channel_id, told.max_id), (ours.id, first.id));
    assert_eq!(told.still_unread_count, 1);
    assert!(ada.call(read(ours.input(), 0)).await.unwrap());
    let entry = full(&ada, &ours).await.unwrap();
    assert_eq!(
        (entry.unread_count, entry.read_inbox_max_id),
        (0, second.id)
    );
    assert_eq!(dialog(&bob, &theirs).await.unwrap().unread_count, 1);
}

#[tokio::test]
async fn posts_of_a_broadcast_are_the_channels_own() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let ours = create(&ada, false, "Ours").await;
    invite(&ada, &ours, &[&bob]).await.unwrap();
    let theirs = named(&bob.update(channel_changed).await);
    let denied = say(&bob, &theirs, "hello", 1).await.unwrap_err();
    assert_eq!(denied, refused("CHAT_ADMIN_REQUIRED"));
    let (post, _) = say(&ada, &ours, "news", 2).await.unwrap();
    assert!(post.post && post.out && post.from_id.is_none() && post.views.is_none());
    let (seen, _) = bob.update(text_in).await;
    assert!(seen.post && !seen.out && seen.from_id.is_none());
    // Who wrote it is nobody's business.
    let peer = theirs.peer();
    let request = functions::messages::GetHistory {
        peer,
        offset_id: 0,
        offset_date: 0,
        add_offset: 0,
        limit: 10,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    let enums::messages::Messages::ChannelMessages(page) = bob.call(request).await.unwrap() else {
        panic!("a page of a channel");
    };
    assert_eq!(page.users, []);
    assert_eq!(dialog(&bob, &theirs).await.unwrap().unread_count, 1);
    assert_eq!(dialog(&ada, &ours).await.unwrap().unread_count, 0);
}

#[tokio::test]
async fn own_messages_are_deleted_by_members_and_all_by_administrators() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let ours = create(&ada, true, "Ours").await;
    invite(&ada, &ours, &[&bob]).await.unwrap();
    let theirs = named(&bob.update(channel_changed).await);
    let (by_ada, _) = say(&ada, &ours, "by Ada", 1).await.unwrap();
    let (by_bob, pts) = say(&bob, &theirs, "by Bob", 2).await.unwrap();
    let delete = |channel, ids: &[i32]| functions::channels::DeleteMessages {
        channel,
        id: ids.to_vec(),
    };
    let denied = bob
        .call(delete(theirs.input(), &[by_ada.id]))
        .await
        .unwrap_err();
    assert_eq!(denied, refused("MESSAGE_DELETE_FORBIDDEN"));
    let affected = bob
        .call(delete(theirs.input(), &[by_bob.id]))
        .await
        .unwrap();
    assert_eq!((affected.pts, affected.pts_count), (pts + 1, 1));
    let gone = |updates: &enums::Updates| {
        parts(updates).0.iter().find_map(|update| match update {
            enums::Update::DeleteChannelMessages(gone) => Some(gone.clone()),
            _ => None,
        })
    };
    let told = ada.update(gone).await;
    assert_eq!(
        (told.channel_id, told.messages, told.pts),
        (ours.id, vec![by_bob.id], pts + 1)
    );
    let entry = dialog(&ada, &ours).await.unwrap();
    assert_eq!((entry.top_message, entry.unread_count), (by_ada.id, 0));
    // The first message stays.
    ada.call(delete(ours.input(), &[1, by_ada.id]))
        .await
        .unwrap();
    let request = functions::channels::GetMessages {
        channel: theirs.input(),
        id: [1, by_ada.id]
            .map(|id| tl::types::InputMessageID { id }.into())
            .to_vec(),
    };
    let (messages, _) = of_channel(bob.call(request).await.unwrap());
    assert!(matches!(messages[0], enums::Message::Service(_)));
    assert!(matches!(messages[1], enums::Message::Empty(_)));
    // What stays unread is the message that Bob came.
    assert_eq!(dialog(&bob, &theirs).await.unwrap().unread_count, 1);
    assert_eq!(history(&bob, &theirs).await.unwrap().0.len(), 2);
}
