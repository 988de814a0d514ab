//! `stills FILE OUTDIR`: writes every size of a picture, prints time and peak memory.
#![expect(clippy::print_stdout, reason = "the output of this program")]

use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: stills FILE OUTDIR".into());
    };
    let source = std::fs::read(file)?;
    let started = Instant::now();
    let stills = media::stills(&source, &media::Limits::default())?;
    let took = started.elapsed();
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    for still in &stills.sizes {
        std::fs::write(folder.join(format!("{}.jpg", still.letter)), &still.jpeg)?;
        println!(
            "{} {} px {} bytes",
            still.letter,
            still.side_px,
            still.jpeg.len()
        );
    }
    std::fs::write(folder.join("i.bin"), &stills.stripped_photo)?;
    std::fs::write(folder.join("user.bin"), &stills.stripped_user)?;
    println!("time_us {}", took.as_micros());
    if let Some(peak) = peak_kib() {
        println!("peak_kib {peak}");
    }
    Ok(())
}

/// Highest resident memory of this process in KiB, where the system tells.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
