//! The HTTP transport: one response per request, long waiting, containers. Row M17.

use std::time::Duration;

use mtproto::client::{Event, request};
use mtproto::service::HttpWait;
use mtproto::transport::Framing;
use mtproto::{Close, Output};

use crate::harness::{Pair, object};

fn wait(max_delay_ms: i32, wait_after_ms: i32, max_wait_ms: i32) -> bytes::Bytes {
    request::http_wait(HttpWait {
        max_delay_ms,
        wait_after_ms,
        max_wait_ms,
    })
}

#[test]
fn m17_waiting_with_nothing_pending_ends_in_an_empty_container() {
    let mut pair = Pair::new(Framing::Raw);
    pair.client.ping(pair.now, 1);
    pair.run();
    assert_eq!(
        pair.written.len(),
        1,
        "one response: announcement and pong together"
    );
    let news = pair.news();
    assert!(
        matches!(news[..], [Event::NewSession { .. }, Event::Pong { .. }]),
        "{news:?}"
    );
    pair.client.flush(pair.now); // http_wait and the acknowledgement
    pair.run();
    assert!(!pair.server.wants_read(), "a response is owed");
    pair.advance(Duration::from_millis(24_999));
    assert_eq!(pair.written.len(), 1);
    pair.advance(Duration::from_millis(1));
    assert_eq!(pair.news(), [Event::EmptyContainer]);
    assert_eq!(pair.written.len(), 2);
    assert!(pair.server.wants_read());
}

#[test]
fn an_update_ends_the_wait_and_a_result_too() {
    let mut pair = Pair::new(Framing::Raw);
    pair.client.ping(pair.now, 1);
    pair.run();
    pair.news();
    pair.client.flush(pair.now);
    pair.run();
    pair.advance(Duration::from_secs(5));
    pair.push(object(3));
    pair.run();
    assert_eq!(pair.news(), [Event::Update(object(3))]);
    pair.push(object(4)); // no request waits now
    pair.run();
    assert_eq!(pair.news(), []);
    pair.client.call(pair.now, object(2));
    pair.run();
    assert_eq!(
        pair.news(),
        [Event::Update(object(4))],
        "what waited goes first"
    );
    pair.client.flush(pair.now);
    pair.run();
    pair.answer(object(9));
    assert!(matches!(pair.news()[..], [Event::Result { .. }]));
    assert_eq!(pair.written.len(), 4);
}

#[test]
fn messages_gather_as_long_as_the_client_allows() {
    let mut pair = Pair::new(Framing::Raw);
    pair.client.ping(pair.now, 1);
    pair.run();
    pair.news();
    pair.client.service(pair.now, vec![wait(1000, 200, 5000)]);
    // The client's own http_wait stands behind it in the container and would win.
    let Some(Event::Send(_)) = pair.client.poll() else {
        panic!()
    };
    let body = crate::harness::container(&[(
        crate::harness::id_at(pair.now, -1),
        0,
        &wait(1000, 200, 5000),
    )]);
    pair.craft(mtproto::client::Crafted::default(), &body);
    pair.push(object(1));
    pair.run();
    pair.advance(Duration::from_millis(150));
    pair.push(object(2));
    pair.run();
    assert_eq!(pair.news(), []);
    pair.advance(Duration::from_millis(199));
    assert_eq!(pair.news(), []);
    pair.advance(Duration::from_millis(1));
    assert_eq!(
        pair.news(),
        [Event::Update(object(1)), Event::Update(object(2))]
    );
}

#[test]
fn a_session_taken_from_a_waiting_request_ends_the_wait() {
    let mut pair = Pair::new(Framing::Raw);
    pair.client.ping(pair.now, 1);
    pair.run();
    pair.client.flush(pair.now);
    pair.run();
    pair.news();
    let session = pair.session();
    assert!(pair.server.take_session(pair.now, session).is_some());
    pair.run();
    assert_eq!(pair.news(), [Event::EmptyContainer]);
}

#[test]
fn an_unknown_key_over_http_is_a_status_not_a_body() {
    let mut pair = Pair::new(Framing::Raw);
    pair.keys.clear();
    pair.client.ping(pair.now, 1);
    pair.run();
    assert!(pair.written.is_empty());
    let closed = pair.closed.take().unwrap();
    assert!(matches!(closed, Close::KeyUnknown { .. }));
    assert_eq!(closed.transport_error(), Some(-404));
}

#[test]
fn a_slow_call_over_http_is_acknowledged_in_the_response() {
    let mut pair = Pair::new(Framing::Raw);
    pair.client.ping(pair.now, 1);
    pair.run();
    pair.news();
    pair.client.call(pair.now, object(2));
    pair.run();
    assert_eq!(pair.news(), []);
    pair.advance(Duration::from_secs(1));
    let msg_id = pair.calls[0].msg_id;
    assert_eq!(pair.news(), [Event::Acked(vec![msg_id])]);
    assert!(
        !pair
            .asked
            .iter()
            .any(|asked| matches!(asked, Output::Call(_)))
    );
}
