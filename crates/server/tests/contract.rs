//! The program's contract, by running it: files, ready line, signals, exit codes, settings.

#[allow(dead_code, reason = "each test of the program uses a part of it")]
mod program;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use cameo::settings::SETTINGS;
use mtproto::crypto::rsa::PublicKey;
use program::{Served, assert_refused, command, run};
use store::rows::codes::{self, CodeRow};
use store::{Store, StoreOptions};

#[test]
fn the_first_start_makes_the_keys_and_later_starts_keep_them() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let first = Served::start(&data, &[]);
    let private = data.join("server_key.pem");
    let public = data.join("public_key.pem");
    assert_eq!(
        fs::metadata(&private).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let pem = fs::read_to_string(&public).unwrap();
    assert!(pem.starts_with("-----BEGIN RSA PUBLIC KEY-----\n"), "{pem}");
    assert_eq!(
        pem.trim_end().len(),
        425,
        "clients have keys of this length built in"
    );
    let key = PublicKey::from_pem(&pem).unwrap();
    let fingerprint = format!("{:016x}", key.fingerprint());
    assert_eq!(first.said("fingerprint"), fingerprint);
    assert_eq!(first.said("public_key"), public.to_str().unwrap());
    assert_eq!(first.said("dc"), "2");
    assert!(first.said("listen").starts_with("127.0.0.1:"));
    assert!(
        !first.said("listen").ends_with(":0"),
        "the port that was picked is named"
    );
    assert!(first.ready.starts_with("ready listen="), "{}", first.ready);
    first.end("TERM");
    let kept = fs::read(&private).unwrap();
    let second = Served::start(&data, &[]);
    assert_eq!(second.said("fingerprint"), fingerprint);
    assert_eq!(fs::read(&private).unwrap(), kept);
}

#[test]
fn both_signals_end_it_in_good_order() {
    let parent = tempfile::tempdir().unwrap();
    for signal in ["TERM", "INT"] {
        let served = Served::start(&parent.path().join("data"), &[]);
        let (code, log) = served.end(signal);
        assert_eq!(code, Some(0), "{signal}: {log}");
    }
}

#[test]
fn a_server_that_was_killed_starts_again_on_the_same_data() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let first = Served::start(&data, &[]);
    let fingerprint = first.said("fingerprint").to_owned();
    let (code, _) = first.end("KILL");
    assert_eq!(code, None, "ended by the signal");
    let second = Served::start(&data, &[]);
    assert_eq!(second.said("fingerprint"), fingerprint);
}

#[test]
fn a_second_server_on_the_same_data_says_who_has_it() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let _first = Served::start(&data, &[]);
    let data = data.to_str().unwrap();
    let second = run(&["serve", "--data", data, "--listen", "127.0.0.1:0"]);
    assert_refused(
        &second,
        6,
        &["data folder", data, "in use by another server", "process"],
    );
}

#[test]
fn a_port_in_use_is_refused_and_nothing_is_created() {
    let parent = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = parent.path().join("data");
    let refused = run(&[
        "serve",
        "--data",
        data.to_str().unwrap(),
        "--listen",
        &address,
    ]);
    assert_refused(&refused, 3, &["cannot listen", &address, "in use"]);
    assert!(!data.exists(), "nothing half-started");
}

#[test]
fn data_that_cannot_be_used_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, "no folder").unwrap();
    let start = |data: &str| run(&["serve", "--data", data, "--listen", "127.0.0.1:0"]);
    assert_refused(&start(file.to_str().unwrap()), 4, &["data folder", "file"]);

    let damaged = parent.path().join("damaged");
    fs::create_dir(&damaged).unwrap();
    fs::write(damaged.join("server_key.pem"), "no key").unwrap();
    assert_refused(&start(damaged.to_str().unwrap()), 4, &["server_key.pem"]);

    let scribbled = parent.path().join("scribbled");
    fs::create_dir(&scribbled).unwrap();
    fs::write(
        scribbled.join("cameo.db"),
        "no database, only words".repeat(500),
    )
    .unwrap();
    assert_refused(&start(scribbled.to_str().unwrap()), 4, &["store"]);
}

#[tokio::test]
async fn data_of_a_newer_version_is_refused_untouched() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    Served::start(&data, &[]).end("TERM");
    let url = format!("sqlite:{}", data.join("cameo.db").display());
    let store = Store::open(&url, StoreOptions::default()).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.run("INSERT INTO store_format (format) VALUES (1000)", &[])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    let refused = run(&[
        "serve",
        "--data",
        data.to_str().unwrap(),
        "--listen",
        "127.0.0.1:0",
    ]);
    assert_refused(&refused, 5, &["format 1000", "newer version"]);
}

