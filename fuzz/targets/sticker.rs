//! Any bytes as a sticker: TGS, WebM, WebP, and the text of animations.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| motion::fuzz_sticker(data));
