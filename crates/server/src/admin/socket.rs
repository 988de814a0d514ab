//! The socket of a running server in its data folder: a line of JSON in, a line of JSON out. Only the
//! server's own user and root are heard, each connection asks once, and everything is bounded.

use std::fs::{self, File, Permissions};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream as BlockingStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Host, Problem, Request, answer};
use crate::event::Event;

/// Its name in the data folder.
const SOCKET_FILE: &str = "admin.sock";
/// Its name until its permissions are set.
const UNFINISHED_FILE: &str = "admin.sock.new";
/// Longest path that is used as it is. Source: 104 bytes with the final zero on the systems that allow
/// the least; the longer of the two names must fit.
const SOCKET_PATH_BYTES_MAX: usize = 99;
/// Longest request. Chosen: a sticker set of the most bytes, with its words; all others are names and numbers.
const REQUEST_BYTES_MAX: u64 = 48 * 1024 * 1024;
/// Longest answer that a command reads. Chosen: above the largest picture in digits.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Requests that are answered at once; others wait. Chosen: fewer than the store has readers and writers,
/// so that clients always have a turn.
const REQUESTS_MAX: usize = 3;
/// How long a request may take to arrive, and an answer to be read.
const PEER_WAIT: Duration = Duration::from_secs(10);
/// How long a command waits for its answer. Chosen: counting millions of files takes a minute.
const ANSWER_WAIT: Duration = Duration::from_secs(300);
/// Pause after the system could not accept. Chosen: long enough to free a file descriptor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// What goes back over the socket.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    Answer(Value),
    Problem(Problem),
}

/// A socket that listens while the server runs.
#[derive(Debug)]
pub(crate) struct Socket {
    listener: UnixListener,
    path: PathBuf,
    /// Whose requests are heard, beside root's.
    user: u32,
}

impl Socket {
    /// Listens in `folder`, in place of a socket that a killed server left there.
    ///
    /// # Errors
    /// The folder cannot hold a socket.
    pub(crate) fn bind(folder: &Path) -> io::Result<Socket> {
        let reach = Reach::new(folder)?;
        let unfinished = folder.join(UNFINISHED_FILE);
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(reach.path(UNFINISHED_FILE))?;
        fs::set_permissions(&unfinished, Permissions::from_mode(0o600))?;
        let user = fs::symlink_metadata(&unfinished)?.uid();
        let path = folder.join(SOCKET_FILE);
        fs::rename(&unfinished, &path)?;
        Ok(Socket {
            listener,
            path,
            user,
        })
    }

