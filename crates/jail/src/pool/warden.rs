//! One place for a child: takes jobs from the queue, one at a time, and sees to it that there is a child for
//! each, that none outstays, and that whatever a child does ends with its job.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::{Shared, Ticket, stopped};
use crate::Undone;
use crate::answer::judge;
use crate::parent::{Inmate, Keeper};

/// Works until the jail stops.
pub(super) async fn work(shared: Arc<Shared>, keeper: Keeper) {
    let mut stopping = shared.stopping.subscribe();
    let mut cell = Cell {
        shared: &shared,
        keeper,
        inmate: None,
    };
    loop {
        let idle = cell.inmate.is_some();
        tokio::select! {
            biased;
            () = told_to_stop(&mut stopping) => break,
            ticket = next(&shared) => {
                if let Some((account_id, ticket)) = ticket {
                    cell.serve(account_id, ticket, &mut stopping).await;
                }
            }
            () = sleep(shared.settings.idle), if idle => cell.clear().await,
        }
    }
    cell.clear().await;
}

async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    // An error: the jail is gone, which says the same.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// The next job, unless it was given up.
async fn next(shared: &Shared) -> Option<(i64, Ticket)> {
    shared.pushed.acquire().await.ok()?.forget();
    shared.queue().pop()
}

struct Cell<'a> {
    shared: &'a Shared,
    keeper: Keeper,
    inmate: Option<Inmate>,
}

impl Cell<'_> {
    /// Does one job. Whoever waits is answered when the child is ready for the next job, or gone.
    async fn serve(
        &mut self,
        account_id: i64,
        mut ticket: Ticket,
        stopping: &mut watch::Receiver<bool>,
    ) {
        if ticket.reply.is_closed() {
            return;
        }
        // Only now, because it holds the file once more; and before a child is ended in vain.
        let message = match ticket.asked.write() {
            Ok(message) => message,
            Err(garbled) => {
                let _ = ticket.reply.send(Err(Undone::Refused(garbled.to_string())));
                return;
            }
        };
        let mut inmate = match self.inmate_for(account_id).await {
            Ok(inmate) => inmate,
            Err(why) => {
                let _ = ticket.reply.send(Err(Undone::Unavailable(why)));
                return;
            }
        };
        let limit = Duration::from_secs(self.shared.settings.job_s);
        let said = tokio::select! {
            biased;
            said = timeout(limit, inmate.ask(&message)) => said,
            () = ticket.reply.closed() => {
                self.end(inmate.kill()).await;
                return;
            }
            () = told_to_stop(stopping) => {
                self.end(inmate.kill()).await;
                let _ = ticket.reply.send(Err(stopped()));
                return;
            }
        };
        let lost = match said {
            Ok(Ok(said)) => match judge(&ticket.asked, &said) {
                Ok(()) => {
                    self.keep(inmate).await;
                    let _ = ticket.reply.send(Ok(said));
                    return;
                }
                Err(garbled) => garbled.to_string(),
            },
            Ok(Err(error)) => {
                let why = self.end(inmate.gone(&error.to_string())).await;
                return self.lost(ticket, why);
            }
            Err(_) => format!("no answer within {} s", limit.as_secs()),
        };
        self.end(inmate.kill()).await;
        self.lost(ticket, lost);
    }

    /// A child that has seen bytes of nobody else.
    async fn inmate_for(&mut self, account_id: i64) -> Result<Inmate, String> {
        match self.inmate.take() {
            Some(inmate) if inmate.account_id == account_id => return Ok(inmate),
            Some(inmate) => self.end(inmate.retire()).await,
            None => {}
        }
        let inmate = Inmate::start(&self.keeper, account_id).await?;
        self.shared
            .counters
            .child_started(inmate.id(), inmate.walls);
        Ok(inmate)
    }

    async fn keep(&mut self, mut inmate: Inmate) {
        if inmate.goes_on(&self.shared.settings) {
            self.inmate = Some(inmate);
        } else {
            self.end(inmate.retire()).await;
        }
    }

    async fn clear(&mut self) {
        if let Some(inmate) = self.inmate.take() {
            self.end(inmate.retire()).await;
        }
    }

    async fn end<T>(&self, ending: impl Future<Output = T>) -> T {
        let ended = ending.await;
        self.shared.counters.child_ended();
        ended
    }

    fn lost(&self, ticket: Ticket, why: String) {
        tracing::warn!(why, "a child was lost with its job");
        let _ = ticket.reply.send(Err(Undone::Lost(why)));
    }
}
