//! The heavy arithmetic of key creation, as values that can be run on any thread.

use super::padding;
use super::wire::PqInner;
use crate::Violation;
use crate::crypto::rsa::PrivateKey;
use crate::crypto::{AuthKey, Random, dh};
use bytes::Bytes;
use std::sync::Arc;

/// A piece of work of one to five milliseconds.
#[derive(Debug)]
pub struct Job {
    /// Which run of the handshake it belongs to; a result of an earlier run is dropped.
    pub(super) run: u64,
    pub(super) task: Task,
}

#[derive(Debug)]
pub(super) enum Task {
    /// Open what the client encrypted with RSA, and draw the server's half of the exchange.
    Open {
        key: Arc<PrivateKey>,
        encrypted: Bytes,
        random: Box<Random>,
    },
    /// Compute the shared key.
    Agree { secret: Arc<dh::Secret>, g_b: Bytes },
}

/// What a [`Job`] came to, for [`super::Server::finish`].
#[derive(Debug)]
pub struct JobDone {
    pub(super) run: u64,
    pub(super) result: Result<TaskDone, Violation>,
}

#[derive(Debug)]
pub(super) enum TaskDone {
    Opened(Box<OpenDone>),
    Agreed(Arc<AuthKey>),
}

#[derive(Debug)]
pub(super) struct OpenDone {
    pub(super) inner: PqInner,
    pub(super) secret: dh::Secret,
    pub(super) g_a: [u8; 256],
    /// For the padding of the answer.
    pub(super) random: Box<Random>,
}

impl Job {
    /// Does the work. Reads nothing but what is in the job.
    pub fn run(self) -> JobDone {
        JobDone {
            run: self.run,
            result: self.task.run(),
        }
    }
}

impl Task {
    fn run(self) -> Result<TaskDone, Violation> {
        match self {
            Task::Open {
                key,
                encrypted,
                mut random,
            } => {
                let inner = padding::open(&key, &encrypted)?;
                let (secret, g_a) = dh::Secret::generate(&mut random);
                Ok(TaskDone::Opened(Box::new(OpenDone {
                    inner,
                    secret,
                    g_a,
                    random,
                })))
            }
            Task::Agree { secret, g_b } => {
                let shared = secret.agree(&g_b).ok_or(Violation::DhRange)?;
                Ok(TaskDone::Agreed(Arc::new(AuthKey::new(shared))))
            }
        }
    }
}
