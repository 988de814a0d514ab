//! Clips to upload: some that play and show the number of each frame, some that hold nothing but the boxes
//! that say what they are.

use image::RgbImage;

/// Stripes of a frame, each one bit of its number.
const STRIPES: u32 = 8;

/// A square clip that plays: so many frames, `fps` of them a second. Each frame shows its number, which must
/// be below 256: see [`frame_number`].
pub fn film(side_px: u32, frames: u32, fps: u32) -> Vec<u8> {
    let mut drawn = (0..frames).map(|number| striped(number, side_px));
    motion::film(&mut drawn, side_px, fps).unwrap().to_vec()
}

/// The same film with a `pasp` that says its pixels are twice as wide as high: it plays, and is not square.
pub fn oblong(film: &[u8]) -> Vec<u8> {
    const SHAPE: [u8; 16] = *b"\0\0\0\x10pasp\0\0\0\x02\0\0\0\x01";
    let mut film = film.to_vec();
    let at = |film: &[u8], kind: &[u8]| film.windows(4).position(|it| it == kind).unwrap();
    let grow = |film: &mut [u8], at: usize| {
        let field = film[at..at + 4].try_into().unwrap();
        let grown = u32::from_be_bytes(field) + 16;
        film[at..at + 4].copy_from_slice(&grown.to_be_bytes());
    };
    for kind in [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"] {
        let size_at = at(&film, kind) - 4;
        grow(&mut film, size_at);
    }
    // `stco` holds one offset, and the frames move by what the index grows.
    let first_frame_at = at(&film, b"stco") + 12;
    grow(&mut film, first_frame_at);
    let entry_at = at(&film, b"avc1") - 4;
    // The first `avc1` is a brand in the head of the file.
    let entry_at = entry_at + 8 + at(&film[entry_at + 8..], b"avc1") - 4;
    let size: [u8; 4] = film[entry_at..entry_at + 4].try_into().unwrap();
    let end = entry_at + u32::from_be_bytes(size) as usize;
    grow(&mut film, entry_at);
    film.splice(end..end, SHAPE);
    film
}

/// A frame in RGB: upright stripes, a bright one for each bit that is set, the lowest bit on the left.
fn striped(number: u32, side_px: u32) -> Vec<u8> {
    let row = (0..side_px).flat_map(|x| {
        let bit = number >> (x * STRIPES / side_px) & 1;
        if bit == 1 {
            [240, 220, 60]
        } else {
            [20, 40, 110]
        }
    });
    let row: Vec<u8> = row.collect();
    row.repeat(side_px as usize)
}

/// The number of the frame that a picture shows.
pub fn frame_number(picture: &RgbImage) -> u32 {
    let (width, height) = picture.dimensions();
    let bright = |stripe: &u32| {
        let x = (2 * stripe + 1) * width / (2 * STRIPES);
        picture.get_pixel(x, height / 2).0[0] > 128
    };
    (0..STRIPES).filter(bright).map(|stripe| 1 << stripe).sum()
}

/// A clip in H.264 with these sides, so many milliseconds long. It holds no frames.
pub fn clip((width_px, height_px): (u16, u16), duration_ms: u32) -> Vec<u8> {
    let mut sample = vec![0; 78];
    sample[24..26].copy_from_slice(&width_px.to_be_bytes());
    sample[26..28].copy_from_slice(&height_px.to_be_bytes());
    let kinds = [&[0, 0, 0, 0, 0, 0, 0, 1][..], &boxed(b"avc1", &sample)].concat();
    let table = boxed(b"stbl", &boxed(b"stsd", &kinds));
    let handler = [&[0; 8][..], b"vide", &[0; 13]].concat();
    let media = [
        header(b"mdhd", duration_ms),
        boxed(b"hdlr", &handler),
        boxed(b"minf", &table),
    ];
    let track = boxed(b"trak", &boxed(b"mdia", &media.concat()));
    let movie = [header(b"mvhd", duration_ms), track].concat();
    let kind = boxed(b"ftyp", b"isom\0\0\x02\0isomavc1");
    [kind, boxed(b"moov", &movie), boxed(b"mdat", &[0; 64])].concat()
}

/// A header whose time counts in milliseconds.
fn header(kind: &[u8; 4], duration_ms: u32) -> Vec<u8> {
    let mut content = vec![0; 100];
    content[12..16].copy_from_slice(&1000_u32.to_be_bytes());
    content[16..20].copy_from_slice(&duration_ms.to_be_bytes());
    boxed(kind, &content)
}

fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).unwrap();
    [&length.to_be_bytes()[..], kind, content].concat()
}
