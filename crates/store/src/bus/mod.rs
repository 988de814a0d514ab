//! Wake-ups between whoever committed a change and whoever holds the sessions it concerns.
//! They only say "look again": one that is lost makes an update late, never wrong. Nodes that share
//! a PostgreSQL reach each other through its NOTIFY (docs/decisions/0181).

mod link;
mod local;
mod nodes;
mod outbox;

use std::sync::Arc;

use bytes::Bytes;

use crate::StoreError;

pub use local::{Local, Receiver};
pub use nodes::{FromOthers, News};
pub use outbox::WORDS_BYTES_MAX;

use nodes::Nodes;

/// What a receiver is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wake {
    /// Something changed for these accounts; each named once, ascending.
    Users(Vec<i64>),
    /// More changed than was worth naming, or names were lost: look at every session.
    Everyone,
}

/// How whoever shares a store wakes each other. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Bus {
    local: Local,
    nodes: Option<Arc<Nodes>>,
}

impl Bus {
    /// A bus of this process alone.
    pub fn local() -> Bus {
        Bus {
            local: Local::default(),
            nodes: None,
        }
    }

    /// A bus of this process and of all others on the same schema of a PostgreSQL. A connection of its
    /// own is held from now on, and made again whenever it is lost.
    ///
    /// # Errors
    /// [`StoreError::Broken`]: the address is none of a PostgreSQL. [`StoreError::Unavailable`]: nobody
    /// answers.
    pub async fn over(url: &str) -> Result<Bus, StoreError> {
        let local = Local::default();
        let nodes = Nodes::start(url, local.clone()).await?;
        Ok(Bus {
            local,
            nodes: Some(nodes),
        })
    }

    /// Tells every receiver, here and on other nodes, that something changed for `user_id`. Never
    /// waits. Call it after the commit.
    pub fn wake(&self, user_id: i64) {
        self.local.wake(user_id);
        if let Some(nodes) = &self.nodes {
            nodes.send(|outbox| outbox.user(user_id));
        }
    }

    /// Tells other nodes that the row of an auth key changed. Call it after the commit.
    pub fn key_changed(&self, auth_key_id: i64) {
        if let Some(nodes) = &self.nodes {
            nodes.send(|outbox| outbox.key(auth_key_id));
        }
    }

    /// Hands other nodes words that are worth nothing later; at most [`WORDS_BYTES_MAX`], longer ones
    /// are dropped, as are those that find the bus interrupted.
    pub fn say(&self, words: Bytes) {
        if let Some(nodes) = &self.nodes {
            nodes.send(|outbox| outbox.words(words));
        }
    }

    /// A receiver of every wake-up from now on.
    pub fn subscribe(&self) -> Receiver {
        self.local.subscribe()
    }

    /// A receiver of what other nodes say beside wake-ups, from now on; silent where there are none.
    pub fn listen(&self) -> FromOthers {
        match &self.nodes {
            Some(nodes) => nodes.listen(),
            None => FromOthers::default(),
        }
    }

    /// `Some`: whatever others say is heard. The number grows with every interruption, after which
    /// nothing that was remembered before it may be believed. `None`: interrupted now.
    pub fn unbroken(&self) -> Option<u64> {
        match &self.nodes {
            Some(nodes) => nodes.unbroken(),
            None => Some(0),
        }
    }

    /// Whether there may be other nodes.
    pub fn has_others(&self) -> bool {
        self.nodes.is_some()
    }

    /// Says what is still to be said, and ends the connection.
    pub async fn close(&self) {
        if let Some(nodes) = &self.nodes {
            nodes.close().await;
        }
    }
}
