//! Every TL type cameo speaks and its bytes, in every API layer.
//!
//! Values are of the newest layer. Reading needs no layer, since an id fixes its layout; writing
//! takes the layer of the session that gets the bytes.

mod codec;
mod compat;
#[cfg(feature = "samples")]
pub mod samples;
pub mod wire;
pub mod wrappers;

pub use codec::{Body, Constructor, Get, Method, Put, decode, encode, encode_into};
pub use functions::{LAYER_MAX, LAYER_MIN};
pub use wire::{ReadError, Reader, WriteError, Writer};

/// One struct per constructor, by namespace. The TL line of each is its documentation.
#[allow(missing_docs, non_snake_case, unused_imports, unused_variables)]
#[allow(clippy::pedantic, clippy::all, clippy::too_many_lines)]
pub mod types {
    include!(concat!(env!("OUT_DIR"), "/types.rs"));
}

/// One enum per type that has, or has had, several constructors.
#[allow(missing_docs, unused_imports, unused_variables)]
#[allow(clippy::pedantic, clippy::all, clippy::too_many_lines)]
pub mod enums {
    include!(concat!(env!("OUT_DIR"), "/enums.rs"));
}

/// One struct per method, by namespace.
#[allow(missing_docs, non_snake_case, unused_imports, unused_variables)]
#[allow(clippy::pedantic, clippy::all, clippy::too_many_lines)]
pub mod functions {
    include!(concat!(env!("OUT_DIR"), "/functions.rs"));
}

/// The TL name of the method with this id, selected or not; for logs and for refusals.
#[must_use]
pub fn method_name(id: u32) -> Option<&'static str> {
    let at = functions::BY_ID
        .binary_search_by_key(&id, |row| row.0)
        .ok()?;
    Some(functions::BY_ID[at].1)
}

/// Every id that the method of this TL name has had; empty if there is none.
#[must_use]
pub fn method_ids(name: &str) -> &'static [u32] {
    match functions::BY_NAME.binary_search_by_key(&name, |row| row.0) {
        Ok(at) => functions::BY_NAME[at].1,
        Err(_) => &[],
    }
}

/// Reads `data` as a call in its wrappers, and its arguments as every method's; for fuzzing.
/// Panics and memory are what a fuzzer watches, so nothing is returned.
pub fn fuzz_decode(data: &[u8]) {
    let mut no_gunzip = |_: &[u8]| Err(ReadError::Broken("packed"));
    let unwrapped = wrappers::unwrap(bytes::Bytes::copy_from_slice(data), &mut no_gunzip);
    if let Ok(call) = unwrapped {
        functions::read_any(call.method_id, call.body);
    }
}
