//! RSA keys as PKCS#1 PEM text: the little of DER that takes, read strictly.

use base64::{Engine, engine::general_purpose::STANDARD};

/// Columns of a PEM body. Clients carry keys as text of exactly this shape.
const COLUMNS: usize = 64;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

/// The PEM text of a DER sequence of integers. Each integer is big-endian and not negative.
pub(super) fn write(label: &str, integers: &[&[u8]]) -> String {
    let mut content = Vec::new();
    for integer in integers {
        let zeros = integer.iter().take_while(|byte| **byte == 0).count();
        let digits = &integer[zeros.min(integer.len().saturating_sub(1))..];
        // A set top bit would mean a negative number.
        let sign = usize::from(digits.first().is_none_or(|byte| byte >> 7 == 1));
        write_header(INTEGER, sign + digits.len(), &mut content);
        content.resize(content.len() + sign, 0);
        content.extend_from_slice(digits);
    }
    let mut der = Vec::new();
    write_header(SEQUENCE, content.len(), &mut der);
    der.append(&mut content);
    let body = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in body.as_bytes().chunks(COLUMNS) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text + &format!("-----END {label}-----\n")
}

fn write_header(tag: u8, length: usize, out: &mut Vec<u8>) {
    out.push(tag);
    let bytes = length.to_be_bytes();
    let significant = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
    if length >= 0x80 {
        out.push(0x80 | significant.len() as u8);
    }
    out.extend_from_slice(if length == 0 { &[0] } else { significant });
}

/// The integers of a PEM text with this label, big-endian without leading zeros; `None` if it is
/// anything else than one DER sequence of `N` non-negative integers.
pub(super) fn read<const N: usize>(label: &str, text: &str) -> Option<[Vec<u8>; N]> {
    let (begin, end) = (
        format!("-----BEGIN {label}-----"),
        format!("-----END {label}-----"),
    );
    let (_, rest) = text.split_once(&begin)?;
    let (body, _) = rest.split_once(&end)?;
    let body: String = body.split_ascii_whitespace().collect();
    let der = STANDARD.decode(body).ok()?;
    let (mut content, after) = read_element(SEQUENCE, &der)?;
    if !after.is_empty() {
        return None;
    }
    let mut integers = std::array::from_fn(|_| Vec::new());
    for integer in &mut integers {
        let (digits, rest) = read_element(INTEGER, content)?;
        if digits.first()? >> 7 == 1 {
            return None;
        }
        *integer = digits
            .iter()
            .copied()
            .skip_while(|byte| *byte == 0)
            .collect();
        content = rest;
    }
    content.is_empty().then_some(integers)
}

/// The content of the first element, which must have this tag, and what follows it.
fn read_element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if found != tag {
        return None;
    }
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if bytes.len() > 4 {
            return None;
        }
        (
            bytes
                .iter()
                .fold(0, |length, byte| length << 8 | usize::from(*byte)),
            rest,
        )
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_survive_writing_and_reading() {
        let long = [0x80; 300];
        let integers: [&[u8]; 5] = [&[], &[0, 0, 5], &[0x80], &[0x7f], &long];
        let text = write("NUMBERS", &integers);
        assert!(text.lines().all(|line| line.len() <= COLUMNS));
        let read: [Vec<u8>; 5] = read("NUMBERS", &text).unwrap();
        assert_eq!(
            read,
            [vec![], vec![5], vec![0x80], vec![0x7f], long.to_vec()]
        );
    }

    #[test]
    fn damaged_text_is_refused() {
        let text = write("NUMBERS", &[&[1], &[2]]);
        assert!(read::<2>("NUMBERS", &text).is_some());
        assert!(read::<2>("OTHERS", &text).is_none());
        assert!(read::<1>("NUMBERS", &text).is_none());
        assert!(read::<3>("NUMBERS", &text).is_none());
        for damaged in [
            "",
            "MAYCAQE",
            "MAYCAQECAf8=",
            "MAYCAQEEAQI=",
            "MAYCAQECAQIA",
            "MIT/////",
        ] {
            let text = format!("-----BEGIN NUMBERS-----\n{damaged}\n-----END NUMBERS-----\n");
            assert!(read::<2>("NUMBERS", &text).is_none(), "{damaged}");
        }
    }
}
