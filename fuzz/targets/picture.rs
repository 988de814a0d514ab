//! Any bytes as a picture file: all formats, within small limits.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media::fuzz_picture(data));
