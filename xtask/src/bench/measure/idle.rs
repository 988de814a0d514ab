//! A server that waits: memory of connections that are silent, and the time to the ready line.

use std::{
    net::TcpStream,
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tl::functions::help::GetConfig;

use super::{
    Bound, Row, Rows, account,
    calls::at_once,
    cost::{self, Problem},
    line::Line,
    server::Server,
};
use crate::{Outcome, target};

/// Connections that are held. Source: the issue.
const CONNECTIONS: usize = 5_000;
/// Connections made and ended before, so that what every server needs once is not counted.
const WARM_UP: usize = 200;
/// Threads that connect.
const THREADS: usize = 2;
/// Source: the bound on an idle connection.
const KIB_MAX: f64 = 24.0;
/// Files that this process has open beside the sockets.
const OTHER_FILES: u64 = 200;

/// Processor time stands still for so long: then the server has nothing to do.
const QUIET: Duration = Duration::from_millis(500);
/// Longest wait for that.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Starts of the server that are timed.
const STARTS: usize = 11;
/// Source: the bound on a start with keys, in milliseconds.
const START_MS_MAX: f64 = 300.0;

/// Connections with a key and a session that has made one call.
pub(super) fn idle() -> Rows {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    let wanted = CONNECTIONS as u64 + OTHER_FILES;
    if soft < wanted {
        setrlimit(Resource::RLIMIT_NOFILE, wanted.min(hard), hard)?;
    }
    let server = Server::fresh("idle")?;
    let files = cost::process_files(server.pid())?;
    drop(connect(&server, WARM_UP)?);
    settle(&server, files)?;
    let before = server.resident_kib()?;
    let sockets = connect(&server, CONNECTIONS)?;
    settle(&server, files + CONNECTIONS)?;
    let held = server.resident_kib()?;
    drop(sockets);
    settle(&server, files)?;
    let after = server.resident_kib()?;
    let each = |kib: u64| kib.saturating_sub(before) as f64 / CONNECTIONS as f64;
    Ok(vec![
        Row::alone(
            "idle connection, of 5,000",
            "KiB",
            each(held),
            Bound::Most(KIB_MAX),
        ),
        Row::alone("the same, 5,000 just gone", "KiB", each(after), Bound::None),
        Row::alone(
            "server without connections",
            "KiB",
            before as f64,
            Bound::None,
        ),
    ])
}

/// So many connections, each with a key of its own.
fn connect(server: &Server, count: usize) -> Result<Vec<TcpStream>, Problem> {
    let sockets = Mutex::new(Vec::new());
    at_once(THREADS, |_| {
        for _ in 0..count / THREADS {
            let mut line = Line::open(server)?;
            line.call(account::first_body(&GetConfig {})?)?;
            let socket = line.rest()?;
            sockets
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(socket);
        }
        Ok(())
    })?;
    Ok(sockets.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Waits until the server has about so many files open and uses no processor time. A database
/// may have opened some of its own meanwhile.
fn settle(server: &Server, files: usize) -> Outcome {
    let begun = Instant::now();
    let (mut spent, mut since) = (server.cpu()?, Instant::now());
    while begun.elapsed() < PATIENCE {
        thread::sleep(LOOK_EVERY);
        let (now, open) = (server.cpu()?, cost::process_files(server.pid())?);
        if now != spent || open.abs_diff(files) > WARM_UP / 4 {
            (spent, since) = (now, Instant::now());
        } else if since.elapsed() >= QUIET {
            return Ok(());
        }
    }
    let open = cost::process_files(server.pid())?;
    Err(format!("the server does not come to rest: {open} files open, {files} expected").into())
}

/// From the start of the process to its ready line, on a data folder with keys.
pub(super) fn start() -> Rows {
    let data = target().join("bench").join("start");
    drop(Server::on(&data)?);
    let mut times = Vec::new();
    for _ in 0..STARTS {
        times.push(Server::on(&data)?.took.as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    let (fastest, median, slowest) = (times[0], times[STARTS / 2], times[STARTS - 1]);
    Ok(vec![
        Row::alone(
            "start to ready, median of 11",
            "ms",
            median,
            Bound::Most(START_MS_MAX),
        ),
        Row::alone("the fastest of them", "ms", fastest, Bound::None),
        Row::alone("the slowest of them", "ms", slowest, Bound::None),
    ])
}