    /// Answers requests until `stopping`, then finishes those that came before it and removes the file.
    pub(crate) async fn serve(self, host: Arc<Host>, stopping: CancellationToken) {
        let turns = Arc::new(Semaphore::new(REQUESTS_MAX));
        let requests = TaskTracker::new();
        while let Some(turn) = stopping
            .run_until_cancelled(turns.clone().acquire_owned())
            .await
        {
            let accepted = stopping.run_until_cancelled(self.listener.accept()).await;
            let stream = match accepted {
                None => break,
                Some(Ok((stream, _))) => stream,
                Some(Err(error)) => {
                    let doing = "accept a request of the host";
                    self.fault(&host, doing, &error);
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            if !self.hears(&stream) {
                tracing::warn!("a request of another user was not heard");
                continue;
            }
            let (host, stopping) = (host.clone(), stopping.clone());
            requests.spawn(async move {
                let _turn = turn;
                converse(&host, stream, &stopping).await;
            });
        }
        requests.close();
        requests.wait().await;
        if let Err(error) = fs::remove_file(&self.path) {
            self.fault(&host, "remove the socket of the host", &error);
        }
    }

    /// Permissions keep others out, too; a folder that somebody else opened up does not let them in.
    fn hears(&self, stream: &UnixStream) -> bool {
        stream
            .peer_cred()
            .is_ok_and(|peer| peer.uid() == self.user || peer.uid() == 0)
    }

    fn fault(&self, host: &Host, doing: &str, error: &io::Error) {
        if let Some(live) = &host.live {
            live.events.emit(Event::Fault { doing, error });
        }
    }
}

/// One question, one answer. Whoever does not ask or read in time is left alone.
async fn converse(host: &Host, mut stream: UnixStream, stopping: &CancellationToken) {
    let mut line = Vec::new();
    let (reading, mut writing) = stream.split();
    let mut reading = tokio::io::BufReader::new(reading.take(REQUEST_BYTES_MAX));
    let read = timeout(PEER_WAIT, reading.read_until(b'\n', &mut line));
    match stopping.run_until_cancelled(read).await {
        Some(Ok(Ok(_))) if line.ends_with(b"\n") => {}
        // Gone, too slow or too long; or the server stops.
        _ => return,
    }
    let reply = match serde_json::from_slice::<Request>(&line) {
        Ok(request) => answer(host, request)
            .await
            .map_or_else(Reply::Problem, Reply::Answer),
        Err(error) => Reply::Problem(Problem::unreadable(format!(
            "the server does not understand the request: {error}"
        ))),
    };
    let Ok(mut text) = serde_json::to_vec(&reply) else {
        return;
    };
    text.push(b'\n');
    // Whoever went away does not read.
    let _ = timeout(PEER_WAIT, writing.write_all(&text)).await;
}

/// Asks the server that runs on `folder`; `None`: none does.
///
/// # Errors
/// The socket is there but cannot be used, or the server ended before it answered.
pub(crate) fn ask(folder: &Path, request: &Request) -> io::Result<Option<Result<Value, Problem>>> {
    let Ok(reach) = Reach::new(folder) else {
        return Ok(None);
    };
    let stream = match BlockingStream::connect(reach.path(SOCKET_FILE)) {
        Ok(stream) => stream,
        Err(error) => {
            use io::ErrorKind::{ConnectionRefused, NotFound};
            let nobody = matches!(error.kind(), NotFound | ConnectionRefused);
            return if nobody { Ok(None) } else { Err(error) };
        }
    };
    stream.set_read_timeout(Some(ANSWER_WAIT))?;
    stream.set_write_timeout(Some(PEER_WAIT))?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    (&stream).write_all(&line)?;
    let mut reply = Vec::new();
    BufReader::new(stream.take(ANSWER_BYTES_MAX)).read_until(b'\n', &mut reply)?;
    if !reply.ends_with(b"\n") {
        return Err(io::Error::other("the server ended before it answered"));
    }
    Ok(Some(match serde_json::from_slice(&reply)? {
        Reply::Answer(value) => Ok(value),
        Reply::Problem(problem) => Err(problem),
    }))
}

/// A way to the files of a folder that is short enough for the name of a socket.
struct Reach {
    folder: PathBuf,
    _opened: Option<File>,
}

impl Reach {
    fn new(folder: &Path) -> io::Result<Reach> {
        let longest = folder.join(UNFINISHED_FILE);
        if longest.as_os_str().len() <= SOCKET_PATH_BYTES_MAX {
            return Ok(Reach {
                folder: folder.to_owned(),
                _opened: None,
            });
        }
        // Sockets have short names only; the opened folder has one.
        let opened = File::open(folder)?;
        Ok(Reach {
            folder: format!("/proc/self/fd/{}", opened.as_raw_fd()).into(),
            _opened: Some(opened),
        })
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_replaces_what_a_killed_server_left_in_a_folder_with_a_long_name() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("long".repeat(60));
        fs::create_dir(&folder).unwrap();
        let killed = Socket::bind(&folder).unwrap();
        drop(killed);
        assert!(folder.join(SOCKET_FILE).exists());
        assert!(ask(&folder, &Request::Status).unwrap().is_none());
        let socket = Socket::bind(&folder).unwrap();
        let mode = fs::metadata(&socket.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let reach = Reach::new(&folder).unwrap();
        BlockingStream::connect(reach.path(SOCKET_FILE)).unwrap();
        assert!(!folder.join(UNFINISHED_FILE).exists());
    }
}
