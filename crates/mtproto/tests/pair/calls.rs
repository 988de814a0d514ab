//! Calls and their answers: rows M57 to M61, M64, M65, M77, M78, M80, M84, quick acks.

use std::time::Duration;

use bytes::Bytes;
use mtproto::client::{Crafted, Event, request};
use mtproto::transport::Framing;
use mtproto::{Answer, Close, MsgId, Violation};

use crate::harness::{Pair, container, id_at, object};

fn with_id(msg_id: MsgId) -> Crafted {
    Crafted {
        msg_id: Some(msg_id),
        seq_no: Some(1),
        ..Crafted::default()
    }
}

fn bad(msg_id: MsgId, code: i32) -> Vec<Event> {
    vec![Event::BadMsg {
        msg_id,
        seq_no: 1,
        code,
    }]
}

#[test]
fn a_call_is_answered_with_its_result_in_every_framing() {
    for framing in [
        Framing::Abridged,
        Framing::Intermediate,
        Framing::Padded,
        Framing::Full,
    ] {
        let mut pair = Pair::new(framing);
        let call = pair.call();
        assert_eq!(pair.calls[0].body, object(3));
        let msg_id = pair.answer(object(300));
        let result = Event::Result {
            call: Some(call),
            msg_id,
            body: object(300),
        };
        assert_eq!(pair.news()[1..], [result], "{framing:?}");
    }
}

#[test]
fn errors_and_compressed_results_arrive() {
    let mut pair = Pair::settled();
    let (a, b) = (pair.call(), pair.call());
    let (first, second) = (pair.calls[0].msg_id, pair.calls[1].msg_id);
    let session = pair.session();
    pair.server.answer(
        pair.now,
        session,
        first,
        Answer::error(400, "PHOTO_INVALID"),
    );
    let large = Bytes::from(vec![7; 10_000]);
    pair.server.answer(
        pair.now,
        session,
        second,
        Answer::Compressible(large.clone()),
    );
    pair.run();
    assert!(pair.written[1].len() < 200, "packed");
    let message = "PHOTO_INVALID".to_owned();
    assert_eq!(
        pair.news(),
        [
            Event::Error {
                call: Some(a),
                msg_id: first,
                code: 400,
                message
            },
            Event::Result {
                call: Some(b),
                msg_id: second,
                body: large
            },
        ]
    );
    assert!(
        !pair
            .server
            .answer(pair.now, session, first, Answer::error(500, "AGAIN"))
    );
}

#[test]
fn m57_ids_outside_the_time_window_are_refused() {
    let mut pair = Pair::settled();
    for (offset, code) in [(-301, 16), (31, 17), (-100_000, 16), (100_000, 17)] {
        let msg_id = pair.craft(with_id(id_at(pair.now, offset)), &object(2));
        assert_eq!(pair.news(), bad(msg_id, code), "{offset}");
    }
    assert!(pair.calls.is_empty());
    for offset in [-300, 30] {
        pair.craft(with_id(id_at(pair.now, offset)), &object(2));
        assert_eq!(pair.news(), [], "{offset}");
    }
    assert_eq!(pair.calls.len(), 2);
}

#[test]
fn m59_ids_with_low_bits_are_refused() {
    let mut pair = Pair::settled();
    for bits in 1..4 {
        let msg_id = pair.craft(with_id(MsgId(id_at(pair.now, 0).0 | bits)), &object(2));
        assert_eq!(pair.news(), bad(msg_id, 18));
    }
    assert!(pair.calls.is_empty());
}

#[test]
fn m60_a_repeated_call_gets_the_same_result_and_runs_once() {
    let mut pair = Pair::settled();
    pair.client.auto_ack(false);
    let msg_id = pair.craft(with_id(id_at(pair.now, 0)), &object(2));
    pair.answer(object(5));
    let first = pair.arrived();
    pair.events.clear();
    pair.craft(with_id(msg_id), &object(2));
    assert_eq!(pair.arrived(), first, "the same message again");
    assert!(pair.calls.is_empty());
}

#[test]
fn m60_a_repetition_is_answered_however_late_it_comes() {
    let mut pair = Pair::settled();
    let msg_id = pair.craft(with_id(id_at(pair.now, -200)), &object(2));
    pair.advance(Duration::from_secs(150));
    pair.answer(object(5));
    pair.events.clear();
    pair.craft(with_id(msg_id), &object(2));
    assert_eq!(pair.arrived().len(), 1);
    assert!(pair.calls.is_empty() && !matches!(pair.news()[..], [Event::BadMsg { .. }]));
}

