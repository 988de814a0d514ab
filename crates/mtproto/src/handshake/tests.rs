//! Both ends of key creation in memory, and everything a hostile client may send instead.
//! Rows M24 to M37 and M39 of the protocol's conformance list.

use super::client::{self, Client, ClientStep, Options, Padding};
use super::wire::{self, PqInner, Request};
use super::*;
use crate::crypto::hex;
use crate::crypto::rsa::PublicKey;
use crate::{Time, Violation};
use bytes::Bytes;
use proptest::prelude::*;
use std::sync::LazyLock;
use std::time::Duration;

const NOW: Time = Time::from_unix_seconds(1_700_000_000);

/// Two keys, because real servers have several.
static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let mut random = Random::new([1; 32]);
    let keys = (0..2).map(|_| PrivateKey::generate(&mut random)).collect();
    Config::new(RsaKeys::new(keys), &mut random)
});

/// The server's end of a connection, with the driver's part played.
struct Connection {
    server: Server,
    random: Random,
}

impl Connection {
    fn new(seed: u8) -> Connection {
        Connection {
            server: Server::new(NOW),
            random: Random::new([seed; 32]),
        }
    }

    fn handle(&mut self, body: &[u8]) -> Result<Step, Violation> {
        let body = Bytes::copy_from_slice(body);
        self.server.handle(NOW, &mut self.random, &CONFIG, &body)
    }

    /// The step after all work is done.
    fn ask(&mut self, body: &[u8]) -> Result<Step, Violation> {
        match self.handle(body)? {
            Step::Work(job) => self.server.finish(NOW, job.run()),
            step => Ok(step),
        }
    }

    fn reply(&mut self, body: &[u8]) -> Vec<u8> {
        match self.ask(body) {
            Ok(Step::Reply(reply)) => reply,
            other => panic!("{other:?}"),
        }
    }

    /// Runs one client to the end; returns the server's and the client's result.
    fn make_key(&mut self, options: Options) -> (NewKey, ClientStep) {
        let (mut client, mut body) = Client::start(public(1), options, self.random.fork());
        loop {
            let step = self.ask(&body).unwrap();
            let (reply, new_key) = match step {
                Step::Reply(reply) => (reply, None),
                Step::NewKey(key) => (key.reply.clone(), Some(key)),
                other => panic!("{other:?}"),
            };
            match (client.handle(&reply).unwrap(), new_key) {
                (ClientStep::Send(next), None) => body = next,
                (done, Some(key)) => return (key, done),
                other => panic!("{other:?}"),
            }
        }
    }
}

fn private(at: usize) -> &'static PrivateKey {
    &CONFIG.keys.keys[at]
}

fn public(at: usize) -> Vec<PublicKey> {
    vec![private(at).public().clone()]
}

/// A run up to and with resPQ, for requests made by hand.
fn sent_pq(connection: &mut Connection) -> PqInner {
    let nonce = connection.random.array();
    let mut body = wire::REQ_PQ_MULTI.to_le_bytes().to_vec();
    body.extend_from_slice(&nonce);
    let reply = connection.reply(&body);
    let pq = u64::from_be_bytes(reply[37..45].try_into().unwrap());
    let (p, q) = crate::crypto::factor::factor(pq).unwrap();
    PqInner {
        pq,
        p: u64::from(p),
        q: u64::from(q),
        nonces: Nonces {
            nonce,
            server_nonce: reply[20..36].try_into().unwrap(),
        },
        new_nonce: NewNonce(connection.random.array()),
        dc: None,
        expires_in: None,
    }
}

/// `req_DH_params` with this inner data; what stands outside it is `outer`'s.
fn dh_request(inner: &PqInner, outer: &PqInner, random: &mut Random) -> Vec<u8> {
    let data = client::write_pq_inner(inner);
    let encrypted = padding::rsa_pad(private(0).public(), &data, random);
    client::write_req_dh_params(outer, private(0).public().fingerprint(), &encrypted)
}

