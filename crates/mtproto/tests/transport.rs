//! Both ends of the transport in memory: every framing, obfuscated or not, split anywhere, and
//! everything a hostile peer may send instead. Rows M1 to M12 and M18 to M20 of the protocol's
//! conformance list.

#![expect(clippy::unwrap_used, reason = "a test")]

use bytes::BytesMut;
use mtproto::Violation;
use mtproto::crypto::Random;
use mtproto::transport::client::{ClientTransport, Obfuscation, Received};
use mtproto::transport::{Detected, Detector, Framing, Secret, Transport};
use proptest::prelude::*;
use std::sync::Arc;

const SECRET: [u8; 16] = [0x5e; 16];

/// Every way in which a client may speak.
#[derive(Clone, Copy, Debug)]
enum Way {
    Plain(Framing),
    Obfuscated(Framing, Option<[u8; 16]>),
}

const WAYS: [Way; 10] = [
    Way::Plain(Framing::Abridged),
    Way::Plain(Framing::Intermediate),
    Way::Plain(Framing::Padded),
    Way::Plain(Framing::Full),
    Way::Obfuscated(Framing::Abridged, None),
    Way::Obfuscated(Framing::Intermediate, None),
    Way::Obfuscated(Framing::Padded, None),
    Way::Obfuscated(Framing::Abridged, Some(SECRET)),
    Way::Obfuscated(Framing::Intermediate, Some(SECRET)),
    Way::Obfuscated(Framing::Padded, Some(SECRET)),
];

impl Way {
    fn framing(self) -> Framing {
        match self {
            Way::Plain(framing) | Way::Obfuscated(framing, _) => framing,
        }
    }

    fn client(self, dc: i16, random: &mut Random, out: &mut Vec<u8>) -> ClientTransport {
        match self {
            Way::Plain(framing) => ClientTransport::new(framing, out),
            Way::Obfuscated(framing, secret) => {
                let secret = secret.map(|secret| Secret::from_bytes(&secret).unwrap());
                ClientTransport::obfuscated(framing, &Obfuscation { secret, dc }, random, out)
            }
        }
    }
}

fn server() -> Transport {
    let other = Secret::from_bytes(&[1; 16]).unwrap();
    let ours = Secret::from_bytes(&[&[0xdd], &SECRET[..]].concat()).unwrap();
    Transport::new(Arc::new(Detector::new(vec![other, ours])))
}

fn random(seed: u8) -> Random {
    Random::new([seed; 32])
}

/// An encrypted message of some length: any first word but zero, whole cipher blocks.
fn message(blocks: usize, random: &mut Random) -> Vec<u8> {
    let mut message = vec![0; 24 + 16 * blocks];
    random.fill(&mut message);
    message[0] |= 1;
    message
}

fn frames(transport: &mut Transport) -> Vec<BytesMut> {
    std::iter::from_fn(|| transport.next_frame().unwrap().map(|frame| frame.payload)).collect()
}

#[test]
fn every_way_carries_messages_in_both_directions() {
    for way in WAYS {
        let mut random = random(1);
        let (mut server, mut stream) = (server(), Vec::new());
        let mut client = way.client(2, &mut random, &mut stream);
        for blocks in [3, 29, 30, 31, 32, 33, 5_000] {
            let (ask, answer) = (
                message(blocks, &mut random),
                message(blocks + 1, &mut random),
            );
            client.send(&ask, false, &mut random, &mut stream);
            server.receive(&stream).unwrap();
            assert_eq!(frames(&mut server), [&ask[..]], "{way:?}");
            let mut back = Vec::new();
            server.send(&answer, &mut random, &mut back);
            client.receive(&back);
            assert_eq!(
                client.next(),
                Ok(Some(Received::Payload(answer[..].into()))),
                "{way:?}"
            );
            assert_eq!(client.next(), Ok(None));
            stream.clear();
        }
        assert_eq!(server.framing(), Some(way.framing()));
        assert_eq!(server.is_obfuscated(), matches!(way, Way::Obfuscated(..)));
    }
}

