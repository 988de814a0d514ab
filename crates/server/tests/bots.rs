//! Bots through a socket: signing in with a token, what they may call, chats in which people write
//! first, what they tell of themselves, and who is told that they changed.

use domain::{Seen, bots};
use testkit::{Account, Refused, TestServer, picture};
use tl::{enums, functions, types};

const RED: [u8; 3] = [200, 30, 30];

fn refused(name: &str) -> Refused {
    Refused::new(400, name)
}

fn import(token: &str) -> functions::auth::ImportBotAuthorization {
    functions::auth::ImportBotAuthorization {
        flags: 0,
        api_id: 1,
        api_hash: "hash".to_owned(),
        bot_auth_token: token.to_owned(),
    }
}

/// `named` as `viewer` would name it if it had been shown to it.
fn name(server: &TestServer, viewer: &Account, named: &Account) -> types::InputUser {
    let hashes = &server.running().services.hashes;
    types::InputUser {
        user_id: named.id,
        access_hash: hashes.access_hash(Seen::user(viewer.id, named.id)),
    }
}

fn text(to: types::InputUser, text: &str, random_id: i64) -> functions::messages::SendMessage {
    let peer = types::InputPeerUser {
        user_id: to.user_id,
        access_hash: to.access_hash,
    };
    functions::messages::SendMessage::new(peer.into(), text.to_owned(), random_id)
}

/// The text of the first new message in an update.
fn new_text(updates: &enums::Updates) -> Option<String> {
    let enums::Updates::Updates(all) = updates else {
        return None;
    };
    all.updates.iter().find_map(|update| match update {
        enums::Update::NewMessage(new) => match &new.message {
            enums::Message::Message(message) => Some(message.message.clone()),
            _ => None,
        },
        _ => None,
    })
}

/// The user in an update that says that it changed.
fn changed(updates: &enums::Updates, user_id: i64) -> Option<types::User> {
    let enums::Updates::Updates(all) = updates else {
        return None;
    };
    let told = all
        .updates
        .iter()
        .any(|update| matches!(update, enums::Update::User(update) if update.user_id == user_id));
    let mut users = all.users.iter().filter(|_| told);
    users.find_map(|user| match user {
        enums::User::User(user) if user.id == user_id => Some((**user).clone()),
        _ => None,
    })
}

fn info(full: &types::UserFull) -> &types::BotInfo {
    let Some(info) = &full.bot_info else {
        panic!("a bot without its description");
    };
    info
}

fn commands(of: &[(&str, &str)]) -> Vec<types::BotCommand> {
    let command = |(command, description): &(&str, &str)| types::BotCommand {
        ephemeral: false,
        command: (*command).to_owned(),
        description: (*description).to_owned(),
    };
    of.iter().map(command).collect()
}

#[tokio::test]
async fn a_bot_signs_in_with_its_token_and_out_with_the_next_one() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let made = server.new_bot(&ada, "Helper").await;
    let client = server.client().await;
    for token in [
        "",
        "1:short",
        &format!("{}:{}", made.user_id, "A".repeat(35)),
    ] {
        let refusal = client.call(import(token)).await.map(|_| ());
        assert_eq!(refusal, Err(refused("ACCESS_TOKEN_INVALID")), "{token}");
    }
    let bot = Account::import_bot(client, &made.token).await;
    assert_eq!(bot.id, made.user_id);
    let itself = functions::users::GetUsers {
        id: vec![enums::InputUser::Self_],
    };
    let seen = match bot.call(itself.clone()).await.unwrap().remove(0) {
        enums::User::User(user) => user,
        other => panic!("{other:?}"),
    };
    assert!(seen.bot && seen.is_self && !seen.bot_can_edit);
    assert_eq!((seen.bot_info_version, &seen.phone), (Some(1), &None));
    let services = &server.running().services;
    let second = bots::new_token(services, made.user_id).await.unwrap();
    let fresh = server.client().await;
    let refusal = fresh.call(import(&made.token)).await.map(|_| ());
    assert_eq!(refusal, Err(refused("ACCESS_TOKEN_EXPIRED")));
    let again = Account::import_bot(fresh, &second.token).await;
    assert_eq!(again.id, made.user_id);
    again.call(functions::auth::LogOut {}).await.unwrap();
    let out = again.call(itself).await.map(|_| ()).unwrap_err();
    assert_eq!(
        (out.code, out.name.as_str()),
        (401, "AUTH_KEY_UNREGISTERED")
    );
}

