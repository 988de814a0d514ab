//! The primitives under the protocol: ciphers, hashes, key derivation, RSA, Diffie-Hellman.
//! Known answers stand beside the code; nothing here knows a message or a connection.

pub mod aes_ige;
mod auth_key;
pub mod ctr;
pub mod dh;
pub mod factor;
pub mod kdf;
mod montgomery;
mod pem;
mod prime;
mod random;
pub mod rsa;
pub mod sha;

pub use auth_key::AuthKey;
pub use random::Random;

/// Whether two byte strings are equal, in a time that does not tell where they differ.
pub fn equal(left: &[u8], right: &[u8]) -> bool {
    subtle::ConstantTimeEq::ct_eq(left, right).into()
}

/// Bytes from hexadecimal text, for known answers.
#[cfg(test)]
pub(crate) fn hex<const N: usize>(text: &str) -> [u8; N] {
    assert_eq!(text.len(), 2 * N, "{text}");
    std::array::from_fn(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
}
