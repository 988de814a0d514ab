//! Refusals that no story needs: requests that cannot be read, wrappers that are not served, lists that
//! are too long, things that do not exist here. Each is said to the client by its name.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use testkit::{CODE, Client, Refused};
use tl::{Method, Put, enums, functions, types};

fn refused<T: std::fmt::Debug>(outcome: Result<T, Refused>) -> (i32, String) {
    let refused = outcome.unwrap_err();
    (refused.code, refused.name)
}

fn name(name: &str) -> (i32, String) {
    (400, name.to_owned())
}

fn bytes<M: Method + Put>(request: &M) -> Vec<u8> {
    tl::encode(request, testkit::LAYER).unwrap()
}

/// M89 and its like: bytes that are not what they claim to be, one name for each way.
#[tokio::test]
async fn a_request_that_cannot_be_read_is_refused_by_what_is_wrong_with_it() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let whole = bytes(&functions::users::GetUsers {
        id: vec![enums::InputUser::Self_],
    });
    let cut = whole[..whole.len() - 4].to_vec();
    let longer = [&whole[..], &[0; 4]].concat();
    // The last four bytes are the constructor of the only name; no layer has this one.
    let mut other = whole.clone();
    other.splice(whole.len() - 4.., [0x78, 0x56, 0x34, 0x12]);
    // A vector that claims more names than there are bytes.
    let mut claims = whole.clone();
    claims.splice(8..12, i32::MAX.to_le_bytes());
    for (body, refusal) in [
        (cut, "INPUT_FETCH_FAIL"),
        (claims, "INPUT_FETCH_FAIL"),
        (longer, "INPUT_REQUEST_TOO_LONG"),
        (other, "INPUT_CONSTRUCTOR_INVALID"),
        (
            vec![0x78, 0x56, 0x34, 0x12],
            "INPUT_METHOD_INVALID_305419896_0",
        ),
    ] {
        assert_eq!(refused(ada.call_bytes(body.into()).await), name(refusal));
    }
    // The session goes on.
    assert!(ada.call_bytes(whole.into()).await.is_ok());
}

/// Business connections are not served, whatever is inside.
#[tokio::test]
async fn nothing_works_over_a_business_connection() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let mut writer = tl::Writer::new(testkit::LAYER);
    writer.id(0xdd28_9f8e); // invokeWithBusinessConnection
    writer.string("connection");
    writer.raw(&bytes(&functions::photos::UploadProfilePhoto::new()));
    let outcome = ada.call_bytes(writer.into_result().unwrap().into()).await;
    assert_eq!(refused(outcome), name("BUSINESS_CONNECTION_NOT_ALLOWED"));
}

/// Of two keys that were shown the code of one number, the second finds it taken.
#[tokio::test]
async fn a_number_is_signed_up_once() {
    let server = testkit::start().await;
    let phone = "15557770001";
    let (first, second) = (server.client().await, server.client().await);
    let sign_up = async |client: &Client, last: &str| {
        let hash = shown_the_code(client, phone).await;
        let [phone, first, last] = [phone, "Ada", last].map(str::to_owned);
        client
            .call(functions::auth::SignUp::new(phone, hash, first, last))
            .await
    };
    let late = shown_the_code(&second, phone).await;
    let long = "x".repeat(65);
    let outcome = sign_up(&first, &long).await.map(|_| ());
    assert_eq!(refused(outcome), name("LASTNAME_INVALID"));
    sign_up(&first, "").await.unwrap();
    let [phone, first, last] = [phone, "Bob", ""].map(str::to_owned);
    let request = functions::auth::SignUp::new(phone, late, first, last);
    let outcome = second.call(request).await.map(|_| ());
    assert_eq!(refused(outcome), name("PHONE_NUMBER_OCCUPIED"));
}

/// The hash of a code that this key has shown, for a number without an account.
async fn shown_the_code(client: &Client, phone: &str) -> String {
    let request = functions::auth::SendCode {
        phone_number: phone.to_owned(),
        api_id: 1,
        api_hash: String::new(),
        settings: types::CodeSettings::new(),
    };
    let enums::auth::SentCode::SentCode(sent) = client.call(request).await.unwrap() else {
        panic!("a code is sent")
    };
    let hash = sent.phone_code_hash.clone();
    let mut request = functions::auth::SignIn::new(phone.to_owned(), hash.clone());
    request.phone_code = Some(CODE.to_owned());
    let answer = client.call(request).await.unwrap();
    assert!(matches!(
        answer,
        enums::auth::Authorization::SignUpRequired(_)
    ));
    hash
}

/// One call names only so many.
#[tokio::test]
async fn lists_that_are_too_long_are_refused() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let names = |count| functions::users::GetUsers {
        id: vec![enums::InputUser::Self_; count],
    };
    assert_eq!(ada.call(names(1_000)).await.unwrap().len(), 1_000);
    assert_eq!(refused(ada.call(names(1_001)).await), name("LIMIT_INVALID"));
    let most = domain::contacts::IMPORT_ENTRIES_MAX;
    let phones = |count| functions::contacts::DeleteByPhones {
        phones: vec!["1".to_owned(); count],
    };
    assert!(ada.call(phones(most)).await.unwrap());
    assert_eq!(
        refused(ada.call(phones(most + 1)).await),
        name("LIMIT_INVALID")
    );
    let contact = || {
        let [phone, first, last] = ["", "x", ""].map(str::to_owned);
        types::InputPhoneContact::new(1, phone, first, last)
    };
    let contacts = (0..=most).map(|_| contact()).collect();
    let outcome = ada
        .call(functions::contacts::ImportContacts { contacts })
        .await;
    assert_eq!(refused(outcome), name("LIMIT_INVALID"));
}

/// Names are searched for by three characters or more.
#[tokio::test]
async fn a_search_needs_something_to_search_for() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let search = |text: &str| functions::contacts::Search::new(text.to_owned(), 10);
    for (text, refusal) in [
        ("", "SEARCH_QUERY_EMPTY"),
        (" @ ", "SEARCH_QUERY_EMPTY"),
        ("ad", "QUERY_TOO_SHORT"),
        ("@ad", "QUERY_TOO_SHORT"),
    ] {
        assert_eq!(
            refused(ada.call(search(text)).await),
            name(refusal),
            "{text}"
        );
    }
    assert!(ada.call(search("ada")).await.is_ok());
}

/// What is asked for by name and is not here.
#[tokio::test]
async fn things_that_do_not_exist_are_refused_by_name() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let id = ada.name(&bob).await;
    let accepted = ada.call(functions::contacts::AcceptContact { id }).await;
    assert_eq!(refused(accepted), name("CONTACT_REQ_MISSING"));
    let set = testkit::sticker_set(&ada, testkit::set_named("animals"));
    assert_eq!(refused(set.await), name("STICKERSET_INVALID"));
    let [pack, code] = ["tdesktop", "en"].map(str::to_owned);
    let strings = functions::langpack::GetLangPack {
        lang_pack: pack.clone(),
        lang_code: code.clone(),
    };
    assert_eq!(refused(ada.call(strings).await), name("LANG_PACK_INVALID"));
    let language = functions::langpack::GetLanguage {
        lang_pack: pack,
        lang_code: code,
    };
    assert_eq!(
        refused(ada.call(language).await),
        name("LANG_CODE_NOT_SUPPORTED")
    );
}
