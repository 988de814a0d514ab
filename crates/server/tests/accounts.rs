//! `auth.*` and `account.*` through a socket.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use testkit::{Account, CODE, Client, Refused, TestServer};
use tl::{enums, functions, types};

fn no<T: std::fmt::Debug>(outcome: Result<T, Refused>) -> (i32, String) {
    let refused = outcome.unwrap_err();
    (refused.code, refused.name)
}

fn name(code: i32, name: &str) -> (i32, String) {
    (code, name.to_owned())
}

async fn send_code(client: &Client, phone: &str) -> Result<String, Refused> {
    let request = functions::auth::SendCode {
        phone_number: phone.to_owned(),
        api_id: 1,
        api_hash: String::new(),
        settings: types::CodeSettings::new(),
    };
    match client.call(request).await? {
        enums::auth::SentCode::SentCode(sent) => Ok(sent.phone_code_hash.clone()),
        other => panic!("{other:?}"),
    }
}

fn sign_in(phone: &str, hash: &str, code: Option<&str>) -> functions::auth::SignIn {
    let mut request = functions::auth::SignIn::new(phone.to_owned(), hash.to_owned());
    request.phone_code = code.map(str::to_owned);
    request
}

fn sign_up(phone: &str, hash: &str, first: &str) -> functions::auth::SignUp {
    let [phone, hash, first] = [phone, hash, first].map(str::to_owned);
    functions::auth::SignUp::new(phone, hash, first, String::new())
}

/// M91.
#[tokio::test]
async fn nobody_signed_in_is_refused_as_unregistered() {
    let server = testkit::start().await;
    let client = server.client().await;
    let asked = client.call(functions::updates::GetState {}).await;
    assert_eq!(no(asked), name(401, "AUTH_KEY_UNREGISTERED"));
    let request = functions::photos::UploadContactProfilePhoto::new(enums::InputUser::Self_);
    assert_eq!(
        no(client.call(request).await),
        name(401, "AUTH_KEY_UNREGISTERED")
    );
}

/// M93: however a number is typed, it is one account.
#[tokio::test]
async fn a_number_is_the_same_however_it_is_typed() {
    let server = testkit::start().await;
    let ada = Account::sign_up(server.client().await, "+1 (555) 000-1111", "Ada").await;
    let again = Account::sign_in(server.client().await, "15550001111").await;
    assert_eq!(ada.id, again.id);
}

/// M94, M95 and their like.
#[tokio::test]
async fn codes_are_checked_and_may_be_shown_again_by_the_same_key() {
    let server = testkit::start().await;
    server.account("Ada").await;
    let phone = "15550000001";
    let client = server.client().await;
    let hash = send_code(&client, phone).await.unwrap();
    let asked = |code| client.call(sign_in(phone, &hash, code));
    assert_eq!(no(asked(None).await), name(400, "PHONE_CODE_EMPTY"));
    assert_eq!(
        no(asked(Some("54321")).await),
        name(400, "PHONE_CODE_INVALID")
    );
    asked(Some(CODE)).await.unwrap();
    // The first answer may have been lost.
    asked(Some(CODE)).await.unwrap();
    let other = server.client().await;
    let stolen = other.call(sign_in(phone, &hash, Some(CODE))).await;
    assert_eq!(no(stolen), name(400, "PHONE_CODE_EXPIRED"));
    let unknown = other.call(sign_in(phone, "nothing", Some(CODE))).await;
    assert_eq!(no(unknown), name(400, "PHONE_CODE_EXPIRED"));
    let typed = send_code(&other, "not a number").await;
    assert_eq!(no(typed), name(400, "PHONE_NUMBER_INVALID"));
}

#[tokio::test]
async fn a_code_is_worthless_after_five_wrong_tries() {
    let server = testkit::start().await;
    let client = server.client().await;
    let hash = send_code(&client, "15550000001").await.unwrap();
    for _ in 0..5 {
        let wrong = client
            .call(sign_in("15550000001", &hash, Some("54321")))
            .await;
        assert_eq!(no(wrong), name(400, "PHONE_CODE_INVALID"));
    }
    let right = client.call(sign_in("15550000001", &hash, Some(CODE))).await;
    assert_eq!(no(right), name(400, "PHONE_CODE_EXPIRED"));
}

