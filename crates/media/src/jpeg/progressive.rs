//! Progressive scans: coefficients are kept for the whole picture and grow more exact scan by scan.

use super::bits::Bits;
use super::header::{Component, Frame, Header, Scan};
use super::huffman::Table;
use super::idct::Coefficients;
use super::plane::Plane;
use super::{MISSING_TABLE, NATURAL};
use crate::{Limits, Unreadable};

/// All coefficients of one component, and how exact each of them is so far.
#[derive(Debug)]
struct Store {
    /// The mean of each block, apart from the rest because scans of means touch all of them.
    means: Vec<i16>,
    /// The other coefficients, in zigzag order, so that a band lies together.
    blocks: Vec<Coefficients>,
    /// Whether a block has any of those: what no scan wrote to need not be looked at again.
    busy: Vec<bool>,
    /// Blocks per row, padded to whole groups.
    across: usize,
    /// Blocks that a scan of this component alone has.
    alone_across: usize,
    alone_down: usize,
    /// Lowest bit known of each coefficient in zigzag order; `UNKNOWN` before its first scan.
    low: [u8; 64],
}

const UNKNOWN: u8 = 255;
/// A run of zeros leads out of the block.
const OUTSIDE: Unreadable = Unreadable::Broken("JPEG: coefficient outside its block");
/// Zeros that are passed over at once.
const STRETCH: usize = 8;

/// The coefficients of a progressive picture.
#[derive(Debug)]
pub(super) struct Progressive {
    stores: Vec<Store>,
}

impl Progressive {
    /// Makes room for all coefficients of `frame`, if the memory limit allows.
    pub(super) fn new(frame: &Frame, limits: &Limits) -> Result<Self, Unreadable> {
        let (groups_across, groups_down) = frame.groups();
        let count = |one: &Component| groups_across * groups_down * one.blocks();
        let blocks: usize = frame.components.iter().map(count).sum();
        limits.admit_memory(blocks * (size_of::<Coefficients>() + 3))?;
        let stores = frame.components.iter().map(|component| {
            let (width, height) = frame.samples(component);
            Store {
                means: vec![0; count(component)],
                blocks: vec![[0; 64]; count(component)],
                busy: vec![false; count(component)],
                across: groups_across * component.across,
                alone_across: width.div_ceil(8),
                alone_down: height.div_ceil(8),
                low: [UNKNOWN; 64],
            }
        });
        Ok(Self {
            stores: stores.collect(),
        })
    }

    /// Reads one scan; returns where the next marker begins.
    pub(super) fn read(
        &mut self,
        source: &[u8],
        header: &Header,
        frame: &Frame,
        scan: &Scan,
    ) -> Result<usize, Unreadable> {
        for part in &scan.parts {
            self.stores[part.component].admit(scan)?;
        }
        let mut bits = Bits::new(source, scan.start);
        if scan.first == 0 {
            self.means(&mut bits, header, frame, scan)?;
        } else {
            let part = scan.parts[0];
            let table = header.ac[part.ac].as_ref().ok_or(MISSING_TABLE)?;
            let store = &mut self.stores[part.component];
            if scan.high == 0 {
                store.first(&mut bits, scan, table, header.restart)?;
            } else {
                store.refine(&mut bits, scan, table, header.restart)?;
            }
        }
        Ok(bits.marker_at())
    }

