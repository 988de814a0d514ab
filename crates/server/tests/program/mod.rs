//! The program as a process: started with some arguments, read line by line, ended with a signal.
#![expect(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use mtproto::crypto::rsa::PublicKey;

/// The program with these arguments and none of the settings of this environment.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cameo"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CAMEO_")) {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// Asserts that the program refused with this code and one line that holds all of `parts`.
pub(crate) fn assert_refused(output: &Output, code: i32, parts: &[&str]) {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert_eq!(said.lines().count(), 1, "not one line: {said}");
    for part in parts {
        assert!(said.contains(part), "\"{part}\" is missing in: {said}");
    }
    assert!(
        output.stdout.is_empty(),
        "nothing but a ready server writes to stdout"
    );
}

/// Sends a signal by name to a process.
pub(crate) fn send(signal: &str, process_id: u32) {
    let process = process_id.to_string();
    let sent = Command::new("kill")
        .args(["-s", signal, &process])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// A server that is ready.
pub(crate) struct Served {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// What it printed.
    pub(crate) ready: String,
}

impl Served {
    /// Starts a server on this data folder and a free port, and waits until it is ready.
    pub(crate) fn start(data: &Path, more: &[&str]) -> Served {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0", "--data"];
        arguments.push(data.to_str().unwrap());
        arguments.extend(more);
        Served::spawn(command(&arguments))
    }

    /// Waits until the server that `command` starts is ready.
    pub(crate) fn spawn(mut command: Command) -> Served {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut ready = String::new();
        stdout.read_line(&mut ready).unwrap();
        if ready.is_empty() {
            let mut said = String::new();
            child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut said)
                .unwrap();
            panic!("not ready: {said}");
        }
        Served {
            child,
            stdout,
            ready: ready.trim_end().to_owned(),
        }
    }

    /// One of the `name=value` words of the ready line.
    pub(crate) fn said(&self, name: &str) -> &str {
        let words = self
            .ready
            .split(' ')
            .filter_map(|word| word.split_once('='));
        words
            .clone()
            .find(|(word, _)| *word == name)
            .map(|(_, value)| value)
            .unwrap()
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.said("listen").parse().unwrap()
    }

    /// Its public key, from the file that it names.
    pub(crate) fn public_key(&self) -> PublicKey {
        let pem = std::fs::read_to_string(self.said("public_key")).unwrap();
        PublicKey::from_pem(&pem).unwrap()
    }

    /// The id of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by name, waits for the end, and returns exit code and log.
    pub(crate) fn end(mut self, signal: &str) -> (Option<i32>, String) {
        send(signal, self.child.id());
        let mut log = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "stdout holds the ready line only");
        (status.code(), log)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Ended already in the usual case.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
