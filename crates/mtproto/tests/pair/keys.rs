//! Keys and sessions side by side: rows M21, M42, M46, M48, M82, M83.

use std::sync::Arc;

use mtproto::client::{Client, ClientKey, Crafted, Dial, Event, request, write_binding};
use mtproto::crypto::Random;
use mtproto::service::KeyDestroyed;
use mtproto::transport::Framing;
use mtproto::{Answer, Binding, Close, Output, check_binding, gzip};

use crate::harness::{Pair, container, id_at, key, object};

#[test]
fn m21_an_unknown_key_gets_404_and_the_end() {
    for framing in [
        Framing::Abridged,
        Framing::Intermediate,
        Framing::Padded,
        Framing::Full,
    ] {
        let mut pair = Pair::new(framing);
        pair.keys.clear();
        pair.call();
        assert_eq!(pair.news(), [Event::TransportError(-404)], "{framing:?}");
        assert!(matches!(pair.closed, Some(Close::KeyUnknown { .. })));
        assert!(pair.calls.is_empty());
    }
}

#[test]
fn m46_an_expired_temporary_key_gets_404() {
    let mut pair = Pair::new(Framing::Intermediate);
    for info in pair.keys.values_mut() {
        info.expires_at = Some(info.created_at + 60);
    }
    pair.call();
    assert_eq!(pair.calls.len(), 1);
    pair.advance(std::time::Duration::from_secs(59));
    pair.call();
    assert_eq!(pair.calls.len(), 2);
    pair.advance(std::time::Duration::from_secs(1));
    pair.call();
    assert!(matches!(pair.closed, Some(Close::KeyUnknown { .. })));
    assert!(pair.news().contains(&Event::TransportError(-404)));
}

#[test]
fn m48_destroying_the_key_is_answered_outside_rpc_result_and_then_it_is_gone() {
    for wrapped in [false, true] {
        let mut pair = Pair::settled();
        let session = pair.session();
        let msg_id = if wrapped {
            pair.call();
            pair.calls.pop_front().unwrap().msg_id
        } else {
            pair.craft(Crafted::default(), &request::destroy_auth_key())
        };
        match pair.asked.pop() {
            Some(Output::DestroyKey {
                session: asked,
                msg_id: named,
            }) => {
                assert_eq!((asked, named, wrapped), (session, msg_id, false));
            }
            other => assert!(wrapped && other.is_none()),
        }
        let answer = Answer::KeyDestroyed(KeyDestroyed::Ok);
        assert!(pair.server.answer(pair.now, session, msg_id, answer));
        pair.run();
        assert_eq!(pair.news(), [Event::KeyDestroyed(KeyDestroyed::Ok)]);
        pair.client.ping(pair.now, 1);
        pair.run();
        assert_eq!(pair.news(), [Event::TransportError(-404)]);
        assert!(matches!(pair.closed, Some(Close::KeyUnknown { .. })));
    }
}

#[test]
fn m48_a_key_that_could_not_be_destroyed_lives_on() {
    let mut pair = Pair::settled();
    let session = pair.session();
    let msg_id = pair.craft(Crafted::default(), &request::destroy_auth_key());
    let answer = Answer::KeyDestroyed(KeyDestroyed::Fail);
    assert!(pair.server.answer(pair.now, session, msg_id, answer));
    pair.client.ping(pair.now, 1);
    pair.run();
    let news = pair.news();
    assert!(matches!(
        news[..],
        [Event::KeyDestroyed(KeyDestroyed::Fail), Event::Pong { .. }]
    ));
}

#[test]
fn m82_two_sessions_of_one_key_get_only_their_own_answers() {
    let mut one = Pair::settled();
    let mut two = Pair::settled();
    two.client = Client::with_key(
        ClientKey {
            key: Arc::clone(&one.keys.values().next().unwrap().key),
            salt: one.client.salt(),
        },
        Random::new([77; 32]),
    );
    two.reconnect(Framing::Intermediate);
    two.call();
    one.call();
    let (first, second) = (one.session(), two.session());
    assert_eq!(first.auth_key_id, second.auth_key_id);
    assert_ne!(first.session_id, second.session_id);
    let call = one.calls.pop_front().unwrap();
    let answer = || Answer::Result(object(1));
    assert!(
        !two.server.answer(two.now, first, call.msg_id, answer()),
        "not attached there"
    );
    assert!(one.server.answer(one.now, first, call.msg_id, answer()));
    one.run();
    two.run();
    assert!(matches!(one.news()[..], [Event::Result { .. }]));
    assert!(matches!(two.news()[..], [Event::NewSession { .. }]));
    assert_eq!(two.server.push(two.now, first, object(1)), None);
}