#[tokio::test]
async fn a_host_that_names_its_applications_holds_bots_to_them() {
    let server = testkit::start_with(|settings| settings.api_ids = Some(vec![7])).await;
    let client = server.client().await;
    let refusal = client.call(import("1:x")).await.map(|_| ());
    assert_eq!(refusal, Err(refused("API_ID_INVALID")));
    let mut accepted = import("1:x");
    accepted.api_id = 7;
    let refusal = client.call(accepted).await.map(|_| ());
    assert_eq!(refusal, Err(refused("ACCESS_TOKEN_INVALID")));
}

/// P17: and other methods that are for people alone.
#[tokio::test]
async fn p17_what_is_for_people_is_refused_to_bots_and_the_other_way_round() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let bot = server.bot(&ada, "Bot").await;
    let no = Err(refused("BOT_METHOD_INVALID"));
    let to_ada = enums::InputUser::from(name(&server, &bot, &ada));
    let contact = functions::photos::UploadContactProfilePhoto::new(to_ada);
    assert_eq!(bot.call(contact).await.map(|_| ()), no);
    let phone = ada.phone.clone();
    let resolve = functions::contacts::ResolvePhone { phone };
    assert_eq!(bot.call(resolve).await.map(|_| ()), no);
    let authorizations = functions::account::GetAuthorizations {};
    assert_eq!(bot.call(authorizations).await.map(|_| ()), no);
    let saved = enums::InputPeer::Self_;
    let history = functions::messages::GetHistory::new(saved, 0, 0, 0, 10, 0, 0, 0);
    assert_eq!(bot.call(history).await.map(|_| ()), no);
    let password = functions::account::GetPassword {};
    assert_eq!(bot.call(password).await.map(|_| ()), no);
    let mut profile = functions::account::UpdateProfile::new();
    profile.first_name = Some("Other".to_owned());
    assert_eq!(bot.call(profile).await.map(|_| ()), no);
    let reset = functions::bots::ResetBotCommands {
        scope: enums::BotCommandScope::Default,
        lang_code: String::new(),
    };
    let refusal = ada.call(reset).await.map(|_| ());
    assert_eq!(refusal, Err(refused("USER_BOT_REQUIRED")));
}

#[tokio::test]
async fn people_write_first_and_a_bot_answers() {
    let server = testkit::start().await;
    let (ada, cara) = server.two_strangers("Ada", "Cara").await;
    let bot = server.bot(&ada, "Bot").await;
    let early = bot
        .call(text(name(&server, &bot, &cara), "hello?", 1))
        .await;
    assert_eq!(early.map(|_| ()), Err(refused("PEER_ID_INVALID")));
    cara.write(&bot, "/start").await;
    assert_eq!(bot.update(new_text).await, "/start");
    bot.call(text(name(&server, &bot, &cara), "hello", 2))
        .await
        .unwrap();
    assert_eq!(cara.update(new_text).await, "hello");
    // Its owner has written nothing, so it is no better off.
    let owner = bot.call(text(name(&server, &bot, &ada), "hello?", 3)).await;
    assert_eq!(owner.map(|_| ()), Err(refused("PEER_ID_INVALID")));
    let id = enums::InputPeer::from(types::InputPeerUser {
        user_id: bot.id,
        access_hash: name(&server, &cara, &bot).access_hash,
    });
    cara.call(functions::contacts::Block::new(id))
        .await
        .unwrap();
    let blocked = bot
        .call(text(name(&server, &bot, &cara), "still?", 4))
        .await;
    assert_eq!(blocked.map(|_| ()), Err(refused("USER_IS_BLOCKED")));
}

#[tokio::test]
async fn bots_do_not_write_to_bots() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let one = server.bot(&ada, "One").await;
    let other = server.bot(&ada, "Other").await;
    for to in [&one, &other] {
        let refusal = one.call(text(name(&server, &one, to), "hello", 1)).await;
        assert_eq!(refusal.map(|_| ()), Err(refused("USER_IS_BOT")));
    }
}