#[tokio::test]
async fn codes_can_be_sent_again_and_cancelled() {
    let server = testkit::start().await;
    let client = server.client().await;
    let hash = send_code(&client, "15550000001").await.unwrap();
    let again = functions::auth::ResendCode::new("15550000001".to_owned(), hash.clone());
    assert!(matches!(
        client.call(again.clone()).await,
        Ok(enums::auth::SentCode::SentCode(_))
    ));
    let cancel = functions::auth::CancelCode {
        phone_number: "15550000001".to_owned(),
        phone_code_hash: hash.clone(),
    };
    assert!(client.call(cancel.clone()).await.unwrap());
    assert_eq!(
        no(client.call(cancel).await),
        name(400, "PHONE_CODE_EXPIRED")
    );
    assert_eq!(
        no(client.call(again).await),
        name(400, "PHONE_CODE_EXPIRED")
    );
    let late = client.call(sign_in("15550000001", &hash, Some(CODE))).await;
    assert_eq!(no(late), name(400, "PHONE_CODE_EXPIRED"));
}

#[tokio::test]
async fn signing_up_needs_a_shown_code_and_a_name() {
    let server = testkit::start().await;
    let client = server.client().await;
    let phone = "15550000001";
    let hash = send_code(&client, phone).await.unwrap();
    let early = client.call(sign_up(phone, &hash, "Ada")).await;
    assert_eq!(no(early), name(400, "PHONE_CODE_EXPIRED"));
    let unknown = client
        .call(sign_in(phone, &hash, Some(CODE)))
        .await
        .unwrap();
    assert!(matches!(
        unknown,
        enums::auth::Authorization::SignUpRequired(_)
    ));
    let nameless = client.call(sign_up(phone, &hash, "  ")).await;
    assert_eq!(no(nameless), name(400, "FIRSTNAME_INVALID"));
    client.call(sign_up(phone, &hash, "Ada")).await.unwrap();
    // Its answer may have been lost.
    client.call(sign_up(phone, &hash, "Ada")).await.unwrap();
    let other = server.client().await;
    let hash = send_code(&other, phone).await.unwrap();
    other.call(sign_in(phone, &hash, Some(CODE))).await.unwrap();
    let late = client.call(sign_up(phone, &hash, "Eve")).await;
    assert_eq!(no(late), name(400, "PHONE_CODE_EXPIRED"));
}

/// M92, with a list of applications.
#[tokio::test]
async fn other_applications_can_be_turned_away() {
    let server = testkit::start_with(|settings| settings.api_ids = Some(vec![7])).await;
    let client = server.client().await;
    let sent = send_code(&client, "15550000001").await;
    assert_eq!(no(sent), name(400, "API_ID_INVALID"));
}

/// M100.
#[tokio::test]
async fn logging_out_leaves_the_key_for_another_login() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    ada.call(functions::auth::LogOut {}).await.unwrap();
    let asked = ada.call(functions::updates::GetState {}).await;
    assert_eq!(no(asked), name(401, "AUTH_KEY_UNREGISTERED"));
    // What happens to Ada now reaches nobody on this key.
    bob.write(&server.session_of(&ada).await, "hello").await;
    assert!(ada.take_updates().is_empty());
    let Account { phone, client, .. } = ada;
    Account::sign_in(client, &phone).await;
}

/// M98.
#[tokio::test]
async fn a_login_moves_to_another_key_once() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let wrong = ada
        .call(functions::auth::ExportAuthorization { dc_id: 9 })
        .await;
    assert_eq!(no(wrong), name(400, "DC_ID_INVALID"));
    let exported = ada
        .call(functions::auth::ExportAuthorization { dc_id: 4 })
        .await
        .unwrap();
    let import = functions::auth::ImportAuthorization {
        id: exported.id,
        bytes: exported.bytes,
    };
    let other = server.client().await;
    let mut foreign = import.clone();
    foreign.id += 1;
    let second = ada
        .call(functions::auth::ExportAuthorization { dc_id: 2 })
        .await
        .unwrap();
    other.call(import.clone()).await.unwrap();
    other.call(functions::updates::GetState {}).await.unwrap();
    let third = server.client().await;
    assert_eq!(
        no(third.call(import).await),
        name(400, "AUTH_BYTES_INVALID")
    );
    assert_eq!(
        no(third.call(foreign).await),
        name(400, "AUTH_BYTES_INVALID")
    );
    let more = functions::auth::ImportAuthorization {
        id: second.id,
        bytes: second.bytes,
    };
    third.call(more).await.unwrap();
}

