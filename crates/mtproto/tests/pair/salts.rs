//! Salts and the announcement of new sessions: rows M50 to M56, M74, M75.

use std::time::Duration;

use mtproto::client::{Crafted, Event, request};
use mtproto::salts::SALT_SLOT_S;
use mtproto::transport::Framing;

use crate::harness::{Pair, container, id_at, object};

fn with_salt(salt: i64) -> Crafted {
    Crafted {
        salt: Some(salt),
        ..Crafted::default()
    }
}

#[test]
fn m50_a_first_message_with_salt_zero_gets_bad_server_salt_and_is_not_executed() {
    let mut pair = Pair::new(Framing::Abridged);
    let msg_id = pair.craft(with_salt(0), &object(3));
    let Event::Received { header } = pair.events[0] else {
        panic!("{:?}", pair.events)
    };
    assert_eq!((header.seq_no, header.msg_id.kind()), (0, 1));
    assert!(
        header.msg_id.unix_seconds() == 1_700_000_000,
        "clients take their clock from it"
    );
    let salt = pair.salts().current(pair.session().auth_key_id, pair.now);
    assert_eq!(pair.news(), [Event::BadSalt { msg_id, salt }]);
    assert!(pair.calls.is_empty());
    assert_eq!(header.salt, salt);
}

#[test]
fn m50_the_call_runs_after_the_client_sends_it_again() {
    let mut pair = Pair::settled();
    pair.advance(Duration::from_secs(3 * SALT_SLOT_S as u64));
    pair.reconnect(Framing::Full);
    let call = pair.call();
    assert_eq!(pair.calls.len(), 1);
    pair.answer(object(2));
    let news = pair.news();
    assert!(matches!(news[0], Event::BadSalt { .. }), "{news:?}");
    assert!(news.iter().any(|event| matches!(event,
        Event::Result { call: Some(answered), .. } if *answered == call)));
}

#[test]
fn m51_the_salt_of_the_handshake_is_accepted() {
    let mut pair = Pair::new(Framing::Intermediate);
    pair.craft(with_salt(0x1122_3344), &object(3));
    assert_eq!(pair.calls.len(), 1);
}

#[test]
fn m52_the_previous_salt_is_accepted_and_answers_carry_the_new_one() {
    let mut pair = Pair::settled();
    let old = pair.client.salt();
    pair.advance(Duration::from_secs(SALT_SLOT_S as u64));
    pair.reconnect(Framing::Intermediate);
    pair.events.clear();
    pair.craft(with_salt(old), &object(3));
    pair.answer(object(1));
    let Event::Received { header } = pair.events[0] else {
        panic!()
    };
    assert_ne!(header.salt, old);
    assert_eq!(
        header.salt,
        pair.salts().current(pair.session().auth_key_id, pair.now)
    );
}

#[test]
fn m53_a_container_with_a_wrong_salt_is_named_once() {
    let mut pair = Pair::new(Framing::Intermediate);
    let (a, b) = (id_at(pair.now, -2), id_at(pair.now, -1));
    let body = container(&[(a, 1, &object(2)), (b, 3, &object(2))]);
    let msg_id = pair.craft(with_salt(77), &body);
    let news = pair.news();
    assert_eq!(news.len(), 1);
    assert!(matches!(news[0], Event::BadSalt { msg_id: named, .. } if named == msg_id));
    assert!(pair.calls.is_empty());
}

#[test]
fn m54_a_new_session_is_announced_before_the_first_answer() {
    let mut pair = Pair::new(Framing::Intermediate);
    pair.call();
    let msg_id = pair.answer(object(1));
    let Event::Received { header } = pair.events[0] else {
        panic!()
    };
    assert_eq!((header.seq_no, header.msg_id.kind()), (1, 3));
    let news = pair.news();
    assert!(matches!(news[0], Event::NewSession { first_msg_id, .. } if first_msg_id == msg_id));
    assert!(matches!(news[1], Event::Result { .. }));
}

#[test]
fn m54_it_is_announced_only_once_and_not_for_refused_messages() {
    let mut pair = Pair::new(Framing::Intermediate);
    pair.craft(with_salt(1), &object(3));
    let late = Crafted {
        msg_id: Some(id_at(pair.now, -400)),
        ..Crafted::default()
    };
    pair.craft(late, &object(3));
    let announced = |news: &[Event]| {
        news.iter()
            .filter(|event| matches!(event, Event::NewSession { .. }))
            .count()
    };
    assert_eq!(announced(&pair.news()), 0);
    pair.call();
    pair.call();
    assert_eq!(announced(&pair.news()), 1);
}

#[test]
fn m55_a_first_container_is_announced_by_its_lowest_inner_id() {
    let mut pair = Pair::new(Framing::Intermediate);
    let (a, b, c) = (
        id_at(pair.now, -3),
        id_at(pair.now, -9),
        id_at(pair.now, -1),
    );
    let body = container(&[(a, 1, &object(2)), (b, 3, &object(2)), (c, 5, &object(2))]);
    pair.craft(Crafted::default(), &body);
    let news = pair.news();
    assert!(matches!(news[0], Event::NewSession { first_msg_id, .. } if first_msg_id == b));
    assert_eq!(pair.calls.len(), 3);
}

#[test]
fn m56_a_kept_session_is_not_announced_again_and_resends_what_is_unacknowledged() {
    let mut pair = Pair::settled();
    pair.client.auto_ack(false);
    pair.push(object(4));
    pair.run();
    let before = pair.arrived();
    assert_eq!(before.len(), 1);
    pair.reconnect(Framing::Intermediate);
    pair.events.clear();
    pair.client.ping(pair.now, 5);
    pair.run();
    assert_eq!(
        pair.arrived()[0],
        before[0],
        "the update comes again under its id"
    );
    let news = pair.news();
    assert!(
        !news
            .iter()
            .any(|event| matches!(event, Event::NewSession { .. })),
        "{news:?}"
    );
}

#[test]
fn m74_m75_future_salts_are_at_least_two_and_the_first_is_valid_now() {
    let mut pair = Pair::settled();
    for (asked, given) in [(64, 64), (1, 2), (0, 2), (1000, 64)] {
        let ids = pair
            .client
            .service(pair.now, vec![request::future_salts(asked)]);
        pair.run();
        let news = pair.news();
        let [
            Event::FutureSalts {
                req_msg_id,
                now_unix_s,
                salts,
            },
        ] = &news[..]
        else {
            panic!("{news:?}")
        };
        assert_eq!((*req_msg_id, salts.len()), (ids[0], given));
        assert_eq!(*now_unix_s, pair.now.unix_seconds());
        assert!(salts[0].valid_since <= *now_unix_s && salts[0].valid_until > *now_unix_s);
        assert_eq!(
            salts[0].salt,
            pair.salts().current(pair.session().auth_key_id, pair.now)
        );
    }
}
