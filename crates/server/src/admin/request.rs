//! What a host can ask: one enum per noun that is the command line, its help and the JSON on the socket.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand};
use domain::host;
use serde::{Deserialize, Serialize};

use crate::stickers::{SentSet, SetWords};

/// Entries of one page when nobody says otherwise. Chosen: a screen or two.
const LIMIT_DEFAULT: u32 = 100;
/// Most entries of one page. Chosen: an answer of some 300 kB.
pub(crate) const LIMIT_MAX: u32 = 1000;

/// A thing to look at or to change.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Request {
    /// Numbers: accounts, sessions, pictures, bytes, what was refused because it is not built.
    Status,
    /// Accounts of people and bots.
    #[command(subcommand)]
    Users(Users),
    /// Login codes that can be used now.
    Codes(CodesOrList),
    /// Whom an account has saved.
    #[command(subcommand)]
    Contacts(Contacts),
    /// Pictures that an account has set, and how one is taken down.
    #[command(subcommand)]
    Pictures(Pictures),
    /// Logins: the devices on which accounts are signed in.
    #[command(subcommand)]
    Sessions(Sessions),
    /// Bots and their tokens.
    #[command(subcommand)]
    Bots(Bots),
    /// Groups and channels.
    #[command(subcommand)]
    Chats(Chats),
    /// Sticker sets and custom emoji, which every account has.
    #[command(subcommand)]
    Stickers(Stickers),
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub(crate) struct Page {
    /// Most entries of the answer.
    #[arg(long, default_value_t = LIMIT_DEFAULT,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(LIMIT_MAX)))]
    pub(crate) limit: u32,
    /// Go on behind this entry: the `next` of the page before.
    #[arg(long)]
    pub(crate) after: Option<String>,
}

/// `cameo admin users …`.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Users {
    /// All accounts, by rising id, deleted ones included.
    List(Page),
    /// One account with its counts.
    Show {
        /// Id, +phone or @username.
        user: Who,
    },
    /// A new account that can be signed in to, without anybody signing up.
    Create {
        /// Its number; what is not a digit does not count.
        #[arg(allow_hyphen_values = true)]
        phone: String,
        /// First name.
        first_name: String,
        /// Last name.
        #[arg(default_value = "")]
        last_name: String,
        /// Username, with or without @.
        #[arg(long)]
        username: Option<String>,
    },
    /// Give an account other names; whoever knows it is told.
    Rename {
        /// Id, +phone or @username.
        user: Who,
        /// First name.
        first_name: String,
        /// Last name.
        #[arg(default_value = "")]
        last_name: String,
    },
    /// Delete an account as its owner would: number, names and pictures go, its logins end.
    Delete {
        /// Id, +phone or @username.
        user: Who,
    },
}

/// `cameo admin codes`, alone or with a verb.
#[derive(Debug, Clone, PartialEq, Eq, Args, Serialize, Deserialize)]
pub(crate) struct CodesOrList {
    /// What to do; nothing said means list.
    #[command(subcommand)]
    pub(crate) verb: Option<Codes>,
}

/// `cameo admin codes …`.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Codes {
    /// The codes that can be used now, newest first: phone, code, seconds left.
    List,
    /// End all attempts to sign in with a number: their codes are good for nothing.
    Delete {
        /// The number.
        #[arg(allow_hyphen_values = true)]
        phone: String,
    },
}

/// `cameo admin contacts …`.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Contacts {
    /// The contacts of an account, by rising id.
    List {
        /// Whose: id, +phone or @username.
        owner: Who,
        #[command(flatten)]
        #[serde(flatten)]
        page: Page,
    },
    /// Save somebody in an account's contacts, as if its owner had imported the number.
    Create {
        /// Whose contacts: id, +phone or @username.
        owner: Who,
        /// Whom: id, +phone or @username.
        user: Who,
        /// First name as saved; the user's own names when nothing is said.
        first_name: Option<String>,
        /// Last name as saved.
        #[arg(default_value = "")]
        last_name: String,
    },
    /// Take somebody out of an account's contacts, with the picture that the account has set for them.
    Delete {
        /// Whose contacts: id, +phone or @username.
        owner: Who,
        /// Whom: id, +phone or @username.
        user: Who,
    },
}

/// `cameo admin pictures …`.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Pictures {
    /// What an account has set: its profile, its public picture, what it alone sees of its contacts.
    List {
        /// Whose: id, +phone or @username.
        user: Who,
        #[command(flatten)]
        #[serde(flatten)]
        page: Page,
    },
    /// One picture and everything that shows it.
    Show {
        /// Its id.
        photo_id: i64,
        /// Write the JPEG to this file.
        #[arg(long, value_name = "FILE")]
        #[serde(skip)]
        out: Option<PathBuf>,
        /// Which size to write.
        #[arg(long, default_value = "c", value_parser = ["a", "b", "c"])]
        size: String,
        /// The answer holds the bytes; set where `out` is.
        #[arg(skip)]
        #[serde(default)]
        with_jpeg: bool,
    },
    /// Take a picture off wherever it is shown, with the messages that carry it; whoever saw it is told.
    Delete {
        /// Its id.
        photo_id: i64,
    },
}

