//! What one node has to say to the others: collected while something is on its way, bounded, written
//! as few payloads. The text of a payload stands here and nowhere else.

use std::collections::{BTreeSet, VecDeque};

use bytes::Bytes;

/// Bytes of a payload. Source: PostgreSQL's NOTIFY takes less than 8000.
const PAYLOAD_BYTES_MAX: usize = 7900;
/// Chosen: with more names, looking at everything is no more work.
const NAMES_MAX: usize = 4096;
/// Words that wait. Chosen: they are worth nothing a moment later.
const WORDS_MAX: usize = 256;
/// Bytes of one piece of words; a payload has two digits for each.
pub const WORDS_BYTES_MAX: usize = 3072;

/// What waits to be said.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    users: BTreeSet<i64>,
    keys: BTreeSet<i64>,
    words: VecDeque<Bytes>,
    everything: bool,
}

/// One thing that a node says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Something changed for this account.
    User(i64),
    /// The row of this key changed.
    Key(i64),
    /// Words for whoever they concern.
    Words(Bytes),
    /// Names were lost: look at everything.
    Everything,
}

impl Outbox {
    pub(super) fn user(&mut self, user_id: i64) {
        if !self.everything {
            self.users.insert(user_id);
            self.bound();
        }
    }

    pub(super) fn key(&mut self, auth_key_id: i64) {
        if !self.everything {
            self.keys.insert(auth_key_id);
            self.bound();
        }
    }

    pub(super) fn words(&mut self, words: Bytes) {
        if words.len() <= WORDS_BYTES_MAX && self.words.len() < WORDS_MAX {
            self.words.push_back(words);
        }
    }

    pub(super) fn everything(&mut self) {
        self.users.clear();
        self.keys.clear();
        self.everything = true;
    }

    /// Nobody can be reached: what is worth nothing later goes.
    pub(super) fn interrupted(&mut self) {
        self.words.clear();
    }

    fn bound(&mut self) {
        if self.users.len() + self.keys.len() > NAMES_MAX {
            self.everything();
        }
    }

    /// Takes all that waits, as payloads that begin with `tag`.
    pub(super) fn take(&mut self, tag: &str) -> Vec<String> {
        let taken = std::mem::take(self);
        let everything = taken.everything.then(|| "e".to_owned());
        let names = (taken.users.iter().map(|id| format!("u{id:x}")))
            .chain(taken.keys.iter().map(|id| format!("k{id:x}")));
        let words = taken.words.iter();
        let words = words.map(|words| format!("w{}", hex::encode(words)));
        let mut payloads: Vec<String> = Vec::new();
        for said in everything.into_iter().chain(names).chain(words) {
            match payloads.last_mut() {
                Some(payload) if payload.len() + 1 + said.len() <= PAYLOAD_BYTES_MAX => {
                    payload.push(' ');
                    payload.push_str(&said);
                }
                _ => payloads.push(format!("{tag} {said}")),
            }
        }
        payloads
    }
}

/// What a payload says; nothing when it begins with `own`, the tag of the one who listens. Of a text
/// that no node wrote, what cannot be read counts as "everything".
pub(super) fn said(payload: &str, own: &str) -> Vec<Said> {
    let mut parts = payload.split(' ');
    if parts.next() == Some(own) {
        return Vec::new();
    }
    let mut said: Vec<Said> = Vec::new();
    for part in parts {
        let one = match part.split_at_checked(1) {
            Some(("u", id)) => number(id).map(Said::User),
            Some(("k", id)) => number(id).map(Said::Key),
            Some(("w", digits)) => hex::decode(digits)
                .ok()
                .map(|words| Said::Words(words.into())),
            _ => None,
        };
        said.push(one.unwrap_or(Said::Everything));
    }
    said
}

fn number(digits: &str) -> Option<i64> {
    Some(u64::from_str_radix(digits, 16).ok()?.cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_the_own_is_passed_over() {
        let mut outbox = Outbox::default();
        outbox.user(7);
        outbox.user(7);
        outbox.key(-1);
        outbox.words(Bytes::from_static(b"\0abc\xff"));
        let payloads = outbox.take("me");
        assert!(outbox.take("me").is_empty());
        assert_eq!(payloads, ["me u7 kffffffffffffffff w00616263ff"]);
        let words = Said::Words(Bytes::from_static(b"\0abc\xff"));
        let expected = [Said::User(7), Said::Key(-1), words];
        assert_eq!(said(&payloads[0], "you"), expected);
        assert_eq!(said(&payloads[0], "me"), []);
    }

    #[test]
    fn many_names_take_few_payloads_of_a_bounded_length() {
        let mut outbox = Outbox::default();
        let users: Vec<i64> = (0..4000).map(|number| 1_000_000_000 + number).collect();
        users.iter().for_each(|user_id| outbox.user(*user_id));
        for _ in 0..3 {
            outbox.words(Bytes::from(vec![9; WORDS_BYTES_MAX]));
        }
        let payloads = outbox.take("me");
        assert!(payloads.iter().all(|payload| payload.len() < 8000));
        assert!(payloads.len() < 12, "{}", payloads.len());
        let heard: Vec<Said> = payloads.iter().flat_map(|it| said(it, "you")).collect();
        assert_eq!(heard.len(), users.len() + 3);
        assert!(heard.starts_with(&[Said::User(users[0]), Said::User(users[1])]));
    }

    #[test]
    fn too_many_names_become_everything_and_too_many_words_are_dropped() {
        let mut outbox = Outbox::default();
        for number in 0..1_000_000 {
            outbox.user(number);
            outbox.key(number);
            outbox.words(Bytes::new());
        }
        outbox.words(Bytes::from(vec![0; WORDS_BYTES_MAX + 1]));
        let heard: Vec<Said> = outbox
            .take("me")
            .iter()
            .flat_map(|it| said(it, ""))
            .collect();
        assert_eq!(heard.len(), 1 + WORDS_MAX);
        assert_eq!(heard[0], Said::Everything);
    }

    #[test]
    fn what_cannot_be_read_is_everything() {
        for strange in ["x 1", "x uzz", "x w0", "x w0g", "x kk", "x é", "x  "] {
            let heard = said(strange, "me");
            assert!(heard.contains(&Said::Everything), "{strange}: {heard:?}");
        }
        assert_eq!(said("", "me"), []);
    }
}
