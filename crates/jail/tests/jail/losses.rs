//! Crashes, hangs, greed and lies: each costs one job and one child.

use std::time::{Duration, Instant};

use bytes::Bytes;
use jail::{Jail, JailSettings, Probe, Undone};

use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::{children, jail, lost, settings, works};

/// However a child ends, its job is lost for a reason that is named, and the next job is done.
#[tokio::test]
async fn a_crash_costs_one_job() {
    let jail = jail(|_| {});
    for (probe, reason) in [
        (Probe::Panic, "panicked at"),
        (Probe::Abort, "aborted"),
        (Probe::Leave, "ended with 0"),
        (Probe::Garble, "no message"),
        (Probe::Boast, "longer than any"),
        (Probe::Allocate, "memory allocation"),
        (Probe::Spin, "processor time"),
    ] {
        let why = lost(&jail, probe.clone()).await;
        assert!(why.contains(reason), "{probe:?}: {why}");
        works(&jail).await;
    }
    let counts = jail.counts();
    assert_eq!((counts.lost, counts.done), (7, 7));
    assert_eq!(
        counts.children_started, 8,
        "one for each loss, and the last"
    );
    jail.stop().await;
    assert_eq!(jail.counts().children, 0);
}

/// A child that waits for ever is ended by the clock.
#[tokio::test]
async fn a_hang_ends_by_the_clock() {
    let jail = jail(|settings| settings.job_s = 1);
    let begun = Instant::now();
    assert!(
        lost(&jail, Probe::Hang)
            .await
            .contains("no answer within 1 s")
    );
    assert!(begun.elapsed() < Duration::from_secs(30));
    works(&jail).await;
    jail.stop().await;
}

/// Time that earlier jobs used is not taken from the next one.
#[tokio::test]
async fn each_job_has_its_own_processor_time() {
    let jail = jail(|settings| settings.job_cpu_s = 2);
    for _ in 0..5 {
        let toil = jail.probe(1, Probe::Toil(700)).await;
        assert_eq!(toil, Ok(Bytes::from_static(b"done")));
    }
    assert_eq!(jail.counts().children_started, 1);
    jail.stop().await;
}

/// Much on standard error neither blocks the child nor fills memory.
#[tokio::test]
async fn complaints_do_not_block() {
    let jail = jail(|_| {});
    let done = jail.probe(1, Probe::Complain(1_000_000)).await;
    assert_eq!(done, Ok(Bytes::from_static(b"done")));
    jail.stop().await;
}

/// Somebody kills the child in the middle of a job.
#[tokio::test]
async fn a_child_killed_from_outside_costs_its_job() {
    let settings = JailSettings {
        jobs_per_child: 5002,
        ..settings()
    };
    let jail = Jail::start(settings.clone()).unwrap();
    works(&jail).await;
    let id = children(&settings)[0].0;
    let kill = async {
        tokio::process::Command::new("kill")
            .args(["-9", &id.to_string()])
            .status()
            .await
            .unwrap()
    };
    let (why, killed) = tokio::join!(lost(&jail, Probe::Hang), kill);
    assert!(killed.success());
    assert!(why.contains("signal 9"), "{why}");
    works(&jail).await;
    jail.stop().await;
}

/// Whoever goes away takes the child along, and leaves neither a process nor a place in the queue.
#[tokio::test]
async fn a_caller_that_goes_away_leaves_nothing_behind() {
    let jail = jail(|settings| settings.queue_max = 1);
    for _ in 0..3 {
        let running = jail.probe(1, Probe::Hang);
        let waiting = async {
            // Polled after the first: it waits in the queue, which is full then.
            while jail.counts().children == 0 || jail.counts().waiting > 0 {
                tokio::task::yield_now().await;
            }
            let second = jail.probe(2, Probe::Hang);
            let third = async {
                while jail.counts().waiting == 0 {
                    tokio::task::yield_now().await;
                }
                assert_eq!(jail.probe(3, Probe::Hang).await, Err(Undone::Busy));
            };
            tokio::select! {
                biased;
                ended = second => panic!("{ended:?}"),
                () = third => {}
            }
        };
        tokio::select! {
            biased;
            ended = running => panic!("{ended:?}"),
            () = waiting => {}
        }
        assert_eq!(jail.counts().waiting, 0);
    }
    works(&jail).await;
    let counts = jail.counts();
    assert_eq!((counts.busy, counts.children), (3, 1));
    jail.stop().await;
    assert_eq!(jail.counts().children, 0);
}

