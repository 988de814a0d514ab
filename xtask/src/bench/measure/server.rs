//! The program under measurement: the release build, as a process of its own.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use mtproto::crypto::rsa::PublicKey;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::cost::{self, Problem};
use crate::target;

/// The login code of everyone.
pub(super) const CODE: &str = "12345";

/// A running server; it ends with this value.
pub(super) struct Server {
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// The key that clients must trust.
    pub(super) key: PublicKey,
    /// Its data folder.
    pub(super) data: PathBuf,
    /// From the start of the process to its ready line.
    pub(super) took: Duration,
    is_temporary: bool,
    child: Child,
    // Closed early, its next line on stdout would fail.
    _out: BufReader<ChildStdout>,
}

impl Server {
    /// Starts on an empty data folder, which is removed with this value.
    ///
    /// Not before: for minutes after a thousand files went, ext4 passes over their places one by one
    /// whenever a file is made.
    pub(super) fn fresh(name: &str) -> Result<Server, Problem> {
        let folder = format!("{name}-{}", std::process::id());
        let mut server = Server::on(&target().join("bench").join(folder))?;
        server.is_temporary = true;
        Ok(server)
    }

    /// Starts on a data folder as it is.
    pub(super) fn on(data: &Path) -> Result<Server, Problem> {
        fs::create_dir_all(data)?;
        let begun = Instant::now();
        let mut child = Command::new(target().join("release/cameo"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--log",
                "warn",
                "--login-code",
                CODE,
            ])
            .arg("--data")
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut out = BufReader::new(child.stdout.take().ok_or("no stdout")?);
        let mut ready = String::new();
        out.read_line(&mut ready)?;
        let took = begun.elapsed();
        let word = |name: &str| {
            let found = ready
                .split_whitespace()
                .find_map(|word| word.strip_prefix(name));
            found.ok_or(format!("not ready: {ready:?}"))
        };
        let address = word("listen=")?.parse()?;
        let key = PublicKey::from_pem(&fs::read_to_string(word("public_key=")?)?)?;
        Ok(Server {
            address,
            key,
            data: data.to_owned(),
            took,
            is_temporary: false,
            child,
            _out: out,
        })
    }

    /// Its process.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Processor time so far.
    pub(super) fn cpu(&self) -> Result<Duration, Problem> {
        cost::process_cpu(self.pid())
    }

    /// Resident memory in KiB.
    pub(super) fn resident_kib(&self) -> Result<u64, Problem> {
        cost::process_kib(self.pid(), "VmRSS")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let pid = Pid::from_raw(self.child.id().cast_signed());
        // It may have ended by itself; then there is nothing to stop.
        let _ = kill(pid, Signal::SIGTERM);
        let _ = self.child.wait();
        if self.is_temporary && fs::remove_dir_all(&self.data).is_err() {
            eprintln!("{} could not be removed", self.data.display());
        }
    }
}