#[tokio::test]
async fn logins_are_listed_and_ended() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let second = server.session_of(&ada).await;
    let third = server.session_of(&ada).await;
    let listed = ada
        .call(functions::account::GetAuthorizations {})
        .await
        .unwrap();
    assert_eq!(listed.authorizations.len(), 3);
    assert_eq!(
        listed
            .authorizations
            .iter()
            .filter(|login| login.current)
            .count(),
        1
    );
    let other = listed
        .authorizations
        .iter()
        .find(|login| !login.current)
        .unwrap();
    assert_eq!(other.device_model, "testkit");
    let reset = functions::account::ResetAuthorization { hash: other.hash };
    assert!(ada.call(reset.clone()).await.unwrap());
    assert_eq!(no(ada.call(reset).await), name(400, "HASH_INVALID"));
    let left = ada
        .call(functions::account::GetAuthorizations {})
        .await
        .unwrap();
    assert_eq!(left.authorizations.len(), 2);
    assert!(
        ada.call(functions::auth::ResetAuthorizations {})
            .await
            .unwrap()
    );
    for gone in [second, third] {
        let asked = gone.call(functions::updates::GetState {}).await;
        assert_eq!(no(asked), name(401, "AUTH_KEY_UNREGISTERED"));
    }
    ada.call(functions::updates::GetState {}).await.unwrap();
}

#[tokio::test]
async fn a_profile_change_is_told_to_those_who_see_it() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let mut request = functions::account::UpdateProfile::new();
    request.first_name = Some("Robert".to_owned());
    request.about = Some("painter".to_owned());
    bob.call(request).await.unwrap();
    ada.update(|updates| told(updates, bob.id)).await;
    assert_eq!(ada.sees_full(&bob).await.about.as_deref(), Some("painter"));
    // The name is the one that Ada saved.
    assert_eq!(
        ada.sees(&bob).await.first_name,
        Some(format!("saved {}", bob.id))
    );
    assert_eq!(bob.sees(&bob).await.first_name.as_deref(), Some("Robert"));
    let mut long = functions::account::UpdateProfile::new();
    long.about = Some("x".repeat(71));
    assert_eq!(no(bob.call(long).await), name(400, "ABOUT_TOO_LONG"));
}

fn told(updates: &enums::Updates, user_id: i64) -> Option<()> {
    let enums::Updates::Updates(updates) = updates else {
        return None;
    };
    let mut changed = updates.updates.iter().filter_map(|update| match update {
        enums::Update::User(changed) => Some(changed.user_id),
        _ => None,
    });
    changed.any(|id| id == user_id).then_some(())
}

#[tokio::test]
async fn usernames_are_taken_once_and_lead_to_their_owner() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let update = |name: &str| functions::account::UpdateUsername {
        username: name.to_owned(),
    };
    assert_eq!(
        no(ada.call(update("ada")).await),
        name(400, "USERNAME_INVALID")
    );
    ada.call(update("ada_lovelace")).await.unwrap();
    let same = ada.call(update("ada_lovelace")).await;
    assert_eq!(no(same), name(400, "USERNAME_NOT_MODIFIED"));
    assert_eq!(
        no(bob.call(update("Ada_Lovelace")).await),
        name(400, "USERNAME_OCCUPIED")
    );
    let check = functions::account::CheckUsername {
        username: "ada_lovelace".to_owned(),
    };
    assert!(!bob.call(check).await.unwrap());
    let resolve = functions::contacts::ResolveUsername::new("ada_lovelace".to_owned());
    assert_eq!(bob.call(resolve).await.unwrap().users.len(), 1);
    let nobody = functions::contacts::ResolveUsername::new("nobody_here".to_owned());
    assert_eq!(
        no(bob.call(nobody).await),
        name(400, "USERNAME_NOT_OCCUPIED")
    );
}

