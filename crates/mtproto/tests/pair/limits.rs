//! What is bounded: updates without acknowledgement (M81), calls, slow readers, sessions, silence.

use std::time::Duration;

use mtproto::client::{Crafted, Event, request};
use mtproto::connection::{
    CONNECTION_KEYS_MAX, CONNECTION_QUEUE_CALLS_MAX, CONNECTION_SESSIONS_MAX,
};
use mtproto::session::{DETACHED_PUSHES_MAX, UNACKED_MESSAGES_MAX};
use mtproto::transport::Framing;
use mtproto::{Answer, Close, Output, Pushed, Violation};

use crate::harness::{Pair, START, TOO_LONG, connection, key, object, quiet_frame};

fn updates(pair: &mut Pair) -> usize {
    pair.news()
        .iter()
        .filter(|event| matches!(event, Event::Update(_)))
        .count()
}

#[test]
fn m81_unacknowledged_updates_are_bounded_and_end_in_updates_too_long() {
    let mut pair = Pair::settled();
    pair.client.auto_ack(false);
    let mut queued = 0;
    for _ in 0..10_000 {
        queued += usize::from(pair.push(object(20)) == Some(Pushed::Queued));
        pair.run();
    }
    assert_eq!(queued, UNACKED_MESSAGES_MAX);
    assert_eq!(updates(&mut pair), UNACKED_MESSAGES_MAX);
    assert!(pair.asked.is_empty(), "no room yet to say so");
    pair.client.auto_ack(true);
    pair.client.flush(pair.now);
    pair.run();
    let session = pair.session();
    assert!(matches!(pair.asked[..], [Output::NeedsTooLong(asked)] if asked == session));
    assert_eq!(
        pair.push(object(1)),
        Some(Pushed::Lagging),
        "until the client is told"
    );
    assert!(pair.server.push_too_long(pair.now, session, TOO_LONG));
    assert!(
        !pair.server.push_too_long(pair.now, session, TOO_LONG),
        "once is enough"
    );
    pair.run();
    assert_eq!(pair.news(), [Event::Update(TOO_LONG)]);
    assert_eq!(pair.push(object(1)), Some(Pushed::Queued));
}

#[test]
fn m81_a_client_that_never_acknowledges_catches_up_after_five_minutes() {
    let mut pair = Pair::settled();
    pair.client.auto_ack(false);
    for _ in 0..UNACKED_MESSAGES_MAX + 1 {
        pair.push(object(20));
        pair.run();
    }
    pair.advance(Duration::from_secs(200));
    pair.client.ping(pair.now, 1); // it has received the updates, so they need not be kept
    pair.run();
    assert!(pair.asked.is_empty());
    pair.advance(Duration::from_secs(101));
    assert!(matches!(pair.asked[..], [Output::NeedsTooLong(_)]));
}

#[test]
fn updates_for_a_client_that_is_away_are_kept_within_bounds() {
    let mut pair = Pair::settled();
    let session = pair.session();
    pair.drop_connection(Framing::Full);
    let mut away = pair.kept.remove(&session).unwrap();
    for _ in 0..DETACHED_PUSHES_MAX {
        assert_eq!(away.push(object(4)), Pushed::Queued);
    }
    assert_eq!(away.push(object(4)), Pushed::Lagging);
    assert!(away.lagging());
    pair.kept.insert(session, away);
    pair.client
        .connect(pair.now, &mtproto::client::Dial::plain(Framing::Full));
    pair.client.ping(pair.now, 1);
    pair.run();
    assert!(matches!(pair.asked[..], [Output::NeedsTooLong(asked)] if asked == session));
    assert_eq!(
        updates(&mut pair),
        0,
        "none of them, as the difference will bring them all"
    );
}

#[test]
fn a_few_updates_for_a_client_that_is_away_are_delivered() {
    let mut pair = Pair::settled();
    let session = pair.session();
    pair.drop_connection(Framing::Full);
    for _ in 0..3 {
        assert_eq!(
            pair.kept.get_mut(&session).unwrap().push(object(4)),
            Pushed::Queued
        );
    }
    pair.client
        .connect(pair.now, &mtproto::client::Dial::plain(Framing::Full));
    pair.client.ping(pair.now, 1);
    pair.run();
    assert_eq!(updates(&mut pair), 3);
}

#[test]
fn calls_beyond_those_that_may_run_wait_and_then_reading_pauses() {
    let mut pair = Pair::settled();
    pair.client.calls(pair.now, vec![object(2); 1000]);
    pair.run();
    assert_eq!(pair.calls.len(), CONNECTION_QUEUE_CALLS_MAX);
    assert!(pair.server.wants_read());
    pair.client.calls(pair.now, vec![object(2); 1000]);
    pair.run();
    assert!(!pair.server.wants_read());
    pair.client.ping(pair.now, 3); // bytes that were under way all the same
    pair.run();
    assert!(
        !pair
            .news()
            .iter()
            .any(|event| matches!(event, Event::Pong { .. }))
    );
    for _ in 0..950 {
        pair.answer(object(1));
        assert!(pair.calls.len() <= CONNECTION_QUEUE_CALLS_MAX);
    }
    assert!(pair.server.wants_read());
    assert!(
        pair.news()
            .iter()
            .any(|event| matches!(event, Event::Pong { ping_id: 3, .. }))
    );
}

#[test]
fn the_bytes_of_running_calls_are_bounded() {
    let mut pair = Pair::settled();
    for _ in 0..30 {
        pair.client.call(pair.now, object(512 * 256));
    }
    pair.run();
    assert_eq!(pair.calls.len(), 16);
    pair.answer(object(1));
    assert_eq!(pair.calls.len(), 16, "the next one starts");
}