    /// A scan of means, which may hold several components.
    fn means(
        &mut self,
        bits: &mut Bits<'_>,
        header: &Header,
        frame: &Frame,
        scan: &Scan,
    ) -> Result<(), Unreadable> {
        let alone = scan.parts.len() == 1;
        let (groups_across, groups_down) = if alone {
            let store = &self.stores[scan.parts[0].component];
            (store.alone_across, store.alone_down)
        } else {
            frame.groups()
        };
        let mut last = [0; 4];
        let mut until_restart = header.restart;
        for y in 0..groups_down {
            for x in 0..groups_across {
                if restart(bits, header.restart, &mut until_restart)? {
                    last = [0; 4];
                }
                for part in &scan.parts {
                    let component = &frame.components[part.component];
                    let across = if alone { 1 } else { component.across };
                    let down = if alone { 1 } else { component.down };
                    let store = &mut self.stores[part.component];
                    for at in 0..across * down {
                        let row = y * down + at / across;
                        let at = row * store.across + x * across + at % across;
                        let mean = &mut store.means[at];
                        bits.refill();
                        if scan.high > 0 {
                            *mean |= (bits.take(1) << scan.low) as i16;
                            continue;
                        }
                        let table = header.dc[part.dc].as_ref().ok_or(MISSING_TABLE)?;
                        let size = u32::from(table.symbol(bits)?);
                        if size > 15 {
                            return Err(Unreadable::Broken("JPEG: size of a mean"));
                        }
                        let last = &mut last[part.component];
                        *last = i32::wrapping_add(*last, bits.take_signed(size));
                        *mean = (*last << scan.low) as i16;
                    }
                }
            }
            if bits.ran_out() {
                return Err(Unreadable::Truncated);
            }
        }
        Ok(())
    }

    /// Transforms everything in sight, as exact as it became.
    pub(super) fn finish(
        self,
        header: &Header,
        frame: &Frame,
        planes: &mut [Plane],
    ) -> Result<(), Unreadable> {
        for ((store, component), plane) in
            self.stores.into_iter().zip(&frame.components).zip(planes)
        {
            if store.low[0] == UNKNOWN {
                return Err(Unreadable::Truncated);
            }
            let quantiser = header.quantisers[component.quantiser]
                .as_ref()
                .ok_or(MISSING_TABLE)?;
            for (y, means) in store.means.chunks_exact(store.across).enumerate() {
                for (x, &mean) in means.iter().enumerate() {
                    if plane.sees(x, y) {
                        let index = y * store.across + x;
                        let mut natural = [0; 64];
                        if store.busy[index] {
                            for (&value, &at) in store.blocks[index].iter().zip(&NATURAL) {
                                natural[usize::from(at)] = value;
                            }
                        }
                        natural[0] = mean;
                        plane.put((x, 0), &natural, quantiser, !store.busy[index]);
                    }
                }
                plane.flush(y..y + 1);
            }
        }
        Ok(())
    }
}

impl Store {
    /// Checks that the scan makes its band exactly one step more exact, and notes it. This also
    /// bounds the work: no coefficient can be visited more often than it has bits.
    fn admit(&mut self, scan: &Scan) -> Result<(), Unreadable> {
        let expected = if scan.high == 0 {
            UNKNOWN
        } else {
            scan.high as u8
        };
        let band = &self.low[scan.first..=scan.last];
        let means_known = scan.first == 0 || self.low[0] != UNKNOWN;
        if !means_known || band.iter().any(|&low| low != expected) {
            return Err(Unreadable::Broken("JPEG: scans out of order"));
        }
        self.low[scan.first..=scan.last].fill(scan.low as u8);
        Ok(())
    }

    /// First scan of a band of AC coefficients. Source: ITU-T T.81, G.1.2.2.
    fn first(
        &mut self,
        bits: &mut Bits<'_>,
        scan: &Scan,
        table: &Table,
        interval: usize,
    ) -> Result<(), Unreadable> {
        let mut until_restart = interval;
        let mut ended = 0u32;
        for y in 0..self.alone_down {
            for x in 0..self.alone_across {
                if restart(bits, interval, &mut until_restart)? {
                    ended = 0;
                }
                if ended > 0 {
                    ended -= 1;
                    continue;
                }
                let index = y * self.across + x;
                let block = &mut self.blocks[index];
                let mut at = scan.first;
                while at <= scan.last {
                    bits.refill();
                    let whole = table.whole(bits);
                    if whole.bits > 0 {
                        bits.skip(u32::from(whole.bits));
                        at += usize::from(whole.run);
                        *block.get_mut(at).ok_or(OUTSIDE)? = whole.value << scan.low;
                        self.busy[index] = true;
                        at += 1;
                        continue;
                    }
                    let symbol = table.symbol(bits)?;
                    let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
                    if size > 0 {
                        at += run as usize;
                        let value = bits.take_signed(size) << scan.low;
                        *block.get_mut(at).ok_or(OUTSIDE)? = value as i16;
                        self.busy[index] = true;
                        at += 1;
                    } else if run == 15 {
                        at += 16;
                    } else {
                        ended = (1 << run) - 1 + bits.take(run) as u32;
                        break;
                    }
                }
            }
            if bits.ran_out() {
                return Err(Unreadable::Truncated);
            }
        }
        Ok(())
    }