/// A run up to and with server_DH_params_ok.
fn sent_params(connection: &mut Connection) -> (PqInner, Vec<u8>) {
    let inner = sent_pq(connection);
    let body = dh_request(&inner, &inner, &mut connection.random);
    let reply = connection.reply(&body);
    (inner, reply)
}

#[test]
fn every_kind_of_client_gets_its_key() {
    for padding in [Padding::RsaPad, Padding::Sha1] {
        for dc in [None, Some(2), Some(0), Some(-2), Some(10_002)] {
            for expires_in in [None, Some(86_400)] {
                let mut connection = Connection::new(2);
                let options = Options {
                    padding,
                    dc,
                    expires_in,
                    old_request: dc.is_none(),
                };
                let (new, done) = connection.make_key(options);
                let ClientStep::Done {
                    key,
                    first_salt,
                    server_time,
                } = done
                else {
                    panic!("{done:?}")
                };
                assert_eq!(new.key, key);
                assert_eq!(new.first_salt, first_salt);
                assert_eq!(new.dc, dc);
                assert_eq!(
                    new.expires_at,
                    expires_in.map(|seconds| 1_700_000_000 + seconds)
                );
                assert_eq!(server_time, 1_700_000_000);
            }
        }
    }
}

#[test]
fn several_keys_are_made_on_one_connection() {
    let mut connection = Connection::new(3);
    let (first, _) = connection.make_key(Options::default());
    connection.server.key_stored();
    let temporary = Options {
        expires_in: Some(86_400),
        ..Options::default()
    };
    let (second, _) = connection.make_key(temporary);
    assert_ne!(first.key.id, second.key.id);
    assert!(first.expires_at.is_none() && second.expires_at.is_some());
}

#[test]
fn res_pq_is_what_every_client_can_read() {
    let mut connection = Connection::new(4);
    for request in [wire::REQ_PQ, wire::REQ_PQ_MULTI] {
        let mut body = request.to_le_bytes().to_vec();
        body.extend_from_slice(&[request as u8; 16]);
        let reply = connection.reply(&body);
        assert_eq!(reply[..4], wire::RES_PQ.to_le_bytes());
        assert_eq!(reply[4..20], [request as u8; 16]);
        assert_eq!(reply[36], 8, "length of pq");
        let pq = u64::from_be_bytes(reply[37..45].try_into().unwrap());
        assert!(pq >> 63 == 0 && pq >> 56 != 0);
        assert_eq!(reply[48..52], 0x1cb5_c415_u32.to_le_bytes());
        assert_eq!(reply[52..56], 2_u32.to_le_bytes());
        let fingerprints: Vec<u8> = CONFIG
            .keys
            .fingerprints()
            .flat_map(i64::to_le_bytes)
            .collect();
        assert_eq!(reply[56..], fingerprints);
    }
}

#[test]
fn a_repeated_first_request_is_answered_alike_and_another_one_begins_anew() {
    let mut connection = Connection::new(5);
    let request = |nonce: u8| [&wire::REQ_PQ.to_le_bytes()[..], &[nonce; 16]].concat();
    let first = connection.reply(&request(1));
    assert_eq!(connection.reply(&request(1)), first);
    let second = connection.reply(&request(2));
    assert_ne!(second[20..36], first[20..36], "server_nonce");
    let (new, _) = connection.make_key(Options::default());
    assert_eq!(new.dc, None);
}

#[test]
fn inner_answer_has_the_known_group() {
    let mut connection = Connection::new(6);
    let (inner, reply) = sent_params(&mut connection);
    // Constructor, nonces, then the long form of a TL string's length.
    let encrypted = Bytes::copy_from_slice(&reply[40..]);
    assert_eq!(reply[36], 0xfe);
    let opened = client::open_answer(&inner.nonces, &inner.new_nonce, encrypted);
    let (g_a, time) = opened.unwrap();
    assert_eq!((g_a.len(), time), (256, 1_700_000_000));
    assert!(dh::is_safe(&g_a));
}

