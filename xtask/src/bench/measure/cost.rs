//! What work costs: processor time and memory of this thread and of other processes, from the
//! kernel's own books. Processor time, because other work on the machine must not count.

use std::{
    fs,
    process::{Command, Stdio},
    time::Duration,
};

use nix::{
    sys::resource::{UsageWho, getrusage},
    time::{ClockId, clock_gettime},
};

use crate::Outcome;

/// Clock ticks a second in `/proc/PID/stat`. Source: proc(5); user space sees 100 everywhere.
const TICKS_PER_SECOND: u64 = 100;
/// Where `utime` and `stime` stand behind the name in `/proc/PID/stat`. Source: proc(5).
const UTIME_AT: usize = 11;

/// An error to end with.
pub(super) type Problem = Box<dyn std::error::Error>;

/// What running a program cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    /// User and system time of all its threads.
    pub(super) cpu: Duration,
    /// Highest resident memory in KiB.
    pub(super) peak_kib: u64,
}

/// Processor time of this thread so far.
pub(super) fn thread_cpu() -> Result<Duration, Problem> {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?;
    Ok(Duration::from(time))
}

/// Processor time of `work` on this thread.
pub(super) fn cpu_of(mut work: impl FnMut() -> Outcome) -> Result<Duration, Problem> {
    let before = thread_cpu()?;
    work()?;
    Ok(thread_cpu()?.saturating_sub(before))
}

/// Processor time of all threads of a process so far, in steps of 10 ms.
pub(super) fn process_cpu(pid: u32) -> Result<Duration, Problem> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name stands in parentheses and may hold anything.
    let (_, fields) = text.rsplit_once(')').ok_or("no name in stat")?;
    let mut ticks = 0;
    for field in fields.split_whitespace().skip(UTIME_AT).take(2) {
        ticks += field.parse::<u64>()?;
    }
    Ok(Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND))
}

/// A line of `/proc/PID/status` that counts KiB, such as `VmRSS`.
pub(super) fn process_kib(pid: u32, name: &str) -> Result<u64, Problem> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("no such line in status")?.parse()?)
}

/// Files, sockets and pipes that a process has open.
pub(super) fn process_files(pid: u32) -> Result<usize, Problem> {
    Ok(fs::read_dir(format!("/proc/{pid}/fd"))?.count())
}

/// Runs a program and says what it cost. A process of ours stands between, because the kernel
/// keeps the peak of all children together.
pub(super) fn of(program: &str, arguments: &[&str]) -> Result<Cost, Problem> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["bench", "cost", program]).args(arguments);
    let done = command.stderr(Stdio::inherit()).output()?;
    if !done.status.success() {
        return Err(format!("{program}: {}", done.status).into());
    }
    let text = String::from_utf8(done.stdout)?;
    let mut words = text.lines().last().unwrap_or_default().split(' ');
    let mut number = || words.next().unwrap_or_default().parse::<u64>();
    let cpu = Duration::from_micros(number()?);
    Ok(Cost {
        cpu,
        peak_kib: number()?,
    })
}

/// Runs a program as the only child of this process and prints what it cost.
pub(super) fn print_of(program: &str, arguments: &[&str]) -> Outcome {
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .status()?;
    if !status.success() {
        return Err(format!("{program}: {status}").into());
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let microseconds = |time: nix::sys::time::TimeVal| time.tv_sec() * 1_000_000 + time.tv_usec();
    let cpu = microseconds(usage.user_time()) + microseconds(usage.system_time());
    println!("{cpu} {}", usage.max_rss());
    Ok(())
}

/// The smaller of two figures: other work on the machine only ever makes them larger.
pub(super) fn least(kept: &mut Option<f64>, figure: f64) {
    *kept = Some(kept.map_or(figure, |kept| kept.min(figure)));
}
