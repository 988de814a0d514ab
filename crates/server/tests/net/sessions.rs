//! Keys and sessions across connections and restarts, through real sockets.

use crate::wire::{Carrier as _, GET_CONFIG, GET_NEAREST_DC, House, Wire, in_layer, now};
use mtproto::client::{Dial, Event};
use mtproto::handshake::client::{Options, Padding};
use mtproto::service::{KeyDestroyed, request};
use mtproto::transport::Framing;

const ABRIDGED: Dial = Dial {
    framing: Framing::Abridged,
    obfuscation: None,
};

/// M28 to M31, M38: the key works on another connection as soon as the client has it.
#[tokio::test]
async fn each_way_of_making_a_key_gives_one_that_works_everywhere_at_once() {
    let house = House::open().await;
    for (padding, dc, old_request) in [
        (Padding::Sha1, None, true),
        (Padding::Sha1, None, false),
        (Padding::RsaPad, None, false),
        (Padding::RsaPad, Some(2), false),
        (Padding::RsaPad, Some(-10_002), false),
    ] {
        let mut wire = Wire::dial(house.addr(), &ABRIDGED).await;
        let options = Options {
            padding,
            dc,
            expires_in: None,
            old_request,
        };
        let key = wire.make_key(house.key(), options).await;
        let mut other = Wire::dial(house.addr(), &Dial::plain(Framing::Full)).await;
        other.client.use_key(key);
        other.call(in_layer(GET_NEAREST_DC)).await.unwrap();
        wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    }
    assert_eq!(house.counted("keys_created"), 5);
    house.server.stop().await;
}

/// M40, M44, M45: permanent key, temporary key and calls on one connection.
#[tokio::test]
async fn an_unbound_temporary_key_may_only_ask_where_it_is() {
    let house = House::open().await;
    let mut wire = Wire::dial(house.addr(), &ABRIDGED).await;
    wire.make_key(house.key(), Options::default()).await;
    wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    let temporary = Options {
        expires_in: Some(86_400),
        ..Options::default()
    };
    wire.make_key(house.key(), temporary).await;
    wire.call(in_layer(GET_CONFIG)).await.unwrap();
    let get_state = in_layer(0xedd4_882a);
    assert_eq!(
        wire.call(get_state).await,
        Err("401 AUTH_KEY_PERM_EMPTY".to_owned())
    );
    house.server.stop().await;
}

/// Keys and salts survive a restart; sessions do not, and the client is told.
#[tokio::test]
async fn a_restart_keeps_keys_and_begins_sessions_anew() {
    let house = House::open().await;
    let mut wire = house.client(&ABRIDGED).await;
    wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    let house = house.restart().await;
    assert!(
        wire.until_closed().await.is_empty(),
        "closed without a word"
    );
    wire.reconnect(house.addr(), &ABRIDGED).await;
    let call = wire.client.call(now(), in_layer(GET_NEAREST_DC));
    wire.until(|event| match event {
        Event::NewSession { .. } => Some(()),
        Event::BadSalt { .. } => panic!("the salt is still good"),
        _ => None,
    })
    .await;
    wire.result(call).await.unwrap();
    house.server.stop().await;
}

/// M56: the session is still there, and so is the answer that nobody acknowledged.
#[tokio::test]
async fn a_client_that_comes_back_finds_its_session_and_the_answer_it_missed() {
    let house = House::open().await;
    let mut wire = house.client(&ABRIDGED).await;
    wire.client.auto_ack(false);
    wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    let answered = house.counted("calls_answered");
    wire.reconnect(house.addr(), &ABRIDGED).await;
    wire.client.ping(now(), 9);
    let mut again = 0;
    wire.until(|event| match event {
        Event::NewSession { .. } => panic!("the session was kept"),
        Event::Repeated { .. } => {
            again += 1;
            None
        }
        Event::Pong { ping_id: 9, .. } => Some(()),
        _ => None,
    })
    .await;
    while again == 0 {
        let event = wire.event().await.unwrap();
        again += usize::from(matches!(event, Event::Repeated { .. }));
    }
    assert_eq!(house.counted("calls_answered"), answered, "executed once");
    house.server.stop().await;
}

/// A call runs to its end without its connection, and its answer waits for the client.
#[tokio::test]
async fn an_answer_finds_its_client_on_the_next_connection() {
    let house = House::open().await;
    let mut wire = house.client(&ABRIDGED).await;
    wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    for _ in 0..10 {
        let before = house.counted("calls_answered");
        let call = wire.client.call(now(), in_layer(GET_NEAREST_DC));
        while let Some(Event::Send(bytes)) = wire.client.poll() {
            wire.stream.put(bytes).await;
        }
        wire.reconnect(house.addr(), &ABRIDGED).await;
        wire.result(call).await.unwrap();
        assert_eq!(house.counted("calls_answered"), before + 1, "executed once");
    }
    house.server.stop().await;
}