#[test]
fn m83_two_keys_used_alternately_are_both_served() {
    let mut pair = Pair::settled();
    let info = key(2);
    let salt = pair.salts().current(info.key.id, pair.now);
    pair.keys.insert(info.key.id, info.clone());
    let other_key = ClientKey {
        key: Arc::clone(&info.key),
        salt,
    };
    let mut other = Client::with_key(other_key, Random::new([44; 32]));
    // The second client's payloads travel inside the first one's connection.
    other.connect(pair.now, &Dial::plain(Framing::Raw));
    for round in 0..3 {
        let call = pair.call();
        let theirs = other.call(pair.now, object(4 + round));
        while let Some(event) = other.poll() {
            if let Event::Send(payload) = event {
                pair.client.raw_payload(&payload);
            }
        }
        pair.run();
        let (ours, foreign) = (
            pair.calls.pop_front().unwrap(),
            pair.calls.pop_front().unwrap(),
        );
        assert_eq!(
            (ours.session, foreign.session),
            (pair.session(), other.session().unwrap())
        );
        let answer = Answer::Result(object(2));
        pair.server
            .answer(pair.now, foreign.session, foreign.msg_id, answer.clone());
        pair.server
            .answer(pair.now, ours.session, ours.msg_id, answer);
        let mut sent = Vec::new();
        while let Some(output) = pair.server.poll() {
            if let Output::Send(bytes) = output {
                sent.push(bytes);
            }
        }
        for bytes in sent {
            other.receive(pair.now, &bytes[4..]); // without the head of the intermediate framing
            pair.client.receive(pair.now, &bytes);
        }
        pair.run();
        let mut got = Vec::new();
        while let Some(event) = other.poll() {
            got.push(event);
        }
        let answered = |events: &[Event], call| {
            events.iter().any(|event| {
                matches!(event,
                Event::Result { call: Some(answered), .. } if *answered == call)
            })
        };
        assert!(answered(&pair.news(), call) && answered(&got, theirs));
    }
}

#[test]
fn a_session_moves_to_the_connection_its_client_comes_back_on() {
    let mut pair = Pair::settled();
    let call = pair.call();
    let session = pair.session();
    // The old connection is not known to be dead when the client appears on a new one.
    let moved = pair.server.take_session(pair.now, session).unwrap();
    assert_eq!(pair.server.sessions().count(), 0);
    pair.drop_connection(Framing::Abridged);
    pair.kept.insert(session, moved);
    pair.client
        .connect(pair.now, &Dial::plain(Framing::Abridged));
    pair.run();
    assert_eq!(pair.calls.len(), 1, "the repeated call does not run again");
    pair.answer(object(2));
    let news = pair.news();
    assert!(news.iter().any(|event| matches!(event,
        Event::Result { call: Some(answered), .. } if *answered == call)));
}

#[test]
fn calls_that_wait_move_with_their_session() {
    let mut pair = Pair::settled();
    pair.client.calls(pair.now, vec![object(2); 100]);
    pair.run();
    let started: Vec<_> = pair.calls.drain(..).map(|call| call.msg_id).collect();
    let session = pair.session();
    pair.drop_connection(Framing::Intermediate);
    for msg_id in &started {
        let away = pair.kept.get_mut(&session).unwrap();
        assert!(away.answer(*msg_id, Answer::Result(object(1))));
    }
    pair.client
        .connect(pair.now, &Dial::plain(Framing::Intermediate));
    pair.run();
    let rest: Vec<_> = pair.calls.iter().map(|call| call.msg_id).collect();
    assert_eq!(rest.len(), 36);
    assert!(rest.iter().all(|msg_id| !started.contains(msg_id)));
    while !pair.calls.is_empty() {
        pair.answer(object(1));
    }
    assert_eq!(pair.client.waiting().count(), 0);
}

#[test]
fn m42_the_facts_of_a_call_prove_a_binding_alone_packed_and_in_a_container() {
    let permanent = key(9).key;
    for form in ["alone", "packed", "in a container"] {
        let mut pair = Pair::settled();
        let session = pair.session();
        let msg_id = id_at(pair.now, -1);
        let mut random = Random::new([5; 32]);
        let proof = write_binding(&permanent, 42, 1000, (session, msg_id), &mut random);
        // The arguments stand in for the method, which belongs to the API.
        let call = [&[1, 2, 3, 4][..], &proof, &[0; 600]].concat();
        let crafted = Crafted {
            msg_id: Some(msg_id),
            ..Crafted::default()
        };
        match form {
            "alone" => pair.craft(crafted, &call),
            "packed" => pair.craft(crafted, &gzip::pack(&call).unwrap()),
            _ => pair.craft(Crafted::default(), &container(&[(msg_id, 1, &call)])),
        };
        let call = pair.calls.pop_front().unwrap();
        let binding = Binding {
            nonce: 42,
            expires_at: 1000,
            encrypted_message: &call.body[4..108],
            session: call.session,
            msg_id: call.msg_id,
        };
        assert_eq!(check_binding(&permanent, &binding), Ok(()), "{form}");
    }
}
