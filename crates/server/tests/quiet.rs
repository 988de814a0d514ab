//! Methods that apps call on their own and that have nothing to tell here, through a socket.

use tl::{enums, functions, types};

#[tokio::test]
async fn nobody_has_stories_and_nobody_unknown_is_asked_about() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let peer = ada.peer(&bob).await;
    let asked = functions::stories::GetPeerStories { peer };
    let found = ada.call(asked).await.unwrap();
    let expected = types::PeerStories::new(types::PeerUser { user_id: bob.id }.into());
    assert_eq!(found.stories, expected);
    let group = types::InputPeerChat { chat_id: 1 };
    let asked = functions::stories::GetPeerStories { peer: group.into() };
    let found = ada.call(asked).await.unwrap();
    let expected = types::PeerStories::new(types::PeerChat { chat_id: 1 }.into());
    assert_eq!(found.stories, expected);
    let guessed = types::InputPeerUser {
        user_id: bob.id,
        access_hash: 1,
    };
    let asked = functions::stories::GetPeerStories {
        peer: enums::InputPeer::User(guessed),
    };
    let refused = ada.call(asked).await.unwrap_err();
    assert_eq!(refused.name, "PEER_ID_INVALID");
}

#[tokio::test]
async fn lists_that_tdlib_asks_for_are_empty() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let birthdays = ada
        .call(functions::contacts::GetBirthdays {})
        .await
        .unwrap();
    assert!(birthdays.users.is_empty());
    let music = functions::account::GetSavedMusicIds { hash: 0 };
    let enums::account::SavedMusicIds::SavedMusicIds(music) = ada.call(music).await.unwrap() else {
        panic!("nothing was there before")
    };
    assert!(music.ids.is_empty());
    let tones = functions::aicompose::GetTones { hash: 0 };
    let enums::aicompose::Tones::Tones(tones) = ada.call(tones).await.unwrap() else {
        panic!("nothing was there before")
    };
    assert!(tones.users.is_empty());
}
