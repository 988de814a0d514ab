//! What clients that were away are told of channels.

use tl::{enums, functions};

use crate::seat::{
    channel_changed, create, dialog, difference, history, invite, named, picture_set, refused, say,
    set_photo,
};

#[tokio::test]
async fn a_client_that_was_away_is_told_to_ask_the_channel() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let ours = create(&ada, true, "Ours").await;
    invite(&ada, &ours, &[&bob]).await.unwrap();
    let theirs = named(&bob.update(channel_changed).await);
    let state = bob.call(functions::updates::GetState {}).await.unwrap();
    let from = dialog(&bob, &theirs).await.unwrap().pts.unwrap();
    let nothing = difference(&bob, &theirs, from).await.unwrap();
    assert!(matches!(nothing, enums::updates::ChannelDifference::Empty(it) if it.pts == from));
    say(&ada, &ours, "one", 1).await.unwrap();
    set_photo(&ada, &ours, Some(&testkit::picture([9, 200, 9], 320)))
        .await
        .unwrap();
    let (two, pts) = say(&ada, &ours, "two", 2).await.unwrap();
    ada.call(functions::channels::DeleteMessages {
        channel: ours.input(),
        id: vec![two.id],
    })
    .await
    .unwrap();
    let request = functions::updates::GetDifference::new(state.pts, state.date, state.qts);
    let enums::updates::Difference::Difference(missed) = bob.call(request).await.unwrap() else {
        panic!("something happened");
    };
    let ask = missed.other_updates.iter().find_map(|update| match update {
        enums::Update::ChannelTooLong(ask) => Some((ask.channel_id, ask.pts)),
        _ => None,
    });
    assert_eq!(ask, Some((ours.id, Some(pts + 1))));
    assert_eq!(missed.chats.len(), 1);
    let enums::updates::ChannelDifference::ChannelDifference(missed) =
        difference(&bob, &theirs, from).await.unwrap()
    else {
        panic!("a difference");
    };
    assert!(missed.r#final);
    assert_eq!((missed.pts, missed.new_messages.len()), (pts + 1, 2));
    assert!(picture_set(&missed.new_messages[1]).is_some());
    // The message that came and went moves the state twice.
    assert_eq!(missed.other_updates.len(), 2);
}

#[tokio::test]
async fn too_far_behind_begins_anew_and_strangers_are_told_nothing() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let ours = create(&ada, false, "Ours").await;
    let now = history(&ada, &ours).await.unwrap().1;
    let anew = difference(&ada, &ours, now + 5).await.unwrap();
    let enums::updates::ChannelDifference::TooLong(anew) = anew else {
        panic!("from a state that never was: {anew:?}");
    };
    let enums::Dialog::Dialog(entry) = &anew.dialog;
    assert_eq!((entry.top_message, entry.pts), (1, Some(now)));
    assert_eq!(anew.messages.len(), 1);
    let word = difference(&ada, &ours, 0).await.unwrap_err();
    assert_eq!(word, refused("PERSISTENT_TIMESTAMP_INVALID"));
    let word = difference(&bob, &ours, 1).await.unwrap_err();
    assert_eq!(word, refused("CHANNEL_INVALID"));
    invite(&ada, &ours, &[&bob]).await.unwrap();
    let theirs = named(&bob.update(channel_changed).await);
    let leave = functions::channels::LeaveChannel {
        channel: theirs.input(),
    };
    bob.call(leave).await.unwrap();
    let word = difference(&bob, &theirs, 1).await.unwrap_err();
    assert_eq!(word, refused("CHANNEL_PRIVATE"));
}
