//! Key creation and encrypted traffic on one connection: rows M16, M26, M38, M40, M41.

use std::sync::Arc;

use mtproto::client::{Client, Dial, Event, handshake::Options};
use mtproto::crypto::Random;
use mtproto::crypto::rsa::PublicKey;
use mtproto::transport::Framing;
use mtproto::{Close, Output, StoreKey};

use crate::harness::{Pair, object};

fn public_keys(pair: &Pair) -> Vec<PublicKey> {
    pair.shared
        .handshake
        .keys()
        .public_keys()
        .cloned()
        .collect()
}

/// Runs the work of key creation and stores keys until nothing is left to do.
fn work(pair: &mut Pair) {
    loop {
        pair.run();
        let Some(asked) = pair.asked.pop() else {
            return;
        };
        match asked {
            Output::Work(job) => pair.server.work_done(pair.now, job.run()),
            Output::StoreKey(StoreKey { key, .. }) => {
                let id = key.key.id;
                pair.keys.insert(id, key);
                pair.server.key_stored(pair.now, id, true);
            }
            other => panic!("{other:?}"),
        }
    }
}

fn made_key(pair: &mut Pair) -> mtproto::client::ClientKey {
    let made = pair.news().into_iter().find_map(|event| match event {
        Event::NewKey { key, .. } => Some(key),
        _ => None,
    });
    made.expect("a key was made")
}

#[test]
fn m40_two_handshakes_and_a_call_share_a_connection() {
    let mut pair = Pair::new(Framing::Abridged);
    let keys = public_keys(&pair);
    pair.client.make_key(keys.clone(), Options::default());
    work(&mut pair);
    let permanent = made_key(&mut pair);
    let temporary = Options {
        dc: Some(2),
        expires_in: Some(86_400),
        ..Options::default()
    };
    pair.client.make_key(keys, temporary);
    work(&mut pair);
    let temporary = made_key(&mut pair);
    let info = &pair.keys[&temporary.key.id];
    assert_eq!(info.expires_at, Some(pair.now.unix_seconds() + 86_400));
    assert_eq!(pair.keys[&permanent.key.id].expires_at, None);
    for key in [temporary, permanent] {
        pair.client.use_key(key);
        let call = pair.call();
        pair.answer(object(2));
        assert!(pair.news().iter().any(|event| matches!(event,
            Event::Result { call: Some(answered), .. } if *answered == call)));
    }
}

#[test]
fn m41_a_call_under_an_existing_key_is_served_in_the_middle_of_a_handshake() {
    let mut pair = Pair::settled();
    let keys = public_keys(&pair);
    pair.client.make_key(keys, Options::default());
    pair.run();
    let Some(Output::Work(job)) = pair.asked.pop() else {
        panic!("{:?}", pair.asked)
    };
    pair.call();
    pair.answer(object(2));
    assert!(matches!(pair.news()[..], [Event::Result { .. }]));
    pair.server.work_done(pair.now, job.run());
    pair.call(); // while the second step is under way
    pair.answer(object(2));
    work(&mut pair);
    made_key(&mut pair);
}

#[test]
fn m26_a_probe_before_the_real_handshake_is_answered_and_given_up() {
    let mut pair = Pair::new(Framing::Intermediate);
    let keys = public_keys(&pair);
    let probe = Options {
        old_request: true,
        ..Options::default()
    };
    let mut other = Client::new(Random::new([3; 32]));
    other.connect(pair.now, &Dial::plain(Framing::Raw));
    other.make_key(keys.clone(), probe);
    let Some(Event::Send(payload)) = other.poll() else {
        panic!()
    };
    pair.client.raw_payload(&payload);
    pair.run();
    assert_eq!(pair.written.len(), 1);
    pair.client.make_key(keys, Options::default());
    work(&mut pair);
    made_key(&mut pair);
}

#[test]
fn m38_the_key_is_stored_before_the_client_hears_of_it() {
    let mut pair = Pair::new(Framing::Full);
    let keys = public_keys(&pair);
    pair.client.make_key(keys, Options::default());
    let stored = loop {
        pair.run();
        match pair.asked.pop() {
            Some(Output::Work(job)) => pair.server.work_done(pair.now, job.run()),
            Some(Output::StoreKey(stored)) => break stored,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(pair.news(), []);
    let id = stored.key.key.id;
    pair.server.key_stored(pair.now, id, true);
    pair.run();
    let key = made_key(&mut pair);
    assert_eq!((key.key.id, key.salt), (id, stored.key.first_salt));
    pair.client.use_key(key); // at once, without a look into the store
    pair.keys.clear();
    pair.call();
    assert_eq!(pair.calls.len(), 1);
}

#[test]
fn m38_a_key_that_cannot_be_stored_ends_the_connection() {
    let mut pair = Pair::new(Framing::Full);
    let keys = public_keys(&pair);
    pair.client.make_key(keys, Options::default());
    loop {
        pair.run();
        match pair.asked.pop() {
            Some(Output::Work(job)) => pair.server.work_done(pair.now, job.run()),
            Some(Output::StoreKey(stored)) => {
                pair.server.key_stored(pair.now, stored.key.key.id, false);
            }
            None => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(pair.closed, Some(Close::KeyNotStored));
    assert_eq!(pair.news(), []);
}

#[test]
fn m16_a_key_can_be_made_and_used_over_http() {
    let mut pair = Pair::new(Framing::Raw);
    let keys = public_keys(&pair);
    pair.client.make_key(keys, Options::default());
    work(&mut pair);
    let key = made_key(&mut pair);
    assert_eq!(pair.written.len(), 3, "one response per request");
    pair.client.use_key(key);
    pair.call();
    assert_eq!(pair.calls.len(), 1);
}

#[test]
fn a_client_that_makes_no_progress_is_cut_off() {
    let mut pair = Pair::new(Framing::Intermediate);
    let keys = public_keys(&pair);
    pair.client.make_key(keys, Options::default());
    pair.run();
    pair.advance(std::time::Duration::from_secs(89));
    assert_eq!(pair.closed, None);
    pair.advance(std::time::Duration::from_secs(1));
    assert_eq!(pair.closed, Some(Close::Idle));
    let _ = Arc::strong_count(&pair.shared);
}
