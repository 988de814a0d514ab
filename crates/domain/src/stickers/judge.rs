//! The files of a set that a host brings, each judged in the jail before anything is kept.

use bytes::Bytes;
use jail::{Done, Job, Undone};

use super::import::{NotTaken, words_are_sound};
use super::{Kind, NewSet, NewSticker, Traits};
use crate::Services;

/// For whom the jail works here: no account, so that the host has turns of its own.
const HOST: i64 = 0;

/// A set as a host brings it.
#[derive(Clone, Debug)]
pub struct GivenSet {
    /// The name in links.
    pub short_name: String,
    /// For people.
    pub title: String,
    /// What it holds.
    pub kind: Kind,
    /// In the order in which they are shown.
    pub stickers: Vec<GivenSticker>,
}

/// One sticker that nobody has looked into yet.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenSticker {
    /// For the host; clients see a general name.
    pub file_name: String,
    /// The whole file.
    pub file: Bytes,
    /// What it stands for, the first one before all.
    pub emoji: Vec<String>,
    /// What else is said of it.
    pub traits: Traits,
}

/// Looks into every file, also after one was found wrong, so that the host learns of all of them at once. First
/// comes what costs nothing.
///
/// # Errors
/// What [`sound`](super::sound) says; [`NotTaken::Files`]: what is wrong with which file. [`NotTaken::Unseen`]: no jail, or
/// no room in its queue.
pub async fn judged(services: &Services, given: GivenSet) -> Result<NewSet, NotTaken> {
    words_are_sound(&given.short_name, &given.title, given.stickers.iter())?;
    let all = given.stickers.len();
    let mut stickers = Vec::with_capacity(all);
    let mut wrong = Vec::new();
    for given in given.stickers {
        let judged = services.jail.run(HOST, Job::Sticker(given.file.clone()));
        let file_name = &given.file_name;
        match judged.await {
            Ok(Done::Sticker(facts)) => stickers.push(NewSticker { given, facts }),
            Ok(_) => wrong.push(format!("{file_name}: it was taken for something else")),
            Err(Undone::Refused(why)) => wrong.push(format!("{file_name}: {why}")),
            Err(undone @ (Undone::Busy | Undone::Unavailable(_))) => {
                return Err(NotTaken::Unseen(undone));
            }
            Err(undone) => wrong.push(format!("{file_name}: {undone}")),
        }
    }
    if !wrong.is_empty() {
        return Err(NotTaken::Files { all, wrong });
    }
    Ok(NewSet {
        short_name: given.short_name,
        title: given.title,
        kind: given.kind,
        stickers,
    })
}
