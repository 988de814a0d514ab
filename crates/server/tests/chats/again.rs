//! Calls to groups whose answer was lost with the server: sent again as the same message, they act once
//! (docs/decisions/0026).

use testkit::new_msg_id;
use tl::{enums, functions, types};

use crate::group::{Four, four, full};

#[tokio::test]
async fn words_and_the_end_of_a_group_come_once() {
    let mut server = testkit::start().await;
    let Four { ada, chat_id, .. } = four(&server).await;
    let about = |words: &str| functions::messages::EditChatAbout {
        peer: types::InputPeerChat { chat_id }.into(),
        about: words.to_owned(),
    };
    let first = new_msg_id();
    assert!(ada.call_as(first, &about("some words")).await.unwrap());
    server.restart().await;
    ada.hang_up();
    ada.dial();
    assert!(ada.call_as(first, &about("some words")).await.unwrap());
    let refused = ada.call(about("some words")).await.unwrap_err();
    assert_eq!(refused.name, "CHAT_ABOUT_NOT_MODIFIED");
    // What others have written since stays when the first is sent once more.
    ada.call(about("other words")).await.unwrap();
    let (end, ended) = (functions::messages::DeleteChat { chat_id }, new_msg_id());
    let (whole, _) = full(&ada, chat_id).await.unwrap();
    assert_eq!(whole.about, "other words");
    assert!(ada.call_as(ended, &end).await.unwrap());
    server.restart().await;
    ada.hang_up();
    ada.dial();
    assert!(ada.call_as(ended, &end).await.unwrap());
    let chats = functions::messages::GetChats { id: vec![chat_id] };
    let seen = ada.call(chats).await.unwrap();
    let enums::messages::Chats::Chats(seen) = seen else {
        panic!("all of them");
    };
    let kept = matches!(&seen.chats[0], enums::Chat::Chat(chat) if !chat.deactivated);
    assert!(!kept, "{seen:?}");
}