#[test]
fn the_server_never_echoes_the_first_byte() {
    let mut server = server();
    server.receive(&[0xef, 2, 1, 0, 0, 0, 0, 0, 0, 0]).unwrap();
    assert_eq!(frames(&mut server), [&[1, 0, 0, 0, 0, 0, 0, 0][..]]);
    let mut out = Vec::new();
    server.send(&[9; 8], &mut random(1), &mut out);
    assert_eq!(out, [2, 9, 9, 9, 9, 9, 9, 9, 9]);
}

#[test]
fn a_header_in_single_bytes_and_frames_cut_anywhere_arrive() {
    for way in WAYS {
        let mut random = random(2);
        let mut stream = Vec::new();
        let mut client = way.client(2, &mut random, &mut stream);
        let sent: Vec<_> = [3, 40, 4].map(|blocks| message(blocks, &mut random)).into();
        sent.iter()
            .for_each(|message| client.send(message, false, &mut random, &mut stream));
        for piece in [1, 7, 63, 64, 65, stream.len()] {
            let (mut server, mut received) = (server(), Vec::new());
            for bytes in stream.chunks(piece) {
                server.receive(bytes).unwrap();
                received.extend(frames(&mut server));
            }
            assert_eq!(received, sent, "{way:?} in pieces of {piece}");
        }
    }
}

#[test]
fn reading_straight_into_the_transport_is_the_same() {
    for way in WAYS {
        let mut random = random(3);
        let (mut server, mut stream) = (server(), Vec::new());
        let mut client = way.client(2, &mut random, &mut stream);
        let sent = message(20_000, &mut random);
        client.send(&sent, false, &mut random, &mut stream);
        let mut rest = &stream[..];
        while !rest.is_empty() {
            let buffer = server.read_buffer();
            let count = rest.len().min(buffer.capacity() - buffer.len());
            buffer.extend_from_slice(&rest[..count]);
            server.received(count).unwrap();
            rest = &rest[count..];
            let received = frames(&mut server);
            assert_eq!(received.len(), usize::from(rest.is_empty()), "{way:?}");
            assert!(received.iter().all(|payload| *payload == sent));
        }
    }
}

#[test]
fn the_data_centre_in_the_header_is_a_hint_of_any_value() {
    for dc in [2, 0, -2, 10_002, -10_002, 0x7abc] {
        let mut random = random(4);
        let (mut server, mut stream) = (server(), Vec::new());
        let way = Way::Obfuscated(Framing::Intermediate, None);
        way.client(dc, &mut random, &mut stream);
        server.receive(&stream).unwrap();
        assert_eq!(server.dc_hint(), Some(dc));
    }
    let mut plain = server();
    plain.receive(&[0xef]).unwrap();
    assert_eq!(plain.dc_hint(), None);
}

#[test]
fn an_unknown_secret_is_refused_without_a_word() {
    let (mut server, mut stream) = (server(), Vec::new());
    let way = Way::Obfuscated(Framing::Padded, Some([0x77; 16]));
    way.client(2, &mut random(5), &mut stream);
    assert_eq!(server.receive(&stream), Err(Violation::UnknownTransport));
    assert_eq!(Violation::UnknownTransport.transport_error(), None);
    let mut out = Vec::new();
    server.transport_error(-404, &mut out);
    server.quick_ack(1, &mut out);
    assert_eq!(out, []);
}

#[test]
fn a_wrong_checksum_or_number_ends_a_full_stream() {
    let mut stream = Vec::new();
    let mut client = ClientTransport::new(Framing::Full, &mut stream);
    client.send(
        &message(4, &mut random(6)),
        false,
        &mut random(6),
        &mut stream,
    );
    let mut damaged = stream.clone();
    damaged[20] ^= 1;
    let mut transport = server();
    transport.receive(&damaged).unwrap();
    assert_eq!(transport.next_frame(), Err(Violation::FrameChecksum));
    let mut transport = server();
    transport.receive(&stream.repeat(2)).unwrap();
    assert!(transport.next_frame().unwrap().is_some());
    let expected = Violation::FrameSequence {
        got: 0,
        expected: 1,
    };
    assert_eq!(transport.next_frame(), Err(expected));
}