/// A client that opens its new connection before the old one is gone takes its session along.
#[tokio::test]
async fn a_session_moves_to_the_connection_that_speaks_last() {
    let house = House::open().await;
    let mut old = house.client(&ABRIDGED).await;
    old.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    let session = old.client.session().unwrap();
    let stream = tokio::net::TcpStream::connect(house.addr()).await.unwrap();
    let Wire {
        mut client,
        stream: mut old_stream,
    } = old;
    client.disconnect();
    client.connect(now(), &ABRIDGED);
    let mut new = Wire { client, stream };
    new.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    assert_eq!(new.client.session(), Some(session));
    let mut rest = Vec::new();
    let closed = tokio::io::AsyncReadExt::read_to_end(&mut old_stream, &mut rest);
    tokio::time::timeout(crate::wire::PATIENCE, closed)
        .await
        .expect("the old one is closed")
        .unwrap();
    new.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    house.server.stop().await;
}

/// M82: each session gets its own answers.
#[tokio::test]
async fn two_sessions_of_one_key_do_not_hear_each_other() {
    let house = House::open().await;
    let mut first = Wire::dial(house.addr(), &ABRIDGED).await;
    let key = first.make_key(house.key(), Options::default()).await;
    let mut second = Wire::dial(house.addr(), &ABRIDGED).await;
    second.client.use_key(key);
    for _ in 0..5 {
        let one = first.client.call(now(), in_layer(GET_NEAREST_DC));
        let two = second.client.call(now(), in_layer(GET_CONFIG));
        assert!(first.result(one).await.unwrap().len() < 100);
        assert!(second.result(two).await.unwrap().len() > 100);
    }
    house.server.stop().await;
}

/// M83: two keys in turn on one connection.
#[tokio::test]
async fn one_connection_may_serve_two_keys_in_turn() {
    let house = House::open().await;
    let mut wire = Wire::dial(house.addr(), &ABRIDGED).await;
    let first = wire.make_key(house.key(), Options::default()).await;
    wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    wire.make_key(house.key(), Options::default()).await;
    wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    wire.client.use_key(first);
    wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    house.server.stop().await;
}

/// M48: bare, answered outside of a result; then the key is unknown, also over a restart.
#[tokio::test]
async fn a_destroyed_key_is_unknown_from_then_on() {
    let house = House::open().await;
    let mut wire = Wire::dial(house.addr(), &ABRIDGED).await;
    let key = wire.make_key(house.key(), Options::default()).await;
    wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    let mut beside = Wire::dial(house.addr(), &ABRIDGED).await;
    beside.client.use_key(key.clone());
    beside.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    wire.client
        .service(now(), vec![request::destroy_auth_key()]);
    wire.until(|event| match event {
        Event::KeyDestroyed(outcome) => {
            assert_eq!(*outcome, KeyDestroyed::Ok);
            Some(())
        }
        _ => None,
    })
    .await;
    for wire in [&mut wire, &mut beside] {
        wire.client.ping(now(), 1);
        let events = wire.until_closed().await;
        assert!(events.contains(&Event::TransportError(-404)), "{events:?}");
    }
    let house = house.restart().await;
    let mut wire = Wire::dial(house.addr(), &ABRIDGED).await;
    wire.client.use_key(key);
    wire.client.ping(now(), 1);
    assert_eq!(wire.until_closed().await, [Event::TransportError(-404)]);
    house.server.stop().await;
}

/// M79.
#[tokio::test]
async fn destroying_a_session_tells_whether_there_was_one() {
    let house = House::open().await;
    let mut wire = Wire::dial(house.addr(), &ABRIDGED).await;
    let key = wire.make_key(house.key(), Options::default()).await;
    wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    let mut other = Wire::dial(house.addr(), &ABRIDGED).await;
    other.client.use_key(key);
    other.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    let other_id = other.client.session().unwrap().session_id;
    for (session_id, existed) in [(other_id, true), (other_id, false), (1234, false)] {
        wire.client
            .service(now(), vec![request::destroy_session(session_id)]);
        let told = wire.until(|event| match event {
            Event::SessionDestroyed {
                session_id,
                existed,
            } => Some((*session_id, *existed)),
            _ => None,
        });
        assert_eq!(told.await, (session_id, existed));
    }
    let call = other.client.call(now(), in_layer(GET_NEAREST_DC));
    other
        .until(|event| matches!(event, Event::NewSession { .. }).then_some(()))
        .await;
    other.result(call).await.unwrap();
    house.server.stop().await;
}

/// A loop over one small call is answered, only slower.
#[tokio::test]
async fn a_client_that_asks_the_same_thing_in_a_loop_is_slowed_down() {
    let house = House::open().await;
    let mut wire = house.client(&ABRIDGED).await;
    let calls = wire.client.calls(now(), vec![in_layer(GET_NEAREST_DC); 30]);
    for result in wire.results(&calls).await {
        result.unwrap();
    }
    assert_eq!(house.counted("calls_slowed"), 10);
    house.server.stop().await;
}
