//! From the first message to the end: creating, renaming, going public, ending.

use testkit::Account;
use tl::{enums, functions, types};

use crate::seat::{
    Channel, channel_changed, create, dialog, full, history, invite, named, new, open, parts,
    refused, sees, told_as, told_in,
};

#[tokio::test]
async fn a_channel_begins_with_a_message_and_its_creator() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    for megagroup in [true, false] {
        let phone = server.session_of(&ada).await;
        let answer = ada.call(new(megagroup, " Ours ")).await.unwrap();
        let (message, pts) = told_in(&answer).unwrap();
        assert_eq!((message.id, pts), (1, 2));
        let enums::MessageAction::ChannelCreate(action) = &message.action else {
            panic!("not the beginning: {:?}", message.action);
        };
        assert_eq!(action.title, "Ours");
        let ours = named(&parts(&answer).1[0]);
        let chat = open(&parts(&answer).1[0]).clone();
        assert!(chat.creator && !chat.left);
        assert_eq!((chat.megagroup, chat.broadcast), (megagroup, !megagroup));
        assert_eq!(chat.participants_count, Some(1));
        let told = phone.update(told_in).await;
        assert_eq!((told.0.id, told.1), (1, 2));
        let full = full(&ada, &ours).await.unwrap();
        assert_eq!(
            (full.id, full.about.as_str(), full.pts),
            (ours.id, "about", 2)
        );
        assert_eq!((full.unread_count, full.participants_count), (0, Some(1)));
        assert!(matches!(full.chat_photo, enums::Photo::Empty(_)));
        let entry = dialog(&ada, &ours).await.unwrap();
        assert_eq!(
            (entry.top_message, entry.pts, entry.unread_count),
            (1, Some(2), 0)
        );
    }
    let offset_peer = enums::InputPeer::Empty;
    let request = functions::messages::GetDialogs::new(0, 0, offset_peer, 10, 0);
    let enums::messages::Dialogs::Dialogs(list) = ada.call(request).await.unwrap() else {
        panic!("the whole list");
    };
    assert_eq!(
        (list.dialogs.len(), list.messages.len(), list.chats.len()),
        (2, 2, 2)
    );
}

#[tokio::test]
async fn a_name_is_checked_taken_and_shared_with_nobody() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let ours = create(&ada, true, "Ours").await;
    let name = |username: &str| functions::channels::UpdateUsername {
        channel: ours.input(),
        username: username.to_owned(),
    };
    let check = functions::channels::CheckUsername {
        channel: ours.input(),
        username: "ours_in_public".to_owned(),
    };
    assert!(ada.call(check.clone()).await.unwrap());
    assert_eq!(
        ada.call(name("no")).await.unwrap_err(),
        refused("USERNAME_INVALID")
    );
    assert!(ada.call(name("ours_in_public")).await.unwrap());
    let same = ada.call(name("ours_in_public")).await.unwrap_err();
    assert_eq!(same, refused("USERNAME_NOT_MODIFIED"));
    // One name space for users and channels.
    let username = "Ours_In_Public".to_owned();
    let check_own = functions::account::CheckUsername {
        username: username.clone(),
    };
    assert!(!bob.call(check_own).await.unwrap());
    let own = functions::account::UpdateUsername {
        username: username.clone(),
    };
    assert_eq!(
        bob.call(own).await.unwrap_err(),
        refused("USERNAME_OCCUPIED")
    );
    let others = create(&ada, false, "Others").await;
    let taken = functions::channels::UpdateUsername {
        channel: others.input(),
        username,
    };
    assert_eq!(
        ada.call(taken).await.unwrap_err(),
        refused("USERNAME_OCCUPIED")
    );
}

/// A public supergroup of this account.
async fn public(account: &Account, username: &str) -> Channel {
    let ours = create(account, true, "Ours").await;
    let (channel, username) = (ours.input(), username.to_owned());
    let request = functions::channels::UpdateUsername { channel, username };
    assert!(account.call(request).await.unwrap());
    ours
}