#[test]
fn the_server_counts_its_own_full_frames_from_zero() {
    let (mut server, mut stream) = (server(), Vec::new());
    let mut client = ClientTransport::new(Framing::Full, &mut stream);
    for _ in 0..3 {
        client.send(&[5; 40], false, &mut random(7), &mut stream);
    }
    server.receive(&stream).unwrap();
    assert_eq!(frames(&mut server).len(), 3);
    for number in 0..2_u8 {
        let mut out = Vec::new();
        server.send(&[6; 8], &mut random(7), &mut out);
        assert_eq!(out[..8], [20, 0, 0, 0, number, 0, 0, 0]);
        client.receive(&out);
        assert_eq!(
            client.next(),
            Ok(Some(Received::Payload([6; 8][..].into())))
        );
    }
}

#[test]
fn impossible_lengths_are_refused_as_soon_as_they_are_known() {
    for (length, limit) in [
        (0, false),
        (3, false),
        (0x7fff_ffff, false),
        (0x7fff_fffc, true),
    ] {
        let mut transport = server();
        transport.receive(&[0xee; 4]).unwrap();
        transport.receive(&u32::to_le_bytes(length)).unwrap();
        let length = length as usize;
        let expected = match limit {
            true => Violation::FrameTooLong {
                length,
                limit: 2 * 1024 * 1024,
            },
            false => Violation::FrameLength { length },
        };
        assert_eq!(transport.next_frame(), Err(expected));
    }
}

#[test]
fn the_limit_of_frames_can_be_raised() {
    let long = 3 * 1024 * 1024_u32;
    let mut transport = server();
    transport.receive(&[0xee; 4]).unwrap();
    transport.receive(&long.to_le_bytes()).unwrap();
    assert!(transport.next_frame().is_err());
    transport.limit_payload(mtproto::transport::FRAME_BYTES_MAX);
    assert_eq!(transport.next_frame(), Ok(None));
    assert!(
        transport.read_buffer().capacity() < 16 * 1024,
        "nothing allocated for an announcement"
    );
}

#[test]
fn quick_acknowledgements_are_asked_for_by_the_top_bit() {
    for way in WAYS {
        let mut random = random(8);
        let (mut server, mut stream) = (server(), Vec::new());
        let mut client = way.client(2, &mut random, &mut stream);
        let wants = way.framing() != Framing::Full;
        for (blocks, quick_ack) in [(4, wants), (4, false), (40, wants)] {
            client.send(
                &message(blocks, &mut random),
                quick_ack,
                &mut random,
                &mut stream,
            );
            server.receive(&stream).unwrap();
            stream.clear();
            let frame = server.next_frame().unwrap().unwrap();
            assert_eq!(frame.quick_ack, quick_ack, "{way:?}");
        }
        let mut out = Vec::new();
        server.quick_ack(0xdafe_c99a, &mut out);
        client.receive(&out);
        let expected = wants.then_some(Received::QuickAck(0xdafe_c99a));
        assert_eq!(client.next(), Ok(expected), "{way:?}");
    }
}

#[test]
fn quick_acknowledgements_have_the_byte_order_of_their_framing() {
    for (first, expected) in [
        (0xef, [0xda, 0xfe, 0xc9, 0x9a]),
        (0xee, [0x9a, 0xc9, 0xfe, 0xda]),
    ] {
        let (mut transport, mut out) = (server(), Vec::new());
        transport.receive(&[first; 4]).unwrap();
        transport.quick_ack(0xdafe_c99a, &mut out);
        assert_eq!(out, expected);
    }
}

#[test]
fn transport_errors_are_frames_of_four_bytes() {
    for way in WAYS {
        let mut random = random(9);
        let (mut server, mut stream) = (server(), Vec::new());
        let mut client = way.client(2, &mut random, &mut stream);
        client.send(&message(4, &mut random), false, &mut random, &mut stream);
        server.receive(&stream).unwrap();
        let mut out = Vec::new();
        server.transport_error(-404, &mut out);
        let overhead = match way.framing() {
            Framing::Abridged => 1,
            Framing::Full => 12,
            _ => 4,
        };
        assert_eq!(out.len(), 4 + overhead, "{way:?}");
        client.receive(&out);
        assert_eq!(client.next(), Ok(Some(Received::Error(-404))), "{way:?}");
    }
    let (mut transport, mut out) = (server(), Vec::new());
    transport.receive(&[0xee; 4]).unwrap();
    transport.transport_error(-404, &mut out);
    assert_eq!(out, [4, 0, 0, 0, 0x6c, 0xfe, 0xff, 0xff]);
}

