//! Who is served when, and when children are replaced.

use std::sync::Mutex;

use bytes::Bytes;
use jail::{Jail, Probe, Undone};

use crate::jail;

async fn echo(jail: &Jail, account_id: i64) {
    jail.probe(account_id, Probe::Echo(Bytes::from_static(b"x")))
        .await
        .unwrap();
}

/// One account with many jobs does not delay another's single one by more than the job that runs.
#[tokio::test]
async fn one_job_of_another_account_is_next() {
    let jail = jail(|settings| settings.queue_per_account_max = 40);
    let order = Mutex::new(Vec::new());
    let noted = |account_id| {
        let (jail, order) = (&jail, &order);
        async move {
            echo(jail, account_id).await;
            order.lock().unwrap().push(account_id);
        }
    };
    let crowd = async {
        let mut set = Vec::new();
        for _ in 0..30 {
            set.push(Box::pin(noted(1)));
        }
        std::future::poll_fn(|cx| {
            let mut pending = false;
            set.retain_mut(|one| {
                let waits = one.as_mut().poll(cx).is_pending();
                pending |= waits;
                waits
            });
            if pending {
                std::task::Poll::Pending
            } else {
                std::task::Poll::Ready(())
            }
        })
        .await;
    };
    tokio::join!(crowd, noted(2));
    let order = order.into_inner().unwrap();
    let at = order
        .iter()
        .position(|account_id| *account_id == 2)
        .unwrap();
    assert!(at <= 2, "{order:?}");
    assert_eq!(order.len(), 31);
    jail.stop().await;
}

/// A full line of one account leaves room for others.
#[tokio::test]
async fn a_full_line_is_busy_for_its_account_alone() {
    let jail = jail(|settings| settings.queue_per_account_max = 1);
    let crowd = async {
        let own = || jail.probe(1, Probe::Toil(1));
        let (a, b, c) = tokio::join!(own(), own(), own());
        [a, b, c]
    };
    let (own, ()) = tokio::join!(crowd, echo(&jail, 2));
    let busy = own
        .iter()
        .filter(|ended| **ended == Err(Undone::Busy))
        .count();
    assert_eq!(
        busy, 2,
        "all three came before the child took the first: {own:?}"
    );
    assert_eq!(jail.counts().busy, 2);
    jail.stop().await;
}

/// A child is replaced after its number of jobs, when another account's job comes, and when it has grown.
#[tokio::test]
async fn children_are_replaced_in_time() {
    let jail = jail(|settings| settings.jobs_per_child = 3);
    for _ in 0..6 {
        echo(&jail, 1).await;
    }
    assert_eq!(jail.counts().children_started, 2, "after three jobs each");
    echo(&jail, 1).await;
    echo(&jail, 2).await;
    assert_eq!(jail.counts().children_started, 4, "for another account");
    jail.probe(2, Probe::Hoard(140)).await.unwrap();
    assert_eq!(
        jail.counts().children,
        0,
        "more than half of 256 MiB is used"
    );
    echo(&jail, 2).await;
    assert_eq!(jail.counts().children_started, 5);
    jail.stop().await;
}

/// A child without work is let go.
#[tokio::test]
async fn a_child_without_work_is_let_go() {
    let jail = jail(|settings| settings.idle = std::time::Duration::from_millis(1));
    echo(&jail, 1).await;
    while jail.counts().children > 0 {
        tokio::task::yield_now().await;
    }
    echo(&jail, 1).await;
    jail.stop().await;
}

/// Jobs of several children run beside each other.
#[tokio::test]
async fn two_children_work_at_once() {
    let jail = jail(|settings| settings.children = 2);
    let second = async {
        while jail.counts().children == 0 {
            tokio::task::yield_now().await;
        }
        echo(&jail, 2).await;
    };
    tokio::select! {
        biased;
        ended = jail.probe(1, Probe::Hang) => panic!("{ended:?}"),
        () = second => {}
    }
    jail.stop().await;
}