#[tokio::test]
async fn a_bot_that_was_away_reads_in_the_difference_who_wrote() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let bot = server.bot(&ada, "Bot").await;
    let before = bot.call(functions::updates::GetState {}).await.unwrap();
    bot.client.hang_up();
    ada.write(&bot, "one").await;
    ada.write(&bot, "two").await;
    let request = functions::updates::GetDifference::new(before.pts, before.date, before.qts);
    let enums::updates::Difference::Difference(missed) = bot.call(request).await.unwrap() else {
        panic!("two messages fit into one difference");
    };
    let texts = missed.new_messages.iter().map(|message| match message {
        enums::Message::Message(message) => message.message.as_str(),
        other => panic!("{other:?}"),
    });
    assert_eq!(texts.collect::<Vec<_>>(), ["one", "two"]);
    let writer = missed.users.iter().find_map(|user| match user {
        enums::User::User(user) if user.id == ada.id => user.access_hash,
        _ => None,
    });
    // What came with the messages is enough to answer.
    let to = types::InputUser {
        user_id: ada.id,
        access_hash: writer.unwrap(),
    };
    bot.call(text(to, "three", 9)).await.unwrap();
    assert_eq!(ada.update(new_text).await, "three");
}

/// P112: the owner and whoever has a chat with the bot are told; a stranger is not.
#[tokio::test]
async fn p112_a_new_picture_of_a_bot_is_told_to_its_owner_and_its_chats() {
    let server = testkit::start().await;
    let (ada, cara) = server.two_strangers("Ada", "Cara").await;
    let stranger = server.account("Stranger").await;
    let bot = server.bot(&ada, "Bot").await;
    cara.write(&bot, "/start").await;
    // The bot itself.
    bot.set_own(&picture(RED, 320)).await.unwrap();
    let told = ada.update(|updates| changed(updates, bot.id)).await;
    assert!(told.photo.is_some() && told.bot_can_edit);
    let told = cara.update(|updates| changed(updates, bot.id)).await;
    let own = photo_id(&told);
    assert!(!told.bot_can_edit);
    // Its owner.
    let mut request = functions::photos::UploadProfilePhoto::new();
    request.bot = Some(ada.name(&bot).await);
    request.file = Some(ada.upload(&picture(RED, 400), "x.jpg").await);
    ada.call(request).await.unwrap();
    let told = cara.update(|updates| changed(updates, bot.id)).await;
    assert_ne!(photo_id(&told), own);
    // It may be told once more of its own change, when that could have been hidden by a late push.
    let other = |user: &types::User| photo_id(user) != own;
    bot.update(|updates| changed(updates, bot.id).filter(other))
        .await;
    // The owner takes it away again: the one before is shown.
    let mut request = functions::photos::UpdateProfilePhoto::new(enums::InputPhoto::Empty);
    request.bot = Some(ada.name(&bot).await);
    ada.call(request.clone()).await.unwrap();
    let told = cara.update(|updates| changed(updates, bot.id)).await;
    assert_eq!(photo_id(&told), own);
    // Nobody else may, and a person is no bot.
    request.bot = Some(cara.name(&bot).await);
    let refusal = cara.call(request.clone()).await.map(|_| ());
    assert_eq!(refusal, Err(refused("BOT_INVALID")));
    request.bot = Some(enums::InputUser::Self_);
    let refusal = cara.call(request.clone()).await.map(|_| ());
    assert_eq!(refusal, Err(refused("BOT_INVALID")));
    // P113.
    request.bot = Some(ada.name(&bot).await);
    request.fallback = true;
    let refusal = ada.call(request).await.map(|_| ());
    assert_eq!(refusal, Err(refused("BOT_FALLBACK_UNSUPPORTED")));
    stranger.settle().await;
    let heard = stranger.take_updates();
    assert!(heard.iter().all(|all| changed(all, bot.id).is_none()));
}

fn photo_id(user: &types::User) -> i64 {
    match &user.photo {
        Some(enums::UserProfilePhoto::UserProfilePhoto(photo)) => photo.photo_id,
        other => panic!("no picture: {other:?}"),
    }
}

#[tokio::test]
async fn a_bot_lists_and_deletes_its_own_pictures() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let bot = server.bot(&ada, "Bot").await;
    bot.set_own(&picture(RED, 320)).await.unwrap();
    bot.set_own(&picture(RED, 400)).await.unwrap();
    let list = functions::photos::GetUserPhotos {
        user_id: enums::InputUser::Self_,
        offset: 0,
        max_id: 0,
        limit: 10,
    };
    let enums::photos::Photos::Photos(all) = bot.call(list).await.unwrap() else {
        panic!("two pictures are a whole list");
    };
    let ids = all.photos.iter().map(|photo| match photo {
        enums::Photo::Photo(photo) => photo.id,
        enums::Photo::Empty(_) => panic!("an empty picture in a list"),
    });
    let ids: Vec<i64> = ids.collect();
    let named = types::InputPhoto {
        id: ids[0],
        access_hash: 0,
        file_reference: bytes::Bytes::new(),
    };
    let request = functions::photos::DeletePhotos {
        id: vec![named.into()],
    };
    assert_eq!(bot.call(request).await.unwrap(), [ids[0]]);
    assert_eq!(photo_id(&ada.sees(&bot).await), ids[1]);
}

