//! Every TL type cameo speaks and its bytes, in every API layer.

pub mod wire;

pub use wire::{ReadError, Reader, WriteError, Writer};
