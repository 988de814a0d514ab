//! Prints what the primitives cost on this machine, beside the floor that AES instructions set:
//! `cargo run --release -p mtproto --example speed`. Best of several runs, because other work on
//! the machine only ever makes a run slower.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]
#![expect(clippy::disallowed_methods, reason = "measuring takes a clock")]

use bytes::Bytes;
use mtproto::Time;
use mtproto::crypto::rsa::PrivateKey;
use mtproto::crypto::{Random, aes_ige, ctr::Ctr, dh, factor, sha};
use mtproto::handshake::client::{Client, ClientStep, Options};
use mtproto::handshake::{Config, RsaKeys, Server, Step};
use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// Long enough for a steady rate, short enough for the second level of cache.
const DATA_BYTES: usize = 512 * 1024;
const ROUNDS: usize = 200;
/// Measurements per kind of work; the best counts.
const WINDOWS: usize = 4;

fn best(rounds: usize, mut run: impl FnMut()) -> Duration {
    let time = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..rounds)
        .map(|_| time(&mut run))
        .min()
        .unwrap_or_default()
}

/// Prints MB/s and returns seconds per byte.
fn rate(name: &str, run: impl FnMut()) -> f64 {
    let seconds = best(ROUNDS, run).as_secs_f64();
    println!("{name:<44} {:>8.0} MB/s", DATA_BYTES as f64 / seconds / 1e6);
    seconds / DATA_BYTES as f64
}

/// Prints and returns milliseconds of processor time per run, over `runs` of them.
fn cost(name: &str, runs: u32, mut run: impl FnMut()) -> f64 {
    let window = |run: &mut dyn FnMut()| {
        let start = processor_time();
        (0..runs).for_each(|_| run());
        (processor_time() - start) / runs
    };
    let best = (0..WINDOWS)
        .map(|_| window(&mut run))
        .min()
        .unwrap_or_default();
    let milliseconds = best.as_secs_f64() * 1e3;
    println!("{name:<44} {milliseconds:>8.3} ms");
    milliseconds
}

/// What this thread has used so far; other work on the machine does not count. Linux updates
/// it every few milliseconds.
fn processor_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split(' ').next().and_then(|nanos| nanos.parse().ok());
    nanos.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

fn main() {
    ciphers();
    key_creation();
}

fn ciphers() {
    let (key, iv) = ([1; 32], [2; 32]);
    let mut data = vec![0; DATA_BYTES];
    let floor = rate("floor: chain of 14 AES instructions per block", || {
        aes_ige::chain_of_instructions(&mut data);
    });
    let encrypt = rate("IGE encrypt", || {
        aes_ige::encrypt_in_place(&mut data, &key, &iv)
    });
    let decrypt = rate("IGE decrypt", || {
        aes_ige::decrypt_in_place(&mut data, &key, &iv)
    });
    #[cfg(target_arch = "x86_64")]
    println!(
        "IGE / floor: encrypt {:.2}, decrypt {:.2}",
        encrypt / floor,
        decrypt / floor
    );
    rate("IGE encrypt, portable", || {
        aes_ige::portable::encrypt(&mut data, &key, &iv)
    });
    rate("IGE decrypt, portable", || {
        aes_ige::portable::decrypt(&mut data, &key, &iv)
    });
    let mut stream = Ctr::new(&key, &[3; 16]);
    rate("CTR", || stream.apply(&mut data));
    rate("SHA-256", || _ = black_box(sha::sha256(&[&data])));
    rate("SHA-1", || _ = black_box(sha::sha1(&[&data])));
}

fn key_creation() {
    let mut random = Random::new([7; 32]);
    let start = Instant::now();
    dh::prepare();
    println!("first use of the group, once: {:?}", start.elapsed());
    let key = PrivateKey::generate(&mut random);
    let input = [0x11; 256];
    let rsa = cost("RSA-2048 private operation", 200, || {
        black_box(key.decrypt(black_box(&input)));
    });
    cost("RSA-2048 public operation", 2_000, || {
        black_box(key.public().encrypt(black_box(&input)));
    });
    let (secret, public) = dh::Secret::generate(&mut random);
    let fixed = cost("DH g^a, 2048-bit exponent", 200, || {
        black_box(dh::Secret::generate(&mut random));
    });
    let general = cost("DH g_b^a, 2048-bit exponent", 50, || {
        black_box(secret.agree(black_box(&public)));
    });
    cost("RSA-2048 key generation", 5, || {
        drop(black_box(PrivateKey::generate(&mut random)))
    });
    cost("prime pool", 10, || {
        drop(black_box(factor::PrimePool::new(&mut random)))
    });
    let pool = factor::PrimePool::new(&mut random);
    cost("factoring one pq", 200, || {
        black_box(factor::factor(pool.pair(&mut random).product()));
    });
    let config = Config::new(RsaKeys::new(vec![key]), &mut random);
    let requests = requests(&config);
    let whole = cost("handshake, server's part", 40, || {
        serve(&config, &requests, |_| {})
    });
    println!(
        "handshake / (RSA + 2 general powers): {:.2}",
        whole / (rsa + 2.0 * general)
    );
    println!(
        "handshake / (RSA + g^a + g_b^a): {:.2}",
        whole / (rsa + fixed + general)
    );
}

/// Plays the server's part to these requests; the same seed makes it answer them the same way.
fn serve(config: &Config, requests: &[Bytes], mut replied: impl FnMut(Vec<u8>)) {
    let now = Time::from_unix_seconds(1_700_000_000);
    let mut random = Random::new([8; 32]);
    let mut server = Server::new(now);
    for request in requests {
        let mut step = server.handle(now, &mut random, config, request);
        if let Ok(Step::Work(job)) = step {
            step = server.finish(now, job.run());
        }
        match step {
            Ok(Step::Reply(reply)) => replied(reply),
            Ok(Step::NewKey(new)) => replied(new.reply),
            other => panic!("{other:?}"),
        }
    }
}

/// The requests of one client.
fn requests(config: &Config) -> Vec<Bytes> {
    let keys = config.keys().public_keys().cloned().collect();
    let (mut client, first) = Client::start(keys, Options::default(), Random::new([9; 32]));
    let mut requests = vec![Bytes::from(first)];
    for step in 0..3 {
        let mut last = Vec::new();
        serve(config, &requests, |reply| last = reply);
        match client.handle(&last) {
            Ok(ClientStep::Send(next)) => requests.push(next.into()),
            Ok(ClientStep::Done { .. }) => assert_eq!(step, 2),
            Err(error) => panic!("{error}"),
        }
    }
    requests
}