#[test]
fn a_repeated_request_gets_the_same_bytes() {
    let mut connection = Connection::new(7);
    let inner = sent_pq(&mut connection);
    let body = dh_request(&inner, &inner, &mut connection.random);
    let Ok(Step::Work(job)) = connection.handle(&body) else {
        panic!("no work")
    };
    assert!(
        matches!(connection.handle(&body), Ok(Step::Wait)),
        "still computing"
    );
    let Ok(Step::Reply(reply)) = connection.server.finish(NOW, job.run()) else {
        panic!("no reply")
    };
    assert_eq!(connection.reply(&body), reply);

    let (_, g_b) = dh::Secret::generate(&mut connection.random);
    let random = &mut connection.random;
    let body = client::write_set_client_dh(&inner.nonces, &inner.new_nonce, &g_b, random);
    let Ok(Step::Work(job)) = connection.handle(&body) else {
        panic!("no work")
    };
    assert!(
        matches!(connection.handle(&body), Ok(Step::Wait)),
        "still computing"
    );
    let Ok(Step::NewKey(key)) = connection.server.finish(NOW, job.run()) else {
        panic!("no key")
    };
    assert!(
        matches!(connection.handle(&body), Ok(Step::Wait)),
        "not yet durable"
    );
    connection.server.key_stored();
    assert_eq!(connection.reply(&body), key.reply);
}

#[test]
fn work_of_an_abandoned_run_changes_nothing() {
    let mut connection = Connection::new(8);
    let inner = sent_pq(&mut connection);
    let body = dh_request(&inner, &inner, &mut connection.random);
    let Ok(Step::Work(job)) = connection.handle(&body) else {
        panic!("no work")
    };
    let inner = sent_pq(&mut connection);
    assert!(matches!(
        connection.server.finish(NOW, job.run()),
        Ok(Step::Wait)
    ));
    let body = dh_request(&inner, &inner, &mut connection.random);
    connection.reply(&body);
}

#[test]
fn wrong_outsides_are_refused_by_name() {
    let check = |change: &dyn Fn(&mut PqInner), expected: Violation| {
        let mut connection = Connection::new(9);
        let inner = sent_pq(&mut connection);
        let mut outer = inner.clone();
        change(&mut outer);
        let body = dh_request(&inner, &outer, &mut connection.random);
        let refused = connection.handle(&body).unwrap_err();
        assert_eq!(refused, expected);
        assert_eq!(refused.transport_error(), Some(-404));
    };
    check(
        &|outer| outer.nonces.nonce[0] ^= 1,
        Violation::HandshakeNonce,
    );
    check(
        &|outer| outer.nonces.server_nonce[15] ^= 1,
        Violation::HandshakeNonce,
    );
    check(&|outer| outer.p += 2, Violation::WrongFactors);
    check(&|outer| outer.q -= 2, Violation::WrongFactors);
    check(
        &|outer| (outer.p, outer.q) = (outer.q, outer.p),
        Violation::WrongFactors,
    );
    check(
        &|outer| (outer.p, outer.q) = (1, outer.pq),
        Violation::WrongFactors,
    );
}

#[test]
fn wrong_insides_are_refused_by_name() {
    let check = |change: &dyn Fn(&mut PqInner), expected: Violation| {
        let mut connection = Connection::new(10);
        let outer = sent_pq(&mut connection);
        let mut inner = outer.clone();
        change(&mut inner);
        let body = dh_request(&inner, &outer, &mut connection.random);
        let refused = connection.ask(&body).unwrap_err();
        assert_eq!(refused, expected);
        assert_eq!(refused.transport_error(), Some(-404));
    };
    check(
        &|inner| inner.nonces.nonce[0] ^= 1,
        Violation::HandshakeNonce,
    );
    check(
        &|inner| inner.nonces.server_nonce[0] ^= 1,
        Violation::HandshakeNonce,
    );
    check(&|inner| inner.pq += 2, Violation::WrongFactors);
    check(&|inner| inner.p ^= 2, Violation::WrongFactors);
    check(&|inner| inner.q ^= 2, Violation::WrongFactors);
    for expires_in in [0, -1, i32::MIN, TEMPORARY_KEY_SECONDS_MAX + 1] {
        let expected = Violation::TemporaryLifetime { expires_in };
        check(&|inner| inner.expires_in = Some(expires_in), expected);
    }
}

