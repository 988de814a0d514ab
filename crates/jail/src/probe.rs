//! What a child does when it is asked to misbehave: the proof that its walls hold. Only children that were
//! started for a self-test obey.

use std::io::Write as _;
use std::net::{TcpListener, UdpSocket};
use std::process::Command;

use bytes::Bytes;

/// Something that an honest child never does, and one thing that it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    /// Give the bytes back.
    Echo(Bytes),
    /// Open a file for reading.
    ReadFile,
    /// Create a file.
    CreateFile,
    /// Open a TCP socket.
    Tcp,
    /// Open a UDP socket.
    Udp,
    /// Start another program.
    Program,
    /// Start a thread.
    Thread,
    /// Send a signal to the parent: none, which only asks whether it could.
    Parent,
    /// Use the processor for ever.
    Spin,
    /// Wait for ever without using the processor.
    Hang,
    /// Use memory without end.
    Allocate,
    /// Panic.
    Panic,
    /// Abort.
    Abort,
    /// Exit as if all were well.
    Leave,
    /// Write what is no message.
    Garble,
    /// Announce a message that is longer than any may be.
    Boast,
    /// Write so many bytes to standard error, then answer.
    Complain(u32),
    /// Use the processor for about so many milliseconds, then answer.
    Toil(u32),
    /// Keep so many MiB of memory, then answer.
    Hoard(u32),
}

impl Probe {
    /// What [`Probe::CreateFile`] would create.
    pub const FILE: &'static str = "/tmp/cameo-jail-probe";
}

/// Obeys. Returns what an answer should hold when nothing stopped it.
pub(crate) fn obey(probe: Probe) -> Result<Bytes, String> {
    let done = |outcome: std::io::Result<()>| {
        outcome.map_err(|error| error.to_string())?;
        Ok(Bytes::from_static(b"done"))
    };
    match probe {
        Probe::Echo(bytes) => Ok(bytes),
        Probe::ReadFile => done(std::fs::read("/proc/self/status").map(drop)),
        Probe::CreateFile => done(std::fs::write(Probe::FILE, b"")),
        Probe::Tcp => done(TcpListener::bind("127.0.0.1:0").map(drop)),
        Probe::Udp => done(UdpSocket::bind("127.0.0.1:0").map(drop)),
        Probe::Program => done(Command::new("/bin/true").status().map(drop)),
        Probe::Thread => done(std::thread::Builder::new().spawn(|| {}).map(drop)),
        Probe::Parent => {
            let parent = rustix::process::getppid().ok_or("no parent")?;
            done(rustix::process::test_kill_process(parent).map_err(Into::into))
        }
        Probe::Spin => spin(),
        Probe::Hang => loop {
            std::thread::park();
        },
        Probe::Allocate => allocate(),
        #[expect(clippy::panic, reason = "this is what was asked for")]
        Probe::Panic => panic!("a probe"),
        Probe::Abort => std::process::abort(),
        Probe::Leave => std::process::exit(0),
        Probe::Garble => {
            write(&[8, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255])?;
            Ok(Bytes::new())
        }
        Probe::Boast => {
            write(&[255; 4])?;
            Ok(Bytes::new())
        }
        Probe::Complain(bytes) => {
            let text = "complaint ".repeat((bytes / 10) as usize);
            done(std::io::stderr().write_all(text.as_bytes()))
        }
        Probe::Toil(ms) => {
            let until = std::time::Instant::now() + std::time::Duration::from_millis(ms.into());
            while std::time::Instant::now() < until {
                std::hint::spin_loop();
            }
            Ok(Bytes::from_static(b"done"))
        }
        Probe::Hoard(mib) => {
            std::mem::forget(vec![1_u8; mib as usize * 1024 * 1024]);
            Ok(Bytes::from_static(b"done"))
        }
    }
}

fn write(bytes: &[u8]) -> Result<(), String> {
    let mut out = std::io::stdout();
    out.write_all(bytes).map_err(|error| error.to_string())?;
    out.flush().map_err(|error| error.to_string())
}

fn spin() -> ! {
    let mut turns = 0_u64;
    loop {
        turns = std::hint::black_box(turns.wrapping_add(1));
    }
}

fn allocate() -> ! {
    let mut kept: Vec<Vec<u8>> = Vec::new();
    loop {
        kept.push(std::hint::black_box(vec![1; 1024 * 1024]));
    }
}
