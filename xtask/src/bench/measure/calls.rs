//! Key creation and small calls: processor time of the server for each.

use std::{hint::black_box, thread, time::Duration};

use bytes::{BufMut, Bytes, BytesMut};
use mtproto::crypto::{Random, dh, rsa::PrivateKey};
use tl::functions::help::GetConfig;

use super::{
    Bound, Row, Rows, account,
    cost::{Problem, cpu_of, least},
    line::Line,
    server::Server,
};
use crate::Outcome;

/// Keys made in one round.
const KEYS: u32 = 100;
/// Threads that make them.
const KEY_THREADS: u32 = 2;
/// Source: the bound on key creation.
const KEY_RATIO_MAX: f64 = 1.3;

/// Connections that call at the same time. Source: the issue.
const CONNECTIONS: usize = 16;
/// Calls under way on each. Source: the issue.
const IN_FLIGHT: u32 = 8;
/// Calls of each connection in one round.
const CALLS: u32 = 2_500;
/// Source: the bound on a small call, in microseconds.
const CALL_US_MAX: f64 = 40.0;

/// Rounds; the best counts.
const ROUNDS: usize = 3;

/// `invokeWithMessagesRange`.
const INVOKE_WITH_MESSAGES_RANGE: u32 = 0x3652_75f2;
/// `messageRange`.
const MESSAGE_RANGE: u32 = 0x0ae3_0253;
/// `config`.
const CONFIG: [u8; 4] = 0xcc1a_241e_u32.to_le_bytes();

/// Key creation, from the connection to the stored key.
pub(super) fn handshake() -> Rows {
    let server = Server::fresh("handshake")?;
    let (mut ours, mut floor) = (None, None);
    for _ in 0..ROUNDS {
        least(&mut floor, per(handshake_floor()?, KEYS) / 1e3);
        let before = server.cpu()?;
        at_once(KEY_THREADS as usize, |_| {
            (0..KEYS / KEY_THREADS).try_for_each(|_| Line::open(&server).map(drop))
        })?;
        least(&mut ours, per(server.cpu()? - before, KEYS) / 1e3);
    }
    let figures = ours.zip(floor).ok_or("no round was run")?;
    Ok(vec![Row::over(
        "key creation",
        "ms",
        figures,
        KEY_RATIO_MAX,
    )])
}

/// One RSA-2048 private operation and two powers of a 2048-bit number.
fn handshake_floor() -> Result<Duration, Problem> {
    let mut random = Random::new([7; 32]);
    let key = PrivateKey::generate(&mut random);
    let (secret, public) = dh::Secret::generate(&mut random);
    cpu_of(|| {
        for _ in 0..KEYS {
            black_box(key.decrypt(black_box(&[0x11; 256])));
            black_box(secret.agree(black_box(&public)));
            black_box(secret.agree(black_box(&public)));
        }
        Ok(())
    })
}

/// `help.getConfig` on many connections at once.
pub(super) fn call() -> Rows {
    let server = Server::fresh("call")?;
    let mut ours = None;
    for _ in 0..ROUNDS {
        let mut lines = Vec::new();
        for _ in 0..CONNECTIONS {
            let mut line = Line::open(&server)?;
            line.call(account::first_body(&GetConfig {})?)?;
            lines.push(std::sync::Mutex::new(line));
        }
        let before = server.cpu()?;
        at_once(CONNECTIONS, |at| {
            let mut line = lines[at].lock().map_err(|_| "a thread failed")?;
            line.pipeline((CALLS, IN_FLIGHT), get_config, |answer| {
                answer.starts_with(&CONFIG)
            })
        })?;
        let calls = CALLS * u32::try_from(CONNECTIONS)?;
        least(&mut ours, per(server.cpu()? - before, calls));
    }
    let ours = ours.ok_or("no round was run")?;
    Ok(vec![Row::alone(
        "help.getConfig, 16 x 8",
        "us",
        ours,
        Bound::Most(CALL_US_MAX),
    )])
}

/// The call inside a range that is each time another: the server answers whoever repeats the very
/// same small call more slowly, which is not what is measured here.
fn get_config(number: u32) -> Bytes {
    let mut body = BytesMut::with_capacity(20);
    body.put_u32_le(INVOKE_WITH_MESSAGES_RANGE);
    body.put_u32_le(MESSAGE_RANGE);
    body.put_u32_le(1);
    body.put_u32_le(number + 1);
    body.put_u32_le(<GetConfig as tl::Method>::ID);
    body.freeze()
}

/// Runs `work` on so many threads and returns the first failure.
pub(super) fn at_once(threads: usize, work: impl Fn(usize) -> Outcome + Sync) -> Outcome {
    let work = &work;
    thread::scope(|scope| {
        let run = |at| scope.spawn(move || work(at).map_err(|error| error.to_string()));
        let running: Vec<_> = (0..threads).map(run).collect();
        for thread in running {
            thread.join().map_err(|_| "a thread panicked")??;
        }
        Ok(())
    })
}

/// Microseconds for each of `count`.
fn per(spent: Duration, count: u32) -> f64 {
    spent.as_secs_f64() * 1e6 / f64::from(count)
}