/// Set for a second process of this very test, which is then killed with a child at work.
const ORPHANED: &str = "CAMEO_JAIL_TEST_ORPHANED";

/// When the server is killed, a child ends with it, even in the middle of a job.
#[tokio::test]
async fn a_child_does_not_outlive_its_parent() {
    let settings = JailSettings {
        jobs_per_child: 5004,
        job_cpu_s: 3600,
        ..settings()
    };
    if std::env::var_os(ORPHANED).is_some() {
        let jail = Jail::start(settings.clone()).unwrap();
        works(&jail).await;
        let id = children(&settings)[0].0;
        let tell = async {
            println!("child={id};");
            std::future::pending::<()>().await;
        };
        tokio::join!(jail.probe(1, Probe::Spin), tell).0.unwrap();
    }
    let name = "losses::a_child_does_not_outlive_its_parent";
    let mut parent = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(ORPHANED, "1")
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    let id = loop {
        let line = lines.next_line().await.unwrap().unwrap();
        let told = line
            .split_once("child=")
            .and_then(|(_, rest)| rest.split_once(';'));
        if let Some((id, _)) = told {
            break id.to_owned();
        }
    };
    let stat = format!("/proc/{id}/stat");
    assert!(
        std::fs::read_to_string(&stat)
            .unwrap()
            .contains("(jailed-child")
    );
    parent.kill().await.unwrap();
    // Gone, or a zombie until the system's first process takes it.
    let alive = || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
    let begun = Instant::now();
    while alive() && begun.elapsed() < Duration::from_secs(30) {
        tokio::task::yield_now().await;
    }
    assert!(!alive());
}

/// After all that, no process is left in any state.
#[tokio::test]
async fn nothing_is_left_of_children() {
    let settings = JailSettings {
        jobs_per_child: 5003,
        ..settings()
    };
    let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let jail = Jail::start(settings.clone()).unwrap();
    works(&jail).await;
    let (before, mut most) = (children(&settings).len(), 0);
    assert_eq!(before, 1);
    let opened = open();
    for _ in 0..20 {
        lost(&jail, Probe::Abort).await;
        works(&jail).await;
        most = most.max(open());
    }
    // Other tests of this process open pipes of their own meanwhile: a leak would be sixty.
    assert!(most < opened + 50, "{opened} descriptors became {most}");
    jail.stop().await;
    let left = children(&settings);
    let ours: Vec<_> = left.iter().filter(|(_, state)| *state != 'Z').collect();
    assert!(ours.is_empty(), "{left:?}");
}

/// A jail that stops ends what runs and what waits.
#[tokio::test]
async fn a_stop_ends_what_runs_and_what_waits() {
    let jail = jail(|_| {});
    let stop = async {
        while jail.counts().children == 0 || jail.counts().waiting != 1 {
            tokio::task::yield_now().await;
        }
        jail.stop().await;
    };
    let (running, waiting, ()) =
        tokio::join!(jail.probe(1, Probe::Hang), jail.probe(2, Probe::Hang), stop);
    for ended in [running, waiting, jail.probe(3, Probe::Spin).await] {
        assert!(matches!(ended, Err(Undone::Unavailable(_))), "{ended:?}");
    }
    assert_eq!(jail.counts().children, 0);
}
