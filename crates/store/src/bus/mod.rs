//! Wake-ups between whoever committed a change and whoever holds the sessions it concerns.
//! They only say "look again": one that is lost makes an update late, never wrong.

mod local;

pub use local::{Local, Receiver};

/// What a receiver is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wake {
    /// Something changed for these accounts; each named once, ascending.
    Users(Vec<i64>),
    /// More changed than was worth naming, or names were lost: look at every session.
    Everyone,
}

/// How nodes wake each other. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Bus {
    /// Within this process.
    Local(Local),
}

impl Bus {
    /// A bus of this process alone.
    pub fn local() -> Bus {
        Bus::Local(Local::default())
    }

    /// Tells every receiver that something changed for `user_id`. Call it after the commit.
    pub fn wake(&self, user_id: i64) {
        match self {
            Bus::Local(local) => local.wake(user_id),
        }
    }

    /// A receiver of every wake-up from now on.
    pub fn subscribe(&self) -> Receiver {
        match self {
            Bus::Local(local) => local.subscribe(),
        }
    }
}