#[test]
fn a_slow_reader_holds_messages_back_and_then_reading_pauses() {
    let mut pair = Pair::settled();
    pair.server.hold_sending(true);
    pair.client.service(pair.now, vec![request::ping(1); 1020]);
    pair.run();
    assert!(pair.server.wants_read());
    pair.client.service(pair.now, vec![request::ping(2); 1020]);
    pair.run();
    assert!(!pair.server.wants_read());
    assert_eq!(pair.news(), []);
    pair.advance(Duration::from_secs(60)); // held messages do not wake the driver again and again
    pair.server.hold_sending(false);
    pair.run();
    assert_eq!(pair.news().len(), 2040);
    assert!(pair.server.wants_read());
}

#[test]
fn large_unsent_answers_stop_further_calls() {
    let mut pair = Pair::settled();
    pair.client.calls(pair.now, vec![object(2); 100]);
    pair.run();
    pair.server.hold_sending(true);
    for _ in 0..3 {
        pair.answer(object(256 * 1024));
    }
    assert_eq!(
        pair.calls.len(),
        CONNECTION_QUEUE_CALLS_MAX - 2,
        "two slots stay empty"
    );
    pair.server.hold_sending(false);
    pair.run();
    pair.answer(object(1));
    assert_eq!(pair.calls.len(), CONNECTION_QUEUE_CALLS_MAX);
}

#[test]
fn answers_for_a_client_that_is_away_are_kept_within_bounds() {
    let mut pair = Pair::settled();
    for _ in 0..3 {
        pair.call();
    }
    let session = pair.session();
    let calls: Vec<_> = pair.calls.drain(..).collect();
    pair.drop_connection(Framing::Full);
    let away = pair.kept.get_mut(&session).unwrap();
    for call in &calls {
        assert!(away.answer(call.msg_id, Answer::Result(object(128 * 1024))));
    }
    pair.client
        .connect(pair.now, &mtproto::client::Dial::plain(Framing::Full));
    pair.run(); // the client repeats all three; two answers were kept, the oldest was not
    let news = pair.news();
    let count = |code: Option<i32>| {
        let same = |event: &&Event| match event {
            Event::Result { .. } => code.is_none(),
            Event::Error { code: got, .. } => code == Some(*got),
            _ => false,
        };
        news.iter().filter(same).count()
    };
    assert_eq!((count(None), count(Some(500))), (2, 1), "{news:?}");
    assert!(pair.calls.is_empty());
}

#[test]
fn sessions_and_keys_of_one_connection_are_bounded() {
    let mut pair = Pair::new(Framing::Intermediate);
    for id in 1..=CONNECTION_SESSIONS_MAX as i64 {
        let crafted = Crafted {
            session_id: Some(id),
            ..Crafted::default()
        };
        pair.craft(crafted, &request::ping(1));
        assert_eq!(pair.closed, None);
    }
    pair.craft(
        Crafted {
            session_id: Some(99),
            ..Crafted::default()
        },
        &request::ping(1),
    );
    let limit = CONNECTION_SESSIONS_MAX;
    assert_eq!(
        pair.closed,
        Some(Close::Violation(Violation::TooManySessions { limit }))
    );

    let mut pair = Pair::new(Framing::Intermediate);
    for byte in 1..=CONNECTION_KEYS_MAX as u8 + 1 {
        let info = key(100 + byte);
        pair.keys.insert(info.key.id, info.clone());
        assert_eq!(pair.closed, None);
        pair.client.raw_payload(&quiet_frame(
            &info,
            pair.shared.salts.current(info.key.id, START),
        ));
        pair.run();
    }
    let limit = CONNECTION_KEYS_MAX;
    assert_eq!(
        pair.closed,
        Some(Close::Violation(Violation::TooManyKeys { limit }))
    );
}

#[test]
fn m22_a_connection_that_sends_nothing_ends_after_ten_seconds() {
    let shared = crate::shared();
    let mut silent = connection(&shared, Framing::Full, 1, START);
    assert_eq!(silent.wake_at(), Some(START.plus(Duration::from_secs(10))));
    silent.tick(START.plus(Duration::from_secs(9)));
    assert!(silent.poll().is_none());
    silent.tick(START.plus(Duration::from_secs(10)));
    assert!(matches!(
        silent.poll(),
        Some(Output::Close(Close::SniffTimeout))
    ));
    assert!(silent.poll().is_none() && silent.wake_at().is_none() && !silent.wants_read());
}

#[test]
fn an_idle_connection_is_small() {
    // Boxes and queues are counted by hand: the connection, its one session, its key's entry.
    let connection = size_of::<mtproto::Connection>();
    let session = size_of::<mtproto::Session>();
    assert!(
        connection + session < 2048,
        "{connection} + {session} bytes"
    );
}

#[test]
fn answers_kept_for_a_client_that_is_away_lose_parts_of_files_first() {
    let mut pair = Pair::settled();
    pair.client.auto_ack(false);
    let small = pair.call();
    pair.answer(object(2));
    for _ in 0..3 {
        pair.call();
        pair.answer(object(128 * 1024));
    }
    pair.reconnect(Framing::Full);
    pair.events.clear();
    pair.client.ping(pair.now, 1);
    pair.run();
    let repeated = pair.arrived().len() - 1; // without the pong
    assert_eq!(repeated, 1 + 2, "the small answer, two of three large ones");
    assert!(!pair.client.waiting().any(|(_, call)| call == small));
}