#[test]
fn data_for_another_key_or_damaged_data_is_refused() {
    let mut connection = Connection::new(11);
    let inner = sent_pq(&mut connection);
    let data = client::write_pq_inner(&inner);
    let request =
        |fingerprint, encrypted: &[u8]| client::write_req_dh_params(&inner, fingerprint, encrypted);
    let fingerprint = private(0).public().fingerprint();
    let good = padding::rsa_pad(private(0).public(), &data, &mut Random::new([1; 32]));
    let other = padding::rsa_pad(private(1).public(), &data, &mut Random::new([1; 32]));
    let mut damaged = padding::sha1_pad(private(0).public(), &data, &mut Random::new([1; 32]));
    damaged[100] ^= 1;
    let mut wrong_hash = [0; 256];
    wrong_hash[21..21 + data.len()].copy_from_slice(&data);
    let wrong_hash = private(0).public().encrypt(&wrong_hash).unwrap();
    let unknown = padding::rsa_pad(private(0).public(), &[7; 96], &mut Random::new([1; 32]));
    let cases = [
        (request(fingerprint, &other), "neither RSA padding fits"),
        (request(fingerprint, &damaged), "neither RSA padding fits"),
        (request(fingerprint, &wrong_hash), "hash of RSA data"),
        (request(fingerprint, &unknown), "constructor of inner data"),
        (request(fingerprint, &good[..255]), "length of RSA data"),
        (
            request(fingerprint, &[&good[..], &[0; 4]].concat()),
            "length of RSA data",
        ),
        (
            request(fingerprint, &[0xff; 256]),
            "RSA data above the modulus",
        ),
    ];
    for (body, reason) in cases {
        let mut connection = Connection::new(11);
        sent_pq(&mut connection); // the same seed, hence the same nonces
        let refused = connection.ask(&body).unwrap_err();
        assert_eq!(refused, Violation::HandshakeData(reason));
        assert_eq!(refused.transport_error(), Some(-404));
    }
    let refused = connection
        .ask(&request(fingerprint ^ 1, &good))
        .unwrap_err();
    let fingerprint = (fingerprint ^ 1) as u64;
    assert_eq!(refused, Violation::UnknownFingerprint { fingerprint });
}

#[test]
fn steps_out_of_order_and_other_requests_are_refused() {
    let mut connection = Connection::new(12);
    let inner = sent_pq(&mut Connection::new(13));
    let dh = dh_request(&inner, &inner, &mut connection.random);
    assert_eq!(connection.ask(&dh).unwrap_err(), Violation::HandshakeOrder);
    let set = client::write_set_client_dh(
        &inner.nonces,
        &inner.new_nonce,
        &[0x11; 256],
        &mut connection.random,
    );
    assert_eq!(connection.ask(&set).unwrap_err(), Violation::HandshakeOrder);
    sent_pq(&mut connection);
    assert_eq!(connection.ask(&set).unwrap_err(), Violation::HandshakeOrder);
    let ping = 0x7abe_77ec_u32;
    let expected = Violation::PlainConstructor { constructor: ping };
    assert_eq!(connection.ask(&ping.to_le_bytes()).unwrap_err(), expected);
    for cut in [0, 3, 4, 19, 40, dh.len() - 1] {
        let refused = connection.ask(&dh[..cut]).unwrap_err();
        assert_eq!(refused, Violation::HandshakeData("request"));
    }
    let (_, reply) = sent_params(&mut connection);
    assert!(!reply.is_empty());
    let other = dh_request(&inner, &inner, &mut connection.random);
    assert_eq!(
        connection.ask(&other).unwrap_err(),
        Violation::HandshakeOrder
    );
}

#[test]
fn requests_may_be_padded() {
    let mut connection = Connection::new(15);
    let inner = sent_pq(&mut connection);
    let dh = dh_request(&inner, &inner, &mut connection.random);
    let padded = |padding| [&dh[..], &vec![0xa5; padding]].concat();
    let too_much = padded(wire::REQUEST_PADDING_BYTES_MAX + 1);
    let refused = connection.ask(&too_much).unwrap_err();
    assert_eq!(refused, Violation::HandshakeData("request"));
    let answered = connection.ask(&padded(wire::REQUEST_PADDING_BYTES_MAX));
    assert!(matches!(answered, Ok(Step::Reply(_))));
}

