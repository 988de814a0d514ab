//! Clips of every kind that Debian's `ffmpeg` makes, and its own decoder as the judge of ours.

mod damage;
mod made;
mod posters;

pub(crate) use made::{judged, psnr_db};

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// A file that goes away with its owner.
struct Temporary(PathBuf);

impl Temporary {
    /// A name that no other test has.
    fn new(ending: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("cameo-clip-{}-{number}{ending}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    fn of(bytes: &[u8]) -> Self {
        let file = Self::new(".mp4");
        std::fs::write(&file.0, bytes).expect("a file for a program of others");
        file
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("a plain name")
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// What `ffmpeg` or `ffprobe` prints.
fn printed(program: &str, arguments: &[&str]) -> Vec<u8> {
    let done = Command::new(program).args(arguments).output();
    let done = done.unwrap_or_else(|why| panic!("these tests need the program `{program}`: {why}"));
    let words = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{program} {arguments:?}: {words}");
    done.stdout
}
