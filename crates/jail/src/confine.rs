//! How a child locks itself in, before it reads the first byte. Three walls, each alone enough against files
//! and sockets: a filter of system calls, the kernel's landlock where it is there, and limits under which no
//! descriptor can be opened.

use rustix::process::{Resource, Rlimit, nice, setrlimit};

use crate::limits::Orders;

/// How much less of the processors a child gets when others want them too.
/// Chosen: about a tenth beside one thread of the server.
const NICE: i32 = 10;

/// Which walls hold, beside the limits of memory, time and descriptors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Walls {
    /// Every system call but a few kills the process.
    pub filter: bool,
    /// The kernel's landlock forbids every file and port.
    pub landlock: bool,
}

/// Confines this process as ordered; there is no way back.
///
/// # Errors
/// Why the machine cannot do it, in words.
pub(crate) fn confine(orders: &Orders) -> Result<Walls, String> {
    // A machine that runs out of memory shall take a child, not the server. It is only a wish.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    // Less would only be slower for others; some containers forbid it.
    let _ = nice(NICE);
    walls::die_with_parent().map_err(|error| format!("signal at the parent's death: {error}"))?;
    let landlock = orders.confined && walls::landlock()?;
    limit(orders).map_err(|error| format!("limits: {error}"))?;
    if orders.confined {
        walls::filter()?;
    }
    Ok(Walls {
        filter: orders.confined,
        landlock,
    })
}

fn limit(orders: &Orders) -> rustix::io::Result<()> {
    let memory_bytes = orders.memory_mib.saturating_mul(1024 * 1024);
    let exactly = |value: u64| Rlimit {
        current: Some(value),
        maximum: Some(value),
    };
    setrlimit(Resource::Core, exactly(0))?;
    setrlimit(Resource::Fsize, exactly(0))?;
    setrlimit(Resource::Nproc, exactly(0))?;
    setrlimit(Resource::As, exactly(memory_bytes))?;
    let cpu = Rlimit {
        current: Some(orders.job_cpu_s),
        maximum: Some(orders.cpu_s),
    };
    setrlimit(Resource::Cpu, cpu)?;
    setrlimit(Resource::Nofile, exactly(0))
}

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod walls {
    use std::collections::BTreeMap;

    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset,
        RulesetAttr as _, RulesetError, RulesetStatus, Scope,
    };
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, TargetArch,
    };

    /// An orphan in the middle of a job would otherwise notice late, at its next read.
    pub(super) fn die_with_parent() -> rustix::io::Result<()> {
        rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))
    }

    /// Forbids every file, port and signal that this kernel's landlock knows of; `false`: it has none.
    pub(super) fn landlock() -> Result<bool, String> {
        let newest = ABI::V6;
        let restrict = || -> Result<RulesetStatus, RulesetError> {
            let status = Ruleset::default()
                .set_compatibility(CompatLevel::BestEffort)
                .handle_access(AccessFs::from_all(newest))?
                .handle_access(AccessNet::from_all(newest))?
                .scope(Scope::from_all(newest))?
                .create()?
                .restrict_self()?;
            Ok(status.ruleset)
        };
        let status = restrict().map_err(|error| format!("landlock: {error}"))?;
        Ok(status != RulesetStatus::NotEnforced)
    }

    /// Lets the process compute, read its jobs and write its answers; any other call kills it.
    pub(super) fn filter() -> Result<(), String> {
        let arch = if cfg!(target_arch = "x86_64") {
            TargetArch::x86_64
        } else {
            TargetArch::aarch64
        };
        let install = || -> Result<(), Box<dyn std::error::Error>> {
            let (other, listed) = (SeccompAction::KillProcess, SeccompAction::Allow);
            let filter = SeccompFilter::new(allowed()?, other, listed, arch)?;
            let program: BpfProgram = filter.try_into()?;
            seccompiler::apply_filter(&program)?;
            Ok(())
        };
        install().map_err(|error| format!("filter of system calls: {error}"))
    }

    type Rules = BTreeMap<i64, Vec<SeccompRule>>;

    /// What the allocator, the runtime and the pipes need. No rule: with any arguments.
    fn allowed() -> Result<Rules, seccompiler::BackendError> {
        let mut rules: Rules = [
            libc::SYS_brk,
            libc::SYS_clock_gettime,
            libc::SYS_exit,
            libc::SYS_exit_group,
            libc::SYS_futex,
            libc::SYS_getpid,
            libc::SYS_getrandom,
            libc::SYS_gettid,
            libc::SYS_madvise,
            libc::SYS_mremap,
            libc::SYS_munmap,
            libc::SYS_restart_syscall,
            libc::SYS_rt_sigaction,
            libc::SYS_rt_sigprocmask,
            libc::SYS_rt_sigreturn,
            libc::SYS_sched_yield,
            libc::SYS_sigaltstack,
        ]
        .into_iter()
        .map(|call| (call, Vec::new()))
        .collect();
        let is = |argument, value: u64| {
            SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)
        };
        // Pipes: jobs come in on 0, answers leave on 1, the last words on 2.
        rules.insert(libc::SYS_read, vec![SeccompRule::new(vec![is(0, 0)?])?]);
        for call in [libc::SYS_write, libc::SYS_writev] {
            let ends = [is(0, 1)?, is(0, 2)?];
            let ends = ends.map(|end| SeccompRule::new(vec![end]));
            rules.insert(call, ends.into_iter().collect::<Result<_, _>>()?);
        }
        // Memory, never executable, never of a file.
        let executable = u64::from(libc::PROT_EXEC.unsigned_abs());
        let mask = SeccompCmpOp::MaskedEq(executable);
        let inert = || SeccompCondition::new(2, SeccompCmpArgLen::Dword, mask.clone(), 0);
        let anonymous = u64::from(libc::MAP_ANONYMOUS.unsigned_abs());
        let mask = SeccompCmpOp::MaskedEq(anonymous);
        let fileless = SeccompCondition::new(3, SeccompCmpArgLen::Dword, mask, anonymous)?;
        let map = SeccompRule::new(vec![inert()?, fileless])?;
        rules.insert(libc::SYS_mmap, vec![map]);
        rules.insert(libc::SYS_mprotect, vec![SeccompRule::new(vec![inert()?])?]);
        // An abort is a signal to oneself.
        let own = is(0, std::process::id().into())?;
        rules.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![own])?]);
        Ok(rules)
    }
}

#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
mod walls {
    pub(super) fn die_with_parent() -> rustix::io::Result<()> {
        Ok(())
    }

    pub(super) fn landlock() -> Result<bool, String> {
        Ok(false)
    }

    pub(super) fn filter() -> Result<(), String> {
        Err("cameo knows no filter of system calls for this system".to_owned())
    }
}
