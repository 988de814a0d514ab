//! The program as its own jail: the hidden command, its children, and what a server says of them.

#[allow(dead_code, reason = "each test of the program uses a part of it")]
mod program;

use std::path::PathBuf;

use bytes::Bytes;
use jail::{Jail, JailSettings, Probe, Undone};
use program::Served;

/// A jail whose children are the program.
fn settings() -> JailSettings {
    JailSettings {
        children: 1,
        program: Some(PathBuf::from(env!("CARGO_BIN_EXE_cameo"))),
        self_test: true,
        ..JailSettings::default()
    }
}

/// The whole program, whose decoders and allocator are those that strangers meet, can work and nothing else.
#[tokio::test]
async fn a_child_of_the_program_works_and_reaches_nothing() {
    let reached = jail::reach(&settings()).await.unwrap();
    assert!(reached.is_nothing(), "{reached:?}");
    let jail = Jail::start(settings()).unwrap();
    let clip = Bytes::from(vec![7; 2 * 1024 * 1024]);
    for _ in 0..3 {
        let echo = jail.probe(1, Probe::Echo(clip.clone())).await;
        assert_eq!(echo, Ok(clip.clone()));
    }
    assert_eq!(jail.counts().children_started, 1);
    jail.stop().await;
}

/// Files that are nothing are refused by the decoders, with a reason, and cost no child.
#[tokio::test]
async fn what_is_no_picture_is_refused_and_costs_no_child() {
    let jail = Jail::start(settings()).unwrap();
    for bytes in [
        b"".as_slice(),
        b"nothing",
        b"\x1f\x8b\x08\0\0",
        b"\x1a\x45\xdf\xa3",
    ] {
        let job = jail::Job::Sticker(Bytes::from_static(bytes));
        let refused = jail.run(1, job).await;
        assert!(matches!(refused, Err(Undone::Refused(_))), "{refused:?}");
    }
    let counts = jail.counts();
    assert_eq!((counts.refused, counts.lost), (4, 0));
    jail.stop().await;
}

/// A server tries its jail before it is ready, and says how it is confined.
#[test]
fn a_server_says_that_its_jail_holds() {
    let data = tempfile::tempdir().unwrap();
    let (code, log) = Served::start(data.path(), &["--log", "info"]).end("TERM");
    assert_eq!(code, Some(0), "{log}");
    assert!(
        log.contains("moving pictures are decoded in a jail filter=true"),
        "{log}"
    );
}

/// Somebody who types the hidden command is told that it is not for people.
#[test]
fn the_hidden_command_is_for_servers() {
    let output = program::run(&["jailed-child"]);
    program::assert_refused(&output, 2, &["only a server starts jailed-child"]);
    let help = String::from_utf8(program::run(&["--help"]).stdout).unwrap();
    assert!(!help.contains("jailed-child"), "{help}");
}