/// P15: the personal picture of a bot that is a contact.
#[tokio::test]
async fn p15_a_bot_among_the_contacts_gets_no_personal_picture() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let bot = server.bot(&bob, "Bot").await;
    let id = ada.name(&bot).await;
    let add =
        functions::contacts::AddContact::new(id, "My bot".to_owned(), String::new(), String::new());
    ada.call(add).await.unwrap();
    assert!(ada.sees(&bot).await.contact);
    let refusal = ada.set_personal(&bot, &picture(RED, 320)).await;
    assert_eq!(refusal.map(|_| ()), Err(refused("USER_ID_INVALID")));
    let refusal = ada.suggest(&bot, &picture(RED, 320)).await;
    assert_eq!(refusal.map(|_| ()), Err(refused("USER_ID_INVALID")));
}

#[tokio::test]
async fn a_bot_and_its_owner_say_what_it_tells_and_nobody_else() {
    let server = testkit::start().await;
    let (ada, cara) = server.two_strangers("Ada", "Cara").await;
    let bot = server.bot(&ada, "Bot").await;
    cara.write(&bot, "/start").await;
    let mut request = functions::bots::SetBotInfo::new(String::new());
    request.about = Some("Helps".to_owned());
    request.description = Some("Ask me".to_owned());
    bot.call(request.clone()).await.unwrap();
    let told = cara.update(|updates| changed(updates, bot.id)).await;
    assert_eq!(told.bot_info_version, Some(2));
    let full = cara.sees_full(&bot).await;
    assert_eq!(full.about.as_deref(), Some("Helps"));
    assert_eq!(info(&full).description.as_deref(), Some("Ask me"));
    // The owner, who must say which bot.
    let mut by_owner = functions::bots::SetBotInfo::new(String::new());
    by_owner.name = Some("Helper".to_owned());
    let refusal = ada.call(by_owner.clone()).await.map(|_| ());
    assert_eq!(refusal, Err(refused("USER_BOT_INVALID")));
    by_owner.bot = Some(ada.name(&bot).await);
    ada.call(by_owner.clone()).await.unwrap();
    assert_eq!(cara.sees(&bot).await.first_name.as_deref(), Some("Helper"));
    let asked = functions::bots::GetBotInfo {
        bot: Some(ada.name(&bot).await),
        lang_code: String::new(),
    };
    let words = types::bots::BotInfo {
        name: "Helper".to_owned(),
        about: "Helps".to_owned(),
        description: "Ask me".to_owned(),
    };
    assert_eq!(ada.call(asked.clone()).await.unwrap(), words);
    // A stranger, and a bot that means another one.
    by_owner.bot = Some(cara.name(&bot).await);
    let refusal = cara.call(by_owner.clone()).await.map(|_| ());
    assert_eq!(refusal, Err(refused("BOT_INVALID")));
    let other = server.bot(&ada, "Other").await;
    by_owner.bot = Some(other.name(&bot).await);
    let refusal = other.call(by_owner).await.map(|_| ());
    assert_eq!(refusal, Err(refused("BOT_INVALID")));
    let refusal = cara.call(asked).await.map(|_| ());
    assert_eq!(refusal, Err(refused("BOT_INVALID")));
    for (change, why) in [
        (("", None, None), "FIRSTNAME_INVALID"),
        (("Bot", Some("a".repeat(121)), None), "ABOUT_TOO_LONG"),
        (("Bot", None, Some("a".repeat(513))), "ABOUT_TOO_LONG"),
    ] {
        let mut request = functions::bots::SetBotInfo::new(String::new());
        request.name = Some(change.0.to_owned());
        (request.about, request.description) = (change.1, change.2);
        let refusal = bot.call(request).await.map(|_| ());
        assert_eq!(refusal, Err(refused(why)));
    }
}