#[test]
fn a_wrong_value_names_its_setting_and_where_it_came_from() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("cameo.toml");
    let file = file.to_str().unwrap();
    let flag = run(&["serve", "--listen", "nowhere"]);
    assert_refused(&flag, 2, &["setting listen", "flag --listen", "nowhere"]);

    let variable = command(&["serve"])
        .env("CAMEO_DC", "many")
        .output()
        .unwrap();
    assert_refused(
        &variable,
        2,
        &["setting dc", "variable CAMEO_DC", "1 to 1000"],
    );

    fs::write(file, "media_combinations = \"sometimes\"\n").unwrap();
    let value = run(&["serve", "--config", file]);
    assert_refused(&value, 2, &["media_combinations", file, "never"]);

    fs::write(file, "listne = \"127.0.0.1:0\"\n").unwrap();
    let unknown = run(&["serve", "--config", file]);
    assert_refused(&unknown, 2, &["listne", file, "did you mean \"listen\"?"]);

    fs::write(file, "dc = 2\nlisten 5\n").unwrap();
    let unreadable = run(&["serve", "--config", file]);
    assert_refused(&unreadable, 2, &[file, "line 2"]);

    let missing = run(&["serve", "--config", "/no/such/file.toml"]);
    assert_refused(&missing, 2, &["/no/such/file.toml"]);

    let half = run(&["serve", "--tls-cert", "cert.pem"]);
    assert_refused(&half, 2, &["tls_cert", "tls_key"]);

    let secret = run(&["serve", "--proxy-secrets", "00112233"]);
    assert_refused(&secret, 2, &["proxy_secrets", "hex digits"]);
    let password = run(&["serve", "--store", "mysql://me:hunter2@host/x"]);
    assert_refused(&password, 2, &["setting store", "sqlite:"]);
    assert!(!String::from_utf8_lossy(&password.stderr).contains("hunter2"));
}

#[test]
fn a_wrong_command_line_ends_with_two() {
    for arguments in [&["serve", "--no-such-flag"][..], &["dance"], &["admin"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_flag_wins_over_a_variable_over_the_file_over_the_default() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("cameo.toml");
    let data = parent.path().join("data");
    fs::write(
        &file,
        format!("dc = 3\nlisten = \"127.0.0.1:0\"\ndata = {data:?}\n"),
    )
    .unwrap();
    let file = file.to_str().unwrap();

    let served = Served::spawn(command(&["serve", "--config", file]));
    assert_eq!(served.said("dc"), "3");
    served.end("TERM");

    let mut with_variable = command(&["serve"]);
    with_variable.env("CAMEO_DC", "4").env("CAMEO_CONFIG", file);
    let served = Served::spawn(with_variable);
    assert_eq!(served.said("dc"), "4");
    served.end("TERM");

    let mut with_flag = command(&["serve", "--config", file, "--dc", "5"]);
    with_flag.env("CAMEO_DC", "4").env("CAMEO_DCC", "9");
    let served = Served::spawn(with_flag);
    assert_eq!(served.said("dc"), "5");
    let (_, log) = served.end("TERM");
    assert!(
        log.contains("CAMEO_DCC"),
        "a misspelt variable is told: {log}"
    );
}

#[test]
fn settings_prints_every_setting_with_default_unit_and_limits() {
    let output = run(&["settings"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    for row in SETTINGS {
        let at = text.find(&format!("\n{}\n", row.name));
        let block = &text[at.unwrap_or_else(|| panic!("{} is missing", row.name))..];
        for part in [
            row.doc,
            &row.default_text(),
            row.unit(),
            &row.limits(),
            &row.variable(),
        ] {
            assert!(block.contains(part), "{}: {part}", row.name);
        }
    }
}

#[tokio::test]
async fn admin_codes_reads_a_stopped_and_a_running_server() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let folder = data.to_str().unwrap();
    let none = run(&["admin", "codes", "--data", folder]);
    assert_refused(&none, 4, &["store"]);
    assert!(!data.exists(), "looking creates nothing");

    Served::start(&data, &[]).end("TERM");
    let url = format!("sqlite:{}", data.join("cameo.db").display());
    let store = Store::open(&url, StoreOptions::default()).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let code = CodeRow {
        phone: "15550001111".to_owned(),
        code_hash: "hash".to_owned(),
        code: "54321".to_owned(),
        expires_at: i64::from(i32::MAX),
        tries: 0,
        passed_by: None,
    };
    codes::put(&mut tx, &code).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;

    let stopped = run(&["admin", "codes", "--data", folder]);
    let text = String::from_utf8(stopped.stdout).unwrap();
    assert!(
        text.starts_with("phone=15550001111 code=54321 seconds_left="),
        "{text}"
    );
    let _served = Served::start(&data, &[]);
    let running = run(&["admin", "codes", "--data", folder]);
    let text = String::from_utf8(running.stdout).unwrap();
    assert!(
        text.starts_with("phone=15550001111 code=54321 seconds_left="),
        "{text}"
    );
}

#[test]
fn client_kit_needs_a_first_start_and_then_names_its_key() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let folder = data.to_str().unwrap();
    assert_refused(
        &run(&["client-kit", "--data", folder]),
        4,
        &["public_key.pem", "cameo serve"],
    );
    let served = Served::start(&data, &[]);
    let kit = run(&[
        "client-kit",
        "--data",
        folder,
        "--listen",
        served.said("listen"),
    ]);
    let text = String::from_utf8(kit.stdout).unwrap();
    for part in [
        served.said("fingerprint"),
        served.said("listen"),
        "telethon",
        "mtcute",
    ] {
        assert!(text.contains(part), "{part} is missing in: {text}");
    }
}
