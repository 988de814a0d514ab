//! Elements of EBML: a name, a length, a body. Source: RFC 8794.

use crate::Undrawable;

/// One element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    /// With its marker, as the tables of Matroska write it.
    pub(super) name: u32,
    pub(super) body: &'a [u8],
}

/// The elements in `bytes`, one after the other. Bodies of elements that `enters` are not skipped: what is in them
/// comes next, so that it does not matter whether their lengths are known.
pub(super) fn elements(
    bytes: &[u8],
    enters: impl Fn(u32) -> bool,
) -> impl Iterator<Item = Result<Element<'_>, Undrawable>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let read = element(rest, &enters);
        rest = match &read {
            Ok((_, behind)) => behind,
            Err(_) => &[],
        };
        Some(read.map(|(element, _)| element))
    })
}

fn element<'a>(
    bytes: &'a [u8],
    enters: &impl Fn(u32) -> bool,
) -> Result<(Element<'a>, &'a [u8]), Undrawable> {
    let (name, rest) = number(bytes, 4, true)?;
    let (length, rest) = number(rest, 8, false)?;
    let name = name.unwrap_or_default() as u32;
    if enters(name) {
        let body = &[];
        return Ok((Element { name, body }, rest));
    }
    let length = length.ok_or(Undrawable::Broken("WebM: an element without a length"))?;
    let length = usize::try_from(length).map_err(|_| Undrawable::Truncated)?;
    if length > rest.len() {
        return Err(Undrawable::Truncated);
    }
    let (body, rest) = rest.split_at(length);
    Ok((Element { name, body }, rest))
}

/// A number whose first byte says its length; all ones mean that it is not known.
pub(super) fn number(
    bytes: &[u8],
    bytes_max: usize,
    keep_marker: bool,
) -> Result<(Option<u64>, &[u8]), Undrawable> {
    let first = *bytes.first().ok_or(Undrawable::Truncated)?;
    let length = first.leading_zeros() as usize + 1;
    if length > bytes_max {
        return Err(Undrawable::Broken("WebM: a number of too many bytes"));
    }
    let (bytes, rest) = bytes
        .split_at_checked(length)
        .ok_or(Undrawable::Truncated)?;
    let whole = unsigned(bytes);
    let mask = (1_u64 << (7 * length)) - 1;
    let value = whole & mask;
    if keep_marker {
        return Ok((Some(whole), rest));
    }
    Ok(((value != mask).then_some(value), rest))
}

/// A body as a number; what is longer than eight bytes counts by its last.
pub(super) fn unsigned(body: &[u8]) -> u64 {
    body.iter()
        .fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

/// A body as a number with a point.
pub(super) fn float(body: &[u8]) -> Option<f64> {
    match body.len() {
        4 => Some(f32::from_be_bytes(body.try_into().ok()?).into()),
        8 => Some(f64::from_be_bytes(body.try_into().ok()?)),
        _ => None,
    }
}