#[test]
fn m60_a_result_that_is_gone_is_an_error_not_a_second_run() {
    let mut pair = Pair::settled();
    let msg_id = pair.craft(with_id(id_at(pair.now, 0)), &object(2));
    pair.answer(object(5));
    pair.client.flush(pair.now); // acknowledges the result
    pair.run();
    pair.events.clear();
    pair.craft(with_id(msg_id), &object(2));
    let message = "RPC_CALL_FAIL".to_owned();
    assert_eq!(
        pair.news(),
        [Event::Error {
            call: None,
            msg_id,
            code: 500,
            message
        }]
    );
    assert!(pair.calls.is_empty());
}

#[test]
fn m61_a_repeated_running_call_is_only_acknowledged() {
    let mut pair = Pair::settled();
    let msg_id = pair.craft(with_id(id_at(pair.now, 0)), &object(2));
    pair.craft(with_id(msg_id), &object(2));
    assert_eq!(pair.news(), [Event::Acked(vec![msg_id])]);
    assert_eq!(pair.calls.len(), 1);
}

#[test]
fn m62_an_altered_message_closes_without_a_word() {
    let mut pair = Pair::settled();
    pair.client.craft(pair.now, &Crafted::default(), &object(2));
    let Some(Event::Send(mut bytes)) = pair.client.poll() else {
        panic!()
    };
    let at = bytes.len() - 20;
    bytes[at] ^= 1;
    pair.server.receive(pair.now, &bytes);
    pair.run();
    assert_eq!(pair.closed, Some(Close::Violation(Violation::MsgKey)));
    assert!(pair.written.is_empty() && pair.calls.is_empty());
}

#[test]
fn m64_session_zero_closes() {
    let mut pair = Pair::new(Framing::Intermediate);
    pair.craft(
        Crafted {
            session_id: Some(0),
            ..Crafted::default()
        },
        &object(2),
    );
    assert_eq!(pair.closed, Some(Close::Violation(Violation::SessionZero)));
}

#[test]
fn m65_numbers_with_gaps_and_odd_service_messages_are_accepted() {
    let mut pair = Pair::settled();
    let numbered = |seq_no| Crafted {
        seq_no: Some(seq_no),
        ..Crafted::default()
    };
    pair.craft(numbered(101), &object(2));
    pair.craft(numbered(3), &object(2)); // lower than before
    pair.craft(numbered(4), &object(2)); // even call
    assert_eq!(pair.calls.len(), 3);
    pair.craft(numbered(7), &request::msgs_ack(&[MsgId(5)]));
    pair.craft(numbered(9), &request::future_salts(2));
    pair.craft(numbered(10), &request::ping(3));
    let news = pair.news();
    assert!(
        matches!(news[..], [Event::FutureSalts { .. }, Event::Pong { .. }]),
        "{news:?}"
    );
}

#[test]
fn m77_resend_requests_repeat_the_same_message() {
    let mut pair = Pair::settled();
    pair.client.auto_ack(false);
    pair.push(object(6));
    pair.run();
    let update = pair.arrived()[0];
    pair.news();
    let first = pair.written.len() - 1;
    pair.client
        .service(pair.now, vec![request::resend_req(&[update])]);
    pair.run();
    assert_eq!(pair.arrived(), [update]);
    assert!(matches!(pair.events[1], Event::Repeated { msg_id } if msg_id == update));
    assert_eq!(pair.written[first].len(), pair.written[first + 1].len());
    pair.news();
    let unknown = MsgId(update.0 + 4);
    let ids = pair
        .client
        .service(pair.now, vec![request::resend_req(&[unknown, update])]);
    pair.run();
    let info = Bytes::from_static(&[1, 4]);
    assert_eq!(
        pair.news(),
        [Event::States {
            req_msg_id: ids[0],
            info
        }]
    );
}

#[test]
fn answers_can_be_asked_for_again() {
    let mut pair = Pair::settled();
    pair.client.auto_ack(false);
    pair.call();
    let msg_id = pair.answer(object(2));
    let answer = pair.arrived();
    pair.events.clear();
    pair.client
        .service(pair.now, vec![request::resend_answer_req(&[msg_id])]);
    pair.run();
    assert_eq!(pair.arrived(), answer);
}

