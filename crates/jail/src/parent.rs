//! One child as its parent sees it: started, asked, watched, and always waited for.

mod keeper;
mod usage;

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub(crate) use keeper::Keeper;

use crate::answer::plain;
use crate::confine::Walls;
use crate::limits::{JailSettings, cpu_total_s};
use crate::wire::{LENGTH_BYTES, Said, length};

/// How long a child may take to lock itself in. Chosen: some milliseconds, on a machine that is very busy.
const START_MAX: Duration = Duration::from_secs(20);
/// How long a child may take to end when its input has ended, or when its output has.
/// Chosen: it has nothing left to do.
const END_MAX: Duration = Duration::from_secs(2);
/// What is kept of a child's standard error; the rest is read and dropped. Chosen: its first line counts.
const LAST_WORDS_BYTES_MAX: usize = 4096;
/// Part of a message that is reserved before any of it has arrived.
const RESERVED_BYTES_MAX: usize = 64 * 1024;

/// A child that waits for a job.
#[derive(Debug)]
pub(crate) struct Inmate {
    process: tokio::process::Child,
    input: ChildStdin,
    output: ChildStdout,
    last_words: JoinHandle<String>,
    /// How it is confined.
    pub(crate) walls: Walls,
    /// Whose bytes it has seen.
    pub(crate) account_id: i64,
    served: u32,
}

impl Inmate {
    /// Starts a child and waits until it is confined.
    ///
    /// # Errors
    /// Why it cannot be started or confined, in words; then it is gone.
    pub(crate) async fn start(keeper: &Keeper, account_id: i64) -> Result<Inmate, String> {
        let mut process = keeper
            .spawn()
            .await
            .map_err(|error| format!("cannot start: {error}"))?;
        let pipes = (
            process.stdin.take(),
            process.stdout.take(),
            process.stderr.take(),
        );
        let (Some(input), Some(output), Some(errors)) = pipes else {
            return Err("cannot start: no pipes".to_owned());
        };
        let mut inmate = Inmate {
            process,
            input,
            output,
            last_words: tokio::spawn(last_words(errors)),
            walls: Walls::default(),
            account_id,
            served: 0,
        };
        let why = match timeout(START_MAX, hear(&mut inmate.output)).await {
            Ok(Ok(Said::Ready(walls))) => {
                inmate.walls = walls;
                return Ok(inmate);
            }
            Ok(Ok(Said::Unfit(why))) => plain(&why),
            Ok(Ok(_)) => "it spoke out of turn".to_owned(),
            Ok(Err(error)) => return Err(inmate.gone(&error.to_string()).await),
            Err(_) => "it did not begin in time".to_owned(),
        };
        inmate.kill().await;
        Err(why)
    }

    /// The process id, for those who look from outside.
    pub(crate) fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// Asks, and waits for what it says.
    ///
    /// # Errors
    /// It is gone or spoke nonsense, in words; it must be ended by [`Inmate::gone`].
    pub(crate) async fn ask(&mut self, message: &[u8]) -> io::Result<Said> {
        self.input.write_all(message).await?;
        self.input.flush().await?;
        hear(&mut self.output).await
    }

    /// Whether it may do another job after one that went well, and grants it the time for that.
    pub(crate) fn goes_on(&mut self, settings: &JailSettings) -> bool {
        self.served += 1;
        let usage = self.id().and_then(usage::of);
        let Some(usage) = usage.filter(|_| self.served < settings.jobs_per_child) else {
            return false;
        };
        // Half of its memory would be missing for the next job.
        usage.memory_bytes <= settings.memory_mib.saturating_mul(1024 * 1024) / 2
            && usage::grant(usage, settings.job_cpu_s, cpu_total_s(settings))
    }

    /// Ends a child that did nothing wrong.
    pub(crate) async fn retire(self) {
        let Inmate {
            mut process,
            input,
            output,
            ..
        } = self;
        drop((input, output));
        if timeout(END_MAX, process.wait()).await.is_err() {
            // It is reaped; there is nobody to tell how it went.
            let _ = process.kill().await;
        }
    }

    /// Ends a child at once.
    pub(crate) async fn kill(mut self) {
        let _ = self.process.kill().await;
    }

    /// Ends a child that is no longer of use, and says why: its own end, or else `why`; and its last words.
    pub(crate) async fn gone(mut self, why: &str) -> String {
        let end = timeout(END_MAX, self.process.wait()).await;
        let why = match end {
            Ok(Ok(status)) => ended(status),
            _ => {
                let _ = self.process.kill().await;
                why.to_owned()
            }
        };
        let words = timeout(END_MAX, &mut self.last_words).await;
        self.last_words.abort();
        match words {
            Ok(Ok(words)) if !words.is_empty() => format!("{why}; it said: {}", plain(&words)),
            _ => why,
        }
    }
}

/// A message of a child.
async fn hear(output: &mut ChildStdout) -> io::Result<Said> {
    let mut header = [0; LENGTH_BYTES];
    output.read_exact(&mut header).await?;
    let length = length(header).map_err(io::Error::other)?;
    // Memory follows what arrives, not what is announced.
    let mut message = Vec::with_capacity(length.min(RESERVED_BYTES_MAX));
    let read = output.take(length as u64).read_to_end(&mut message).await?;
    if read < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Said::read(Bytes::from(message)).map_err(io::Error::other)
}

/// Reads standard error to its end and keeps the beginning.
async fn last_words(mut errors: impl AsyncRead + Unpin) -> String {
    let (mut kept, mut buffer) = (Vec::new(), [0; 1024]);
    while let Ok(read @ 1..) = errors.read(&mut buffer).await {
        let room = LAST_WORDS_BYTES_MAX - kept.len();
        kept.extend_from_slice(&buffer[..read.min(room)]);
    }
    String::from_utf8_lossy(&kept).into_owned()
}

/// How a process ended, in words.
fn ended(status: ExitStatus) -> String {
    // Numbers of Linux on the machines that cameo confines on; elsewhere they are only numbers.
    let why = match status.signal() {
        Some(6) => "it aborted",
        Some(9) => "it was killed",
        Some(11 | 7) => "it crashed",
        Some(24) => "it used more processor time than it may",
        Some(31) => "it tried something forbidden",
        Some(_) => "it was killed",
        None => return format!("it ended with {}", status.code().unwrap_or(-1)),
    };
    format!("{why} (signal {})", status.signal().unwrap_or(0))
}
