//! Any bytes as a call in its wrappers, and as the arguments of the method it names.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tl::fuzz_decode(data));
