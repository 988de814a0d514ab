//! No key, code, token or file byte is ever logged, however much is: a whole story with the log of every
//! library at its most verbose.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use testkit::Account;
use tl::{enums, functions as api, types};
use tracing_subscriber::{fmt::MakeWriter, prelude::*};

/// Bytes of a secret that are searched for: a part of it is as bad as all of it.
const STRETCH_BYTES: usize = 12;

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Every way in which a log line could hold `secret`.
fn spellings(secret: &[u8]) -> Vec<Vec<u8>> {
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let list: Vec<String> = secret.iter().map(u8::to_string).collect();
    let shown = format!("{:?}", bytes::Bytes::copy_from_slice(secret));
    let shown = shown.trim_start_matches("b\"").trim_end_matches('"');
    vec![
        secret.to_vec(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        list.join(", ").into_bytes(),
        list.join(",").into_bytes(),
        secret.escape_ascii().to_string().into_bytes(),
        shown.as_bytes().to_vec(),
    ]
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// A stretch from the middle of a secret.
fn stretch(secret: &[u8]) -> &[u8] {
    let from = secret.len().saturating_sub(STRETCH_BYTES) / 2;
    &secret[from..secret.len().min(from + STRETCH_BYTES)]
}

/// Lines in which `number` stands by itself.
fn lines_with<'a>(text: &'a str, number: &str) -> Vec<&'a str> {
    let alone = |line: &&str| {
        let mut words = line.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| word == number)
    };
    text.lines().filter(alone).collect()
}

async fn refused(account: &Account) {
    let mut wrong = api::photos::UploadContactProfilePhoto::new(enums::InputUser::Self_);
    wrong.save = true;
    account.call(wrong).await.unwrap_err();
    let unknown = bytes::Bytes::from_static(&[0xef; 40]);
    account.call_bytes(unknown).await.unwrap_err();
}

/// One test only: the log is that of the process.
#[tokio::test]
async fn nothing_secret_is_in_the_most_verbose_log() {
    let log = Log::default();
    let lines = tracing_subscriber::fmt::layer().with_writer(log.clone());
    tracing_subscriber::registry()
        .with(lines.with_ansi(false))
        .init();
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let also_ada = server.session_of(&ada).await;
    let mut secrets: Vec<(&str, Vec<u8>)> = Vec::new();
    for account in [&ada, &bob, &also_ada] {
        secrets.push(("an auth key", account.key().key.bytes.to_vec()));
    }
    let temporary = testkit::Client::temporary(server.address(), server.public_key(), 3600).await;
    secrets.push(("a temporary key", temporary.key().key.bytes.to_vec()));
    let expires_at = server.running().services.clock.unix_seconds() + 3600;
    let expires_at = i32::try_from(expires_at).unwrap();
    temporary
        .bind(&ada.key(), expires_at, |_| {})
        .await
        .unwrap();
    temporary
        .bind(&ada.key(), expires_at, |wrong| wrong.nonce += 1)
        .await
        .unwrap_err();

    secrets.extend(pictures(&ada, &bob).await);
    let exported = api::auth::ExportAuthorization { dc_id: 2 };
    let exported = ada.call(exported).await.unwrap();
    secrets.push(("an exported login", exported.bytes.to_vec()));
    refused(&ada).await;
    let code_hash = wrong_code(&server.client().await).await;
    let pem = std::fs::read(
        server
            .running()
            .public_key_pem
            .with_file_name("server_key.pem"),
    );
    secrets.push(("the server's key", pem.unwrap()));
    also_ada.call(api::auth::LogOut {}).await.unwrap();
    drop(server);

    hides(&log, &secrets, &code_hash);
}

/// Pictures and a message; returns what they are known by.
async fn pictures(ada: &Account, bob: &Account) -> Vec<(&'static str, Vec<u8>)> {
    let picture = testkit::picture([200, 30, 90], 640);
    let mut secrets = vec![("an uploaded file", picture.clone())];
    let set = ada.set_personal(bob, &picture).await.unwrap();
    ada.suggest(bob, &picture).await.unwrap();
    bob.set_own(&picture).await.unwrap();
    let enums::Photo::Photo(photo) = set.photo else {
        panic!("the new photo")
    };
    let location = types::InputPhotoFileLocation {
        id: photo.id,
        access_hash: photo.access_hash,
        file_reference: photo.file_reference.clone(),
        thumb_size: "c".to_owned(),
    };
    let file = api::upload::GetFile::new(location.into(), 0, 1 << 20);
    let enums::upload::File::File(file) = ada.call(file).await.unwrap() else {
        panic!("the file itself")
    };
    secrets.push(("a stored file", file.bytes.to_vec()));
    secrets.push(("a file reference", photo.file_reference.to_vec()));
    ada.write(bob, "a word for nobody else").await;
    secrets.push(("a message", b"word for nobody".to_vec()));
    secrets
}

fn hides(log: &Log, secrets: &[(&str, Vec<u8>)], code_hash: &str) {
    let bytes = log.0.lock().unwrap().clone();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("DEBUG"), "not verbose: {text}");
    assert!(
        text.contains("photos.uploadContactProfilePhoto"),
        "not the log of the story"
    );
    for (what, secret) in secrets {
        for spelling in spellings(stretch(secret)) {
            assert!(!holds(&bytes, &spelling), "{what} is in the log");
        }
    }
    assert!(
        !text.contains(code_hash),
        "the hash of a code is in the log"
    );
    assert_eq!(
        lines_with(&text, "54321"),
        [""; 0],
        "a typed code is in the log"
    );
    // The one deliberate line for each code that was sent.
    let codes = lines_with(&text, testkit::CODE);
    assert_eq!(codes.len(), 4, "{codes:?}");
    assert!(
        codes.iter().all(|line| line.contains("login code")),
        "{codes:?}"
    );
}

/// Asks for a code and types another.
async fn wrong_code(client: &testkit::Client) -> String {
    let phone_number = "15559990000".to_owned();
    let request = api::auth::SendCode {
        phone_number: phone_number.clone(),
        api_id: 1,
        api_hash: "hash".to_owned(),
        settings: types::CodeSettings::new(),
    };
    let enums::auth::SentCode::SentCode(sent) = client.call(request).await.unwrap() else {
        panic!("no code")
    };
    let code_hash = sent.phone_code_hash.clone();
    let mut typed = api::auth::SignIn::new(phone_number, code_hash.clone());
    typed.phone_code = Some("54321".to_owned());
    client.call(typed).await.unwrap_err();
    code_hash
}
