//! Which frame of a track is shown when: times of frames, and the edit list that cuts and shifts them.

use super::read::{Part, Sample, Track};

/// Slack in comparing times, for clients that print them with six digits. Chosen.
const SLACK_S: f64 = 1e-6;

/// The frames in the order in which they are shown.
#[derive(Debug)]
pub(crate) struct Shown {
    /// Seconds since the beginning, and the number of the frame in decoding order; times never fall.
    frames: Vec<(f64, usize)>,
    /// When the last frame ends.
    lasts_s: f64,
}

impl Shown {
    /// Of a track with at least one frame. `None`: nothing of it is shown.
    ///
    /// Without an edit list the first frame is shown at 0. A part of an edit list begins with the frame that
    /// is on the screen where the part begins, even if that came up earlier.
    pub(crate) fn of(track: &Track<'_>) -> Option<Self> {
        let mut order: Vec<usize> = (0..track.samples.len()).collect();
        order.sort_by_key(|&number| track.samples[number].shown());
        let first = track.samples[*order.first()?].shown();
        let end = track.end();
        let whole = [Part {
            lasts: 0,
            from: Some(first),
        }];
        let parts = if track.parts.is_empty() {
            &whole[..]
        } else {
            &track.parts
        };
        let mut shown = Self {
            frames: Vec::new(),
            lasts_s: 0.0,
        };
        for part in parts {
            let mut lasts_s = part.lasts as f64 / f64::from(track.movie_timescale);
            if let Some(from) = part.from {
                let rest_s = (end - from).max(0) as f64 / f64::from(track.timescale);
                if part.lasts == 0 {
                    lasts_s = rest_s;
                }
                shown.add(track, &order, (from, lasts_s));
            }
            shown.lasts_s += lasts_s;
        }
        (!shown.frames.is_empty()).then_some(shown)
    }

    fn add(&mut self, track: &Track<'_>, order: &[usize], (from, lasts_s): (i64, f64)) {
        let time = |sample: &Sample| (sample.shown() - from) as f64 / f64::from(track.timescale);
        let before = order.partition_point(|&number| track.samples[number].shown() <= from);
        for &number in &order[before.saturating_sub(1)..] {
            let after_s = time(&track.samples[number]).max(0.0);
            if after_s > 0.0 && after_s + SLACK_S >= lasts_s {
                break;
            }
            self.frames.push((self.lasts_s + after_s, number));
        }
    }

    /// Length of what is shown, in milliseconds, rounded up.
    pub(crate) fn duration_ms(&self) -> u64 {
        (self.lasts_s * 1_000.0 - 1e-3).ceil().max(0.0) as u64
    }

    /// How many frames are shown.
    pub(crate) fn count(&self) -> usize {
        self.frames.len()
    }

    /// The frame on the screen at `time_s`: the last that came up by then; the first before any did.
    pub(crate) fn at(&self, time_s: f64) -> usize {
        let after = self
            .frames
            .partition_point(|&(came_s, _)| came_s <= time_s + SLACK_S);
        self.frames[after.saturating_sub(1)].1
    }
}
