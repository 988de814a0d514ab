//! Reads TL schema lines and writes the Rust text of the codec.
