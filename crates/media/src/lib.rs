//! Profile pictures as pure functions on bytes.
