//! Any bytes as requests of key creation.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mtproto::fuzz::handshake(data));
