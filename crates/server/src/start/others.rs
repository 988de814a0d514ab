//! What other nodes say, done here: keys are read anew, logins that ended lose their sessions, typing is
//! shown.

use std::sync::Arc;

use domain::Services;
use store::bus::{FromOthers, News};
use tokio_util::sync::CancellationToken;

use crate::event::{Event, Events};
use crate::keys::Keys;
use crate::net::sessions::Sessions;
use crate::push;

/// Hears other nodes.
pub(super) struct Others {
    pub(super) heard: FromOthers,
    pub(super) services: Arc<Services>,
    pub(super) keys: Arc<Keys>,
    pub(super) sessions: Arc<Sessions>,
    pub(super) events: Arc<Events>,
}

impl Others {
    /// Does what others say until the server stops.
    pub(super) async fn hear(mut self, stopping: CancellationToken) {
        while let Some(news) = stopping.run_until_cancelled(self.heard.next()).await {
            self.take(news).await;
        }
    }

    async fn take(&self, news: News) {
        let now = self.services.clock.unix_seconds();
        for words in news.words {
            push::typing_elsewhere(&self.sessions, words, now);
        }
        let keys = if news.any_key {
            self.sessions.keys()
        } else {
            news.keys
        };
        for auth_key_id in keys {
            if let Err(error) = self.keys.changed_elsewhere(auth_key_id).await {
                self.events.emit(Event::Fault {
                    doing: "look at a key that another node changed",
                    error: &error,
                });
            }
        }
    }
}
