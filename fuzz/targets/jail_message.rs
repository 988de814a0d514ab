//! Any bytes as a message between a server and a child that decodes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| jail::fuzz_message(data));
