//! The program as its own jail: the hidden command, its children, and what a server says of them.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

#[allow(dead_code, reason = "each test of the program uses a part of it")]
mod program;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use jail::{Jail, JailSettings, Probe, Undone};
use program::Served;
use testkit::{Account, Client, Refused};
use tl::{enums, functions::photos::UploadProfilePhoto};
use tokio::sync::mpsc;

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

/// The clips by which scenarios show a refusal play, and break the one limit that they stand for.
#[tokio::test]
async fn clips_that_play_are_refused_for_their_shape_or_their_length_alone() {
    let jail = Jail::in_process();
    let judged = async |source: Vec<u8>| {
        let job = jail::Job::Clip {
            source: source.into(),
            limits: motion::ClipLimits::default(),
            start_s: None,
            stills: false,
        };
        match jail.run(1, job).await {
            Ok(jail::Done::Clip(made)) => Ok(made.big.side_px),
            Ok(other) => panic!("{other:?}"),
            Err(why) => Err(why.to_string()),
        }
    };
    let good = testkit::film(176, 4, 2);
    let shape = judged(testkit::oblong(&good)).await.unwrap_err();
    assert!(shape.contains("352 by 176 pixels are no square"), "{shape}");
    assert_eq!(judged(good).await, Ok(176));
    let length = judged(testkit::film(176, 40, 2)).await.unwrap_err();
    assert!(length.contains("20000 ms"), "{length}");
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

/// After this a test has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that serves, with one child for everybody and a queue of four, three of them of one account.
struct Narrow {
    served: Served,
    data: PathBuf,
}

impl Narrow {
    fn start(data: &Path) -> Narrow {
        let settings = [
            ["--login-code", testkit::CODE],
            ["--jail-children", "1"],
            ["--jail-queue-max", "4"],
            ["--jail-queue-per-account-max", "3"],
            ["--jail-job-s", "600"],
            ["--log", "error"],
        ];
        let served = Served::start(data, settings.as_flattened());
        let data = data.to_owned();
        Narrow { served, data }
    }

    async fn account(&self, phone: &str) -> Arc<Account> {
        let (address, key) = (self.served.address(), self.served.public_key());
        let client = Client::connect(address, key, testkit::LAYER).await;
        Arc::new(Account::sign_up(client, phone, "Person").await)
    }

    /// Its one child that waits for work or does some.
    fn child(&self) -> u32 {
        let processes = std::fs::read_dir("/proc").unwrap();
        let children = processes.filter_map(|entry| {
            let process_id: u32 = entry.unwrap().file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(format!("/proc/{process_id}/stat")).ok()?;
            let parent = stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse();
            (parent == Ok(self.served.id())).then_some(process_id)
        });
        let children: Vec<u32> = children.collect();
        assert_eq!(children.len(), 1, "{children:?}");
        children[0]
    }

    /// A number of the jail, as the host is told it.
    async fn counted(&self, name: &str) -> u64 {
        let data = self.data.to_str().unwrap().to_owned();
        let ask = move || program::run(&["admin", "--data", &data, "--json", "status"]);
        let output = tokio::task::spawn_blocking(ask).await.unwrap();
        let status: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        status["jail"][name].as_u64().unwrap()
    }

    async fn until_waiting(&self, count: u64) {
        let counted = async { while self.counted("jobs_waiting").await != count {} };
        let counted = tokio::time::timeout(PATIENCE, counted).await;
        counted.unwrap_or_else(|_| panic!("{count} jobs do not wait"));
    }
}

fn own_clip(video: enums::InputFile) -> UploadProfilePhoto {
    let mut request = UploadProfilePhoto::new();
    request.video = Some(video);
    request
}

/// Somebody who sends more clips at once than may wait is told to come back, and others are not; what was
/// turned away is not lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_turns_clips_away_and_lets_other_accounts_in() {
    let data = tempfile::tempdir().unwrap();
    let narrow = Narrow::start(data.path());
    let ada = narrow.account("15550000001").await;
    let bob = narrow.account("15550000002").await;
    let cat = narrow.account("15550000003").await;
    let clip = testkit::film(160, 10, 5);
    let mut videos = Vec::new();
    for who in [&ada, &bob, &cat] {
        videos.push(who.upload(&clip, "x.mp4").await);
    }
    // Brings a child into being.
    ada.call(own_clip(videos[0].clone())).await.unwrap();
    let child = narrow.child();
    program::send("STOP", child);

    // One is with the child, three wait; whatever is more is turned away.
    let (done, mut all_done) = mpsc::unbounded_channel();
    let send = |who: &Arc<Account>, name: &'static str, video: &enums::InputFile| {
        let (who, done, request) = (who.clone(), done.clone(), own_clip(video.clone()));
        tokio::spawn(async move {
            let answer = who.call(request).await.map(|_| ());
            done.send((name, answer)).unwrap();
        });
    };
    let busy = Err(Refused::new(420, "FLOOD_WAIT_5"));
    for waiting in 0..=3 {
        send(&ada, "Ada", &videos[0]);
        narrow.until_waiting(waiting).await;
    }
    send(&ada, "Ada", &videos[0]);
    assert_eq!(all_done.recv().await, Some(("Ada", busy.clone())));
    send(&bob, "Bob", &videos[1]);
    narrow.until_waiting(4).await;
    // The queue itself is full now, for everybody.
    send(&cat, "Cat", &videos[2]);
    assert_eq!(all_done.recv().await, Some(("Cat", busy)));
    assert_eq!(narrow.counted("jobs_busy").await, 2);

    program::send("CONT", child);
    let mut order = Vec::new();
    for _ in 0..5 {
        let (name, answer) = all_done.recv().await.unwrap();
        assert_eq!(answer, Ok(()), "{name}");
        order.push(name);
    }
    assert_ne!(order.last(), Some(&"Bob"), "accounts take turns: {order:?}");
    // What was turned away goes through now, without another upload.
    cat.call(own_clip(videos[2].clone())).await.unwrap();
    ada.call(own_clip(videos[0].clone())).await.unwrap();
    assert_eq!(narrow.counted("jobs_lost").await, 0);
}
