//! What children may cost, as settings of a server and as the words by which a child is told.

use std::path::PathBuf;
use std::time::Duration;

/// Longest message between parent and child in bytes, either way.
/// Chosen: the largest clip that a host may allow, and room; an honest answer is far smaller.
pub(crate) const MESSAGE_BYTES_MAX: usize = 32 * 1024 * 1024;

/// How children are confined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// A child that cannot be confined does not work; its jobs end as [`crate::Undone::Unavailable`].
    Required,
    /// Children are processes with limits of memory and time, without filter and walls.
    Off,
}

/// What children may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JailSettings {
    /// How they are confined.
    pub policy: Policy,
    /// How many work at once; 0: one less than there are processors, at least one.
    pub children: usize,
    /// Address space of a child, in MiB.
    pub memory_mib: u64,
    /// Processor time of a job, in seconds.
    pub job_cpu_s: u64,
    /// Time of a job by the clock, in seconds.
    pub job_s: u64,
    /// Jobs after which a child is replaced.
    pub jobs_per_child: u32,
    /// Jobs that wait at once.
    pub queue_max: usize,
    /// Jobs of one account that wait at once.
    pub queue_per_account_max: usize,
    /// How long a child without work is kept.
    pub idle: Duration,
    /// The program to start; `None`: the one that runs.
    pub program: Option<PathBuf>,
    /// Children obey [`crate::Probe`]s as well. Never where strangers send jobs.
    pub self_test: bool,
}

impl Default for JailSettings {
    fn default() -> JailSettings {
        JailSettings {
            policy: Policy::Required,
            children: 0,
            memory_mib: 512,
            job_cpu_s: 10,
            job_s: 30,
            jobs_per_child: 64,
            queue_max: 64,
            queue_per_account_max: 8,
            idle: Duration::from_secs(60),
            program: None,
            self_test: false,
        }
    }
}

impl JailSettings {
    /// How many children work at once.
    pub(crate) fn children(&self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        match self.children {
            0 => processors().saturating_sub(1).max(1),
            children => children,
        }
    }
}

/// What a child is told on its command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Orders {
    /// Whether the filter and the walls are required.
    pub(crate) confined: bool,
    pub(crate) memory_mib: u64,
    /// Processor time until the parent grants more, in seconds.
    pub(crate) job_cpu_s: u64,
    /// Processor time that cannot be exceeded, in seconds.
    pub(crate) cpu_s: u64,
    pub(crate) self_test: bool,
}

impl Orders {
    pub(crate) fn of(settings: &JailSettings) -> Orders {
        Orders {
            confined: settings.policy == Policy::Required,
            memory_mib: settings.memory_mib,
            job_cpu_s: settings.job_cpu_s,
            cpu_s: cpu_total_s(settings),
            self_test: settings.self_test,
        }
    }

    pub(crate) fn words(self) -> Vec<String> {
        vec![
            u8::from(self.confined).to_string(),
            self.memory_mib.to_string(),
            self.job_cpu_s.to_string(),
            self.cpu_s.to_string(),
            u8::from(self.self_test).to_string(),
        ]
    }

    pub(crate) fn read(words: &[String]) -> Option<Orders> {
        let numbers: Option<Vec<u64>> = words.iter().map(|word| word.parse().ok()).collect();
        let &[confined, memory_mib, job_cpu_s, cpu_s, self_test] = numbers?.as_slice() else {
            return None;
        };
        Some(Orders {
            confined: confined != 0,
            memory_mib,
            job_cpu_s,
            cpu_s,
            self_test: self_test != 0,
        })
    }
}

/// Processor time of all jobs of one child; a second more, because the system counts whole ones.
pub(crate) fn cpu_total_s(settings: &JailSettings) -> u64 {
    settings
        .job_cpu_s
        .saturating_mul(settings.jobs_per_child.into())
        .saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_come_back_from_their_words() {
        let orders = Orders::of(&JailSettings::default());
        assert_eq!(Orders::read(&orders.words()), Some(orders));
        assert_eq!(Orders::read(&[]), None);
        assert_eq!(Orders::read(&["one".to_owned()]), None);
    }
}
