//! Hostile messages inside the encryption: the input plays a client that has a key and says
//! whatever it likes, and nothing may panic, grow without bound or be answered unreadably.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;

use crate::client::{Client, ClientKey, Crafted, Dial, Event};
use crate::connection::CONNECTION_QUEUE_CALLS_MAX;
use crate::crypto::{AuthKey, Random};
use crate::handshake::{Config, RsaKeys};
use crate::salts::Salts;
use crate::transport::{Detector, Framing, Transport};
use crate::{Answer, Call, Connection, KeyInfo, MsgId, Output, Shared, Time};

const NOW: Time = Time::from_unix_seconds(1_700_000_000);

/// The server around the connection.
struct Ends {
    server: Connection,
    client: Client,
    key: KeyInfo,
    calls: Vec<Call>,
    ended: bool,
}

/// Feeds `data` to a connection as messages of a client with a valid key.
///
/// Each message is one byte of flags (odd id, old id, number, wrong salt, quick ack, answer a
/// call, another session, repeat the id), one byte of length in words, and the body.
///
/// # Panics
/// If more calls run than may, or the client cannot read what it gets.
pub fn message(data: &[u8]) {
    let mut ends = Ends::new();
    let mut rest = data;
    let mut last = None;
    while let [flags, words, after @ ..] = rest {
        let (body, after) = after.split_at((4 * usize::from(*words)).min(after.len()));
        rest = after;
        let flag = |bit: u8| flags & (1 << bit) != 0;
        let regular = MsgId::at(NOW, i64::from(flag(0)));
        let offset_s = if flag(1) { -400 } else { 0 };
        let chosen = MsgId(regular.0 + (offset_s << 32) + i64::from(*words) * 4);
        let crafted = Crafted {
            msg_id: (*flags & 3 != 0)
                .then_some(chosen)
                .or(last.filter(|_| flag(7))),
            seq_no: Some(i32::from(flag(2))),
            salt: flag(3).then_some(1),
            quick_ack: flag(4),
            session_id: flag(6).then_some(2),
        };
        // The envelope wants whole words; what is not one is refused before any session sees it.
        let sent = ends.client.craft(NOW, &crafted, &body[..body.len() & !3]);
        last = sent.map(|(msg_id, _)| msg_id);
        ends.carry();
        if flag(5) {
            ends.answer();
        }
        if ends.ended {
            return;
        }
    }
}

impl Ends {
    fn new() -> Ends {
        static SHARED: LazyLock<Arc<Shared>> = LazyLock::new(|| {
            let mut random = Random::new([1; 32]);
            let handshake = Arc::new(Config::new(RsaKeys::new(Vec::new()), &mut random));
            let salts = Salts::new([2; 32]);
            Arc::new(Shared { salts, handshake })
        });
        let key = KeyInfo {
            key: Arc::new(AuthKey::new([7; 256])),
            first_salt: 9,
            created_at: NOW.unix_seconds(),
            expires_at: None,
        };
        let client_key = ClientKey {
            key: Arc::clone(&key.key),
            salt: 9,
        };
        let mut client = Client::with_key(client_key, Random::new([3; 32]));
        client.connect(NOW, &Dial::plain(Framing::Intermediate));
        let transport = Transport::new(Arc::new(Detector::default()));
        let shared = Arc::clone(&SHARED);
        Ends {
            server: Connection::new(NOW, shared, transport, Random::new([4; 32])),
            client,
            key,
            calls: Vec::new(),
            ended: false,
        }
    }

    /// Carries everything to the other side until both are quiet.
    fn carry(&mut self) {
        loop {
            let mut quiet = true;
            while let Some(event) = self.client.poll() {
                quiet = false;
                match event {
                    Event::Send(bytes) => self.server.receive(NOW, &bytes),
                    Event::Broken(what) => panic!("the client cannot read: {what}"),
                    _ => {}
                }
            }
            while let Some(output) = self.server.poll() {
                quiet = false;
                self.take(output);
            }
            if quiet {
                break;
            }
        }
        assert!(self.calls.len() <= CONNECTION_QUEUE_CALLS_MAX);
    }

    fn take(&mut self, output: Output) {
        match output {
            Output::Send(bytes) => self.client.receive(NOW, &bytes),
            Output::FindKey { auth_key_id } => {
                let found = Some(self.key.clone()).filter(|key| key.key.id == auth_key_id);
                self.server.key_found(NOW, auth_key_id, found);
            }
            Output::FindSession(session) => self.server.session_found(NOW, session, None),
            Output::Call(call) => self.calls.push(call),
            Output::DestroySession {
                asked_by,
                session_id,
            } => self
                .server
                .session_destroyed(NOW, asked_by, session_id, true),
            Output::DestroyKey { session, msg_id } => {
                let answer = Answer::error(500, "INTERNAL");
                self.server.answer(NOW, session, msg_id, answer);
            }
            Output::Close(_) => self.ended = true,
            Output::NeedsTooLong(_) | Output::Work(_) | Output::StoreKey(_) => {}
        }
    }

    fn answer(&mut self) {
        if let Some(call) = self.calls.pop() {
            let answer = Answer::Result(Bytes::from_static(&[1, 2, 3, 4]));
            assert!(self.server.answer(NOW, call.session, call.msg_id, answer));
            self.carry();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    /// Ids of service messages, so that random bodies reach their readers.
    const IDS: [u32; 12] = [
        0x73f1_f8dc,
        0x3072_cfa1,
        0x62d6_b459,
        0xda69_fb52,
        0x7d86_1a08,
        0x8610_baeb,
        0x58e4_a740,
        0xb921_bd04,
        0x7abe_77ec,
        0xf342_7b8c,
        0xe751_2126,
        0xd143_5160,
    ];

    fn one() -> impl Strategy<Value = Vec<u8>> {
        let id = prop::sample::select(&IDS[..]);
        (any::<u8>(), id, prop::collection::vec(any::<u32>(), 0..20)).prop_map(
            |(flags, id, rest)| {
                let mut out = vec![flags, rest.len() as u8 + 1];
                out.extend(id.to_le_bytes());
                // Small numbers are counts and lengths that fit more often than random ones.
                rest.iter()
                    .for_each(|word| out.extend((word % 7 * (word >> 29)).to_le_bytes()));
                out
            },
        )
    }

    proptest! {
        #[test]
        fn hostile_messages_panic_nowhere(
            messages in prop::collection::vec(one(), 0..12),
            noise in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            super::message(&[&messages.concat()[..], &noise].concat());
        }
    }
}
