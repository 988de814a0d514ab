//! How much memory a running server spends on connections that do nothing.
//!
//! `cargo run --release --example idle -- ADDRESS PUBLIC_KEY_FILE PROCESS_ID CONNECTIONS`
//! opens the connections, lets each say one encrypted ping, and compares the server's resident
//! memory before and after. Linux only.

use std::io::Write as _;
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use mtproto::Time;
use mtproto::client::{Client, ClientKey, Dial, Event};
use mtproto::crypto::Random;
use mtproto::crypto::rsa::PublicKey;
use mtproto::handshake::client::Options;
use mtproto::transport::Framing;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const DIAL: Dial = Dial {
    framing: Framing::Abridged,
    obfuscation: None,
};
/// Connections under one key; the server keeps so many sessions per key and no more.
const PER_KEY: usize = 200;

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, public_key, process, connections] = &arguments[..] else {
        return Err("ADDRESS PUBLIC_KEY_FILE PROCESS_ID CONNECTIONS".into());
    };
    let address: SocketAddr = address.parse()?;
    let public_key = PublicKey::from_pem(&std::fs::read_to_string(public_key)?)?;
    let connections: usize = connections.parse()?;
    rlimit::increase_nofile_limit(u64::MAX)?;
    let mut random = Random::new([7; 32]);
    let mut keys = Vec::new();
    for _ in 0..connections.div_ceil(PER_KEY) {
        keys.push(make_key(address, &public_key, random.fork()).await?);
    }
    let before = resident_kib(process)?;
    let mut open = Vec::new();
    for number in 0..connections {
        let key = keys[number / PER_KEY].clone();
        open.push(connect(address, key, random.fork()).await?);
    }
    let after = resident_kib(process)?;
    let grown = after.saturating_sub(before);
    let per_connection = grown as f64 / connections as f64;
    let report = format!(
        "connections={connections} before_kib={before} after_kib={after} \
         per_connection_kib={per_connection:.2}\n"
    );
    std::io::stdout().write_all(report.as_bytes())?;
    drop(open);
    Ok(())
}

async fn make_key(
    address: SocketAddr,
    public_key: &PublicKey,
    random: Random,
) -> Result<ClientKey, Failure> {
    let mut client = Client::new(random);
    let mut stream = TcpStream::connect(address).await?;
    client.connect(now(), &DIAL);
    client.make_key(vec![public_key.clone()], Options::default());
    loop {
        if let Event::NewKey { key, .. } = next(&mut client, &mut stream).await? {
            return Ok(key);
        }
    }
}

async fn connect(
    address: SocketAddr,
    key: ClientKey,
    random: Random,
) -> Result<TcpStream, Failure> {
    let mut client = Client::with_key(key, random);
    let mut stream = TcpStream::connect(address).await?;
    client.connect(now(), &DIAL);
    client.ping(now(), 1);
    loop {
        if let Event::Pong { .. } = next(&mut client, &mut stream).await? {
            return Ok(stream);
        }
    }
}

async fn next(client: &mut Client, stream: &mut TcpStream) -> Result<Event, Failure> {
    loop {
        match client.poll() {
            Some(Event::Send(bytes)) => stream.write_all(&bytes).await?,
            Some(Event::Broken(why)) => return Err(why.into()),
            Some(event) => return Ok(event),
            None => {
                let mut buffer = [0; 4096];
                let count = stream.read(&mut buffer).await?;
                if count == 0 {
                    return Err("the server closed the connection".into());
                }
                client.receive(now(), &buffer[..count]);
            }
        }
    }
}

fn resident_kib(process: &str) -> Result<u64, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let digits = line.and_then(|line| line.split_whitespace().next());
    Ok(digits.ok_or("no resident memory told")?.parse()?)
}

fn now() -> Time {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Time::from_unix_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
