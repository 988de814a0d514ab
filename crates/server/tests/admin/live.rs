//! A running server does at once what its host asks.

use testkit::Refused;
use tl::{enums, functions};

use super::{ask, folder};

fn refused(code: i32, name: &str) -> Refused {
    let name = name.to_owned();
    Refused { code, name }
}

/// Waits until a session is told that a user looks different.
async fn told_of(account: &testkit::Account, user_id: i64) {
    account
        .update(|updates| {
            let list = match updates {
                enums::Updates::Updates(updates) => updates.updates.clone(),
                enums::Updates::UpdateShort(short) => vec![short.update.clone()],
                _ => Vec::new(),
            };
            let about = |update: &enums::Update| match update {
                enums::Update::User(user) => user.user_id == user_id,
                _ => false,
            };
            list.iter().any(about).then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_seeded_account_is_found_signed_in_to_and_renamed_before_the_eyes_of_those_who_know_it() {
    let server = testkit::start().await;
    let data = folder(&server);
    let words = [
        "users",
        "create",
        "+1 777 000 0001",
        "Cleo",
        "K",
        "--username",
        "cleo_k",
    ];
    let made = ask(&data, &words).await.unwrap();
    assert_eq!(made["phone"], "17770000001");
    assert_eq!(made["username"], "cleo_k");
    let again = ask(&data, &words).await.unwrap_err();
    assert_eq!(again.0, 8);
    assert!(again.1.contains("PHONE_NUMBER_OCCUPIED"), "{}", again.1);

    let cleo = testkit::Account::sign_in(server.client().await, "17770000001").await;
    assert_eq!(made["user_id"], cleo.id);
    let ada = server.account("Ada").await;
    let ada_id = ada.id.to_string();
    let saved = ask(&data, &["contacts", "create", &ada_id, "@cleo_k"]).await;
    assert_eq!(saved.unwrap()["first_name"], "Cleo");
    told_of(&ada, cleo.id).await;
    assert!(ada.sees(&cleo).await.contact);

    ask(&data, &["users", "rename", "@cleo_k", "Cleopatra"])
        .await
        .unwrap();
    told_of(&cleo, cleo.id).await;
    let shown = ask(&data, &["users", "show", "+17770000001"])
        .await
        .unwrap();
    assert_eq!(shown["first_name"], "Cleopatra");
    assert_eq!(shown["sessions_connected"], 1);

    ask(&data, &["contacts", "delete", &ada_id, "@cleo_k"])
        .await
        .unwrap();
    assert!(!ada.sees(&cleo).await.contact);
    let none = ask(&data, &["contacts", "delete", &ada_id, "@cleo_k"]).await;
    assert_eq!(none.unwrap_err().0, 8);
}

#[tokio::test]
async fn a_deleted_login_loses_its_connection_and_the_other_one_stays() {
    let server = testkit::start().await;
    let data = folder(&server);
    let ada = server.account("Ada").await;
    let second = server.session_of(&ada).await;
    let user = ada.id.to_string();
    let list = ask(&data, &["sessions", "list", &user]).await.unwrap();
    assert_eq!(list["sessions"].as_array().unwrap().len(), 2);
    let session = format!("{:016x}", second.auth_key_id());
    let mine = list["sessions"].as_array().unwrap().iter();
    let mine = mine
        .clone()
        .find(|login| login["session"] == session.as_str());
    assert_eq!(mine.unwrap()["connected"], true);

    let closed = server.running().events.counted("connections_closed");
    ask(&data, &["sessions", "delete", &session]).await.unwrap();
    let state = || functions::updates::GetState {};
    while server.running().events.counted("connections_closed") == closed {
        tokio::task::yield_now().await;
    }
    second.dial();
    let gone = second.call(state()).await.unwrap_err();
    assert_eq!(gone, refused(401, "AUTH_KEY_UNREGISTERED"));
    ada.call(state()).await.unwrap();
    let again = ask(&data, &["sessions", "delete", &session]).await;
    assert_eq!(again.unwrap_err().0, 8);
    let all = ask(&data, &["sessions", "delete", "--user", &user]).await;
    assert_eq!(all.unwrap()["sessions_ended"], 1);
}

#[tokio::test]
async fn a_picture_that_is_taken_down_is_gone_for_everybody_who_saw_it() {
    let server = testkit::start().await;
    let data = folder(&server);
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let own = testkit::picture([10, 200, 10], 300);
    bob.set_own(&own).await.unwrap();
    let personal = testkit::picture([200, 10, 10], 800);
    ada.set_personal(&bob, &personal).await.unwrap();
    ada.suggest(&bob, &personal).await.unwrap();

    let list = ask(&data, &["pictures", "list", &ada.id.to_string()]).await;
    let list = list.unwrap();
    assert_eq!(list["pictures"].as_array().unwrap().len(), 1);
    let picture = &list["pictures"][0];
    assert_eq!(
        (&picture["place"], &picture["of_user_id"]),
        (&"personal".into(), &bob.id.into())
    );
    let photo_id = picture["photo_id"].as_str().unwrap();

    let file = data.join("seen.jpg");
    let words = [
        "pictures",
        "show",
        photo_id,
        "--out",
        file.to_str().unwrap(),
    ];
    let shown = ask(&data, &words).await.unwrap();
    assert_eq!(shown["personal_of"][0]["owner_id"], ada.id);
    let written = std::fs::read(&file).unwrap();
    assert_eq!(shown["out_bytes"], written.len());
    assert_eq!(testkit::decode(&written).width(), 640);

    ada.take_updates();
    let gone = ask(&data, &["pictures", "delete", photo_id]).await.unwrap();
    assert_eq!(
        (&gone["personals"], &gone["accounts_told"]),
        (&1.into(), &1.into())
    );
    told_of(&ada, bob.id).await;
    assert!(ada.sees_full(&bob).await.personal_photo.is_none());
    assert!(ada.sees_full(&bob).await.profile_photo.is_some());

    let list = ask(&data, &["pictures", "list", &bob.id.to_string()]).await;
    let main = list.unwrap()["pictures"][0]["photo_id"]
        .as_str()
        .unwrap()
        .to_owned();
    ada.take_updates();
    ask(&data, &["pictures", "delete", &main]).await.unwrap();
    told_of(&ada, bob.id).await;
    assert!(ada.sees_full(&bob).await.profile_photo.is_none());
    assert!(bob.sees_full(&bob).await.profile_photo.is_none());
}

#[tokio::test]
async fn a_suggestion_that_is_taken_down_leaves_both_chats() {
    let server = testkit::start().await;
    let data = folder(&server);
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let done = ada.suggest(&bob, &testkit::picture([1, 2, 3], 300)).await;
    let enums::Photo::Photo(photo) = done.unwrap().photo else {
        panic!("no photo");
    };
    let photo_id = photo.id.to_string();
    let gone = ask(&data, &["pictures", "delete", &photo_id])
        .await
        .unwrap();
    assert_eq!(gone["messages_deleted"], 2);
    for account in [&ada, &bob] {
        account
            .update(|updates| match updates {
                enums::Updates::Updates(updates) => updates
                    .updates
                    .iter()
                    .any(|update| matches!(update, enums::Update::DeleteMessages(_)))
                    .then_some(()),
                _ => None,
            })
            .await;
    }
    let again = ask(&data, &["pictures", "delete", "1"]).await;
    assert_eq!(again.unwrap_err().0, 8);
}

#[tokio::test]
async fn a_bot_made_by_the_host_signs_in_until_its_token_changes() {
    let server = testkit::start().await;
    let data = folder(&server);
    let ada = server.account("Ada").await;
    let owner = ada.id.to_string();
    let made = ask(
        &data,
        &["bots", "create", &owner, "@weather_bot", "Weather"],
    )
    .await;
    let made = made.unwrap();
    let sign_in = |token: &str| functions::auth::ImportBotAuthorization {
        flags: 0,
        api_id: 1,
        api_hash: "any".to_owned(),
        bot_auth_token: token.to_owned(),
    };
    let token = made["token"].as_str().unwrap();
    let bot = server.client().await;
    bot.call(sign_in(token)).await.unwrap();
    let other = ask(&data, &["bots", "token", "@weather_bot"])
        .await
        .unwrap();
    assert_eq!(other["sessions_ended"], 1);
    let client = server.client().await;
    client.call(sign_in(token)).await.unwrap_err();
    client
        .call(sign_in(other["token"].as_str().unwrap()))
        .await
        .unwrap();
    let list = ask(&data, &["bots", "list", &owner]).await.unwrap();
    assert_eq!(list["bots"][0]["user_id"], made["user_id"]);
    ask(&data, &["bots", "delete", "@weather_bot"])
        .await
        .unwrap();
    let list = ask(&data, &["bots", "list"]).await.unwrap();
    assert_eq!(list["bots"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn the_status_of_a_running_server_counts_what_it_has_and_what_it_refused_as_not_built() {
    let server = testkit::start().await;
    let data = folder(&server);
    let ada = server.account("Ada").await;
    ada.set_own(&testkit::picture([9, 9, 9], 800))
        .await
        .unwrap();
    let status = ask(&data, &["status"]).await.unwrap();
    for (name, count) in [
        ("users", 1),
        ("logins", 1),
        ("photos", 1),
        ("sessions_connected", 1),
    ] {
        assert_eq!(status[name], count, "{name}");
    }
    assert_eq!(status["running"], true);
    // Two of each sticker that came along.
    let first = cameo::first_set().unwrap().document_ids.len() * 2;
    assert_eq!(status["blobs"], 3 + first);
    assert!(status["blob_bytes"].as_u64().unwrap() > 1000);
    assert_eq!(status["refused_as_not_built"].as_array().unwrap().len(), 0);
    // phone.getGroupCall: not built, so that nobody reads what comes behind its id.
    let group_call = 0x0418_45db_u32.to_le_bytes().to_vec();
    let name = ada.call_bytes(group_call.into()).await.unwrap_err().name;
    assert_eq!(name, "NOT_IMPLEMENTED");
    let status = ask(&data, &["status"]).await.unwrap();
    let refused = &status["refused_as_not_built"][0];
    assert_eq!(refused["method"], "phone.getGroupCall");
    assert_eq!(refused["calls"], 1);
}

#[tokio::test]
async fn a_group_that_the_host_ends_is_gone_for_its_people() {
    let server = testkit::start().await;
    let data = folder(&server);
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let users = vec![ada.name(&bob).await];
    let request = functions::messages::CreateChat::new(users, "Tea".to_owned());
    ada.call(request).await.unwrap();
    let list = ask(&data, &["chats", "list"]).await.unwrap();
    assert_eq!(list["chats"][0]["title"], "Tea");
    let chat_id = list["chats"][0]["chat_id"].as_i64().unwrap();
    let words = ["chats", "show", &chat_id.to_string()];
    let shown = ask(&data, &words).await.unwrap();
    assert_eq!(shown["members"].as_array().unwrap().len(), 2);
    ada.settle().await;
    ada.take_updates();
    let words = ["chats", "delete", &chat_id.to_string()];
    let gone = ask(&data, &words).await.unwrap();
    assert_eq!(gone["accounts_told"], 2);
    ada.update(|updates| match updates {
        enums::Updates::Updates(updates) => updates
            .chats
            .iter()
            .any(|chat| matches!(chat, enums::Chat::Chat(chat) if chat.deactivated))
            .then_some(()),
        _ => None,
    })
    .await;
    assert_eq!(ask(&data, &words).await.unwrap_err().0, 8);
}
