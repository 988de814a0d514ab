//! Rows of the transport through real sockets: every framing on one port, told apart by its
//! first bytes; what is refused, and that refusing one client costs the others nothing.

use crate::wire::{
    GET_NEAREST_DC, House, PATIENCE, Wire, dials, in_layer, now, obfuscated, this_dc,
};
use mtproto::MsgId;
use mtproto::client::{Crafted, Dial, Event};
use mtproto::handshake::client::Options;
use mtproto::service::request;
use mtproto::transport::client::Obfuscation;
use mtproto::transport::{Framing, Secret};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// M1 to M5, M7: small and large answers in each framing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_framing_makes_a_key_and_gets_answers() {
    let house = House::open().await;
    for dial in dials() {
        let mut wire = house.client(&dial).await;
        let nearest = wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
        assert_eq!(this_dc(&nearest), 2, "{dial:?}");
        // Long enough both ways for the longer head.
        let old: Vec<MsgId> = (1..100).map(|id| MsgId(id << 34)).collect();
        wire.client.service(now(), vec![request::msgs_ack(&old)]);
        wire.client.service(now(), vec![request::future_salts(64)]);
        let salts = wire.until(|event| match event {
            Event::FutureSalts { salts, .. } => Some(salts.len()),
            _ => None,
        });
        assert_eq!(salts.await, 64, "{dial:?}");
    }
    house.server.stop().await;
}

/// M8, M9.
#[tokio::test]
async fn a_proxy_secret_opens_the_stream_and_an_unknown_one_is_met_with_silence() {
    let known = [7; 16];
    let house = House::open_with(|settings| {
        settings.proxy_secrets = vec![cameo::settings::ProxySecret(known)];
    })
    .await;
    let with = |bytes: &[u8]| Obfuscation {
        secret: Secret::from_bytes(bytes),
        dc: 2,
    };
    let padded = [&[0xdd], &known[..]].concat();
    for (framing, secret) in [
        (Framing::Intermediate, &known[..]),
        (Framing::Abridged, &known[..]),
        (Framing::Padded, &padded[..]),
    ] {
        let dial = Dial {
            framing,
            obfuscation: Some(with(secret)),
        };
        let mut wire = house.client(&dial).await;
        wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    }
    house.client(&obfuscated(Framing::Abridged, 2)).await;
    let dial = Dial {
        framing: Framing::Intermediate,
        obfuscation: Some(with(&[8; 16])),
    };
    let mut wire = Wire::dial(house.addr(), &dial).await;
    wire.client.make_key(vec![house.key()], Options::default());
    assert!(wire.until_closed().await.is_empty(), "not a byte");
    house.server.stop().await;
}

/// M10, and the data centre of each call.
#[tokio::test]
async fn the_header_names_the_data_centre_whatever_it_adds_to_the_number() {
    let house = House::open().await;
    for (header, dc) in [
        (1, 1),
        (4, 4),
        (-3, 3),
        (10_002, 2),
        (-10_005, 5),
        (23_817, 2),
    ] {
        let mut wire = house.client(&obfuscated(Framing::Abridged, header)).await;
        let nearest = wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
        assert_eq!(this_dc(&nearest), dc, "header {header}");
    }
    let mut wire = Wire::dial(house.addr(), &Dial::plain(Framing::Full)).await;
    let options = Options {
        dc: Some(-4),
        ..Options::default()
    };
    let key = wire.make_key(house.key(), options).await;
    let nearest = wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    assert_eq!(this_dc(&nearest), 4, "named while making the key");
    let house = house.restart().await;
    let mut wire = Wire::dial(house.addr(), &Dial::plain(Framing::Abridged)).await;
    wire.client.use_key(key);
    let nearest = wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    assert_eq!(this_dc(&nearest), 4, "kept with the key over a restart");
    house.server.stop().await;
}

/// M11, M12.
#[tokio::test]
async fn bytes_may_arrive_one_by_one_or_many_frames_at_once() {
    let house = House::open().await;
    for dial in dials() {
        let mut wire = Wire::dial(house.addr(), &dial).await;
        wire.client.make_key(vec![house.key()], Options::default());
        let Some(Event::Send(bytes)) = wire.client.poll() else {
            panic!("nothing to send")
        };
        let mut all = bytes;
        while let Some(Event::Send(more)) = wire.client.poll() {
            all.extend(more);
        }
        for byte in all {
            wire.stream.write_all(&[byte]).await.unwrap();
            wire.stream.flush().await.unwrap();
        }
        let key = wire.until(|event| match event {
            Event::NewKey { key, .. } => Some(key.clone()),
            _ => None,
        });
        let key = key.await;
        wire.client.use_key(key);
        let calls: Vec<_> = (0..3)
            .map(|_| wire.client.call(now(), in_layer(GET_NEAREST_DC)))
            .collect();
        let mut at_once = Vec::new();
        while let Some(Event::Send(bytes)) = wire.client.poll() {
            at_once.extend(bytes);
        }
        wire.stream.write_all(&at_once).await.unwrap();
        for result in wire.results(&calls).await {
            result.unwrap();
        }
    }
    house.server.stop().await;
}

