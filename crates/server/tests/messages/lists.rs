//! Pages of chats and of messages.

use tl::{enums, functions::messages as calls, types};

use crate::seen::{history, refused, state, text, user_id, whole};

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
