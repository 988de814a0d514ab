//! What TDLib takes from answers about groups, and complains of when it is not there. Its own story is
//! in `compat/tdlib`.

use tl::{enums, functions::messages as calls, types};

#[tokio::test]
async fn a_new_group_comes_with_the_number_of_its_message() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let creation = calls::CreateChat::new(vec![ada.name(&bob).await], "Group".to_owned());
    let made = ada.call(creation).await.unwrap();
    let enums::Updates::Updates(updates) = made.updates else {
        panic!("a group was made")
    };
    let numbers: Vec<_> = updates.updates.iter().filter_map(number).collect();
    let messages: Vec<_> = updates.updates.iter().filter_map(message).collect();
    assert_eq!((numbers.len(), messages.len()), (1, 1));
    assert_eq!(numbers[0].id, messages[0]);
    assert_ne!(numbers[0].random_id, 0);
    let enums::Chat::Chat(group) = &updates.chats[0] else {
        panic!("its maker is in it")
    };
    let Some(rights) = &group.default_banned_rights else {
        panic!("what members may not do is told")
    };
    assert_eq!(rights.until_date, i32::MAX);
}

#[tokio::test]
async fn a_group_offers_nothing_and_strangers_do_not_learn_of_it() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let cleo = server.account("Cleo").await;
    let creation = calls::CreateChat::new(vec![ada.name(&bob).await], "Group".to_owned());
    let made = ada.call(creation).await.unwrap();
    let enums::Updates::Updates(updates) = made.updates else {
        panic!("a group was made")
    };
    let enums::Chat::Chat(group) = &updates.chats[0] else {
        panic!("its maker is in it")
    };
    let asked = |chat_id: i64| calls::GetPeerSettings {
        peer: types::InputPeerChat { chat_id }.into(),
    };
    let offers = bob.call(asked(group.id)).await.unwrap();
    assert_eq!(offers.settings, types::PeerSettings::new());
    assert_eq!(offers.chats.len(), 1);
    let unknown = cleo.call(asked(group.id + 1)).await.unwrap_err();
    let refused = cleo.call(asked(group.id)).await.unwrap_err();
    assert_eq!(refused.name, "PEER_ID_INVALID");
    assert_eq!(unknown.name, refused.name);
}

fn number(update: &enums::Update) -> Option<types::UpdateMessageID> {
    match update {
        enums::Update::MessageID(number) => Some(number.clone()),
        _ => None,
    }
}

fn message(update: &enums::Update) -> Option<i32> {
    let enums::Update::NewMessage(new) = update else {
        return None;
    };
    match &new.message {
        enums::Message::Service(message) => Some(message.id),
        _ => None,
    }
}
