//! Sticker sets that a host brings: whole or not at all, beside a running server and without one.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use testkit::{set_named, sticker_set};

use super::program::Served;
use super::{admin, ask, folder};

/// A file of the drawings that come with the program.
fn drawn(name: &str) -> Vec<u8> {
    let drawn = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/emoji");
    fs::read(drawn.join(name)).unwrap()
}

/// A folder of a name with these files.
fn set(parent: &Path, name: &str, files: &[(&str, Vec<u8>)]) -> String {
    let folder = parent.join(name);
    fs::create_dir(&folder).unwrap();
    for (file, bytes) in files {
        fs::write(folder.join(file), bytes).unwrap();
    }
    folder.to_str().unwrap().to_owned()
}

fn zip(path: PathBuf, files: &[(&str, Vec<u8>)]) -> String {
    let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    for (name, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    path.to_str().unwrap().to_owned()
}

fn names(list: &Value) -> Vec<&str> {
    let sets = list["sets"].as_array().unwrap().iter();
    sets.map(|set| set["short_name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_set_is_brought_whole_or_not_at_all() {
    let server = testkit::start().await;
    let data = folder(&server);
    let place = tempfile::tempdir().unwrap();
    let bad = [
        ("1 ☀️.tgs", drawn("sun.tgs")),
        ("2.tgs", b"no animation".to_vec()),
        ("3.webp", drawn("moon.tgs")[..40].to_vec()),
    ];
    let bad = set(place.path(), "bad", &bad);
    let (code, said) = ask(&data, &["stickers", "import", &bad]).await.unwrap_err();
    assert_eq!(code, 8, "{said}");
    for part in ["2 of 3 files", "2.tgs: ", "3.webp: "] {
        assert!(said.contains(part), "{said}");
    }
    assert!(!said.contains("1 ☀️.tgs"), "{said}");
    // No file is looked into for a set whose name is wrong.
    let named = ["stickers", "import", &bad, "--short-name", "no good"];
    let (_, said) = ask(&data, &named).await.unwrap_err();
    assert!(said.contains("short name"), "{said}");
    let list = ask(&data, &["stickers", "list"]).await.unwrap();
    assert_eq!(names(&list), ["CameoEmoji"]);

    let manifest = r#"{ "title": "Weather", "short_name": "weather", "kind": "stickers",
        "stickers": [ { "file": "moon.tgs", "emoji": "🌙" }, { "file": "sun.tgs", "emoji": "☀️🌞" } ] }"#;
    let good = [
        ("w/sun.tgs", drawn("sun.tgs")),
        ("w/moon.tgs", drawn("moon.tgs")),
        ("w/set.json", manifest.as_bytes().to_vec()),
    ];
    let good = zip(place.path().join("any.zip"), &good);
    let made = ask(&data, &["stickers", "import", &good]).await.unwrap();
    assert_eq!(
        (&made["kind"], &made["title"]),
        (&"stickers".into(), &"Weather".into())
    );
    let stickers = made["stickers"].as_array().unwrap();
    assert_eq!(stickers[0]["file"], "moon.tgs");
    assert_eq!(stickers[1]["emoji"], serde_json::json!(["☀️", "🌞"]));
    assert_eq!(stickers[1]["mime_type"], "application/x-tgsticker");
    assert_eq!(
        ask(&data, &["stickers", "show", "WEATHER"]).await.unwrap(),
        made
    );
    // Clients see it at once.
    let ada = server.account("Ada").await;
    let seen = sticker_set(&ada, set_named("weather")).await.unwrap();
    assert_eq!(made["set_id"], seen.set.id.to_string());
}

#[tokio::test]
async fn a_name_that_is_taken_is_replaced_only_when_the_host_says_so() {
    let server = testkit::start().await;
    let data = folder(&server);
    let place = tempfile::tempdir().unwrap();
    let one = [
        ("1 ☀️.tgs", drawn("sun.tgs")),
        ("2 🌙.tgs", drawn("moon.tgs")),
    ];
    let one = set(place.path(), "weather", &one);
    let other = [("🌙.tgs", drawn("moon.tgs")), ("⭐.tgs", drawn("star.tgs"))];
    let other = set(place.path(), "other", &other);
    let made = ask(&data, &["stickers", "import", &one]).await.unwrap();
    assert_eq!(
        (&made["kind"], &made["short_name"]),
        (&"emoji".into(), &"weather".into())
    );
    let again = ["stickers", "import", &other, "--short-name", "Weather"];
    let (code, said) = ask(&data, &again).await.unwrap_err();
    assert!(code == 8 && said.contains("--replace"), "{said}");
    let again = [&again[..], &["--replace", "--offer", "group"]].concat();
    let replaced = ask(&data, &again).await.unwrap();
    assert_eq!(replaced["set_id"], made["set_id"]);
    // The moon is in both and keeps its id; the star is new.
    let ids = |set: &Value| {
        let stickers = set["stickers"].as_array().unwrap().iter();
        stickers
            .map(|one| one["document_id"].clone())
            .collect::<Vec<Value>>()
    };
    assert_eq!(ids(&replaced)[1], ids(&made)[1]);
    assert!(!ids(&made).contains(&ids(&replaced)[0]));
    assert_eq!(
        replaced["stickers"][0]["offered_for"],
        serde_json::json!(["group"])
    );

    let gone = ask(&data, &["stickers", "delete", "weather"])
        .await
        .unwrap();
    assert_eq!(gone["stickers_deleted"], 2);
    for words in [
        ["stickers", "delete", "weather"],
        ["stickers", "show", "weather"],
    ] {
        let (code, said) = ask(&data, &words).await.unwrap_err();
        assert!(code == 8 && said.contains("STICKERSET_INVALID"), "{said}");
    }
    let nowhere = ask(&data, &["stickers", "import", "/nowhere"])
        .await
        .unwrap_err();
    assert_eq!(nowhere.0, 2, "{}", nowhere.1);
    let named = ["stickers", "import", &one, "--short-name", "no good"];
    let (code, said) = ask(&data, &named).await.unwrap_err();
    assert!(code == 8 && said.contains("short name"), "{said}");
    // Nothing is left that a check could find.
    let (code, report) = super::doctor::doctor(&data, &[]);
    assert_eq!(code, 0, "{report}");
}

#[test]
fn a_stopped_server_is_brought_a_set_too() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    Served::start(&data, &[]).end("TERM");
    let files = [("☀️.tgs", drawn("sun.tgs"))];
    let set = set(parent.path(), "Sky", &files);
    let made = admin(&data, &["stickers", "import", &set]).unwrap();
    assert_eq!(made["title"], "Sky");
    let _served = Served::start(&data, &[]);
    let list = admin(&data, &["stickers", "list"]).unwrap();
    assert_eq!(names(&list), ["CameoEmoji", "Sky"]);
    assert_eq!(list["sets"][1]["set_id"], made["set_id"]);
}
