//! What fuzz targets call: hostile bytes go in at the border, and what must hold whatever they
//! say is asserted. The targets themselves are one line each.

mod message;

pub use message::message;

use crate::crypto::rsa::PrivateKey;
use crate::crypto::{Random, factor};
use crate::handshake::{Config, RsaKeys, Server, Step};
use crate::transport::{
    Detector, FRAME_BYTES_MAX_BEFORE_SIGN_IN, READ_BYTES_MIN, Secret, Transport,
};
use crate::{Time, plain};
use std::sync::{Arc, LazyLock};

/// Capacity of a receive buffer per byte that has arrived. Twice what the buffer asks for,
/// because its allocation at least doubles when it grows.
const GROWTH_MAX: usize = 32;

/// Feeds `data` to a fresh transport: the first byte says how it is cut, the rest is the stream.
///
/// # Panics
/// If a frame is longer than what arrived, or more memory is held than what arrived vouches for.
pub fn transport(data: &[u8]) {
    let Some((&piece, stream)) = data.split_first() else {
        return;
    };
    let secrets = Secret::from_bytes(&[7; 16]).into_iter().collect();
    let mut transport = Transport::new(Arc::new(Detector::new(secrets)));
    let mut random = Random::new([piece; 32]);
    let mut out = Vec::new();
    let mut arrived = 0;
    for bytes in stream.chunks(usize::from(piece).max(1)) {
        arrived += bytes.len();
        if transport.receive(bytes).is_err() {
            return;
        }
        loop {
            match transport.next_frame() {
                Ok(Some(frame)) => {
                    assert!(frame.payload.len() <= arrived.min(FRAME_BYTES_MAX_BEFORE_SIGN_IN));
                    let _ = plain::read(frame.payload.clone());
                    transport.send(&frame.payload, &mut random, &mut out);
                    transport.quick_ack(1, &mut out);
                }
                Ok(None) => break,
                Err(_) => return transport.transport_error(-404, &mut out),
            }
        }
        let capacity = transport.read_buffer().capacity();
        assert!(
            capacity <= 2 * READ_BYTES_MIN + GROWTH_MAX * arrived,
            "{capacity} for {arrived}"
        );
    }
}

/// Feeds `data` as requests of key creation, each behind one byte that says its length in words.
/// Heavy work is not run, so that the fuzzer is fast.
///
/// # Panics
/// Never, or the fuzzer has found something.
pub fn handshake(data: &[u8]) {
    static CONFIG: LazyLock<Config> = LazyLock::new(|| {
        let mut random = Random::new([1; 32]);
        Config::new(
            RsaKeys::new(vec![PrivateKey::generate(&mut random)]),
            &mut random,
        )
    });
    let now = Time::from_unix_seconds(1_700_000_000);
    let mut random = Random::new([2; 32]);
    let mut server = Server::new(now);
    let mut rest = data;
    while let Some((&words, after)) = rest.split_first() {
        let (body, after) = after.split_at((4 * usize::from(words)).min(after.len()));
        rest = after;
        let body = bytes::Bytes::copy_from_slice(body);
        match server.handle(now, &mut random, &CONFIG, &body) {
            Ok(Step::Reply(reply)) => assert!(!reply.is_empty()),
            Ok(_) => {}
            Err(violation) => assert_eq!(violation.transport_error(), Some(-404)),
        }
    }
    if let Some(number) = data.first_chunk() {
        let number = u64::from_be_bytes(*number);
        if let Some((p, q)) = factor::factor(number) {
            assert_eq!(u64::from(p) * u64::from(q), number);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn hostile_streams_hold_nothing_and_panic_nowhere(
            piece in any::<u8>(),
            first in prop_oneof![
                Just(vec![0xef]), Just(vec![0xee; 4]), Just(vec![0xdd; 4]), Just(vec![]),
                Just(vec![60, 0, 0, 0, 0, 0, 0, 0]),
            ],
            stream in prop::collection::vec(any::<u8>(), 0..2_000),
        ) {
            super::transport(&[&[piece], &first[..], &stream].concat());
        }

        #[test]
        fn hostile_requests_panic_nowhere(data in prop::collection::vec(any::<u8>(), 0..500)) {
            super::handshake(&data);
        }
    }
}