/// M6: nothing is executed, the connection ends.
#[tokio::test]
async fn a_wrong_checksum_ends_the_connection() {
    let house = House::open().await;
    let mut wire = house.client(&Dial::plain(Framing::Full)).await;
    wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    wire.client.call(now(), in_layer(GET_NEAREST_DC));
    let Some(Event::Send(mut bytes)) = wire.client.poll() else {
        panic!("nothing to send")
    };
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let before = house.counted("calls_answered");
    wire.stream.write_all(&bytes).await.unwrap();
    assert!(wire.until_closed().await.is_empty());
    assert_eq!(house.counted("calls_answered"), before);
    house.server.stop().await;
}

/// M18: closed at once, before anything of that size could arrive.
#[tokio::test]
async fn impossible_lengths_end_the_connection() {
    let house = House::open().await;
    for length in [0_u32, 3, 0x7fff_ffff, 64 * 1024 * 1024] {
        let mut stream = TcpStream::connect(house.addr()).await.unwrap();
        let bytes = [&[0xee; 4][..], &length.to_le_bytes()].concat();
        stream.write_all(&bytes).await.unwrap();
        assert_eq!(read_to_end(&mut stream).await, b"", "length {length}");
    }
    house.server.stop().await;
}

/// M19, M20.
#[tokio::test]
async fn a_quick_acknowledgement_comes_when_asked_for_and_only_then() {
    let house = House::open().await;
    for framing in [Framing::Intermediate, Framing::Abridged] {
        let mut wire = house.client(&Dial::plain(framing)).await;
        wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
        let crafted = Crafted {
            quick_ack: true,
            ..Crafted::default()
        };
        let ping = request::ping(5);
        let (_, token) = wire.client.craft(now(), &crafted, &ping).unwrap();
        let got = wire.until(|event| match event {
            Event::QuickAck(got) => Some(*got),
            Event::Pong { .. } => panic!("the token comes first"),
            _ => None,
        });
        assert_eq!(got.await, token, "{framing:?}");
        wire.client.ping(now(), 6);
        wire.until(|event| match event {
            Event::Pong { ping_id: 6, .. } => Some(()),
            Event::QuickAck(_) => panic!("nobody asked"),
            _ => None,
        })
        .await;
    }
    house.server.stop().await;
}

/// M21.
#[tokio::test]
async fn an_unknown_key_is_told_and_the_connection_ends() {
    let house = House::open().await;
    for dial in dials() {
        let mut wire = Wire::dial(house.addr(), &dial).await;
        wire.client.raw_payload(&[0x5a; 24 + 64]);
        assert_eq!(
            wire.until_closed().await,
            [Event::TransportError(-404)],
            "{dial:?}"
        );
    }
    house.server.stop().await;
}

/// M22: a silent connection is closed after its time, and nobody waits for it.
#[tokio::test]
async fn a_silent_connection_is_closed_and_holds_nobody_up() {
    let house = House::open().await;
    let mut silent = Vec::new();
    for first in [&b""[..], b"G", b"\xee\xee", b"\x16\x03"] {
        let mut stream = TcpStream::connect(house.addr()).await.unwrap();
        stream.write_all(first).await.unwrap();
        silent.push(stream);
    }
    let mut wire = house.client(&Dial::plain(Framing::Abridged)).await;
    wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    for mut stream in silent {
        assert_eq!(read_to_end(&mut stream).await, b"");
    }
    wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    house.server.stop().await;
}

/// Too many connections: told in the client's own framing; room again when one leaves.
#[tokio::test]
async fn one_connection_too_many_is_told_so() {
    let house = House::open_with(|settings| settings.connections_per_ip_max = 2).await;
    let first = house.client(&Dial::plain(Framing::Abridged)).await;
    let _second = house.client(&Dial::plain(Framing::Abridged)).await;
    for dial in dials() {
        let mut third = Wire::dial(house.addr(), &dial).await;
        third.client.make_key(vec![house.key()], Options::default());
        assert_eq!(
            third.until_closed().await,
            [Event::TransportError(-429)],
            "{dial:?}"
        );
    }
    let mut http = TcpStream::connect(house.addr()).await.unwrap();
    http.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let answer = read_to_end(&mut http).await;
    assert!(answer.starts_with(b"HTTP/1.1 429 "), "{answer:?}");
    drop(first);
    let wait = async {
        while house.server.connections() > 1 {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, wait)
        .await
        .expect("the place was not given back");
    house.client(&Dial::plain(Framing::Abridged)).await;
    house.server.stop().await;
}

/// Noise of every kind ends its own connection and no other.
#[tokio::test]
async fn noise_disturbs_nobody() {
    let house = House::open().await;
    let mut wire = house.client(&Dial::plain(Framing::Intermediate)).await;
    let mut noise = crate::wire::random();
    for round in 0..40_usize {
        let mut stream = TcpStream::connect(house.addr()).await.unwrap();
        let mut bytes = vec![0; 8 + 37 * round];
        noise.fill(&mut bytes);
        let head: [&[u8]; 5] = [
            b"",
            &[0xef],
            &[0xee; 4],
            &[0xdd; 4],
            b"POST /api HTTP/1.1\r\n",
        ];
        let bytes = [head[round % head.len()], &bytes].concat();
        // The server may have closed before everything was written.
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
        read_to_end(&mut stream).await;
    }
    wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    assert_eq!(house.counted("faults"), 0);
    house.server.stop().await;
}

async fn read_to_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A reset is an end, too.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes))
        .await
        .expect("not closed");
    bytes
}
