//! The still of a drawn picture: an animated sticker of the seeded set on a flowing ground, to every size.

use std::{fs, hint::black_box};

use super::{
    Bound, Row, Rows,
    cost::{self, Problem},
};
use crate::root;

/// Colours of the ground: three, which costs most.
const COLOURS: [u32; 3] = [0x00FE_CC5F, 0x00F3_5B69, 0x008A_5CF6];
/// Most processor time of one still. Source: the issue.
const STILL_MS_MAX: f64 = 30.0;
/// Runs of each; the best counts.
const ROUNDS: usize = 9;

/// Time of every sticker of the set; the one in the middle stands for all, the slowest is told beside it.
pub(super) fn markup() -> Rows {
    let mut times = Vec::new();
    for file in fs::read_dir(root().join("assets/emoji"))? {
        let path = file?.path();
        if path.extension().is_some_and(|end| end == "tgs") {
            times.push(still(fs::read(path)?.into())?);
        }
    }
    times.sort_by(f64::total_cmp);
    let typical = *times.get(times.len() / 2).ok_or("no sticker in the set")?;
    let slowest = times.last().copied().unwrap_or(typical);
    let most = Bound::Most(STILL_MS_MAX);
    Ok(vec![
        Row::alone("markup still, typical", "ms", typical, most),
        Row::alone("markup still, slowest of the set", "ms", slowest, most),
    ])
}

/// The least processor time of one still, its JPEG files included, in milliseconds.
fn still(sticker: bytes::Bytes) -> Result<f64, Problem> {
    let drawing = motion::Drawing {
        sticker,
        colours: COLOURS.to_vec(),
        white: false,
        start_s: None,
        stills: true,
        film: false,
    };
    let mut least = None;
    for _ in 0..ROUNDS {
        let cpu = cost::cpu_of(|| {
            black_box(motion::draw(&drawing)?);
            Ok(())
        })?;
        cost::least(&mut least, cpu.as_secs_f64() * 1e3);
    }
    least.ok_or_else(|| "no round".into())
}
