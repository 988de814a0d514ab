//! What a child has used, by the system's word and not by its own, and the time for its next job.

#[cfg(target_os = "linux")]
pub(super) use linux::{grant, of};
#[cfg(not(target_os = "linux"))]
pub(super) use unknown::{grant, of};

/// What a process has used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) process_id: i32,
    /// Processor time, whole seconds.
    pub(super) cpu_s: u64,
    /// Address space.
    pub(super) memory_bytes: u64,
}

#[cfg(target_os = "linux")]
mod linux {
    use rustix::param::{clock_ticks_per_second, page_size};
    use rustix::process::{Pid, Resource, Rlimit, prlimit};

    use super::Usage;

    /// Asks the system; `None`: it does not say.
    pub(in super::super) fn of(process_id: u32) -> Option<Usage> {
        let read = |name| std::fs::read_to_string(format!("/proc/{process_id}/{name}")).ok();
        let (stat, statm) = (read("stat")?, read("statm")?);
        Some(Usage {
            process_id: i32::try_from(process_id).ok()?,
            cpu_s: ticks(&stat)? / clock_ticks_per_second(),
            memory_bytes: pages(&statm)? * page_size() as u64,
        })
    }

    /// Time for another job, within the total that the child has given itself.
    pub(in super::super) fn grant(usage: Usage, job_cpu_s: u64, total_s: u64) -> bool {
        // The second that has begun is not part of the next job.
        let until = usage.cpu_s.saturating_add(1).saturating_add(job_cpu_s);
        let limit = Rlimit {
            current: Some(until.min(total_s)),
            maximum: Some(total_s),
        };
        Pid::from_raw(usage.process_id)
            .is_some_and(|process| prlimit(Some(process), Resource::Cpu, limit).is_ok())
    }

    /// Ticks in user and system mode; fields 14 and 15, counted behind the name, which may hold anything.
    pub(super) fn ticks(stat: &str) -> Option<u64> {
        let (_, fields) = stat.rsplit_once(')')?;
        let mut fields = fields.split_whitespace().skip(11);
        let mut next = || fields.next()?.parse::<u64>().ok();
        next()?.checked_add(next()?)
    }

    pub(super) fn pages(statm: &str) -> Option<u64> {
        statm.split_whitespace().next()?.parse().ok()
    }
}

#[cfg(not(target_os = "linux"))]
mod unknown {
    use super::Usage;

    /// Nothing is known, so no child does a second job.
    pub(in super::super) fn of(_process_id: u32) -> Option<Usage> {
        None
    }

    pub(in super::super) fn grant(_usage: Usage, _job_cpu_s: u64, _total_s: u64) -> bool {
        false
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::linux::{of, pages, ticks};

    #[test]
    fn ticks_are_counted_behind_a_name_with_brackets() {
        let stat = "12 (a) b) S 1 2 3 4 5 6 7 8 9 10 70 8 0 0 20 0 1 0 99";
        assert_eq!(ticks(stat), Some(78));
        assert_eq!(ticks("12 (a"), None);
        assert_eq!(pages("100 20 3\n"), Some(100));
        assert_eq!(pages(""), None);
    }

    #[test]
    fn this_process_uses_memory_and_a_missing_one_is_unknown() {
        assert!(of(std::process::id()).unwrap().memory_bytes > 0);
        assert_eq!(of(u32::MAX), None);
    }
}
