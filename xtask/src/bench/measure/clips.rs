//! Clips: the still of one beside the ffmpeg program, and what a queue full of them does to everybody else.

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use bytes::Bytes;
use tl::{enums, functions, types};

use super::{
    Bound, Row, Rows,
    account::{self, ask},
    cost::{self, Problem},
    line::Line,
    pictures,
    server::Server,
};
use crate::{Outcome, target};

/// The program beside ours. Source: Debian's ffmpeg.
const FFMPEG: &str = "ffmpeg";
/// Where the still is, in seconds.
const START_S: f64 = 1.5;
/// Runs of each, in turns; the best counts.
const ROUNDS: usize = 9;
/// Source: the issue: no slower than the program, its start included.
const POSTER_RATIO_MAX: f64 = 1.0;
/// Source: the issue: stills and calls beside a full queue of clips.
const QUEUE_RATIO_MAX: f64 = 1.5;
/// Accounts that send clips without a pause.
const SENDERS: usize = 4;
/// Stills and calls in one round.
const STILLS: u32 = 30;
const CALLS: u32 = 400;

/// Processor time of the still of three seconds of 800 by 800 pixels.
pub(super) fn poster() -> Rows {
    let source = clip()?;
    let ourselves = std::env::current_exe()?;
    let ourselves = ourselves.to_string_lossy();
    let file = source.to_string_lossy();
    let out = source.with_extension("jpg");
    let (start, out) = (START_S.to_string(), out.to_string_lossy());
    let theirs = [
        "-loglevel",
        "error",
        "-y",
        "-ss",
        &start,
        "-i",
        &file,
        "-frames:v",
        "1",
        "-vf",
        "scale=640:640",
        &out,
    ];
    let (mut ours, mut whole, mut floor) = (None, None, None);
    for _ in 0..ROUNDS {
        for (kept, program, words) in [
            (&mut ours, &*ourselves, &["bench", "poster", &file][..]),
            (&mut whole, &*ourselves, &["bench", "clip", &file][..]),
            (&mut floor, FFMPEG, &theirs[..]),
        ] {
            let cost = cost::of(program, words)?;
            cost::least(kept, cost.cpu.as_secs_f64() * 1e3);
        }
    }
    let none = "no round was run";
    let figures = (ours.ok_or(none)?, floor.ok_or(none)?);
    Ok(vec![
        Row::over("poster of a clip", "ms", figures, POSTER_RATIO_MAX),
        Row::alone(
            "poster, sizes u and p",
            "ms",
            whole.ok_or(none)?,
            Bound::None,
        ),
    ])
}

/// What our side of the comparison runs: the still of a file, or everything that is made of it.
pub(super) fn one(file: &Path, whole: bool) -> Outcome {
    let source = fs::read(file)?;
    let limits = motion::ClipLimits::default();
    if whole {
        black_box(motion::clip(&source, &limits, Some(START_S), true)?);
    } else {
        black_box(motion::poster(&source, &limits, Some(START_S))?);
    }
    Ok(())
}

/// Stills and small calls, alone and beside accounts that keep the queue of clips full.
pub(super) fn queue() -> Rows {
    let source: Bytes = fs::read(clip()?)?.into();
    let server = Server::fresh("queue")?;
    let mut line = account::sign_up(&server, 1)?;
    account::save(&mut line, &pictures::jpeg(1_280, 1_280)?)?;
    let alone = Waits::of(&mut line)?;
    let full = AtomicBool::new(true);
    let mut senders = Vec::new();
    for number in 0..SENDERS {
        let mut line = account::sign_up(&server, 2 + number)?;
        save_clip(&mut line, &source)?;
        senders.push(line);
    }
    let beside = std::thread::scope(|scope| {
        for line in &mut senders {
            // Whoever is told that the queue is full sends again.
            scope.spawn(|| {
                while full.load(Ordering::Relaxed) {
                    let _ = send_clip(line);
                }
            });
        }
        let beside = Waits::of(&mut line).map_err(|error| error.to_string());
        full.store(false, Ordering::Relaxed);
        beside
    })?;
    Ok(vec![
        Row::over(
            "still beside clips",
            "ms",
            (beside.still, alone.still),
            QUEUE_RATIO_MAX,
        ),
        Row::over(
            "call beside clips",
            "ms",
            (beside.call, alone.call),
            QUEUE_RATIO_MAX,
        ),
    ])
}

/// How long one waits, in milliseconds, in the middle of many.
struct Waits {
    still: f64,
    call: f64,
}

impl Waits {
    fn of(line: &mut Line) -> Result<Waits, Problem> {
        let still = middle(STILLS, || {
            let mut upload = functions::photos::UploadProfilePhoto::new();
            upload.file = Some(account::saved());
            ask(line, &upload).map(drop)
        })?;
        let call = middle(CALLS, || {
            ask(line, &functions::updates::GetState {}).map(drop)
        })?;
        Ok(Waits { still, call })
    }
}

fn middle(times: u32, mut work: impl FnMut() -> Outcome) -> Result<f64, Problem> {
    let mut waits: Vec<Duration> = Vec::new();
    for _ in 0..times {
        let begun = Instant::now();
        work()?;
        waits.push(begun.elapsed());
    }
    waits.sort();
    let middle = waits.get(waits.len() / 2).ok_or("nothing was measured")?;
    Ok(middle.as_secs_f64() * 1e3)
}

fn save_clip(line: &mut Line, source: &Bytes) -> Outcome {
    for (part, bytes) in source.chunks(512 * 1024).enumerate() {
        let part = functions::upload::SaveFilePart {
            file_id: 2,
            file_part: i32::try_from(part)?,
            bytes: Bytes::copy_from_slice(bytes),
        };
        ask(line, &part)?;
    }
    Ok(())
}

fn send_clip(line: &mut Line) -> Outcome {
    let mut upload = functions::photos::UploadProfilePhoto::new();
    let (name, md5_checksum) = ("clip.mp4".to_owned(), String::new());
    let file: enums::InputFile = types::InputFile {
        id: 2,
        parts: 1,
        name,
        md5_checksum,
    }
    .into();
    upload.video = Some(file);
    upload.video_start_ts = Some(START_S);
    upload.fallback = true;
    ask(line, &upload).map(drop)
}

/// Three seconds of 800 by 800 pixels that move, as phones write them, made once.
fn clip() -> Result<PathBuf, Problem> {
    let folder = target().join("bench").join("clips");
    fs::create_dir_all(&folder)?;
    let file = folder.join("clip.mp4");
    let made = Command::new(FFMPEG)
        .args(["-loglevel", "error", "-y", "-f", "lavfi", "-i"])
        .args([
            "testsrc2=s=800x800:r=30:d=3",
            "-pix_fmt",
            "yuv420p",
            "-c:v",
            "libx264",
        ])
        .args(["-crf", "28"])
        .arg(&file)
        .status()?;
    if made.success() {
        Ok(file)
    } else {
        Err("ffmpeg made no clip".into())
    }
}
