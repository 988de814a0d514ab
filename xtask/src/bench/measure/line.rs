//! A connection that blocks: a socket around the client's end of the protocol.

use std::{
    collections::VecDeque,
    io::{Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use mtproto::{
    Time,
    client::{CallId, Client, Dial, Event, handshake::Options},
    crypto::Random,
    transport::Framing,
};

use super::{cost::Problem, server::Server};
use crate::Outcome;

/// Longest wait for an answer; then the run has failed.
const PATIENCE: Duration = Duration::from_secs(60);
/// What one read may take.
const READ_BYTES: usize = 256 * 1024;
/// Seeds differ within a process.
static SEEDS: AtomicU64 = AtomicU64::new(1);

/// One connection with a key of its own.
pub(super) struct Line {
    socket: TcpStream,
    core: Client,
    buffer: Vec<u8>,
    waiting: VecDeque<Event>,
}

impl Line {
    /// Connects and makes a key.
    pub(super) fn open(server: &Server) -> Result<Line, Problem> {
        let socket = TcpStream::connect(server.address)?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        let mut core = Client::new(random());
        core.connect(now(), &Dial::plain(Framing::Intermediate));
        core.make_key(vec![server.key.clone()], Options::default());
        let mut line = Line {
            socket,
            core,
            buffer: vec![0; READ_BYTES],
            waiting: VecDeque::new(),
        };
        loop {
            match line.event()? {
                Event::NewKey { key, .. } => {
                    line.core.use_key(key);
                    return Ok(line);
                }
                Event::Broken(why) => return Err(why.into()),
                _ => {}
            }
        }
    }

    /// Sends a call and does not wait.
    pub(super) fn send(&mut self, body: Bytes) -> Result<CallId, Problem> {
        let id = self.core.call(now(), body);
        self.write()?;
        Ok(id)
    }

    /// The next answer to any call.
    pub(super) fn answer(&mut self) -> Result<Bytes, Problem> {
        loop {
            match self.event()? {
                Event::Result {
                    call: Some(_),
                    body,
                    ..
                } => return Ok(body),
                Event::Error {
                    call: Some(_),
                    code,
                    message,
                    ..
                } => {
                    return Err(format!("{code} {message}").into());
                }
                Event::TransportError(code) => return Err(format!("transport {code}").into()),
                Event::Broken(why) => return Err(why.into()),
                _ => {}
            }
        }
    }

    /// Sends a call and waits for its answer; nothing else may be under way.
    pub(super) fn call(&mut self, body: Bytes) -> Result<Bytes, Problem> {
        self.send(body)?;
        self.answer()
    }

    /// Waits for what the server tells by itself.
    pub(super) fn update(&mut self) -> Result<Bytes, Problem> {
        loop {
            match self.event()? {
                Event::Update(body) => return Ok(body),
                Event::TransportError(code) => return Err(format!("transport {code}").into()),
                Event::Broken(why) => return Err(why.into()),
                _ => {}
            }
        }
    }

    /// Makes `count` calls, `in_flight` at once, and hands each answer to `check`.
    pub(super) fn pipeline(
        &mut self,
        (count, in_flight): (u32, u32),
        mut body: impl FnMut(u32) -> Bytes,
        check: impl Fn(&Bytes) -> bool,
    ) -> Outcome {
        let (mut sent, mut answered) = (0, 0);
        while answered < count {
            while sent < count && sent - answered < in_flight {
                self.send(body(sent))?;
                sent += 1;
            }
            let answer = self.answer()?;
            if !check(&answer) {
                return Err("an answer is not what it should be".into());
            }
            answered += 1;
        }
        Ok(())
    }

    /// Acknowledges what has arrived, as a client does before it falls silent, and keeps only the
    /// socket.
    pub(super) fn rest(mut self) -> Result<TcpStream, Problem> {
        self.core.flush(now());
        self.write()?;
        Ok(self.socket)
    }

    /// Writes what is to be written; other events wait for [`Line::event`].
    fn write(&mut self) -> Outcome {
        while let Some(event) = self.core.poll() {
            match event {
                Event::Send(bytes) => self.socket.write_all(&bytes)?,
                other => self.waiting.push_back(other),
            }
        }
        Ok(())
    }

    fn event(&mut self) -> Result<Event, Problem> {
        loop {
            self.write()?;
            if let Some(event) = self.waiting.pop_front() {
                return Ok(event);
            }
            let count = self.socket.read(&mut self.buffer)?;
            if count == 0 {
                return Err("the server closed the connection".into());
            }
            self.core.receive(now(), &self.buffer[..count]);
        }
    }
}

fn now() -> Time {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Time::from_unix_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// Unlike any other client's of this machine.
fn random() -> Random {
    let mut seed = [0; 32];
    let number = SEEDS.fetch_add(1, Ordering::Relaxed);
    seed[..8].copy_from_slice(&number.to_le_bytes());
    seed[8..16].copy_from_slice(&now().unix_nanos().to_le_bytes());
    seed[16..20].copy_from_slice(&std::process::id().to_le_bytes());
    Random::new(seed)
}