/// P121.
#[tokio::test]
async fn a_deleted_account_is_shown_as_deleted_without_picture() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let named = ada.name(&bob).await;
    bob.set_own(&testkit::picture([1, 2, 3], 200))
        .await
        .unwrap();
    ada.set_personal(&bob, &testkit::picture([3, 2, 1], 200))
        .await
        .unwrap();
    let suggest = ada.contact_photo(&bob).await;
    let delete = functions::account::DeleteAccount::new("done".to_owned());
    assert!(bob.call(delete).await.unwrap());
    let asked = bob.call(functions::updates::GetState {}).await;
    assert_eq!(no(asked), name(401, "AUTH_KEY_UNREGISTERED"));
    let id = vec![named.clone()];
    match ada
        .call(functions::users::GetUsers { id })
        .await
        .unwrap()
        .remove(0)
    {
        enums::User::User(user) => {
            assert!(user.deleted && user.photo.is_none() && user.phone.is_none());
        }
        other => panic!("{other:?}"),
    }
    let mut suggest = suggest;
    suggest.suggest = true;
    suggest.file = Some(ada.upload(&testkit::picture([1, 1, 1], 200), "x.jpg").await);
    assert_eq!(
        no(ada.call(suggest).await),
        name(400, "INPUT_USER_DEACTIVATED")
    );
    free_number(&server).await;
}

/// The number can be used again.
async fn free_number(server: &TestServer) {
    Account::sign_up(server.client().await, "15550000002", "Another Bob").await;
}

/// Guessing codes gets slow: many codes that nobody shows are refused, and a fresh one gives no new tries.
#[tokio::test]
async fn codes_that_nobody_shows_run_out() {
    let server = testkit::start_with(|settings| settings.login_code = None).await;
    let client = server.client().await;
    let phone = "15550000001";
    let hash = send_code(&client, phone).await.unwrap();
    for _ in 0..5 {
        let wrong = client.call(sign_in(phone, &hash, Some("x"))).await;
        assert_eq!(no(wrong), name(400, "PHONE_CODE_INVALID"));
    }
    let again = functions::auth::ResendCode::new(phone.to_owned(), hash.clone());
    client.call(again).await.unwrap();
    let spent = client.call(sign_in(phone, &hash, Some("x"))).await;
    assert_eq!(no(spent), name(400, "PHONE_CODE_EXPIRED"));
    for _ in 1..20 {
        send_code(&client, phone).await.unwrap();
    }
    assert_eq!(
        no(send_code(&client, phone).await),
        name(420, "FLOOD_WAIT_4320")
    );
    send_code(&client, "15550000002").await.unwrap();
}

/// A login on its way to another key ends with the others.
#[tokio::test]
async fn ending_other_logins_ends_exported_ones() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let exported = ada
        .call(functions::auth::ExportAuthorization { dc_id: 2 })
        .await
        .unwrap();
    ada.call(functions::auth::ResetAuthorizations {})
        .await
        .unwrap();
    let import = functions::auth::ImportAuthorization {
        id: exported.id,
        bytes: exported.bytes,
    };
    let late = server.client().await.call(import).await;
    assert_eq!(no(late), name(400, "AUTH_BYTES_INVALID"));
}

/// A key that signs in as somebody else hears no more of the first account.
#[tokio::test]
async fn another_login_on_a_key_silences_the_first() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let cara = server.account("Cara").await;
    let beside = ada.beside(server.address()).await;
    beside.call(functions::updates::GetState {}).await.unwrap();
    let second = server.session_of(&ada).await;
    let Account { client, .. } = ada;
    let now_cara = Account::sign_in(client, &cara.phone).await;
    now_cara.take_updates();
    beside.take_updates();
    bob.write(&second, "for Ada").await;
    now_cara.settle().await;
    beside.settle().await;
    assert!(now_cara.take_updates().is_empty());
    assert!(beside.take_updates().is_empty());
}