/// `cameo admin sessions …`.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sessions {
    /// All logins, or those of one account.
    List {
        /// Whose: id, +phone or @username.
        user: Option<Who>,
        #[command(flatten)]
        #[serde(flatten)]
        page: Page,
    },
    /// End a login, or all of an account, at once: its connections are closed.
    Delete {
        /// The `session` of the list, 16 hexadecimal digits.
        #[arg(required_unless_present = "user", conflicts_with = "user")]
        session: Option<String>,
        /// All logins of this account: id, +phone or @username.
        #[arg(long)]
        user: Option<Who>,
    },
}

/// `cameo admin bots …`.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bots {
    /// All bots by rising id, or those of one person.
    List {
        /// Whose: id, +phone or @username.
        owner: Option<Who>,
        #[command(flatten)]
        #[serde(flatten)]
        page: Page,
    },
    /// Make a bot and print its token, which is shown only now.
    Create {
        /// The person whose it is: id, +phone or @username.
        owner: Who,
        /// Ends in "bot"; with or without @.
        username: String,
        /// The name that people see.
        first_name: String,
    },
    /// Give a bot another token and print it; the old one is worth nothing, its logins end.
    Token {
        /// Id or @username.
        bot: Who,
    },
    /// Delete a bot: its account, its pictures, its token.
    Delete {
        /// Id or @username.
        bot: Who,
    },
}

/// `cameo admin chats …`.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Chats {
    /// All groups and channels by rising id, ended ones included.
    List(Page),
    /// One group or channel with its members.
    Show {
        /// Its id, positive.
        chat_id: i64,
        #[command(flatten)]
        #[serde(flatten)]
        page: Page,
    },
    /// End a group or channel for everybody; its members are told.
    Delete {
        /// Its id, positive.
        chat_id: i64,
    },
}

/// `cameo admin stickers …`.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stickers {
    /// All sets, by rising id.
    List(Page),
    /// One set with its stickers.
    Show {
        /// Its short name.
        set: String,
    },
    /// Bring a set: all of its files or nothing.
    Import {
        /// A folder, a .zip or a .tar.gz with .tgs, .webm and .webp files, and a set.json beside them.
        #[serde(skip)]
        path: PathBuf,
        /// Put it in the place of a set with the same short name.
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        #[serde(skip)]
        words: SetWords,
        /// The set, once it is read.
        #[arg(skip)]
        sent: Option<SentSet>,
    },
    /// Delete a set; pictures that were drawn from it stay as they are.
    Delete {
        /// Its short name.
        set: String,
    },
}

impl Request {
    /// Whether it changes something.
    pub(crate) fn writes(&self) -> bool {
        match self {
            Request::Status => false,
            Request::Users(users) => !matches!(users, Users::List(_) | Users::Show { .. }),
            Request::Codes(codes) => matches!(codes.verb, Some(Codes::Delete { .. })),
            Request::Contacts(contacts) => !matches!(contacts, Contacts::List { .. }),
            Request::Pictures(pictures) => matches!(pictures, Pictures::Delete { .. }),
            Request::Sessions(sessions) => matches!(sessions, Sessions::Delete { .. }),
            Request::Bots(bots) => !matches!(bots, Bots::List { .. }),
            Request::Chats(chats) => matches!(chats, Chats::Delete { .. }),
            Request::Stickers(stickers) => {
                !matches!(stickers, Stickers::List(_) | Stickers::Show { .. })
            }
        }
    }
}

/// An account by id, +phone or @username.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) struct Who(pub(crate) host::Who);

impl FromStr for Who {
    type Err = <host::Who as FromStr>::Err;

    fn from_str(text: &str) -> Result<Who, Self::Err> {
        text.parse().map(Who)
    }
}

impl TryFrom<String> for Who {
    type Error = <host::Who as FromStr>::Err;

    fn try_from(text: String) -> Result<Who, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Who> for String {
    fn from(who: Who) -> String {
        who.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        Page {
            limit: 5,
            after: Some("7".to_owned()),
        }
    }

    #[test]
    fn a_request_is_read_back_as_it_was_written() {
        let who: Who = "+15550001111".parse().unwrap();
        for request in [
            Request::Status,
            Request::Users(Users::List(page())),
            Request::Codes(CodesOrList { verb: None }),
            Request::Contacts(Contacts::List {
                owner: who.clone(),
                page: page(),
            }),
            Request::Sessions(Sessions::Delete {
                session: None,
                user: Some(who),
            }),
        ] {
            let text = serde_json::to_string(&request).unwrap();
            assert!(!text.contains('\n'), "one line");
            let read: Request = serde_json::from_str(&text).unwrap();
            assert_eq!(read, request, "{text}");
        }
    }

    #[test]
    fn looking_changes_nothing_and_the_rest_does() {
        let who: Who = "7".parse().unwrap();
        assert!(!Request::Users(Users::Show { user: who.clone() }).writes());
        assert!(Request::Users(Users::Delete { user: who }).writes());
        assert!(!Request::Codes(CodesOrList { verb: None }).writes());
        assert!(Request::Pictures(Pictures::Delete { photo_id: 1 }).writes());
    }
}
