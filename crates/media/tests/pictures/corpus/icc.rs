//! Small ICC profiles written field by field: colours swapped, grey with a gamma, four inks.

/// A profile that turns red into green, green into blue and blue into red: any picture that
/// ignores it, or applies it twice, looks utterly wrong. Primaries and curves are sRGB's.
pub(crate) fn rotated_rgb() -> Vec<u8> {
    let [red, green, blue] = [
        [28_578, 14_584, 911],
        [25_240, 46_992, 6_363],
        [9_376, 3_961, 46_794],
    ];
    let curve = parametric(&[157_286, 62_119, 3_417, 5_072, 2_651]);
    let tags = [
        (b"rXYZ", xyz(green)),
        (b"gXYZ", xyz(blue)),
        (b"bXYZ", xyz(red)),
        (b"rTRC", curve.clone()),
        (b"gTRC", curve.clone()),
        (b"bTRC", curve),
    ];
    profile(b"RGB ", b"XYZ ", &tags)
}

/// Grey with a gamma of 1.0: much lighter in sRGB than its numbers say.
pub(crate) fn linear_grey() -> Vec<u8> {
    profile(b"GRAY", b"XYZ ", &[(b"kTRC", parametric_gamma(65_536))])
}

/// Four inks by a table of two steps each: lightness falls with black alone, all else is ignored.
pub(crate) fn black_only_cmyk() -> Vec<u8> {
    let mut table = b"mft1\0\0\0\0\x04\x03\x02\0".to_vec();
    for at in 0..9 {
        table.extend(if at % 4 == 0 { 65_536i32 } else { 0 }.to_be_bytes());
    }
    table.extend((0..4).flat_map(|_| 0..=255u8));
    // Lab in 8 bits: lightness 0 to 255, both colour axes at their middle.
    table.extend((0..16).flat_map(|at| [if at % 2 == 0 { 255 } else { 0 }, 128, 128]));
    table.extend((0..3).flat_map(|_| 0..=255u8));
    profile(
        b"CMYK",
        b"Lab ",
        &[(b"A2B0", table.clone()), (b"A2B1", table)],
    )
}

fn xyz(value: [i32; 3]) -> Vec<u8> {
    let mut tag = b"XYZ \0\0\0\0".to_vec();
    value.iter().for_each(|part| tag.extend(part.to_be_bytes()));
    tag
}

fn parametric(values: &[i32]) -> Vec<u8> {
    let mut tag = b"para\0\0\0\0\0\x03\0\0".to_vec();
    values
        .iter()
        .for_each(|value| tag.extend(value.to_be_bytes()));
    tag
}

fn parametric_gamma(gamma: i32) -> Vec<u8> {
    let mut tag = b"para\0\0\0\0\0\0\0\0".to_vec();
    tag.extend(gamma.to_be_bytes());
    tag
}

fn profile(space: &[u8; 4], connection: &[u8; 4], tags: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let class = if space == b"CMYK" { b"prtr" } else { b"mntr" };
    let mut header = vec![0; 128];
    header[8..12].copy_from_slice(&[4, 0x30, 0, 0]);
    header[12..16].copy_from_slice(class);
    header[16..20].copy_from_slice(space);
    header[20..24].copy_from_slice(connection);
    header[36..40].copy_from_slice(b"acsp");
    // D50, the white of the connection space.
    for (at, part) in [63_190i32, 65_536, 54_061].iter().enumerate() {
        header[68 + at * 4..72 + at * 4].copy_from_slice(&part.to_be_bytes());
    }
    let white = (b"wtpt", xyz([63_190, 65_536, 54_061]));
    let tags: Vec<_> = tags.iter().cloned().chain([white]).collect();
    let mut directory = (tags.len() as u32).to_be_bytes().to_vec();
    let mut data = Vec::new();
    for (name, body) in &tags {
        directory.extend(*name);
        directory.extend(((132 + tags.len() * 12 + data.len()) as u32).to_be_bytes());
        directory.extend((body.len() as u32).to_be_bytes());
        data.extend(body);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let mut file = [header, directory, data].concat();
    let length = (file.len() as u32).to_be_bytes();
    file[..4].copy_from_slice(&length);
    file
}