    /// A scan that adds one bit to a band of AC coefficients. Source: ITU-T T.81, G.1.2.3.
    fn refine(
        &mut self,
        bits: &mut Bits<'_>,
        scan: &Scan,
        table: &Table,
        interval: usize,
    ) -> Result<(), Unreadable> {
        let mut until_restart = interval;
        let mut ended = 0u32;
        for y in 0..self.alone_down {
            for x in 0..self.alone_across {
                if restart(bits, interval, &mut until_restart)? {
                    ended = 0;
                }
                let index = y * self.across + x;
                if ended > 0 {
                    ended -= 1;
                    if self.busy[index] {
                        let block = &mut self.blocks[index];
                        refine_known(bits, block, (scan.first, scan.last), scan.low, usize::MAX);
                    }
                    continue;
                }
                self.busy[index] = true;
                let block = &mut self.blocks[index];
                ended = refine_block(bits, block, scan, table)?;
            }
            if bits.ran_out() {
                return Err(Unreadable::Truncated);
            }
        }
        Ok(())
    }
}

/// Refines one block; returns how many blocks after it have no new coefficients.
fn refine_block(
    bits: &mut Bits<'_>,
    block: &mut Coefficients,
    scan: &Scan,
    table: &Table,
) -> Result<u32, Unreadable> {
    let mut at = scan.first;
    while at <= scan.last {
        bits.refill();
        let symbol = table.symbol(bits)?;
        let (run, size) = (u32::from(symbol >> 4), symbol & 15);
        let value = match size {
            0 if run < 15 => {
                let ended = (1 << run) - 1 + bits.take(run) as u32;
                refine_known(bits, block, (at, scan.last), scan.low, usize::MAX);
                return Ok(ended);
            }
            0 => 0,
            1 if bits.take(1) == 1 => 1 << scan.low,
            1 => -1 << scan.low,
            _ => return Err(Unreadable::Broken("JPEG: size in a refining scan")),
        };
        at = refine_known(bits, block, (at, scan.last), scan.low, run as usize);
        if value != 0 && at <= scan.last {
            block[at] = value;
        }
        at += 1;
    }
    Ok(0)
}

/// Reads the next bit of each coefficient in the band that is not zero, passing over `zeros` that
/// are; returns the position of the zero after those.
fn refine_known(
    bits: &mut Bits<'_>,
    block: &mut Coefficients,
    (first, last): (usize, usize),
    low: u32,
    mut zeros: usize,
) -> usize {
    let mut at = first;
    while at <= last {
        // Long stretches of zeros are the rule, and a scan may consist of nothing else.
        if zeros > STRETCH && at + STRETCH <= last + 1 && block[at..at + STRETCH] == [0; STRETCH] {
            zeros -= STRETCH;
            at += STRETCH;
            continue;
        }
        let value = &mut block[at];
        if *value == 0 {
            if zeros == 0 {
                return at;
            }
            zeros -= 1;
            at += 1;
            continue;
        }
        bits.refill();
        // A bit that is set already belongs to a broken file; adding it again would carry.
        if bits.take(1) == 1 && *value >> low & 1 == 0 {
            let step = 1 << low;
            *value = value.wrapping_add(if *value > 0 { step } else { -step });
        }
        at += 1;
    }
    last + 1
}

/// Counts a group; true if a restart marker came before it.
fn restart(
    bits: &mut Bits<'_>,
    interval: usize,
    until_restart: &mut usize,
) -> Result<bool, Unreadable> {
    if interval == 0 {
        return Ok(false);
    }
    let due = *until_restart == 0;
    if due {
        if !bits.pass_restart() {
            return Err(Unreadable::Broken("JPEG: restart marker missing"));
        }
        *until_restart = interval;
    }
    *until_restart -= 1;
    Ok(due)
}
