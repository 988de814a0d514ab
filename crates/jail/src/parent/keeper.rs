//! The thread that starts children. The system ends a child when the thread that started it ends, so that
//! thread must live as long as the jail; a thread of the runtime may not.

use std::io;
use std::process::Stdio;
use std::sync::mpsc;

use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::limits::{JailSettings, Orders};

/// Stack of the thread. Chosen: it starts processes and does nothing else.
const STACK_BYTES: usize = 256 * 1024;

type Wish = oneshot::Sender<io::Result<Child>>;

/// The way to the thread. When the last one is dropped, the thread ends and all children with it.
#[derive(Debug, Clone)]
pub(crate) struct Keeper(mpsc::Sender<Wish>);

impl Keeper {
    /// Starts the thread; children belong to the runtime that this is called in.
    pub(crate) fn start(settings: &JailSettings) -> io::Result<Keeper> {
        let (wishes, asked) = mpsc::channel::<Wish>();
        let (runtime, settings) = (Handle::current(), settings.clone());
        std::thread::Builder::new()
            .name("jail-keeper".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                let _inside = runtime.enter();
                for wish in asked {
                    // Whoever went away does not want it; it is killed when it is dropped.
                    let _ = wish.send(spawn(&settings));
                }
            })?;
        Ok(Keeper(wishes))
    }

    /// A new child, not confined yet.
    pub(super) async fn spawn(&self) -> io::Result<Child> {
        let (wish, granted) = oneshot::channel();
        let gone = || io::Error::other("the thread that starts children is gone");
        self.0.send(wish).map_err(|_| gone())?;
        granted.await.map_err(|_| gone())?
    }
}

/// Starts the program as a child with nothing but three pipes.
fn spawn(settings: &JailSettings) -> io::Result<Child> {
    let mut command = match &settings.program {
        Some(program) => Command::new(program),
        // The very file that runs, even if another was put in its place meanwhile.
        None if cfg!(target_os = "linux") => Command::new("/proc/self/exe"),
        None => Command::new(std::env::current_exe()?),
    };
    command
        .arg("jailed-child")
        .args(Orders::of(settings).words())
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
}
