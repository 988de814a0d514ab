//! `cameo doctor` as a program: beside a running server, on damaged files, on what is no data.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tl::{functions, types};

use super::program::{self, Served};
use super::{admin, folder};

/// Exit code and JSON of the doctor, with more words.
pub(super) fn doctor(data: &Path, more: &[&str]) -> (i32, Value) {
    let mut words = vec!["doctor", "--json", "--data", data.to_str().unwrap()];
    words.extend(more);
    let output = program::run(&words);
    let text = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let report = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{said}"));
    (output.status.code().unwrap(), report)
}

/// The names of the checks that found something or stopped.
fn wrong(report: &Value) -> Vec<&str> {
    let checks = report["checks"].as_array().unwrap().iter();
    let bad = checks.filter(|check| check["found"] != 0 || !check["error"].is_null());
    bad.map(|check| check["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_is_healthy_while_clients_change_it_and_a_damaged_picture_is_named() {
    let mut server = testkit::start().await;
    let data = folder(&server);
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    bob.import(&ada).await;
    let looking = {
        let data = data.clone();
        tokio::task::spawn_blocking(move || (0..3).map(|_| doctor(&data, &[])).collect::<Vec<_>>())
    };
    let users = vec![ada.name(&bob).await];
    let request = functions::messages::CreateChat::new(users, "Tea".to_owned());
    ada.call(request).await.unwrap();
    let list = super::ask(&data, &["chats", "list"]).await.unwrap();
    let chat_id = list["chats"][0]["chat_id"].as_i64().unwrap();
    for round in 0..12 {
        let picture = testkit::picture([round * 20, 10, 10], 400);
        bob.set_own(&picture).await.unwrap();
        ada.set_personal(&bob, &picture).await.unwrap();
        ada.suggest(&bob, &picture).await.unwrap();
        ada.write(&bob, "seen it?").await;
        let mut photo = types::InputChatUploadedPhoto::new();
        photo.file = Some(bob.upload(&picture, "tea.jpg").await);
        let photo = photo.into();
        let request = functions::messages::EditChatPhoto { chat_id, photo };
        bob.call(request).await.unwrap();
        if round % 3 == 0 {
            ada.clear_personal(&bob).await.unwrap();
        }
    }
    for (code, report) in looking.await.unwrap() {
        assert_eq!((code, wrong(&report)), (0, Vec::new()), "{report}");
    }
    server.restart().await;
    let (code, report) = doctor(&data, &[]);
    assert_eq!((code, wrong(&report)), (0, Vec::new()), "{report}");
    assert_eq!(report["healthy"], true);
    let of = |name: &str| {
        let mut checks = report["checks"].as_array().unwrap().iter();
        checks.find(|check| check["name"] == name).unwrap()["checked"].as_u64()
    };
    assert!(of("blobs").unwrap() >= 36 * 3, "{report}");
    assert!(of("journal_gaps").unwrap() > 40, "{report}");

    let mut homes = fs::read_dir(data.join("blobs"))
        .unwrap()
        .map(|home| home.unwrap().path());
    let home = homes
        .find(|home| home.file_name().unwrap() != "new")
        .unwrap();
    let blob = fs::read_dir(home).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&blob).unwrap();
    bytes[50] ^= 0xff;
    fs::write(&blob, bytes).unwrap();
    let (code, report) = doctor(&data, &[]);
    // Of a picture or of a sticker that came along, whichever is first.
    let found = wrong(&report);
    assert!(found == ["blobs"] || found == ["sticker_blobs"], "{report}");
    assert_eq!(code, 7);
    let name = blob.file_name().unwrap().to_str().unwrap();
    assert!(
        report
            .to_string()
            .contains(&format!("sha256={name} holds other bytes"))
    );
    assert_eq!(doctor(&data, &["--quick"]).0, 0);
}

#[test]
fn a_damaged_database_is_noticed_and_what_is_no_data_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let nothing = program::run(&["doctor", "--data", data.to_str().unwrap()]);
    program::assert_refused(&nothing, 4, &["store"]);
    assert!(!data.exists(), "looking creates nothing");
    Served::start(&data, &[]).end("TERM");
    admin(&data, &["users", "create", "+15557654321", "Ada"]).unwrap();
    assert_eq!(doctor(&data, &[]).0, 0);
    // The number stands in the table and in its index: now they differ.
    let file = data.join("cameo.db");
    let mut bytes = fs::read(&file).unwrap();
    let number = b"15557654321";
    let at = bytes
        .windows(number.len())
        .rposition(|found| found == number)
        .unwrap();
    bytes[at + 10] = b'9';
    fs::write(&file, bytes).unwrap();
    let (code, report) = doctor(&data, &[]);
    assert_eq!((code, wrong(&report)), (7, vec!["engine"]), "{report}");
    let text = program::run(&["doctor", "--data", data.to_str().unwrap()]);
    let lines = String::from_utf8(text.stdout).unwrap();
    assert!(lines.contains("WRONG  engine"), "{lines}");
    assert_eq!(text.status.code(), Some(7));
}
