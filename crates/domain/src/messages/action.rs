//! What a service message tells.

use store::rows::messages::MessageRow;

/// `messageAction…` of the schema, as far as they exist here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// `messageActionSuggestProfilePhoto`: `photo_id` is offered to the other side.
    SuggestPhoto,
    /// `messageActionChatCreate`: a group with the title `text` and the members `action_users`.
    ChatCreate,
    /// `messageActionChannelCreate`: a channel with the title `text`.
    ChannelCreate,
    /// `messageActionChatEditPhoto`: the chat shows `photo_id` from here on.
    ChatEditPhoto,
    /// `messageActionChatDeletePhoto`.
    ChatDeletePhoto,
    /// `messageActionChatEditTitle`: `text` from here on.
    ChatEditTitle,
    /// `messageActionChatAddUser`: `action_users` came.
    ChatAddUser,
    /// `messageActionChatDeleteUser`: the first of `action_users` went.
    ChatDeleteUser,
}

const ALL: [(Action, &str); 8] = [
    (Action::SuggestPhoto, "suggest_photo"),
    (Action::ChatCreate, "chat_create"),
    (Action::ChannelCreate, "channel_create"),
    (Action::ChatEditPhoto, "chat_edit_photo"),
    (Action::ChatDeletePhoto, "chat_delete_photo"),
    (Action::ChatEditTitle, "chat_edit_title"),
    (Action::ChatAddUser, "chat_add_user"),
    (Action::ChatDeleteUser, "chat_delete_user"),
];

impl Action {
    /// The word in the store.
    pub(crate) fn code(self) -> &'static str {
        ALL.iter()
            .find(|(action, _)| *action == self)
            .map_or("", |(_, code)| code)
    }

    /// What a stored message tells; `None`: it is a text.
    pub fn of(row: &MessageRow) -> Option<Self> {
        let found = ALL.iter().find(|(_, code)| *code == row.action);
        found.map(|(action, _)| *action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_no_action_and_every_action_is_read_back() {
        assert_eq!(Action::of(&MessageRow::default()), None);
        for (action, _) in ALL {
            let row = MessageRow {
                action: action.code().to_owned(),
                ..MessageRow::default()
            };
            assert_eq!(Action::of(&row), Some(action));
        }
    }
}
