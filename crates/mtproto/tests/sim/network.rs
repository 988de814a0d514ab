//! The simulated network: ordered bytes with delays, split anywhere, until the line is cut.

use std::collections::VecDeque;
use std::time::Duration;

use mtproto::Time;
use mtproto::crypto::Random;

/// Most pieces that one write is split into.
const PIECES_MAX: u64 = 4;
/// Longest delay of a piece behind the one before it, in milliseconds.
const DELAY_MS_MAX: u64 = 120;

/// One direction of a line.
#[derive(Default)]
pub(crate) struct Pipe {
    pieces: VecDeque<(Time, Vec<u8>)>,
    last: Option<Time>,
}

impl Pipe {
    /// Bytes that are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.pieces.iter().map(|(_, piece)| piece.len()).sum()
    }

    pub(crate) fn write(&mut self, now: Time, bytes: &[u8], random: &mut Random) {
        let mut rest = bytes;
        for _ in 0..random.below(PIECES_MAX) {
            let (piece, behind) = rest.split_at(random.below(rest.len() as u64 + 1) as usize);
            self.piece(now, piece, random);
            rest = behind;
        }
        self.piece(now, rest, random);
    }

    fn piece(&mut self, now: Time, piece: &[u8], random: &mut Random) {
        let delay = Duration::from_millis(random.below(DELAY_MS_MAX));
        let after = self.last.unwrap_or(now).max(now);
        let at = after.plus(delay / 4 + Duration::from_millis(1));
        self.last = Some(at);
        if !piece.is_empty() {
            self.pieces.push_back((at, piece.to_vec()));
        }
    }

    /// When the next piece arrives.
    pub(crate) fn next_at(&self) -> Option<Time> {
        self.pieces.front().map(|(at, _)| *at)
    }

    /// The next piece, if it has arrived.
    pub(crate) fn read(&mut self, now: Time) -> Option<Vec<u8>> {
        let (_, piece) = self.pieces.pop_front_if(|(at, _)| *at <= now)?;
        Some(piece)
    }

    /// Cuts the line: some of what is under way still arrives, up to any byte.
    pub(crate) fn cut(&mut self, random: &mut Random) -> Vec<u8> {
        let all: Vec<u8> = self.pieces.drain(..).flat_map(|(_, piece)| piece).collect();
        all[..random.below(all.len() as u64 + 1) as usize].to_vec()
    }
}
