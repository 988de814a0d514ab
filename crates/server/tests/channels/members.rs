//! Who is in a channel, who comes and goes, and who may see the list.

use tl::{enums, functions, types};

use crate::seat::{
    Channel, ban, channel_changed, create, full, history, invite, named, open, promote, refused,
    say, sees, told_as, told_in,
};

fn list(
    channel: &Channel,
    filter: enums::ChannelParticipantsFilter,
) -> functions::channels::GetParticipants {
    functions::channels::GetParticipants {
        channel: channel.input(),
        filter,
        offset: 0,
        limit: 100,
        hash: 0,
    }
}

fn ids(found: enums::channels::ChannelParticipants) -> Vec<i64> {
    let enums::channels::ChannelParticipants::ChannelParticipants(page) = found else {
        panic!("a list");
    };
    assert_eq!(page.count as usize, page.participants.len());
    let id = |participant: &enums::ChannelParticipant| match participant {
        enums::ChannelParticipant::ChannelParticipant(it) => it.user_id,
        enums::ChannelParticipant::Self_(it) => it.user_id,
        enums::ChannelParticipant::Creator(it) => it.user_id,
        enums::ChannelParticipant::Admin(it) => it.user_id,
        enums::ChannelParticipant::Banned(it) => match &it.peer {
            enums::Peer::User(peer) => peer.user_id,
            other => panic!("no user: {other:?}"),
        },
        enums::ChannelParticipant::Left(_) => 0,
    };
    page.participants.iter().map(id).collect()
}

#[tokio::test]
async fn the_list_of_members_is_for_members() {
    use enums::ChannelParticipantsFilter as Filter;
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let group = create(&ada, true, "Ours").await;
    invite(&ada, &group, &[&bob]).await.unwrap();
    let theirs = named(&bob.update(channel_changed).await);
    let all = bob
        .call(list(&theirs, Filter::ChannelParticipantsRecent))
        .await;
    assert_eq!(ids(all.unwrap()), [ada.id, bob.id]);
    let admins = bob
        .call(list(&theirs, Filter::ChannelParticipantsAdmins))
        .await;
    assert_eq!(ids(admins.unwrap()), [ada.id]);
    let q = types::ChannelParticipantsSearch { q: "bo".to_owned() };
    assert_eq!(
        ids(bob.call(list(&theirs, q.into())).await.unwrap()),
        [bob.id]
    );
    let bots = bob
        .call(list(&theirs, Filter::ChannelParticipantsBots))
        .await;
    assert_eq!(ids(bots.unwrap()), [0; 0]);
    let kicked = types::ChannelParticipantsKicked { q: String::new() };
    let denied = bob
        .call(list(&theirs, kicked.clone().into()))
        .await
        .unwrap_err();
    assert_eq!(denied, refused("CHAT_ADMIN_REQUIRED"));
    ban(&ada, &group, &bob, true).await.unwrap();
    assert_eq!(
        ids(ada.call(list(&group, kicked.into())).await.unwrap()),
        [bob.id]
    );
}

#[tokio::test]
async fn the_readers_of_a_broadcast_are_known_to_administrators_alone() {
    use enums::ChannelParticipantsFilter as Filter;
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let news = create(&ada, false, "News").await;
    invite(&ada, &news, &[&bob]).await.unwrap();
    let theirs = named(&bob.update(channel_changed).await);
    let all = list(&theirs, Filter::ChannelParticipantsRecent);
    assert_eq!(
        bob.call(all).await.unwrap_err(),
        refused("CHAT_ADMIN_REQUIRED")
    );
    let one = |channel: &Channel, participant| functions::channels::GetParticipant {
        channel: channel.input(),
        participant,
    };
    let me = bob
        .call(one(&theirs, enums::InputPeer::Self_))
        .await
        .unwrap();
    assert!(matches!(
        me.participant,
        enums::ChannelParticipant::Self_(_)
    ));
    let her = one(&theirs, bob.peer(&ada).await);
    assert_eq!(
        bob.call(her).await.unwrap_err(),
        refused("CHAT_ADMIN_REQUIRED")
    );
    let cara = server.account("Cara").await;
    let absent = one(&news, ada.peer(&cara).await);
    assert_eq!(
        ada.call(absent).await.unwrap_err(),
        refused("USER_NOT_PARTICIPANT")
    );
    let no_user = one(&news, news.peer());
    assert_eq!(
        ada.call(no_user).await.unwrap_err(),
        refused("PARTICIPANT_ID_INVALID")
    );
}

#[tokio::test]
async fn members_come_go_are_sent_away_and_come_back() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let cara = server.account("Cara").await;
    bob.import(&cara).await;
    let ours = create(&ada, true, "Ours").await;
    invite(&ada, &ours, &[&bob]).await.unwrap();
    // One push says both: that he is in it, and the message that tells of it.
    let (chat, (added, _)) = bob
        .update(|updates| Some((channel_changed(updates)?, told_in(updates)?)))
        .await;
    let theirs = named(&chat);
    assert!(matches!(&added.action,
        enums::MessageAction::ChatAddUser(action) if action.users == [bob.id]));
    // A member of a supergroup brings others; one who blocked the inviter is missing.
    let block = functions::contacts::Block::new(cara.peer(&bob).await);
    cara.call(block).await.unwrap();
    assert_eq!(invite(&bob, &theirs, &[&cara]).await.unwrap(), [cara.id]);
    let leave = functions::channels::LeaveChannel {
        channel: theirs.input(),
    };
    bob.call(leave).await.unwrap();
    let gone = |updates: &enums::Updates| {
        told_as(updates, |told| {
            matches!(&told.action,
                enums::MessageAction::ChatDeleteUser(action) if action.user_id == bob.id)
        })
    };
    ada.update(gone).await;
    assert_eq!(
        history(&bob, &theirs).await.unwrap_err(),
        refused("CHANNEL_PRIVATE")
    );
    // He knows it by name, and sees nothing of what it is now.
    let enums::Chat::Channel(chat) = sees(&bob, &theirs).await else {
        panic!("a channel that he left");
    };
    assert!(chat.left && matches!(chat.photo, enums::ChatPhoto::Empty));
    assert_eq!(chat.participants_count, None);
    assert_eq!(full(&ada, &ours).await.unwrap().participants_count, Some(1));
    // Who left alone comes back with a mutual contact.
    assert_eq!(invite(&ada, &ours, &[&bob]).await.unwrap(), [bob.id]);
    bob.import(&ada).await;
    invite(&ada, &ours, &[&bob]).await.unwrap();
    promote(&ada, &ours, &bob, true).await.unwrap();
    let chat = sees(&bob, &theirs).await;
    assert!(open(&chat).admin_rights.is_some());
    let banned = ban(&ada, &ours, &bob, true).await.unwrap();
    assert!(gone(&banned).is_some());
    let chat = sees(&bob, &theirs).await;
    assert!(matches!(chat, enums::Chat::ChannelForbidden(_)));
    // Nothing that comes now is his.
    bob.settle().await;
    bob.take_updates();
    say(&ada, &ours, "among us", 5).await.unwrap();
    bob.settle().await;
    assert!(bob.take_updates().is_empty());
    ban(&ada, &ours, &bob, false).await.unwrap();
    assert_eq!(invite(&ada, &ours, &[&bob]).await.unwrap(), [0; 0]);
    assert!(history(&bob, &theirs).await.is_ok());
}
