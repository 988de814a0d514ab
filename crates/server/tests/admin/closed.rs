//! The same commands where no server runs, and what they say when they cannot do what was asked.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;

use super::admin;
use super::program::Served;

#[test]
fn a_stopped_server_is_looked_into_and_changed_by_the_same_words() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    for words in [
        &["users", "list"][..],
        &["users", "create", "+15550001111", "Ada"],
    ] {
        let (code, said) = admin(&data, words).unwrap_err();
        assert_eq!(code, 4, "{said}");
    }
    assert!(!data.exists(), "asking creates nothing");
    Served::start(&data, &[]).end("TERM");
    assert!(!data.join("admin.sock").exists(), "it goes with the server");

    for (phone, name) in [
        ("+15550001111", "Ada"),
        ("+15550002222", "Bob"),
        ("+15550003333", "Cleo"),
    ] {
        admin(&data, &["users", "create", phone, name]).unwrap();
    }
    let first = admin(&data, &["users", "list", "--limit", "2"]).unwrap();
    assert_eq!(first["users"].as_array().unwrap().len(), 2);
    let next = first["next"].as_str().unwrap();
    let rest = admin(&data, &["users", "list", "--limit", "2", "--after", next]).unwrap();
    assert_eq!(rest["users"][0]["first_name"], "Cleo");
    assert!(rest["next"].is_null());
    let status = admin(&data, &["status"]).unwrap();
    assert_eq!(status["running"], false);
    assert_eq!(status["users"], 3);
    assert!(status["uptime_seconds"].is_null());

    let served = Served::start(&data, &[]);
    let ada = admin(&data, &["users", "show", "+15550001111"]).unwrap();
    assert_eq!(ada["first_name"], "Ada");
    admin(&data, &["users", "delete", "+15550001111"]).unwrap();
    let (code, said) = admin(&data, &["users", "show", "+15550001111"]).unwrap_err();
    assert_eq!(code, 8, "{said}");
    assert!(said.contains("PHONE_NOT_OCCUPIED"), "{said}");
    let id = ada["user_id"].to_string();
    let deleted = admin(&data, &["users", "show", &id]).unwrap();
    assert!(deleted["deleted_at"].as_i64().unwrap() > 0);
    assert_eq!(admin(&data, &["users", "delete", &id]).unwrap_err().0, 8);
    served.end("TERM");
    assert_eq!(admin(&data, &["users", "show", &id]).unwrap(), deleted);
}

#[test]
fn a_killed_server_leaves_a_socket_that_stops_nobody() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    Served::start(&data, &[]).end("KILL");
    assert!(data.join("admin.sock").exists());
    assert_eq!(admin(&data, &["status"]).unwrap()["running"], false);
    let _served = Served::start(&data, &[]);
    assert_eq!(admin(&data, &["status"]).unwrap()["running"], true);
    let mode = fs::metadata(data.join("admin.sock"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn the_socket_answers_what_it_does_not_understand_and_outlives_whoever_says_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let served = Served::start(&data, &[]);
    let silent = UnixStream::connect(data.join("admin.sock")).unwrap();
    for line in [
        "dance\n",
        "{\"users\":{\"fly\":{}}}\n",
        "{\"users\":{\"show\":{\"user\":\"-1\"}}}\n",
    ] {
        let mut stream = UnixStream::connect(data.join("admin.sock")).unwrap();
        stream.write_all(line.as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        assert!(
            reply.starts_with("{\"problem\":{\"kind\":\"unreadable\""),
            "{reply}"
        );
        assert!(reply.ends_with('\n'));
    }
    let mut long = UnixStream::connect(data.join("admin.sock")).unwrap();
    // It hangs up in the middle, so the rest may not arrive.
    let _ = long.write_all(&vec![b' '; 256 * 1024]);
    let mut reply = Vec::new();
    let _ = long.read_to_end(&mut reply);
    assert!(reply.is_empty());
    assert_eq!(admin(&data, &["status"]).unwrap()["running"], true);
    let (code, log) = served.end("TERM");
    assert_eq!(code, Some(0), "{log}");
    drop(silent);
}

#[test]
fn words_that_name_nothing_are_a_wrong_command_line() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let data = data.to_str().unwrap();
    for words in [
        &["users", "show", "ada"][..],
        &["users", "list", "--limit", "0"],
        &["users"],
        &["sessions", "delete"],
        &["pictures", "show", "x"],
    ] {
        let mut arguments = vec!["admin", "--data", data];
        arguments.extend(words);
        let output = super::program::run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
    }
}
