//! Pings, state requests and the end of sessions: rows M71 to M73, M76, M79.

use std::time::Duration;

use bytes::Bytes;
use mtproto::client::{Crafted, Event, request};
use mtproto::{Close, MsgId, Output};

use crate::harness::{Pair, id_at, object};

#[test]
fn m71_pings_are_answered_at_once_with_their_ids() {
    let mut pair = Pair::settled();
    let ids = pair.client.service(pair.now, vec![request::ping(-7)]);
    pair.run();
    assert_eq!(
        pair.news(),
        [Event::Pong {
            msg_id: ids[0],
            ping_id: -7
        }]
    );
    let ids = pair
        .client
        .service(pair.now, vec![request::ping_delay_disconnect(8, 60)]);
    pair.run();
    assert_eq!(
        pair.news(),
        [Event::Pong {
            msg_id: ids[0],
            ping_id: 8
        }]
    );
}

#[test]
fn m72_silence_after_a_promised_ping_closes_after_the_clamped_delay() {
    let mut pair = Pair::settled();
    pair.client
        .service(pair.now, vec![request::ping_delay_disconnect(1, 5)]);
    pair.run();
    pair.advance(Duration::from_secs(29));
    assert_eq!(pair.closed, None);
    pair.advance(Duration::from_secs(1));
    assert_eq!(pair.closed, Some(Close::PingTimeout));
    let session = pair.session();
    pair.drop_connection(mtproto::transport::Framing::Intermediate);
    assert!(
        pair.kept.contains_key(&session),
        "the session outlives the connection"
    );
}

#[test]
fn m73_a_delay_of_sixteen_hours_is_clamped() {
    let mut pair = Pair::settled();
    pair.client
        .service(pair.now, vec![request::ping_delay_disconnect(1, 60_000)]);
    pair.run();
    pair.advance(Duration::from_secs(599));
    assert_eq!(pair.closed, None);
    pair.client.ping(pair.now, 2); // whatever arrives starts the time again
    pair.run();
    pair.advance(Duration::from_secs(599));
    assert_eq!(pair.closed, None);
    pair.advance(Duration::from_secs(1));
    assert_eq!(pair.closed, Some(Close::PingTimeout));
}

#[test]
fn silence_without_any_promise_ends_too() {
    let mut pair = Pair::settled();
    pair.advance(Duration::from_secs(899));
    assert_eq!(pair.closed, None);
    pair.advance(Duration::from_secs(1));
    assert_eq!(pair.closed, Some(Close::Idle));
}

#[test]
fn m76_states_of_messages_are_reported_one_byte_each() {
    let mut pair = Pair::settled();
    let at = |offset| Crafted {
        msg_id: Some(id_at(pair.now, offset)),
        seq_no: Some(1),
        ..Crafted::default()
    };
    let (answered, running) = (at(-5), at(-4));
    let answered = pair.craft(answered, &object(2));
    pair.answer(object(2));
    let running = pair.craft(running, &object(2));
    let (forgotten, never) = (id_at(pair.now, -400), id_at(pair.now, -20));
    let future = id_at(pair.now, 100);
    pair.news();
    let body = request::state_req(&[answered, running, forgotten, never, future]);
    let ids = pair.client.service(pair.now, vec![body]);
    pair.run();
    let info = Bytes::from_static(&[4 + 32 + 64, 4 + 32, 1, 2, 3]);
    assert_eq!(
        pair.news(),
        [Event::States {
            req_msg_id: ids[0],
            info
        }]
    );
    pair.advance(Duration::from_secs(1)); // the running call is acknowledged
    pair.news();
    let ids = pair
        .client
        .service(pair.now, vec![request::state_req(&[running])]);
    pair.run();
    let info = Bytes::from_static(&[4 + 8 + 32]);
    assert_eq!(
        pair.news(),
        [Event::States {
            req_msg_id: ids[0],
            info
        }]
    );
}

#[test]
fn m76_ids_pushed_out_of_the_window_are_forgotten_and_cannot_be_used_again() {
    let mut pair = Pair::settled();
    let first = pair.craft(Crafted::default(), &request::ping(1));
    for _ in 0..3 {
        pair.client.service(pair.now, vec![request::ping(2); 1000]);
        pair.run();
        pair.news();
    }
    let ids = pair
        .client
        .service(pair.now, vec![request::state_req(&[first])]);
    pair.run();
    let info = Bytes::from_static(&[1]);
    assert_eq!(
        pair.news(),
        [Event::States {
            req_msg_id: ids[0],
            info
        }]
    );
    let again = Crafted {
        msg_id: Some(first),
        seq_no: Some(1),
        ..Crafted::default()
    };
    pair.craft(again, &object(2));
    assert_eq!(
        pair.news(),
        [Event::BadMsg {
            msg_id: first,
            seq_no: 1,
            code: 20
        }]
    );
    assert!(pair.calls.is_empty());
}

#[test]
fn m79_sessions_are_destroyed_by_the_server_except_the_own_one() {
    let mut pair = Pair::settled();
    let own = pair.session();
    pair.client
        .service(pair.now, vec![request::destroy_session(own.session_id)]);
    pair.run();
    let none = Event::SessionDestroyed {
        session_id: own.session_id,
        existed: false,
    };
    assert_eq!(pair.news(), [none]);
    for (other, existed) in [(77, true), (78, false)] {
        pair.client
            .service(pair.now, vec![request::destroy_session(other)]);
        pair.run();
        let asked = pair.asked.pop().unwrap();
        let Output::DestroySession {
            asked_by,
            session_id,
        } = asked
        else {
            panic!("{asked:?}")
        };
        assert_eq!((asked_by, session_id), (own, other));
        pair.server
            .session_destroyed(pair.now, asked_by, session_id, existed);
        pair.run();
        assert_eq!(
            pair.news(),
            [Event::SessionDestroyed {
                session_id: other,
                existed
            }]
        );
    }
}

#[test]
fn reports_of_clients_are_taken_without_an_answer() {
    let mut pair = Pair::settled();
    for id in [
        0x04de_b57d_u32,
        0x8cc0_d131,
        0x276d_3ec6,
        0x809d_b6df,
        0xa7ef_f811,
        0xe060_46b2,
    ] {
        pair.craft(Crafted::default(), &id.to_le_bytes());
    }
    pair.craft(
        Crafted::default(),
        &request::msgs_ack(&[MsgId(1), MsgId(2)]),
    );
    pair.advance(Duration::from_secs(30));
    assert_eq!(pair.news(), []);
    assert!(pair.calls.is_empty() && pair.closed.is_none());
}

#[test]
fn odd_pings_are_acknowledged_within_ten_seconds() {
    let mut pair = Pair::settled();
    let msg_id = pair.craft(Crafted::default(), &request::ping(1));
    pair.news();
    pair.advance(Duration::from_secs(10));
    assert_eq!(pair.news(), [Event::Acked(vec![msg_id])]);
}