#[tokio::test]
async fn a_client_is_told_in_the_language_that_it_speaks() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let bot = server.bot(&ada, "Bot").await;
    for (lang_code, description) in [("", "in whatever"), ("en", "in English")] {
        let mut request = functions::bots::SetBotInfo::new(lang_code.to_owned());
        request.description = Some(description.to_owned());
        bot.call(request).await.unwrap();
    }
    // The clients of the kit say that they speak English.
    let full = ada.sees_full(&bot).await;
    assert_eq!(info(&full).description.as_deref(), Some("in English"));
    let mut request = functions::bots::SetBotInfo::new("en".to_owned());
    request.description = Some(String::new());
    bot.call(request).await.unwrap();
    let full = ada.sees_full(&bot).await;
    assert_eq!(info(&full).description.as_deref(), Some("in whatever"));
    let wrong = functions::bots::SetBotInfo::new("english".to_owned());
    let refusal = bot.call(wrong).await.map(|_| ());
    assert_eq!(refusal, Err(refused("LANG_CODE_INVALID")));
}

#[tokio::test]
async fn each_viewer_is_offered_the_commands_that_are_meant_for_it() {
    let server = testkit::start().await;
    let (ada, cara) = server.two_strangers("Ada", "Cara").await;
    let bot = server.bot(&ada, "Bot").await;
    cara.write(&bot, "/start").await;
    let to_cara = name(&server, &bot, &cara);
    let peer = types::InputPeerUser {
        user_id: cara.id,
        access_hash: to_cara.access_hash,
    };
    let for_cara = types::BotCommandScopePeer { peer: peer.into() };
    let set = |scope, of: &[(&str, &str)]| functions::bots::SetBotCommands {
        scope,
        lang_code: String::new(),
        commands: commands(of),
    };
    let everybody = [("help", "What I can do")];
    let alone = [("secret", "For you alone")];
    bot.call(set(enums::BotCommandScope::Default, &everybody))
        .await
        .unwrap();
    bot.call(set(for_cara.clone().into(), &alone))
        .await
        .unwrap();
    cara.update(|updates| changed(updates, bot.id)).await;
    let offered = |full: types::UserFull| info(&full).commands.clone().unwrap();
    assert_eq!(offered(cara.sees_full(&bot).await), commands(&alone));
    assert_eq!(offered(ada.sees_full(&bot).await), commands(&everybody));
    let get = functions::bots::GetBotCommands {
        scope: for_cara.clone().into(),
        lang_code: String::new(),
    };
    assert_eq!(bot.call(get).await.unwrap(), commands(&alone));
    let reset = functions::bots::ResetBotCommands {
        scope: for_cara.into(),
        lang_code: String::new(),
    };
    bot.call(reset).await.unwrap();
    assert_eq!(offered(cara.sees_full(&bot).await), commands(&everybody));
    let many = vec![("help", "What I can do"); 101];
    for (of, why) in [
        (&[("Help", "What")][..], "BOT_COMMAND_INVALID"),
        (&[("help", "")][..], "BOT_COMMAND_DESCRIPTION_INVALID"),
        (&many[..], "BOT_COMMANDS_TOO_MUCH"),
    ] {
        let request = set(enums::BotCommandScope::Default, of);
        let refusal = bot.call(request).await.map(|_| ());
        assert_eq!(refusal, Err(refused(why)));
    }
}

#[tokio::test]
async fn a_bot_is_found_by_its_username_in_every_layer() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let bot = server.bot(&ada, "Bot").await;
    for layer in [148, 158, 185, 196, tl::LAYER_MAX] {
        let client = server.client_in_layer(layer).await;
        let reader = Account::sign_in(client, &ada.phone).await;
        let seen = reader.sees(&bot).await;
        assert!(seen.bot && seen.phone.is_none(), "layer {layer}");
        assert_eq!(info(&reader.sees_full(&bot).await).user_id, Some(bot.id));
    }
    // Before there was a name in it, the answer was a list.
    let made = server.new_bot(&ada, "Old").await;
    let old = Account::import_bot(server.client_in_layer(155).await, &made.token).await;
    let mut request = functions::bots::SetBotInfo::new(String::new());
    request.about = Some("Helps".to_owned());
    request.description = Some("Ask me".to_owned());
    old.call(request).await.unwrap();
    let asked = functions::bots::GetBotInfo {
        bot: None,
        lang_code: String::new(),
    };
    let answer = old.call(asked).await.unwrap();
    assert_eq!(
        (answer.about, answer.description),
        ("Helps".into(), "Ask me".into())
    );
}
