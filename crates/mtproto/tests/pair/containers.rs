//! Containers and compression: rows M66 to M70.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use mtproto::client::{Crafted, Event, request};
use mtproto::transport::Framing;
use mtproto::{Answer, MsgId};
use tl::wire::Writer;

use crate::harness::{Pair, container, id_at, object};

fn packed(data: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new(0);
    writer.id(0x3072_cfa1);
    writer.bytes(data);
    writer.into_result().expect("short")
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).expect("into memory");
    packed(&encoder.finish().expect("into memory"))
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).expect("into memory");
    packed(&encoder.finish().expect("into memory"))
}

fn error_codes(pair: &mut Pair) -> Vec<(MsgId, i32)> {
    let code = |event| match event {
        Event::Error { msg_id, code, .. } | Event::BadMsg { msg_id, code, .. } => {
            Some((msg_id, code))
        }
        _ => None,
    };
    pair.news().into_iter().filter_map(code).collect()
}

#[test]
fn m66_every_call_of_a_large_container_is_answered() {
    let mut pair = Pair::new(Framing::Intermediate);
    let calls = pair.client.calls(pair.now, vec![object(2); 1020]);
    pair.run();
    while !pair.calls.is_empty() {
        assert!(pair.calls.len() <= mtproto::connection::CONNECTION_QUEUE_CALLS_MAX);
        pair.answer(object(1));
    }
    let results = pair.news().into_iter().filter_map(|event| match event {
        Event::Result { call, .. } => call,
        _ => None,
    });
    assert_eq!(results.collect::<Vec<_>>(), calls);
}

#[test]
fn m67_an_overfull_or_nested_container_is_refused_as_a_whole() {
    let mut pair = Pair::settled();
    let inner = container(&[]);
    let call = object(2);
    let mut longer = container(&[(id_at(pair.now, -1), 1, &call)]);
    longer.extend([0; 4]);
    for body in [
        container(&vec![(id_at(pair.now, -1), 1, &call[..]); 1025]),
        container(&[
            (id_at(pair.now, -1), 1, &call),
            (id_at(pair.now, -2), 2, &inner),
        ]),
        longer,
    ] {
        let crafted = Crafted {
            seq_no: Some(2),
            ..Crafted::default()
        };
        let msg_id = pair.craft(crafted, &body);
        assert_eq!(
            pair.news(),
            [Event::BadMsg {
                msg_id,
                seq_no: 2,
                code: 64
            }]
        );
    }
    assert!(pair.calls.is_empty());
}

#[test]
fn a_container_id_is_taken_once() {
    let mut pair = Pair::settled();
    let msg_id = id_at(pair.now, 0);
    let crafted = Crafted {
        msg_id: Some(msg_id),
        seq_no: Some(2),
        ..Crafted::default()
    };
    let body = container(&[(id_at(pair.now, -1), 1, &object(2))]);
    pair.craft(crafted.clone(), &body);
    pair.craft(crafted, &body);
    assert_eq!(
        pair.news(),
        [Event::BadMsg {
            msg_id,
            seq_no: 2,
            code: 19
        }]
    );
    assert_eq!(pair.calls.len(), 1);
}

#[test]
fn m68_one_message_that_cannot_be_read_does_not_stop_the_others() {
    let mut pair = Pair::settled();
    let ids: Vec<MsgId> = (-6..0).map(|offset| id_at(pair.now, offset)).collect();
    let short_ping = &request::ping(1)[..8];
    let hidden = gzip(&container(&[(ids[0], 1, &object(1))]));
    let body = container(&[
        (ids[0], 1, &object(2)),
        (ids[1], 3, short_ping),
        (ids[2], 5, &packed(b"PK")),
        (ids[3], 7, &[]),
        (ids[4], 9, &hidden),
        (ids[5], 11, &object(2)),
    ]);
    pair.craft(Crafted::default(), &body);
    let refused: Vec<_> = ids[1..5].iter().map(|id| (*id, 400)).collect();
    assert_eq!(error_codes(&mut pair), refused);
    let running: Vec<_> = pair.calls.iter().map(|call| call.msg_id).collect();
    assert_eq!(running, [ids[0], ids[5]]);
    // What the API itself cannot read is answered by the server in the same way.
    let session = pair.session();
    let answer = Answer::error(400, "INPUT_FETCH_ERROR");
    assert!(pair.server.answer(pair.now, session, ids[0], answer));
    pair.run();
    assert_eq!(error_codes(&mut pair), [(ids[0], 400)]);
}

#[test]
fn m69_gzip_and_zlib_are_opened_alone_and_in_containers() {
    let call = object(500);
    let nested = gzip(&zlib(&call));
    for body in [gzip(&call), zlib(&call), nested] {
        let mut pair = Pair::settled();
        pair.craft(Crafted::default(), &body);
        assert_eq!(pair.calls[0].body, call);
        let inner = id_at(pair.now, -1);
        pair.craft(Crafted::default(), &container(&[(inner, 1, &body)]));
        assert_eq!((pair.calls[1].msg_id, &pair.calls[1].body), (inner, &call));
    }
}

#[test]
fn m69_a_packed_container_is_a_container() {
    let mut pair = Pair::settled();
    let inner = id_at(pair.now, -1);
    pair.craft(
        Crafted::default(),
        &gzip(&container(&[(inner, 1, &object(2))])),
    );
    assert_eq!(pair.calls[0].msg_id, inner);
}

#[test]
fn m70_a_bomb_is_refused_and_so_are_many_small_ones() {
    let mut pair = Pair::settled();
    let bomb = gzip(&vec![0; 11 << 20]);
    assert!(bomb.len() < 1 << 15);
    let msg_id = pair.craft(Crafted::default(), &bomb);
    assert_eq!(error_codes(&mut pair), [(msg_id, 400)]);
    let part = gzip(&vec![0x11; 9 << 20]);
    let ids: Vec<MsgId> = (-4..0).map(|offset| id_at(pair.now, offset)).collect();
    let messages: Vec<(MsgId, i32, &[u8])> = ids.iter().map(|id| (*id, 1, &part[..])).collect();
    pair.craft(Crafted::default(), &container(&messages));
    assert_eq!(pair.calls.len(), 1, "bytes of calls that run are bounded");
    assert_eq!(error_codes(&mut pair), [(ids[2], 400), (ids[3], 400)]);
    let deep = gzip(&gzip(&gzip(&object(2))));
    let msg_id = pair.craft(Crafted::default(), &deep);
    assert_eq!(
        error_codes(&mut pair),
        [],
        "{msg_id:?} waits behind what is running"
    );
}

#[test]
fn wrappers_nested_too_deeply_are_refused() {
    let mut pair = Pair::settled();
    let deep = gzip(&gzip(&gzip(&object(2))));
    let msg_id = pair.craft(Crafted::default(), &deep);
    assert_eq!(error_codes(&mut pair), [(msg_id, 400)]);
    assert!(pair.calls.is_empty());
    let _: Bytes = object(1);
}
