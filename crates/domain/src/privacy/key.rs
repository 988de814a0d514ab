//! What can be decided about, and what holds as long as nobody decided.

use super::{Rule, Whom};

/// One thing that an account decides about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// The words about oneself.
    About,
    /// Who finds the account by its number.
    AddedByPhone,
    /// The birthday.
    Birthday,
    /// Who may add the account to groups and channels.
    ChatInvite,
    /// Whether a forwarded message links back to the account.
    Forwards,
    /// Who may write without paying.
    NoPaidMessages,
    /// Who may call.
    PhoneCall,
    /// The number.
    PhoneNumber,
    /// With whom a call connects directly.
    PhoneP2p,
    /// The pictures on the profile.
    ProfilePhoto,
    /// The music on the profile.
    SavedMusic,
    /// Whose gifts appear on the profile at once.
    StarGiftsAutoSave,
    /// The exact time of the last visit.
    StatusTimestamp,
    /// Who may send voice messages.
    VoiceMessages,
}

impl Key {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::About,
        Self::AddedByPhone,
        Self::Birthday,
        Self::ChatInvite,
        Self::Forwards,
        Self::NoPaidMessages,
        Self::PhoneCall,
        Self::PhoneNumber,
        Self::PhoneP2p,
        Self::ProfilePhoto,
        Self::SavedMusic,
        Self::StarGiftsAutoSave,
        Self::StatusTimestamp,
        Self::VoiceMessages,
    ];

    /// Those that show in `user` or `userFull`: whoever sees the difference is told.
    pub(super) const SHOWN: [Self; 7] = [
        Self::About,
        Self::AddedByPhone,
        Self::Forwards,
        Self::PhoneNumber,
        Self::ProfilePhoto,
        Self::StatusTimestamp,
        Self::VoiceMessages,
    ];

    /// How the rows spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::About => "about",
            Self::AddedByPhone => "added_by_phone",
            Self::Birthday => "birthday",
            Self::ChatInvite => "chat_invite",
            Self::Forwards => "forwards",
            Self::NoPaidMessages => "no_paid_messages",
            Self::PhoneCall => "phone_call",
            Self::PhoneNumber => "phone_number",
            Self::PhoneP2p => "phone_p2p",
            Self::ProfilePhoto => "profile_photo",
            Self::SavedMusic => "saved_music",
            Self::StarGiftsAutoSave => "star_gifts_autosave",
            Self::StatusTimestamp => "status_timestamp",
            Self::VoiceMessages => "voice_messages",
        }
    }

    /// The key that a row names.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.word() == word)
    }

    /// What holds as long as the account set nothing.
    ///
    /// Source: settings screens of a new account (number, direct calls and birthday for contacts,
    /// everything else for everybody). Chosen: nobody pays here, so everybody writes without paying.
    pub fn usual(self) -> Vec<Rule> {
        match self {
            Self::Birthday | Self::PhoneNumber | Self::PhoneP2p => {
                vec![Rule::allow(Whom::Contacts), Rule::disallow(Whom::All)]
            }
            _ => vec![Rule::allow(Whom::All)],
        }
    }

    /// Whether a block is a "no" whatever the rules say. Chosen: docs/decisions/0090. Who knows the
    /// number knows it, so a block does not change who is found by it.
    pub(super) fn ends_with_block(self) -> bool {
        !matches!(self, Self::AddedByPhone | Self::PhoneNumber)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_by_its_word() {
        for key in Key::ALL {
            assert_eq!(Key::of(key.word()), Some(key));
        }
        assert_eq!(Key::of("global"), None);
    }
}
