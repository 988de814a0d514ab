//! A judge of other hands for tests: Debian's `ffmpeg` program, which `cargo xtask ci` installs.

use std::io::Write;
use std::process::{Command, Stdio};

/// Every frame of an MP4 as RGB.
pub(crate) fn decoded_by_ffmpeg(mp4: &[u8]) -> Vec<Vec<u8>> {
    let mut child = Command::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-f",
            "mp4",
            "-i",
            "pipe:0",
            "-fps_mode",
            "passthrough",
        ])
        .args([
            "-sws_flags",
            "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp",
        ])
        .args([
            "-f",
            "image2pipe",
            "-sws_flags",
            "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp",
            "-c:v",
            "ppm",
            "pipe:1",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("these tests need the program `ffmpeg`");
    let mut input = child.stdin.take().expect("a pipe");
    let mp4 = mp4.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&mp4));
    let done = child.wait_with_output().expect("ffmpeg ends");
    writer.join().expect("no panic").expect("ffmpeg reads all");
    assert!(done.status.success(), "ffmpeg refuses the film");
    let mut rest = &done.stdout[..];
    let mut frames = Vec::new();
    while !rest.is_empty() {
        // "P6\n640 640\n255\n"
        let head = rest.splitn(4, |&byte| byte == b'\n').collect::<Vec<_>>();
        let sides = std::str::from_utf8(head[1]).expect("sides");
        let product: usize = sides
            .split(' ')
            .map(|side| side.parse::<usize>().expect("a side"))
            .product();
        frames.push(head[3][..product * 3].to_vec());
        rest = &head[3][product * 3..];
    }
    frames
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
