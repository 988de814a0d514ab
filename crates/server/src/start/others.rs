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
            // A look at many sessions takes as long as the store takes; a stop does not wait for it.
            let _ = stopping.run_until_cancelled(self.take(news)).await;
        }
    }

    async fn take(&self, news: News) {
        let now = self.services.clock.unix_seconds();
        for words in news.words {
            push::typing_elsewhere(&self.sessions, words, now);
        }
        // All at once, also those without a session, before the first look into the store.
        let keys = if news.any_key {
            self.keys.any_changed_elsewhere();
            self.sessions.keys()
        } else {
            self.keys.changed_elsewhere(&news.keys);
            news.keys
        };
        for auth_key_id in keys {
            if let Err(error) = self.keys.settle_sessions(auth_key_id).await {
                self.events.emit(Event::Fault {
                    doing: "look at a key that another node changed",
                    error: &error,
                });
            }
        }
    }
}