#[tokio::test]
async fn a_public_channel_is_found_read_and_joined() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let ours = public(&ada, "ours_in_public").await;
    let resolve = functions::contacts::ResolveUsername::new("ours_in_PUBLIC".to_owned());
    let resolved = bob.call(resolve).await.unwrap();
    assert!(matches!(&resolved.peer, enums::Peer::Channel(peer) if peer.channel_id == ours.id));
    let theirs = named(&resolved.chats[0]);
    assert!(open(&resolved.chats[0]).left);
    let search = functions::contacts::Search::new("ours_in_public".to_owned(), 10);
    assert_eq!(bob.call(search).await.unwrap().chats.len(), 1);
    // Whoever looks in reads, and does not write.
    assert_eq!(history(&bob, &theirs).await.unwrap().0.len(), 1);
    let peek = dialog(&bob, &theirs).await.unwrap();
    assert_eq!((peek.top_message, peek.unread_count), (1, 0));
    let written = crate::seat::say(&bob, &theirs, "hi", 7).await.unwrap_err();
    assert_eq!(written, refused("CHAT_WRITE_FORBIDDEN"));
    let join = functions::channels::JoinChannel {
        channel: theirs.input(),
    };
    let enums::messages::ChatInviteJoinResult::Ok(joined) = bob.call(join.clone()).await.unwrap();
    let (message, _) = told_in(&joined.updates).unwrap();
    assert!(matches!(
        message.action,
        enums::MessageAction::ChatAddUser(_)
    ));
    let told = ada
        .update(|updates| told_as(updates, |told| told.id == message.id))
        .await;
    assert!(!told.0.out);
    assert!(!open(&sees(&bob, &theirs).await).left);
    // Again changes nothing.
    let enums::messages::ChatInviteJoinResult::Ok(again) = bob.call(join).await.unwrap();
    assert!(told_in(&again.updates).is_none());
    // Private again: a stranger's old name leads nowhere.
    let private = functions::channels::UpdateUsername {
        channel: ours.input(),
        username: String::new(),
    };
    assert!(ada.call(private).await.unwrap());
    let cara = server.account("Cara").await;
    let resolve = functions::contacts::ResolveUsername::new("ours_in_public".to_owned());
    assert_eq!(
        cara.call(resolve).await.unwrap_err(),
        refused("USERNAME_NOT_OCCUPIED")
    );
}

#[tokio::test]
async fn a_new_title_is_told_and_the_end_is_for_everybody() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let ours = create(&ada, false, "Ours").await;
    invite(&ada, &ours, &[&bob]).await.unwrap();
    let theirs = named(&bob.update(channel_changed).await);
    let edit = |channel: enums::InputChannel| functions::channels::EditTitle {
        channel,
        title: "Yours".to_owned(),
    };
    let denied = bob.call(edit(theirs.input())).await.unwrap_err();
    assert_eq!(denied, refused("CHAT_ADMIN_REQUIRED"));
    ada.call(edit(ours.input())).await.unwrap();
    let (told, _) = bob.update(told_in).await;
    assert!(matches!(&told.action,
        enums::MessageAction::ChatEditTitle(action) if action.title == "Yours"));
    assert_eq!(open(&sees(&bob, &theirs).await).title, "Yours");
    let end = |channel: enums::InputChannel| functions::channels::DeleteChannel { channel };
    let denied = bob.call(end(theirs.input())).await.unwrap_err();
    assert_eq!(denied, refused("CHAT_ADMIN_REQUIRED"));
    let answer = ada.call(end(ours.input())).await.unwrap();
    assert!(matches!(
        parts(&answer).1[0],
        enums::Chat::ChannelForbidden(_)
    ));
    let chat = bob.update(channel_changed).await;
    assert!(matches!(chat, enums::Chat::ChannelForbidden(_)));
    for (account, channel) in [(&ada, &ours), (&bob, &theirs)] {
        let gone = full(account, channel).await.unwrap_err();
        assert_eq!(gone, refused("CHANNEL_PRIVATE"));
        assert!(dialog(account, channel).await.is_err());
    }
    let peer = types::InputPeerChannel {
        channel_id: 999_999,
        access_hash: 1,
    };
    let id = vec![enums::InputChannel::from(types::InputChannel {
        channel_id: peer.channel_id,
        access_hash: peer.access_hash,
    })];
    let unknown = ada
        .call(functions::channels::GetChannels { id })
        .await
        .unwrap_err();
    assert_eq!(unknown, refused("CHANNEL_INVALID"));
}
