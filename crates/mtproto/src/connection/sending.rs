//! From sessions to the wire. Messages get their ids here, at the moment they are encrypted, so
//! that ids rise in the order of the wire whatever was queued in between.

use super::{Connection, Output};
use crate::Header;
use crate::container;
use crate::crypto::kdf::Direction;
use crate::message::{self, Sealer};
use crate::session::Outgoing;

/// Most messages in one HTTP response.
/// Chosen: well below what clients accept in a container.
pub const HTTP_RESPONSE_MESSAGES_MAX: usize = 100;
/// Bytes after which an HTTP response takes no further message.
/// Source: clients accept frames up to 4 MiB.
pub const HTTP_RESPONSE_BYTES_MAX: usize = 1024 * 1024;

impl Connection {
    /// Sends one message, or one HTTP response; false when there is nothing to send now.
    pub(super) fn send_next(&mut self) -> bool {
        if let Some(lagging) = self.sessions.iter_mut().find_map(|session| {
            let asks = session.ask_for_too_long();
            asks.then(|| session.reference())
        }) {
            self.outputs.push_back(Output::NeedsTooLong(lagging));
            return true;
        }
        if self.http.is_some() {
            return self.send_response();
        }
        if self.hold {
            return false;
        }
        let count = self.sessions.len();
        for step in 0..count {
            let at = (self.turn + step) % count;
            if !self.sessions[at].has_messages(self.now) {
                continue;
            }
            if let Some(message) = self.next_message(at) {
                self.turn = at + 1;
                let messages = [message];
                self.seal(at, &messages, None);
                return true;
            }
        }
        false
    }

    fn next_message(&mut self, at: usize) -> Option<Outgoing> {
        let session = &mut self.sessions[at];
        let salt = self
            .shared
            .salts
            .current(session.reference().auth_key_id, self.now);
        session.next_message(self.now, salt)
    }

    /// Encrypts one message, or several inside a container with the given id and number.
    fn seal(&mut self, at: usize, messages: &[Outgoing], container: Option<(crate::MsgId, i32)>) {
        let session = self.sessions[at].reference();
        let Some(key) = self.keys.sealing(session.auth_key_id) else {
            return;
        };
        let (msg_id, seq_no) = match (container, messages) {
            (Some(header), _) => header,
            (None, [message]) => (message.msg_id, message.seq_no),
            (None, _) => return,
        };
        let header = Header {
            salt: self.shared.salts.current(session.auth_key_id, self.now),
            session_id: session.session_id,
            msg_id,
            seq_no,
        };
        let bodies = messages.iter().map(|message| message.body.len());
        let body_len = match container {
            Some(_) => {
                bodies
                    .map(|len| len + container::INNER_HEADER_BYTES)
                    .sum::<usize>()
                    + 8
            }
            None => bodies.sum(),
        };
        let padding = self.random.array();
        let sealer = Sealer {
            key: &key.key,
            direction: Direction::ToClient,
            padding,
        };
        let mut out = Vec::new();
        self.transport.send_with(
            message::sealed_len(body_len),
            &mut self.random,
            &mut out,
            |out| {
                sealer.seal(out, header, |out| {
                    write_body(out, messages, container.is_some())
                });
            },
        );
        self.counters.sent += 1;
        self.outputs.push_back(Output::Send(out));
    }

    /// Gives the response that an HTTP request waits for, if it is due.
    fn send_response(&mut self) -> bool {
        let Some(http) = &mut self.http else {
            return false;
        };
        let Some(session) = http.session() else {
            return false;
        };
        let Some(at) = self
            .sessions
            .iter()
            .position(|known| known.reference() == session)
        else {
            return false;
        };
        let (waiting, _) = self.sessions[at].unsent();
        let acks = usize::from(self.sessions[at].has_messages(self.now));
        http.seen(self.now, waiting.max(acks));
        if http.due_at().is_none_or(|due| due > self.now) {
            return false;
        }
        self.respond(at);
        true
    }

    /// Packs what the session has to say into the response; an empty container when that is
    /// nothing.
    pub(super) fn respond(&mut self, at: usize) {
        let mut messages = Vec::new();
        let mut bytes = 0;
        while messages.len() < HTTP_RESPONSE_MESSAGES_MAX && bytes < HTTP_RESPONSE_BYTES_MAX {
            let Some(message) = self.next_message(at) else {
                break;
            };
            bytes += message.body.len();
            messages.push(message);
        }
        let container = (messages.len() != 1).then(|| self.sessions[at].container_header(self.now));
        self.seal(at, &messages, container);
        if let Some(http) = &mut self.http {
            http.responded();
        }
    }
}

fn write_body(out: &mut Vec<u8>, messages: &[Outgoing], in_container: bool) {
    if in_container {
        container::write_head(out, messages.len());
    }
    for message in messages {
        if in_container {
            let len = message.body.len();
            container::write_inner_head(out, message.msg_id, message.seq_no, len);
        }
        message.body.write(out);
    }
}
