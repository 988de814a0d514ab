//! What a chat is with: a user, a group, a channel; and the one number that stands for it in the store.

/// The first number below those of groups. Source: the numbers that bot libraries give to channels.
const CHANNELS_FROM: i64 = -1_000_000_000_000;

/// A user, a group or a channel. In rows it is one signed number, as bot libraries have it: a user's is
/// its id, a group's is negative, a channel's lies below -1,000,000,000,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Peer {
    /// `user_id`.
    User(i64),
    /// `chat_id` of a basic group.
    Group(i64),
    /// `channel_id` of a supergroup or a broadcast channel.
    Channel(i64),
}

impl Peer {
    /// The peer behind a number of the store.
    pub fn of(number: i64) -> Self {
        match number {
            0.. => Self::User(number),
            CHANNELS_FROM..0 => Self::Group(-number),
            _ => Self::Channel(CHANNELS_FROM - number),
        }
    }

    /// The number in the store; the ids are positive and below a million millions.
    pub fn number(self) -> i64 {
        match self {
            Self::User(id) => id,
            Self::Group(id) => -id,
            Self::Channel(id) => CHANNELS_FROM - id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_bot_libraries_and_lead_back() {
        for (peer, number) in [
            (Peer::User(7), 7),
            (Peer::Group(7), -7),
            (Peer::Group(999_999_999_999), -999_999_999_999),
            (Peer::Channel(1), -1_000_000_000_001),
            (Peer::Channel(1_234_567_890), -1_001_234_567_890),
        ] {
            assert_eq!(peer.number(), number);
            assert_eq!(Peer::of(number), peer);
        }
        assert_eq!(
            Peer::of(i64::MIN),
            Peer::Channel(i64::MAX - 999_999_999_999)
        );
    }
}
