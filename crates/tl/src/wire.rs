//! The primitives of TL on the wire: a reader with budgets against hostile input and a writer
//! that knows the layer. Generated code and the protocol crate are built from these two alone.

mod read;
mod write;

pub use read::{READ_DEPTH_MAX, READ_ELEMENTS_MAX, READ_RESERVE_ELEMENTS_MAX, ReadError, Reader};
pub use write::{WriteError, Writer};

/// Id of the boxed `Vector`.
pub const VECTOR_ID: u32 = 0x1cb5_c415;
/// Id of `boolTrue`.
pub const BOOL_TRUE_ID: u32 = 0x9972_75b5;
/// Id of `boolFalse`.
pub const BOOL_FALSE_ID: u32 = 0xbc79_9737;

/// Longest `bytes` or `string`, as the length has three bytes on the wire.
/// Source: official page on binary data serialization.
pub const BYTES_LEN_MAX: usize = 0x00ff_ffff;
