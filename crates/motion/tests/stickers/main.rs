//! Stickers as a host imports them and as people make profile pictures of them, seen from outside the crate.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod drawn;
mod hostile;
mod kinds;
mod outlines;

use std::path::{Path, PathBuf};

use bytes::Bytes;
use motion::Drawing;

/// A file of the set that is seeded.
fn seeded(name: &str) -> Bytes {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/emoji");
    Bytes::from(std::fs::read(assets.join(name)).unwrap())
}

/// Every animation of the set that is seeded, by its name.
fn all_seeded() -> Vec<(String, Bytes)> {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/emoji");
    let files = std::fs::read_dir(assets)
        .unwrap()
        .map(|file| file.unwrap().path());
    let animations = files.filter(|file| file.extension().is_some_and(|end| end == "tgs"));
    let named = animations.map(|file| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = seeded(&name);
        (name, bytes)
    });
    let mut named: Vec<_> = named.collect();
    named.sort();
    assert!(named.len() >= 10, "the seeded set is there");
    named
}

/// A folder beside this file's.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(name)
}

/// An animation of the folder `animations`, packed.
fn animation(name: &str) -> Bytes {
    let text = std::fs::read(folder("animations").join(format!("{name}.json"))).unwrap();
    packed(&text)
}

/// A gzip file without a name; nobody compares its check sum.
fn packed(bytes: &[u8]) -> Bytes {
    let body = miniz_oxide::deflate::compress_to_vec(bytes, 9);
    let head = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3];
    Bytes::from([&head[..], &body, &[0; 8]].concat())
}

/// A still of a sticker on these colours.
fn still_of(sticker: Bytes, colours: &[u32]) -> Drawing {
    Drawing {
        sticker,
        colours: colours.to_vec(),
        white: false,
        start_s: None,
        stills: true,
        film: false,
    }
}

/// Red, green and blue of a JPEG, with its side.
fn decoded(jpeg: &[u8]) -> (usize, Vec<u8>) {
    let mut decoder = zune_jpeg::JpegDecoder::new(std::io::Cursor::new(jpeg));
    let pixels = decoder.decode().unwrap();
    (decoder.info().unwrap().width.into(), pixels)
}
