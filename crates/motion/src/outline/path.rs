//! The bytes of `photoPathSize`, which clients turn into the text of a path.
//!
//! A byte below 192 is a number up to 63, with a comma before it from 128 on and a minus from 64 on;
//! one above is a letter, a digit or a mark of its own.

/// What stands for the letter that begins a figure at a place, and for a point on its line.
const MOVE: u8 = letter(b'M');
/// The points that follow are told by how far they are from the one before.
const LINE: u8 = letter(b'l');
/// The figure is closed.
const CLOSE: u8 = letter(b'z');
const COMMA: u8 = letter(b',');
/// Farthest that one step can say.
const STEP_MAX: i32 = 63;

/// What a byte from 192 on means. Source: official page on files, vector thumbnails.
const LETTERS: &[u8; 64] = b"AACAAAAHAAALMAAAQASTAVAAAZaacaaaahaaalmaaaqastava.az0123456789-,";

const fn letter(wanted: u8) -> u8 {
    let mut at = 0;
    while LETTERS[at] != wanted {
        at += 1;
    }
    192 + at as u8
}

/// The figures as bytes. Clients put an `M` before and a `z` behind.
pub(super) fn bytes(rings: &[Vec<(i32, i32)>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (at, ring) in rings.iter().enumerate() {
        let [first, rest @ ..] = ring.as_slice() else {
            continue;
        };
        if at > 0 {
            bytes.extend([CLOSE, MOVE]);
        }
        place(&mut bytes, first.0);
        bytes.push(COMMA);
        place(&mut bytes, first.1);
        bytes.push(LINE);
        let mut from = *first;
        let mut leads = true;
        for to in rest {
            for (x, y) in steps(from, *to) {
                bytes.push(step(x, !leads));
                bytes.push(step(y, true));
                leads = false;
            }
            from = *to;
        }
    }
    bytes
}

/// Writes a number of any size, digit by digit.
fn place(bytes: &mut Vec<u8>, number: i32) {
    let zero = letter(b'0');
    bytes.extend(
        number
            .unsigned_abs()
            .to_string()
            .bytes()
            .map(|digit| zero + (digit - b'0')),
    );
}

/// A number up to [`STEP_MAX`]; a minus separates by itself, other numbers need a comma.
fn step(number: i32, comma: bool) -> u8 {
    let size = number.unsigned_abs() as u8;
    match (number < 0, comma) {
        (true, _) => size | 64,
        (false, true) => size | 128,
        (false, false) => size,
    }
}

/// The way between two points in steps that a byte can say.
fn steps(from: (i32, i32), to: (i32, i32)) -> impl Iterator<Item = (i32, i32)> {
    let (across, down) = (to.0 - from.0, to.1 - from.1);
    let most = across.abs().max(down.abs());
    let count = ((most + STEP_MAX - 1) / STEP_MAX).max(1);
    let part = move |length: i32, at: i32| length * at / count;
    (0..count).map(move |at| {
        let x = part(across, at + 1) - part(across, at);
        let y = part(down, at + 1) - part(down, at);
        (x, y)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_where_clients_look_for_them() {
        assert_eq!(
            [MOVE, LINE, CLOSE, COMMA, letter(b'0')],
            [204, 229, 243, 255, 244]
        );
    }

    #[test]
    fn long_ways_are_divided_and_arrive() {
        for (from, to) in [
            ((0, 0), (512, -300)),
            ((5, 5), (4, 5)),
            ((0, 511), (512, 0)),
        ] {
            let mut at = from;
            for (x, y) in steps(from, to) {
                assert!(x.abs() <= STEP_MAX && y.abs() <= STEP_MAX);
                at = (at.0 + x, at.1 + y);
            }
            assert_eq!(at, to);
        }
    }

    #[test]
    fn two_figures_are_written_as_the_page_says() {
        let rings = [
            vec![(10, 200), (20, 195), (20, 210)],
            vec![(0, 0), (5, 0), (5, 5)],
        ];
        let (zero, [c, l, z, m]) = (244, [COMMA, LINE, CLOSE, MOVE]);
        let first = [
            zero + 1,
            zero,
            c,
            zero + 2,
            zero,
            zero,
            l,
            10,
            64 | 5,
            128,
            128 | 15,
        ];
        let second = [z, m, zero, c, zero, l, 5, 128, 128, 128 | 5];
        assert_eq!(bytes(&rings), [&first[..], &second[..]].concat());
    }
}
