//! How many connections there may be, in all and from one address; each holds a place until it
//! ends. And how much of the server's arithmetic one address may ask for at the same time.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

/// Counts connections and says when there are too many.
#[derive(Debug)]
pub(crate) struct Limits {
    total_max: usize,
    per_ip_max: usize,
    jobs_per_ip_max: usize,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    total: usize,
    per_ip: HashMap<IpAddr, Household>,
}

/// What one address has.
#[derive(Debug)]
struct Household {
    connections: usize,
    jobs: Arc<Semaphore>,
}

/// A connection's place; given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    limits: Arc<Limits>,
    ip: IpAddr,
    jobs: Arc<Semaphore>,
}

impl Limits {
    /// At most `total_max` connections, at most `per_ip_max` of them from one address, which may
    /// have `jobs_per_ip_max` pieces of work in the queue of the workers.
    pub(crate) fn new(total_max: usize, per_ip_max: usize, jobs_per_ip_max: usize) -> Arc<Limits> {
        Arc::new(Limits {
            total_max,
            per_ip_max,
            jobs_per_ip_max,
            held: Mutex::default(),
        })
    }

    /// A place for one more connection from `ip`, or `None` when there are too many.
    pub(crate) fn enter(self: &Arc<Limits>, ip: IpAddr) -> Option<Place> {
        let ip = household(ip);
        let mut held = self.held();
        if held.total >= self.total_max {
            return None;
        }
        let house = held.per_ip.entry(ip).or_insert_with(|| Household {
            connections: 0,
            jobs: Arc::new(Semaphore::new(self.jobs_per_ip_max)),
        });
        if house.connections >= self.per_ip_max {
            return None;
        }
        house.connections += 1;
        let jobs = house.jobs.clone();
        held.total += 1;
        Some(Place {
            limits: self.clone(),
            ip,
            jobs,
        })
    }

    /// How many places are taken.
    pub(crate) fn taken(&self) -> usize {
        self.held().total
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // Counts are changed together under the lock and nothing in between can panic.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.limits.held();
        held.total = held.total.saturating_sub(1);
        if let Some(house) = held.per_ip.get_mut(&self.ip) {
            house.connections = house.connections.saturating_sub(1);
            if house.connections == 0 {
                held.per_ip.remove(&self.ip);
            }
        }
    }
}

impl Place {
    /// The turns of this address in the queue of the workers.
    pub(crate) fn jobs(&self) -> Arc<Semaphore> {
        self.jobs.clone()
    }
}

/// What counts as one address: an IPv6 customer usually holds a whole /64.
/// Source: RIPE-690, recommended prefix assignments.
fn household(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(ip) => IpAddr::V4(ip),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_is_stopped_before_the_others() {
        let limits = Limits::new(3, 2, 1);
        let first = limits.enter(ip("192.0.2.1"));
        let second = limits.enter(ip("192.0.2.1"));
        assert!(first.is_some() && second.is_some());
        assert!(limits.enter(ip("192.0.2.1")).is_none());
        let third = limits.enter(ip("192.0.2.2"));
        assert!(third.is_some());
        assert!(
            limits.enter(ip("192.0.2.3")).is_none(),
            "the total counts too"
        );
        drop(first);
        assert_eq!(limits.taken(), 2);
        assert!(limits.enter(ip("192.0.2.1")).is_some());
    }

    #[test]
    fn an_address_that_left_is_forgotten() {
        let limits = Limits::new(10, 10, 1);
        drop(limits.enter(ip("192.0.2.1")));
        assert!(limits.held().per_ip.is_empty());
    }

    #[test]
    fn connections_of_one_address_share_its_turns() {
        let limits = Limits::new(10, 10, 1);
        let first = limits.enter(ip("192.0.2.1")).unwrap();
        let second = limits.enter(ip("192.0.2.1")).unwrap();
        let other = limits.enter(ip("192.0.2.2")).unwrap();
        let turn = first.jobs().try_acquire_owned().unwrap();
        assert!(second.jobs().try_acquire_owned().is_err());
        assert!(other.jobs().try_acquire_owned().is_ok());
        drop(turn);
        assert!(second.jobs().try_acquire_owned().is_ok());
    }

    #[test]
    fn neighbours_in_one_ipv6_network_count_together() {
        let limits = Limits::new(10, 1, 1);
        let _held = limits.enter(ip("2001:db8:1:2::1"));
        assert!(limits.enter(ip("2001:db8:1:2:3:4:5:6")).is_none());
        assert!(limits.enter(ip("2001:db8:1:3::1")).is_some());
        let _mapped = limits.enter(ip("::ffff:192.0.2.1"));
        assert!(
            limits.enter(ip("192.0.2.1")).is_none(),
            "one machine, two spellings"
        );
    }
}