#[test]
fn m78_dropping_answers_tells_how_far_the_call_was() {
    let mut pair = Pair::settled();
    pair.client.auto_ack(false);
    let dropped = |pair: &mut Pair, msg_id: MsgId| {
        let body = request::drop_answer(msg_id);
        pair.client.call(pair.now, body);
        pair.run();
        match &pair.news()[..] {
            [Event::Result { body, .. }] => body.clone(),
            other => panic!("{other:?}"),
        }
    };
    let running = pair.craft(with_id(id_at(pair.now, 0)), &object(2));
    assert_eq!(
        dropped(&mut pair, running)[..],
        0xcd78_e586_u32.to_le_bytes()
    );
    pair.answer(object(2));
    assert_eq!(pair.news(), [], "the dropped answer is not sent");
    let finished = pair.craft(with_id(id_at(pair.now, 1)), &object(2));
    pair.answer(object(2));
    let answer = pair.arrived()[0];
    pair.news();
    let body = dropped(&mut pair, finished);
    assert_eq!(body[..4], 0xa43a_d8b7_u32.to_le_bytes());
    assert_eq!(body[4..12], answer.0.to_le_bytes());
    assert_eq!(
        body[16..20],
        20_i32.to_le_bytes(),
        "twelve bytes of rpc_result and the object"
    );
    let unknown = id_at(pair.now, -50);
    assert_eq!(
        dropped(&mut pair, unknown)[..],
        0x5e2a_d36e_u32.to_le_bytes()
    );
}

#[test]
fn m80_a_slow_call_is_acknowledged_within_a_second() {
    let mut pair = Pair::settled();
    let msg_id = pair.craft(with_id(id_at(pair.now, 0)), &object(2));
    pair.advance(Duration::from_millis(500));
    assert_eq!(pair.news(), []);
    pair.advance(Duration::from_millis(500));
    assert_eq!(pair.news(), [Event::Acked(vec![msg_id])]);
    pair.advance(Duration::from_secs(2));
    pair.answer(object(2));
    assert!(matches!(pair.news()[..], [Event::Result { .. }]));
}

#[test]
fn a_fast_call_is_acknowledged_by_its_result_alone() {
    let mut pair = Pair::settled();
    pair.call();
    pair.answer(object(2));
    pair.news();
    pair.advance(Duration::from_secs(20));
    assert_eq!(pair.news(), []);
}

#[test]
fn m84_server_ids_rise_strictly_over_many_messages() {
    let mut pair = Pair::settled();
    let mut last = MsgId(0);
    for round in 0..2_000 {
        let bodies = (0..5).map(|_| object(2)).collect();
        pair.client.calls(pair.now, bodies);
        pair.run();
        for step in 0..5 {
            let at = (round * 7 + step * 3) % pair.calls.len();
            pair.calls.rotate_left(at); // answers come in any order
            pair.push(object(1));
            pair.answer(object(1));
        }
        for id in pair.arrived() {
            assert!(id > last && id.kind() & 1 == 1);
            last = id;
        }
        pair.events.clear();
        pair.written.clear();
    }
}

#[test]
fn m19_a_quick_ack_precedes_the_result_and_only_when_asked() {
    for framing in [Framing::Intermediate, Framing::Abridged, Framing::Padded] {
        let mut pair = Pair::new(framing);
        pair.call();
        assert!(
            !pair
                .news()
                .iter()
                .any(|event| matches!(event, Event::QuickAck(_)))
        );
        let crafted = Crafted {
            quick_ack: true,
            ..Crafted::default()
        };
        let crafted_ping = pair.client.craft(pair.now, &crafted, &request::ping(4));
        let (_, token) = crafted_ping.unwrap();
        pair.run();
        let news = pair.news();
        assert!(matches!(news[..], [Event::QuickAck(got), Event::Pong { .. }] if got == token));
        let wrong = Crafted {
            salt: Some(1),
            ..crafted
        };
        pair.craft(wrong, &request::ping(4));
        let news = pair.news();
        assert!(
            matches!(news[..], [Event::BadSalt { .. }]),
            "refused, so no token: {news:?}"
        );
    }
}

#[test]
fn m58_an_old_message_in_a_fresh_container_runs() {
    let mut pair = Pair::settled();
    let old = id_at(pair.now, -600);
    pair.craft(Crafted::default(), &container(&[(old, 1, &object(2))]));
    assert_eq!(pair.calls[0].msg_id, old);
}