#[test]
fn a_short_public_value_makes_a_whole_key() {
    let mut connection = Connection::new(14);
    let (inner, _) = sent_params(&mut connection);
    let g_b = [0x5a; 255];
    let random = &mut connection.random;
    let body = client::write_set_client_dh(&inner.nonces, &inner.new_nonce, &g_b, random);
    let Ok(Step::NewKey(new)) = connection.ask(&body) else {
        panic!("no key")
    };
    assert_eq!(new.reply[..4], wire::DH_GEN_OK.to_le_bytes());
    assert_eq!(
        new.reply[36..],
        new_nonce_hash(&inner.new_nonce, 1, &new.key)
    );
}

#[test]
fn public_values_out_of_range_are_refused() {
    let mut one_below = dh::PRIME;
    one_below[255] -= 1;
    for g_b in [
        &[][..],
        &[0],
        &[1],
        &one_below,
        &dh::PRIME,
        &[0xff; 256],
        &[0x11; 257],
    ] {
        let mut connection = Connection::new(15);
        let (inner, _) = sent_params(&mut connection);
        let random = &mut connection.random;
        let body = client::write_set_client_dh(&inner.nonces, &inner.new_nonce, g_b, random);
        let refused = connection.ask(&body).unwrap_err();
        assert_eq!(refused, Violation::DhRange);
        assert_eq!(refused.transport_error(), Some(-404));
    }
}

#[test]
fn damaged_client_data_is_refused() {
    let check = |change: &dyn Fn(&mut Nonces, &mut Vec<u8>), expected: Violation| {
        let mut connection = Connection::new(16);
        let (inner, _) = sent_params(&mut connection);
        let (mut nonces, random) = (inner.nonces, &mut connection.random);
        let mut body = client::write_set_client_dh(&nonces, &inner.new_nonce, &[0x5a; 256], random);
        change(&mut nonces, &mut body);
        body[4..20].copy_from_slice(&nonces.nonce);
        assert_eq!(connection.ask(&body).unwrap_err(), expected);
    };
    check(&|nonces, _| nonces.nonce[3] ^= 1, Violation::HandshakeNonce);
    let hash = Violation::HandshakeData("hash of client data");
    check(
        &|_, body| body[41] ^= 1,
        Violation::HandshakeData("client data"),
    );
    // The last block of the data: reading still works, the hash does not.
    check(
        &|_, body| {
            let at = body.len() - 2;
            body[at] ^= 1
        },
        hash,
    );
    let length = Violation::HandshakeData("length of client data");
    check(
        &|_, body| {
            body.truncate(36);
            body.extend([3, 1, 2, 3])
        },
        length,
    );
}

#[test]
fn other_nonces_inside_client_data_are_refused() {
    let mut connection = Connection::new(17);
    let (inner, _) = sent_params(&mut connection);
    let mut other = inner.nonces;
    other.nonce[0] ^= 1;
    let random = &mut connection.random;
    // The key of the encryption follows from server_nonce, which stays.
    let mut body = client::write_set_client_dh(&other, &inner.new_nonce, &[0x5a; 256], random);
    body[4] ^= 1;
    assert_eq!(
        connection.ask(&body).unwrap_err(),
        Violation::HandshakeNonce
    );
}

#[test]
fn a_run_ends_after_its_time() {
    let mut connection = Connection::new(18);
    let inner = sent_pq(&mut connection);
    assert_eq!(connection.server.wake_at(), NOW.plus(HANDSHAKE_IDLE_MAX));
    let late = NOW.plus(HANDSHAKE_IDLE_MAX);
    assert!(!connection.server.expired(NOW.plus(Duration::from_secs(59))));
    assert!(connection.server.expired(late));
    let body: Bytes = dh_request(&inner, &inner, &mut connection.random).into();
    let refused = connection
        .server
        .handle(late, &mut connection.random, &CONFIG, &body);
    assert_eq!(refused.unwrap_err(), Violation::HandshakeOrder);
}

