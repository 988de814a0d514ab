//! A drawn picture: an animated sticker of the seeded set on a flowing ground, to every size of still and as a film.

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
/// Runs of each still, in turns, so that other work on the machine slows one of each; the best counts.
const ROUNDS: usize = 9;
/// Runs of each film: one lasts as long as fifty stills.
const FILM_ROUNDS: usize = 2;

/// Time of every sticker of the set; the one in the middle stands for all, the slowest is told beside it.
pub(super) fn markup() -> Rows {
    let mut drawings = Vec::new();
    for file in fs::read_dir(root().join("assets/emoji"))? {
        let path = file?.path();
        if path.extension().is_some_and(|end| end == "tgs") {
            drawings.push(still(fs::read(path)?.into()));
        }
    }
    let [typical, slowest] = of_set(&drawings, ROUNDS)?;
    for drawing in &mut drawings {
        (drawing.stills, drawing.film) = (false, true);
    }
    let [typical_film, slowest_film] = of_set(&drawings, FILM_ROUNDS)?;
    let most = Bound::Most(STILL_MS_MAX);
    let row = |name, ms, bound| Row::alone(name, "ms", ms, bound);
    Ok(vec![
        row("markup still, typical", typical, most),
        row("markup still, slowest of the set", slowest, most),
        row("markup film, typical", typical_film, Bound::None),
        row("markup film, slowest of the set", slowest_film, Bound::None),
    ])
}

/// Least processor times of drawings, their files included, in milliseconds: the one in the middle, and the slowest.
fn of_set(drawings: &[motion::Drawing], rounds: usize) -> Result<[f64; 2], Problem> {
    let mut times = vec![None; drawings.len()];
    for _ in 0..rounds {
        for (least, drawing) in times.iter_mut().zip(drawings) {
            let cpu = cost::cpu_of(|| {
                black_box(motion::draw(drawing)?);
                Ok(())
            })?;
            cost::least(least, cpu.as_secs_f64() * 1e3);
        }
    }
    let mut times: Vec<f64> = times.into_iter().flatten().collect();
    times.sort_by(f64::total_cmp);
    let slowest = times.last().ok_or("no sticker in the set")?;
    Ok([times[times.len() / 2], *slowest])
}

fn still(sticker: bytes::Bytes) -> motion::Drawing {
    motion::Drawing {
        sticker,
        colours: COLOURS.to_vec(),
        white: false,
        start_s: None,
        stills: true,
        film: false,
    }
}
