//! The centre square of a picture, cut and reduced while its rows arrive.

use crate::shrink::Shrink;
use crate::taps::Span;

/// Takes whole rows from the top and keeps the centre square, `side` pixels wide or the square's
/// own side if that is less.
///
/// Large squares are first averaged in whole blocks to between two and four times `side`: exact,
/// cheap, and it leaves the Lanczos pass enough samples not to soften or alias.
#[derive(Debug)]
pub(crate) struct Cut {
    shrink: Shrink,
    channels: usize,
    /// Rows above the square that are still to come.
    skip_rows: usize,
    skip_columns: usize,
    square: usize,
    block: usize,
    /// Sums of the block row in work, and how many rows are in it.
    sums: Vec<u32>,
    rows_in: usize,
    rows_taken: usize,
    averages: Vec<u8>,
}

impl Cut {
    /// Prepares for a picture of `width` by `height` pixels with interleaved `channels`.
    pub(crate) fn new(width: usize, height: usize, channels: usize, side: usize) -> Self {
        let square = width.min(height);
        let side = side.min(square);
        let block = (square / side / 2).max(1);
        let blocks = square.div_ceil(block);
        let span = Span {
            len: blocks,
            origin: 0.0,
            extent: square as f64 / block as f64,
        };
        Self {
            shrink: Shrink::new(span, span, channels, side),
            channels,
            skip_rows: (height - square) / 2,
            skip_columns: (width - square) / 2,
            square,
            block,
            sums: vec![0; if block > 1 { blocks * channels } else { 0 }],
            rows_in: 0,
            rows_taken: 0,
            averages: vec![0; if block > 1 { blocks * channels } else { 0 }],
        }
    }

    /// Takes the next row of the whole picture.
    pub(crate) fn push(&mut self, row: &[u8]) {
        if self.skip_rows > 0 {
            self.skip_rows -= 1;
            return;
        }
        if self.done() {
            return;
        }
        let row = &row[self.skip_columns * self.channels..][..self.square * self.channels];
        self.rows_taken += 1;
        if self.block == 1 {
            self.shrink.push(row);
            return;
        }
        self.add(row);
        self.rows_in += 1;
        if self.rows_in == self.block || self.rows_taken == self.square {
            self.average();
        }
    }

    /// True once rows below cannot change the result.
    pub(crate) fn done(&self) -> bool {
        self.rows_taken == self.square || self.shrink.done()
    }

    /// The planes of the square, or `None` if rows are missing.
    pub(crate) fn finish(self) -> Option<Vec<Vec<u8>>> {
        self.shrink.finish()
    }

    fn add(&mut self, row: &[u8]) {
        let channels = self.channels;
        for (sums, block) in self
            .sums
            .chunks_exact_mut(channels)
            .zip(row.chunks(self.block * channels))
        {
            for pixel in block.chunks_exact(channels) {
                for (sum, &sample) in sums.iter_mut().zip(pixel) {
                    *sum += u32::from(sample);
                }
            }
        }
    }

    fn average(&mut self) {
        let full = self.square / self.block * self.channels;
        let rest = self.square % self.block;
        for (at, (sum, out)) in self.sums.iter_mut().zip(&mut self.averages).enumerate() {
            let columns = if at < full { self.block } else { rest };
            let pixels = (columns * self.rows_in) as u32;
            *out = ((*sum + pixels / 2) / pixels) as u8;
            *sum = 0;
        }
        self.rows_in = 0;
        self.shrink.push(&self.averages);
    }
}
