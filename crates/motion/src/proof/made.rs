//! Makes clips whose frames say their number: eight blocks at the top, black or white, lowest bit first; below
//! them everything moves and has a colour.

use std::io::Write;
use std::process::{Command, Stdio};

use super::{Temporary, printed};

/// Bits of a frame's number.
const BITS: usize = 8;

/// Frames as planes of BT.601, studio range: `wide` by `high` pixels.
fn drawn(wide: usize, high: usize, count: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for number in 0..count {
        for y in 0..high {
            for x in 0..wide {
                let bit = number >> (x * BITS / wide) & 1;
                let (u, v) = (x as f64 / wide as f64, y as f64 / high as f64);
                let phase = number as f64 / 9.0;
                let wave = (u * 14.0 + phase).sin() * (v * 11.0 - phase).cos();
                out.push(match y * BITS < high {
                    true => [16, 235][bit],
                    false => (126.0 + 70.0 * wave) as u8,
                });
            }
        }
        for plane in 0..2 {
            for y in 0..high / 2 {
                for x in 0..wide / 2 {
                    let at = if plane == 0 {
                        x * 9 / wide
                    } else {
                        y * 9 / high
                    };
                    let flat = y * 2 * BITS < high;
                    out.push(if flat {
                        128
                    } else {
                        (88 + at * 16 + number % 3) as u8
                    });
                }
            }
        }
    }
    out
}

/// What to make.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    pub(super) name: &'static str,
    /// Sides of the drawing.
    pub(super) px: (usize, usize),
    /// Frames a second.
    pub(super) rate: &'static str,
    pub(super) count: usize,
    /// For the first run of `ffmpeg`, which encodes.
    pub(super) coding: Vec<&'static str>,
    /// For a second run, which puts the same frames in another file; none: there is no second run.
    pub(super) copy: Vec<&'static str>,
    /// With sound.
    pub(super) sound: bool,
    /// Where the axes go, instead of to themselves.
    pub(super) corner: Option<[i32; 4]>,
}

impl Recipe {
    /// A square clip of 45 frames.
    pub(super) fn new(name: &'static str, coding: &str) -> Self {
        let words: &'static str = Box::leak(coding.to_owned().into_boxed_str());
        Self {
            name,
            px: (160, 160),
            rate: "30",
            count: 45,
            coding: words.split(' ').filter(|word| !word.is_empty()).collect(),
            copy: Vec::new(),
            sound: false,
            corner: None,
        }
    }

    pub(super) fn copied(mut self, words: &'static str) -> Self {
        self.copy = words.split(' ').collect();
        self
    }

    pub(super) fn at(mut self, rate: &'static str) -> Self {
        self.rate = rate;
        self
    }

    pub(super) fn sized(mut self, wide: usize, high: usize) -> Self {
        self.px = (wide, high);
        self
    }

    pub(super) fn loud(mut self) -> Self {
        self.sound = true;
        self
    }

    /// With the corner of the track's matrix that turns.
    pub(super) fn turned(mut self, corner: [i32; 4]) -> Self {
        self.corner = Some(corner);
        self
    }

    /// The file.
    pub(super) fn make(&self) -> Vec<u8> {
        let mut mp4 = self.encoded();
        if let Some(corner) = self.corner {
            let tkhd = mp4
                .windows(4)
                .position(|kind| kind == b"tkhd")
                .expect("a track");
            for (index, value) in [0, 1, 3, 4].into_iter().zip(corner) {
                mp4[tkhd + 44 + index * 4..][..4].copy_from_slice(&(value << 16).to_be_bytes());
            }
        }
        mp4
    }