#[test]
fn activity_does_not_stretch_a_run_for_ever() {
    let mut connection = Connection::new(19);
    let body: Bytes = [&wire::REQ_PQ.to_le_bytes()[..], &[1; 16]].concat().into();
    let mut now = NOW;
    let mut answers = std::collections::BTreeSet::new();
    for _ in 0..15 {
        let step = connection
            .server
            .handle(now, &mut connection.random, &CONFIG, &body);
        let Ok(Step::Reply(reply)) = step else {
            panic!("{step:?}")
        };
        answers.insert(reply);
        now = now.plus(Duration::from_secs(50));
    }
    assert_eq!(
        answers.len(),
        2,
        "the same answer for ten minutes, then another"
    );
}

#[test]
fn derived_values_are_the_known_ones() {
    let new_nonce = NewNonce(std::array::from_fn(|i| i as u8));
    let server_nonce = std::array::from_fn(|i| 0xa0 + i as u8);
    let key = AuthKey::new(std::array::from_fn(|i| i as u8));
    let expected = hex("c2ced2b33e593a55d27f4a5dabee7c67");
    assert_eq!(new_nonce_hash(&new_nonce, 1, &key), expected);
    assert_eq!(
        first_salt(&new_nonce, &server_nonce).to_le_bytes(),
        [0xa0; 8]
    );
    let (key, iv) = temporary_aes(&new_nonce, &server_nonce);
    let expected = "941b0898393c11062591ff3f392be96353057ab522a6b658ecfb88fc926a0d53";
    assert_eq!(key, hex(expected));
    let expected = "1ecd69ad3a61561ee864070e166e6218f6783e8511471a5ab7802cf200010203";
    assert_eq!(iv, hex(expected));
}

#[test]
fn secrets_are_not_printed() {
    let mut connection = Connection::new(20);
    let (inner, _) = sent_params(&mut connection);
    let shown = format!("{inner:?} {:?}", connection.server);
    assert!(shown.contains("NewNonce") && shown.contains("Secret"));
    let bytes = format!("{:?}", &inner.new_nonce.0);
    assert!(!shown.contains(bytes.trim_matches(['[', ']'])));
}

proptest! {
    #[test]
    fn any_body_is_answered_or_refused(
        constructor in prop::sample::select(&[
            wire::REQ_PQ, wire::REQ_PQ_MULTI, wire::REQ_DH_PARAMS, wire::SET_CLIENT_DH_PARAMS, 0,
        ][..]),
        body in prop::collection::vec(any::<u8>(), 0..400),
        sent in any::<bool>(),
    ) {
        let mut connection = Connection::new(21);
        if sent {
            sent_pq(&mut connection);
        }
        let body = [&constructor.to_le_bytes()[..], &body].concat();
        if let Err(violation) = connection.handle(&body) {
            prop_assert_eq!(violation.transport_error(), Some(-404));
        }
    }

    #[test]
    fn requests_are_read_as_they_are_written(p in any::<u32>(), q in any::<u32>(), byte: u8) {
        let nonces = Nonces { nonce: [byte; 16], server_nonce: [!byte; 16] };
        let inner = PqInner {
            pq: u64::from(p) * u64::from(q),
            p: u64::from(p),
            q: u64::from(q),
            nonces,
            new_nonce: NewNonce([byte; 32]),
            dc: (byte & 1 == 1).then_some(i32::from(byte)),
            expires_in: (byte & 2 == 2).then_some(-1),
        };
        let data: Bytes = client::write_pq_inner(&inner).into();
        prop_assert_eq!(wire::read_pq_inner(&data), Ok((inner.clone(), data.len())));
        let body: Bytes = client::write_req_dh_params(&inner, -5, &[byte; 256]).into();
        let Ok(Request::DhParams { fingerprint, encrypted, .. }) = wire::read_request(&body) else {
            panic!("not read");
        };
        prop_assert_eq!((fingerprint, &encrypted[..]), (-5, &[byte; 256][..]));
    }
}