#[test]
fn an_idle_transport_keeps_little_memory() {
    for way in WAYS {
        let mut random = random(11);
        let (mut server, mut stream) = (server(), Vec::new());
        let mut client = way.client(2, &mut random, &mut stream);
        client.send(
            &message(40_000, &mut random),
            false,
            &mut random,
            &mut stream,
        );
        server.receive(&stream).unwrap();
        assert_eq!(frames(&mut server).len(), 1);
        assert!(
            server.memory_bytes() <= 2 * 1024,
            "{way:?}: {}",
            server.memory_bytes()
        );
    }
}

#[test]
fn http_bodies_are_one_frame_each() {
    let mut transport = Transport::http();
    let sent = message(3, &mut random(10));
    for _ in 0..2 {
        transport.receive(&sent).unwrap();
        assert_eq!(frames(&mut transport), [&sent[..]]);
    }
    let mut out = Vec::new();
    transport.send(&sent, &mut random(10), &mut out);
    assert_eq!(out, sent);
    transport.receive(&[1; 5]).unwrap();
    assert_eq!(
        transport.next_frame(),
        Err(Violation::FrameLength { length: 5 })
    );
}

#[test]
fn http_and_tls_are_told_apart_from_four_bytes_on() {
    let detector = Detector::default();
    for method in ["GET / HTTP", "POST /api", "HEAD /", "OPTIONS /"] {
        assert!(detector.detect(&method.as_bytes()[..3]).is_none());
        assert!(
            matches!(detector.detect(method.as_bytes()), Some(Detected::Http)),
            "{method}"
        );
    }
    assert!(matches!(
        detector.detect(&[0x16, 3, 1, 2]),
        Some(Detected::Tls)
    ));
    assert!(detector.detect(&[]).is_none());
    let garbage = [0x33; 64];
    assert!(detector.detect(&garbage[..63]).is_none());
    assert!(matches!(detector.detect(&garbage), Some(Detected::Refused)));
    assert_eq!(
        server().receive(b"GET / HTTP/1.1"),
        Err(Violation::UnknownTransport)
    );
}

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_end_without_a_panic(
        first in prop_oneof![
            Just(vec![0xef]), Just(vec![0xee; 4]), Just(vec![0xdd; 4]), Just(vec![]),
            Just(vec![40, 0, 0, 0, 0, 0, 0, 0]),
        ],
        bytes in prop::collection::vec(any::<u8>(), 0..600),
        piece in 1_usize..80,
    ) {
        let mut transport = server();
        let stream = [first, bytes].concat();
        for bytes in stream.chunks(piece) {
            if transport.receive(bytes).is_err() {
                return Ok(());
            }
            loop {
                match transport.next_frame() {
                    Ok(Some(frame)) => prop_assert!(frame.payload.len() <= stream.len()),
                    Ok(None) => break,
                    Err(_) => return Ok(()),
                }
            }
            prop_assert!(transport.read_buffer().capacity() <= 16 * 1024);
        }
    }

    #[test]
    fn messages_arrive_however_they_are_cut(
        way in prop::sample::select(&WAYS[..]),
        blocks in prop::collection::vec(3_usize..80, 1..6),
        cuts in prop::collection::vec(1_usize..200, 1..40),
        seed in any::<u8>(),
    ) {
        let mut random = random(seed);
        let (mut server, mut stream) = (server(), Vec::new());
        let mut client = way.client(2, &mut random, &mut stream);
        let sent: Vec<_> = blocks.iter().map(|count| message(*count, &mut random)).collect();
        sent.iter().for_each(|message| client.send(message, false, &mut random, &mut stream));
        let (mut rest, mut received) = (&stream[..], Vec::new());
        for cut in cuts.iter().cycle() {
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            server.receive(piece).unwrap();
            received.extend(frames(&mut server));
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(received, sent);
    }
}
