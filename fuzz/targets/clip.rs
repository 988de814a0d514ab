//! Any bytes as an MP4 file: judged by its boxes and parameter sets, and written anew.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| motion::fuzz_clip(data));
