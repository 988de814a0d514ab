//! Any bytes as the archive of a sticker set: a .zip, a .tar.gz, and what a .tar.gz unpacks to, because fuzzers
//! cannot pack.
#![no_main]

use std::io::Cursor;
use std::path::Path;

// The server is a large program to build for the little that is wanted of it.
#[path = "../../crates/server/src/stickers/archive.rs"]
#[expect(dead_code, reason = "folders are not bytes")]
mod archive;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let packed = matches!(data, [b'P', b'K', ..] | [0x1f, 0x8b, ..]);
    let found = if packed {
        archive::of_archive(Path::new("archive"), Cursor::new(data))
    } else {
        archive::of_entries(&mut tar::Archive::new(data))
    };
    let Ok(files) = found else {
        return;
    };
    let all: usize = files.values().map(Vec::len).sum();
    assert!(all as u64 <= archive::UNPACKED_BYTES_MAX, "{all} bytes");
    for (name, file) in &files {
        assert!(!name.contains('/') && !name.starts_with('.'), "{name}");
        let is_short = file.len() as u64 <= archive::STICKER_BYTES_MAX;
        assert!(is_short || name == archive::MANIFEST, "{name}");
    }
});
