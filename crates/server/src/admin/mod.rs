//! What a host asks of a server: one function answers, whether the request came over the socket of a
//! running server or from a command that opened the data folder itself (docs/decisions/0110).

mod bots;
mod chats;
mod codes;
mod contacts;
mod people;
mod pictures;
mod problem;
pub(crate) mod request;
mod sessions;
pub(crate) mod socket;
mod status;
mod stickers;

use std::sync::Arc;
use std::time::Instant;

use domain::Services;
use serde_json::{Map, Value};

use crate::event::Events;
use crate::keys::Keys;
use crate::net::Net;
use crate::net::sessions::Sessions;
use crate::until_first::{CONFLICT_RETRIES_MAX, until_first};

pub(crate) use problem::{Kind, Problem};
pub(crate) use request::Request;

/// What requests reach.
pub(crate) struct Host {
    /// The rules and what they reach.
    pub(crate) services: Arc<Services>,
    /// Auth keys.
    pub(crate) keys: Arc<Keys>,
    /// Sessions; none where no server runs.
    pub(crate) sessions: Arc<Sessions>,
    /// What only a running server has.
    pub(crate) live: Option<Live>,
}

/// The facts of a running server.
pub(crate) struct Live {
    /// Its connections.
    pub(crate) net: Arc<Net>,
    /// Its counters.
    pub(crate) events: Arc<Events>,
    /// When it began.
    pub(crate) started: Instant,
}

/// Answers a request.
///
/// # Errors
/// [`Problem`], worded for the person who asks.
pub(crate) async fn answer(host: &Host, request: Request) -> Result<Value, Problem> {
    let conflict = domain::Error::Conflict.into();
    until_first!(
        CONFLICT_RETRIES_MAX,
        Err(problem) if *problem == conflict,
        once(host, request.clone())
    )
}

async fn once(host: &Host, request: Request) -> Result<Value, Problem> {
    match request {
        Request::Status => status::answer(host).await,
        Request::Users(asked) => people::answer(host, asked).await,
        Request::Codes(asked) => codes::answer(host, asked.verb).await,
        Request::Contacts(asked) => contacts::answer(host, asked).await,
        Request::Pictures(asked) => pictures::answer(host, asked).await,
        Request::Sessions(asked) => sessions::answer(host, asked).await,
        Request::Bots(asked) => bots::answer(host, asked).await,
        Request::Stickers(asked) => stickers::answer(host, asked).await,
        Request::Chats(asked) => chats::answer(host, asked).await,
    }
}

impl Host {
    /// Ends what logins on these permanent keys still have: cached facts, updates, connections.
    fn end_logins(&self, auth_key_ids: &[i64]) {
        for auth_key_id in auth_key_ids {
            self.keys.forget(*auth_key_id);
            self.sessions.close_user_key(*auth_key_id);
        }
    }
}

/// A page: the entries under `name`, and where the next page begins, null on the last one.
fn page(name: &str, entries: Vec<Value>, limit: u32, key: &str) -> Value {
    let full = entries.len() >= limit as usize;
    let last = entries.last().filter(|_| full);
    let next = last.and_then(|entry| entry.get(key)).map(|key| match key {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    let mut page = Map::new();
    page.insert(name.to_owned(), Value::Array(entries));
    page.insert("next".to_owned(), next.into());
    Value::Object(page)
}

/// `--after` of a list by rising ids; the first page begins below all of them.
fn after(page: &request::Page, first: i64) -> Result<i64, Problem> {
    page.after.as_deref().map_or(Ok(first), |text| {
        text.parse()
            .map_err(|_| Problem::unreadable("--after takes the `next` of the page before"))
    })
}
