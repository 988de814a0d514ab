//! What a child tries and is killed for.

use jail::{Jail, Policy, Probe, Undone};

use crate::{jail, lost, works};

async fn forbidden(jail: &Jail, probe: Probe) {
    let name = format!("{probe:?}");
    let why = lost(jail, probe).await;
    assert!(why.contains("something forbidden"), "{name}: {why}");
    works(jail).await;
}

/// Files, sockets, processes and threads: each attempt kills the child, and only its own job is lost.
#[tokio::test]
async fn a_child_that_reaches_out_is_killed() {
    let jail = jail(|_| {});
    for probe in [
        Probe::ReadFile,
        Probe::CreateFile,
        Probe::Tcp,
        Probe::Udp,
        Probe::Program,
        Probe::Thread,
        Probe::Parent,
    ] {
        forbidden(&jail, probe).await;
    }
    assert!(!std::path::Path::new(Probe::FILE).exists());
    assert_eq!(jail.counts().lost, 7);
    jail.stop().await;
}

/// Without the filter the limit of descriptors still holds: no file is opened and no socket made.
#[tokio::test]
async fn without_the_filter_files_and_sockets_fail_all_the_same() {
    let jail = jail(|settings| settings.policy = Policy::Off);
    for probe in [Probe::ReadFile, Probe::CreateFile, Probe::Tcp, Probe::Udp] {
        let refused = jail.probe(1, probe.clone()).await;
        assert!(
            matches!(refused, Err(Undone::Refused(_))),
            "{probe:?}: {refused:?}"
        );
    }
    jail.stop().await;
}

/// A child has three pipes, no environment and the root as its folder.
#[tokio::test]
async fn a_child_inherits_three_pipes_and_nothing_else() {
    let settings = jail::JailSettings {
        jobs_per_child: 5001,
        ..crate::settings()
    };
    let _listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let jail = Jail::start(settings.clone()).unwrap();
    works(&jail).await;
    let children = crate::children(&settings);
    let [(id, _)] = children.as_slice() else {
        panic!("{children:?}");
    };
    let links = |process: &str| -> Vec<(String, String)> {
        let entries = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap();
        let entries = entries.filter_map(|entry| {
            let path = entry.unwrap().path();
            let link = std::fs::read_link(&path).ok()?;
            let name = path.file_name()?.to_string_lossy().into_owned();
            Some((name, link.to_string_lossy().into_owned()))
        });
        entries.collect()
    };
    let (own, theirs) = (links("self"), links(&id.to_string()));
    // What whoever started this test left open, every program that it starts has as well.
    let shell = std::process::Command::new("/bin/ls")
        .arg("/proc/self/fd")
        .output()
        .unwrap();
    let shell = String::from_utf8(shell.stdout).unwrap();
    for (name, link) in &theirs {
        if matches!(name.as_str(), "0" | "1" | "2") {
            assert!(link.starts_with("pipe:"), "{name} is {link}");
        } else {
            assert!(shell.lines().any(|left| left == name), "{name} is {link}");
        }
    }
    let held = own.iter().any(|(_, link)| link.starts_with("socket:"));
    assert!(held, "this process has a socket: {own:?}");
    let passed_on = theirs.iter().filter(|(_, link)| own_socket(&own, link));
    assert_eq!(passed_on.count(), 0, "{theirs:?}");
    assert_eq!(std::fs::read(format!("/proc/{id}/environ")).unwrap(), b"");
    let folder = std::fs::read_link(format!("/proc/{id}/cwd")).unwrap();
    assert_eq!(folder, std::path::Path::new("/"));
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    assert!(status.contains("Seccomp:\t2"), "{status}");
    assert!(status.contains("NoNewPrivs:\t1"), "{status}");
    jail.stop().await;
}

fn own_socket(own: &[(String, String)], link: &str) -> bool {
    link.starts_with("socket:") && own.iter().any(|(_, held)| held == link)
}

/// The jail says which walls hold on this machine.
#[tokio::test]
async fn the_filter_holds_here() {
    let jail = jail(|_| {});
    assert!(jail.check().await.unwrap().unwrap().filter);
    jail.stop().await;
}

/// The self-test of a host reaches nothing, and says so of what it cannot start.
#[tokio::test]
async fn the_self_test_reaches_nothing() {
    let reached = jail::reach(&crate::settings()).await.unwrap();
    assert!(reached.is_nothing(), "{reached:?}");
    let missing = jail::JailSettings {
        program: Some("/nowhere/cameo".into()),
        ..crate::settings()
    };
    let refused = jail::reach(&missing).await;
    assert!(
        matches!(refused, Err(Undone::Unavailable(_))),
        "{refused:?}"
    );
}

/// A probe is nothing that strangers can send: a jail for work refuses it, and its children know none.
#[tokio::test]
async fn a_jail_for_work_obeys_no_probes() {
    let jail = jail(|settings| settings.self_test = false);
    let refused = jail.probe(1, Probe::Leave).await;
    assert!(
        matches!(refused, Err(Undone::Unavailable(_))),
        "{refused:?}"
    );
    jail.stop().await;
}

/// The program is missing, or is another: there is no child, and nothing else happens.
#[tokio::test]
async fn without_the_program_jobs_are_unavailable() {
    for program in ["/nowhere/cameo", "/bin/true", "/bin/cat"] {
        let jail = jail(|settings| settings.program = Some(program.into()));
        let refused = jail.probe(1, Probe::Spin).await;
        assert!(
            matches!(refused, Err(Undone::Unavailable(_))),
            "{program}: {refused:?}"
        );
        assert!(jail.check().await.is_err(), "{program}");
        assert_eq!(jail.counts().unavailable, 1);
        jail.stop().await;
    }
}
