//! Any bytes as messages inside the encryption, from a client that holds a key.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mtproto::fuzz::message(data));
