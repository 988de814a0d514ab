//! Any bytes as the stream of a fresh connection: transport detection, obfuscation, framing.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mtproto::fuzz::transport(data));
