//! A picture to all its sizes, beside the thumbnailer of libvips doing the same work.

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
};

use super::{
    Bound, Row, Rows,
    cost::{self, Cost, Problem},
};
use crate::{Outcome, shell::there, target};

/// The program beside ours. Source: Debian's libvips-tools.
const THUMBNAILER: &str = "vipsthumbnail";
/// Sides of what it makes: those of our sizes, then that of the stripped thumbnail.
const SIDES: [u32; 4] = [640, 320, 160, 40];
/// Sources, in pixels. Source: the issue.
const SOURCES: [(u16, u16); 2] = [(1_280, 1_280), (4_000, 3_000)];
/// Runs of each, in turns; the best counts.
const ROUNDS: usize = 9;
/// Source: the issue: no slower, and no more memory.
const RATIO_MAX: f64 = 1.0;
/// Quality of the sources: what phones write.
const QUALITY: u8 = 92;

/// Time and memory of all sizes.
pub(super) fn stills() -> Rows {
    let folder = target().join("bench").join("stills");
    fs::create_dir_all(&folder)?;
    let ourselves = std::env::current_exe()?;
    let ourselves = ourselves.to_string_lossy();
    let mut rows = Vec::new();
    for (width, height) in SOURCES {
        let source = folder.join(format!("{width}x{height}.jpg"));
        fs::write(&source, jpeg(width, height)?)?;
        let file = source.to_string_lossy();
        let (mut ours, mut theirs) = (Least::default(), Thumbnailer::default());
        for _ in 0..ROUNDS {
            ours.note(cost::of(&ourselves, &["bench", "still", &file])?);
            if there(THUMBNAILER) {
                theirs.note(&source, &folder)?;
            }
        }
        rows.extend(ours.rows(&format!("stills {width}x{height}"), &theirs.sum())?);
    }
    if !there(THUMBNAILER) {
        eprintln!("{THUMBNAILER} is not installed (libvips-tools): stills have no floor");
    }
    Ok(rows)
}

/// What our side of the comparison runs: every size of one file.
pub(super) fn one(file: &Path) -> Outcome {
    let source = fs::read(file)?;
    black_box(media::stills(&source, &media::Limits::default())?);
    Ok(())
}

/// What the thumbnailer needs for the same, in the cheapest way: the largest size from the source,
/// the others from that. What it costs to start the program is taken off, so only the work counts.
#[derive(Debug, Default)]
struct Thumbnailer {
    start: Least,
    runs: [Least; SIDES.len()],
}

impl Thumbnailer {
    fn note(&mut self, source: &Path, folder: &Path) -> Outcome {
        self.start.note(cost::of(THUMBNAILER, &["--vips-version"])?);
        let mut from = source.to_owned();
        for (side, least) in SIDES.into_iter().zip(&mut self.runs) {
            let to = out(folder, side);
            let options = format!("{}[Q=87,optimize_coding,strip]", to.display());
            let size = format!("{side}x{side}");
            let file = from.to_string_lossy();
            let words = ["-s", &size, "-m", "centre", "-o", &options, &file];
            least.note(cost::of(THUMBNAILER, &words)?);
            from = out(folder, SIDES[0]);
        }
        Ok(())
    }

    /// The least of each run, and of the start: a difference of two figures of one round would be
    /// least where the start was slowest.
    fn sum(&self) -> Least {
        let start = self.start.cpu_ms.unwrap_or_default();
        let times = self.runs.iter().map(|run| Some(run.cpu_ms? - start));
        let peaks = self.runs.iter().filter_map(|run| run.peak_mib);
        Least {
            cpu_ms: times.sum(),
            peak_mib: peaks.reduce(f64::max),
        }
    }
}

fn out(folder: &Path, side: u32) -> PathBuf {
    folder.join(format!("thumbnail-{side}.jpg"))
}

/// The best of several runs.
#[derive(Debug, Default)]
struct Least {
    cpu_ms: Option<f64>,
    peak_mib: Option<f64>,
}

impl Least {
    fn note(&mut self, cost: Cost) {
        cost::least(&mut self.cpu_ms, cost.cpu.as_secs_f64() * 1e3);
        cost::least(&mut self.peak_mib, cost.peak_kib as f64 / 1024.0);
    }

    fn rows(&self, name: &str, floor: &Least) -> Rows {
        let row = |what: &str, unit, ours: Option<f64>, floor: Option<f64>| {
            let (name, ours) = (format!("{name}, {what}"), ours.ok_or("no run")?);
            Ok::<Row, Problem>(match floor {
                Some(floor) => Row::over(&name, unit, (ours, floor), RATIO_MAX),
                None => Row::alone(&name, unit, ours, Bound::None),
            })
        };
        Ok(vec![
            row("time", "ms", self.cpu_ms, floor.cpu_ms)?,
            row("memory", "MiB", self.peak_mib, floor.peak_mib)?,
        ])
    }
}

/// A JPEG with gradients, edges and grain, so that it is as hard to decode as a photo.
pub(super) fn jpeg(width: u16, height: u16) -> Result<Vec<u8>, Problem> {
    let mut pixels = Vec::with_capacity(usize::from(width) * usize::from(height) * 3);
    let mut grain = 1_u32;
    for y in 0..u32::from(height) {
        for x in 0..u32::from(width) {
            // A linear congruential generator: the same picture every time.
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (grain >> 28) as i32;
            let edge = if (x / 96 + y / 64) % 2 == 0 { 40 } else { 0 };
            for slope in [(x + y) / 16, x / 11, (y * 3 + x) / 23] {
                let wave = (slope % 256).abs_diff(128) as i32;
                pixels.push((wave + edge + noise + 40).clamp(0, 255) as u8);
            }
        }
    }
    let mut file = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut file, QUALITY);
    encoder.encode(&pixels, width, height, jpeg_encoder::ColorType::Rgb)?;
    Ok(file)
}
