//! Real children, and what becomes of them when they misbehave.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod losses;
mod turns;
mod walls;
mod work;

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use jail::{Jail, JailSettings, Probe, Undone};

/// One child that obeys probes, with limits that end a test soon.
fn settings() -> JailSettings {
    JailSettings {
        children: 1,
        memory_mib: 256,
        job_cpu_s: 1,
        job_s: 60,
        idle: Duration::from_secs(600),
        program: Some(PathBuf::from(env!("CARGO_BIN_EXE_jailed-child"))),
        self_test: true,
        ..JailSettings::default()
    }
}

fn jail(change: impl FnOnce(&mut JailSettings)) -> Jail {
    let mut settings = settings();
    change(&mut settings);
    Jail::start(settings).unwrap()
}

/// Why the child was lost; anything else is a failure of the test.
async fn lost(jail: &Jail, probe: Probe) -> String {
    match jail.probe(1, probe.clone()).await {
        Err(Undone::Lost(why)) => why,
        other => panic!("{probe:?} ended as {other:?}"),
    }
}

/// The next job is done as if nothing had happened.
async fn works(jail: &Jail) {
    let bytes = Bytes::from_static(b"still here");
    let echo = jail.probe(1, Probe::Echo(bytes.clone())).await;
    assert_eq!(echo, Ok(bytes));
}

/// Children of this process that were started with the words of a child: their ids and states.
/// Tests run beside each other, so each looks for a number of jobs or seconds of its own.
fn children(mark: &JailSettings) -> Vec<(u32, char)> {
    let mark = format!(
        "\0{}\0",
        mark.job_cpu_s * u64::from(mark.jobs_per_child) + 1
    );
    let own = std::process::id().to_string();
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap() {
        let path = entry.unwrap().path();
        let read = |name: &str| std::fs::read_to_string(path.join(name)).unwrap_or_default();
        let stat = read("stat");
        let Some((_, fields)) = stat.rsplit_once(')') else {
            continue;
        };
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let ours = fields.get(1) == Some(&own.as_str()) && stat.contains("(jailed-child");
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // A zombie has no command line any more, so it counts for every mark.
        if let (true, Ok(id)) = (ours, name.parse()) {
            let state = fields[0].chars().next().unwrap();
            if state == 'Z' || read("cmdline").contains(&mark) {
                found.push((id, state));
            }
        }
    }
    found
}
