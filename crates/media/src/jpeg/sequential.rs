//! Sequential scans: blocks go from the bits straight to the transform, nothing is kept.

use super::bits::Bits;
use super::header::{Frame, Header, Scan};
use super::huffman::Table;
use super::idct::Coefficients;
use super::plane::Plane;
use super::{MISSING_TABLE, NATURAL};
use crate::Unreadable;

/// What one component needs while a scan runs.
struct Lane<'a> {
    component: usize,
    dc: &'a Table,
    ac: &'a Table,
    quantiser: &'a [u16; 64],
    /// Blocks per group.
    across: usize,
    down: usize,
    last_mean: i32,
}

/// Reads one scan; returns where the next marker begins.
pub(super) fn read(
    source: &[u8],
    header: &Header,
    frame: &Frame,
    scan: &Scan,
    planes: &mut [Plane],
) -> Result<usize, Unreadable> {
    let alone = scan.parts.len() == 1;
    let mut lanes = Vec::new();
    for part in &scan.parts {
        let component = &frame.components[part.component];
        lanes.push(Lane {
            component: part.component,
            dc: header.dc[part.dc].as_ref().ok_or(MISSING_TABLE)?,
            ac: header.ac[part.ac].as_ref().ok_or(MISSING_TABLE)?,
            quantiser: header.quantisers[component.quantiser]
                .as_ref()
                .ok_or(MISSING_TABLE)?,
            across: if alone { 1 } else { component.across },
            down: if alone { 1 } else { component.down },
            last_mean: 0,
        });
    }
    let (groups_across, groups_down) = if alone {
        let (width, height) = frame.samples(&frame.components[scan.parts[0].component]);
        (width.div_ceil(8), height.div_ceil(8))
    } else {
        frame.groups()
    };
    let mut bits = Bits::new(source, scan.start);
    let mut until_restart = header.restart;
    for y in 0..groups_down {
        for x in 0..groups_across {
            if header.restart > 0 {
                if until_restart == 0 {
                    if !bits.pass_restart() {
                        return Err(Unreadable::Broken("JPEG: restart marker missing"));
                    }
                    lanes.iter_mut().for_each(|lane| lane.last_mean = 0);
                    until_restart = header.restart;
                }
                until_restart -= 1;
            }
            for lane in &mut lanes {
                lane.group(&mut bits, (x, y), &mut planes[lane.component])?;
            }
        }
        if bits.ran_out() {
            return Err(Unreadable::Truncated);
        }
        for lane in &lanes {
            planes[lane.component].flush(y * lane.down..(y + 1) * lane.down);
        }
        if planes.iter().all(Plane::done) {
            break;
        }
    }
    Ok(bits.marker_at())
}

impl Lane<'_> {
    /// Reads this component's blocks of the group at column and row `at`.
    fn group(
        &mut self,
        bits: &mut Bits<'_>,
        at: (usize, usize),
        plane: &mut Plane,
    ) -> Result<(), Unreadable> {
        for line in 0..self.down {
            for column in 0..self.across {
                let (x, y) = (at.0 * self.across + column, at.1 * self.down + line);
                let mut coefficients = [0; 64];
                let only_mean = self.block(bits, &mut coefficients)?;
                if plane.sees(x, y) {
                    plane.put((x, line), &coefficients, self.quantiser, only_mean);
                }
            }
        }
        Ok(())
    }

    /// Reads one block; true if all coefficients but the first are zero.
    fn block(&mut self, bits: &mut Bits<'_>, out: &mut Coefficients) -> Result<bool, Unreadable> {
        bits.refill();
        let size = u32::from(self.dc.symbol(bits)?);
        if size > 15 {
            return Err(Unreadable::Broken("JPEG: size of a mean"));
        }
        self.last_mean = self.last_mean.wrapping_add(bits.take_signed(size));
        out[0] = self.last_mean as i16;
        let mut at = 1;
        let mut only_mean = true;
        while at < 64 {
            bits.refill();
            let whole = self.ac.whole(bits);
            if whole.bits > 0 {
                bits.skip(u32::from(whole.bits));
                at += usize::from(whole.run);
                out[usize::from(NATURAL[at])] = whole.value;
                at += 1;
                only_mean = false;
                continue;
            }
            let symbol = self.ac.symbol(bits)?;
            let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 {
                if run < 15 {
                    break;
                }
                at += 16;
                continue;
            }
            at += run;
            out[usize::from(NATURAL[at])] = bits.take_signed(size) as i16;
            at += 1;
            only_mean = false;
        }
        Ok(only_mean)
    }
}
