//! The boxes of an MP4 file, and numbers in them. Nothing is nested on its own: who reads asks for each
//! level, so no file can make it go deep.

use crate::Unplayable;

/// Content of the first box of a kind in `parent`.
pub(crate) fn child<'a>(parent: &'a [u8], kind: &'static [u8; 4]) -> Result<&'a [u8], Unplayable> {
    find(parent, kind)?.ok_or_else(|| missing(kind))
}

/// Like [`child`], for a box that need not be there.
pub(crate) fn find<'a>(
    parent: &'a [u8],
    kind: &'static [u8; 4],
) -> Result<Option<&'a [u8]>, Unplayable> {
    for entry in Boxes::of(parent) {
        let entry = entry?;
        if entry.kind == *kind {
            return Ok(Some(entry.content));
        }
    }
    Ok(None)
}

/// The reason to refuse a file without this box, or with a broken one.
pub(crate) fn missing(kind: &'static [u8; 4]) -> Unplayable {
    Unplayable::Broken(std::str::from_utf8(kind).unwrap_or("a box"))
}

/// One box.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) kind: [u8; 4],
    pub(crate) content: &'a [u8],
    /// Where the box begins in the bytes that are walked through.
    pub(crate) at: usize,
}

/// The boxes in a row.
#[derive(Debug)]
pub(crate) struct Boxes<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Boxes<'a> {
    pub(crate) fn of(parent: &'a [u8]) -> Self {
        Self {
            rest: parent,
            at: 0,
        }
    }
}

impl<'a> Iterator for Boxes<'a> {
    type Item = Result<Entry<'a>, Unplayable>;

    fn next(&mut self) -> Option<Self::Item> {
        // Some writers end a box with a few zeros.
        if self.rest.len() < 8 && self.rest.iter().all(|&byte| byte == 0) {
            return None;
        }
        let read = split(self.rest);
        let at = self.at;
        self.at += self.rest.len();
        self.rest = read.map_or(&[], |(.., rest)| rest);
        self.at -= self.rest.len();
        let read = read.map(|(kind, content, _)| Entry { kind, content, at });
        Some(read.ok_or(Unplayable::Broken("a box beyond its parent")))
    }
}

/// Kind and content of the first box, and what is behind it.
fn split(bytes: &[u8]) -> Option<([u8; 4], &[u8], &[u8])> {
    let kind: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
    let (head, length) = match be_u32(bytes, 0)? {
        // To the end of the file.
        0 => (8, bytes.len()),
        1 => (16, usize::try_from(be_u64(bytes, 8)?).ok()?),
        length => (8, usize::try_from(length).ok()?),
    };
    let whole = bytes.get(..length)?;
    Some((kind, whole.get(head..)?, &bytes[length..]))
}

pub(crate) fn be_u16(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

pub(crate) fn be_u32(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

pub(crate) fn be_i32(bytes: &[u8], at: usize) -> Option<i32> {
    be_u32(bytes, at).map(|value| value as i32)
}

pub(crate) fn be_u64(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(8)?)?;
    Some(u64::from_be_bytes(bytes.try_into().ok()?))
}

/// The entries of a table: `count` at `at`, then entries of `N` numbers each. At most what the box carries.
pub(crate) fn rows<const N: usize>(
    table: &[u8],
    at: usize,
) -> Option<impl Iterator<Item = [u32; N]> + Clone + '_> {
    let count = be_u32(table, at)? as usize;
    let length = count.checked_mul(N)?.checked_mul(4)?;
    let bytes = table.get(at + 4..)?.get(..length)?;
    let row = |row: &[u8]| std::array::from_fn(|column| be_u32(row, column * 4).unwrap_or(0));
    Some(bytes.chunks_exact(N * 4).map(row))
}