    fn encoded(&self) -> Vec<u8> {
        let (wide, high) = self.px;
        let sides = format!("{wide}x{high}");
        let first = Temporary::new(".mp4");
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p"]);
        command.args(["-s", &sides, "-r", self.rate, "-i", "pipe:0"]);
        if self.sound {
            command.args([
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440:duration=1.5",
                "-c:a",
                "aac",
            ]);
            command.args([
                "-metadata",
                "title=where I live",
                "-metadata",
                "location=+1+2/",
            ]);
        }
        if !self.coding.contains(&"-c:v") {
            command.args(["-c:v", "libx264", "-crf", "16"]);
        }
        command.args(&self.coding).arg(&first.0);
        let mut child = command
            .stdin(Stdio::piped())
            .spawn()
            .expect("these tests need the program `ffmpeg`");
        let mut input = child.stdin.take().expect("a pipe");
        input
            .write_all(&drawn(wide, high, self.count))
            .expect("ffmpeg reads");
        drop(input);
        assert!(
            child.wait().expect("ffmpeg ends").success(),
            "{}",
            self.name
        );
        if self.copy.is_empty() {
            return std::fs::read(&first.0).expect("a file");
        }
        let second = Temporary::new(".mp4");
        let mut arguments = vec!["-v", "error", "-y"];
        // What stands before a slash is about what is read.
        let (before, after) = match self.copy.iter().position(|&word| word == "/") {
            Some(at) => (&self.copy[..at], &self.copy[at + 1..]),
            None => (&[][..], &self.copy[..]),
        };
        arguments.extend(before);
        arguments.extend(["-i", first.path(), "-c", "copy"]);
        arguments.extend(after);
        arguments.push(second.path());
        printed("ffmpeg", &arguments);
        std::fs::read(&second.0).expect("a file")
    }
}

/// The number that a square says it has.
pub(super) fn number(rgb: &[u8], side: usize) -> usize {
    let row = &rgb[side / BITS / 2 * side * 3..][..side * 3];
    let bit = |block: usize| usize::from(row[(block * 2 + 1) * side / BITS / 2 * 3] > 127);
    (0..BITS).map(|block| bit(block) << block).sum()
}

/// What `ffmpeg` prints of every frame of a file, none left out and none twice.
fn decoded(file: &Temporary, form: &[&str]) -> Vec<u8> {
    // Without the flag it cuts at whole blocks only.
    let whole = ["-v", "error", "-flags", "unaligned", "-i", file.path()];
    let all = ["-an", "-fps_mode", "passthrough"];
    printed("ffmpeg", &[&whole, &all[..], form, &["pipe:1"]].concat())
}

/// Every frame of a film or a JPEG in RGB with the least loss, wide pixels made square ones.
pub(super) fn pixels(file: &[u8]) -> Vec<u8> {
    let shape = "scale=round(iw*sar):ih:flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp";
    let rgb = ["-vf", shape, "-pix_fmt", "rgb24", "-f", "rawvideo"];
    decoded(&Temporary::of(file), &rgb)
}

/// The frames of an MP4 as `ffmpeg` shows them, `side` pixels wide and high, each with its time in seconds.
pub(crate) fn judged(mp4: &[u8], side: usize) -> Vec<(f64, Vec<u8>)> {
    let file = Temporary::of(mp4);
    let pixels = pixels(mp4);
    let times = printed(
        "ffprobe",
        &[
            "-v",
            "error",
            "-select_streams",
            "v:0",
            "-show_entries",
            "frame=pts_time",
            "-of",
            "csv=p=0",
            file.path(),
        ],
    );
    let times = String::from_utf8(times).expect("numbers");
    let times = times
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| line.trim_end_matches(',').parse::<f64>().expect("a time"));
    let frames = pixels.chunks_exact(side * side * 3).map(<[u8]>::to_vec);
    let all: Vec<_> = times.zip(frames).collect();
    assert_eq!(
        all.len() * side * side * 3,
        pixels.len(),
        "a time for each frame"
    );
    all
}

/// Hashes of the decoded frames, without their times.
pub(super) fn hashes(mp4: &[u8]) -> Vec<String> {
    let file = Temporary::of(mp4);
    let lines = decoded(&file, &["-f", "framemd5"]);
    let lines = String::from_utf8(lines).expect("text");
    let frames = lines.lines().filter(|line| !line.starts_with('#'));
    frames
        .filter_map(|line| line.rsplit(' ').next().map(str::to_owned))
        .collect()
}

/// How near two pictures are; 35 dB is hard to tell apart, the same is infinite.
pub(crate) fn psnr_db(one: &[u8], other: &[u8]) -> f64 {
    assert_eq!(one.len(), other.len());
    let pairs = one.iter().zip(other);
    let squares: f64 = pairs
        .map(|(&one, &other)| (f64::from(one) - f64::from(other)).powi(2))
        .sum();
    10.0 * (255.0_f64.powi(2) * one.len() as f64 / squares).log10()
}
