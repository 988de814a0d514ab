//! Texts of people, as a push brings them.

use tl::{enums, types};

/// A text.
#[derive(Clone, Debug)]
pub struct Text {
    /// Whoever is told wrote it.
    pub out: bool,
    /// What it says.
    pub text: String,
    /// The state of the box with it.
    pub pts: i32,
}

/// The texts of a push, in its order.
pub fn texts(updates: &enums::Updates) -> Vec<Text> {
    let updates = match updates {
        enums::Updates::UpdateShortMessage(short) => {
            return vec![Text {
                out: short.out,
                text: short.message.clone(),
                pts: short.pts,
            }];
        }
        enums::Updates::Updates(all) => &all.updates,
        enums::Updates::Combined(all) => &all.updates,
        _ => return Vec::new(),
    };
    let of_new = |update: &enums::Update| match update {
        enums::Update::NewMessage(new) => text(new),
        _ => None,
    };
    updates.iter().filter_map(of_new).collect()
}

fn text(new: &types::UpdateNewMessage) -> Option<Text> {
    match &new.message {
        enums::Message::Message(message) => Some(Text {
            out: message.out,
            text: message.message.clone(),
            pts: new.pts,
        }),
        _ => None,
    }
}
