//! The two ways in which clients pad what they encrypt with the server's RSA key, opened; and
//! sealed, for the client's end.

use super::wire::{self, PqInner};
use crate::Violation;
use crate::crypto::rsa::{PrivateKey, RSA_BYTES};
use crate::crypto::sha::{sha1, sha256};
use crate::crypto::{aes_ige, equal};
use bytes::Bytes;

/// Where data and hash stand under `RSA_PAD`. Source: official page, step 4.1.
const PADDED_DATA_BYTES: usize = 192;
const TEMP_KEY_BYTES: usize = 32;

/// Where the data stands under the older padding: a zero byte and a SHA-1 before it.
const HASH_AT: usize = 1;
const DATA_AT: usize = 21;

/// Opens what a client encrypted and reads the inner data, whichever padding it chose.
pub(super) fn open(key: &PrivateKey, encrypted: &[u8]) -> Result<PqInner, Violation> {
    let encrypted: &[u8; RSA_BYTES] = encrypted
        .try_into()
        .map_err(|_| Violation::HandshakeData("length of RSA data"))?;
    let opened = key
        .decrypt(encrypted)
        .ok_or(Violation::HandshakeData("RSA data above the modulus"))?;
    if let Some(data) = open_rsa_pad(&opened) {
        return Ok(wire::read_pq_inner(&data)?.0);
    }
    if opened[0] != 0 {
        return Err(Violation::HandshakeData("neither RSA padding fits"));
    }
    let data = Bytes::copy_from_slice(&opened[DATA_AT..]);
    let (inner, length) = wire::read_pq_inner(&data)
        .map_err(|_| Violation::HandshakeData("neither RSA padding fits"))?;
    if !equal(&sha1(&[&data[..length]]), &opened[HASH_AT..DATA_AT]) {
        return Err(Violation::HandshakeData("hash of RSA data"));
    }
    Ok(inner)
}

fn open_rsa_pad(opened: &[u8; RSA_BYTES]) -> Option<Bytes> {
    let (masked_key, rest) = opened.split_first_chunk::<TEMP_KEY_BYTES>()?;
    let mask = sha256(&[rest]);
    let temp_key: [u8; TEMP_KEY_BYTES] = std::array::from_fn(|i| masked_key[i] ^ mask[i]);
    let mut data = rest.to_vec();
    aes_ige::decrypt_in_place(&mut data, &temp_key, &[0; 32]);
    let hash = data.split_off(PADDED_DATA_BYTES);
    data.reverse();
    equal(&sha256(&[&temp_key, &data]), &hash).then(|| data.into())
}

#[cfg(feature = "client")]
pub(super) use seal::{rsa_pad, sha1_pad};

#[cfg(feature = "client")]
mod seal {
    use super::{DATA_AT, PADDED_DATA_BYTES, TEMP_KEY_BYTES};
    use crate::crypto::rsa::{PublicKey, RSA_BYTES};
    use crate::crypto::sha::{sha1, sha256};
    use crate::crypto::{Random, aes_ige};

    /// Encrypts at most 144 bytes with `RSA_PAD`; longer data is cut off.
    pub(in crate::handshake) fn rsa_pad(
        key: &PublicKey,
        data: &[u8],
        random: &mut Random,
    ) -> [u8; RSA_BYTES] {
        let mut padded: [u8; PADDED_DATA_BYTES] = random.array();
        padded
            .iter_mut()
            .zip(data)
            .for_each(|(to, from)| *to = *from);
        loop {
            let temp_key: [u8; TEMP_KEY_BYTES] = random.array();
            let hash = sha256(&[&temp_key, &padded]);
            let mut rest: Vec<u8> = padded.iter().rev().chain(&hash).copied().collect();
            aes_ige::encrypt_in_place(&mut rest, &temp_key, &[0; 32]);
            let mask = sha256(&[&rest]);
            let mut number = [0; RSA_BYTES];
            let masked = temp_key.iter().zip(mask).map(|(key, mask)| key ^ mask);
            number
                .iter_mut()
                .zip(masked.chain(rest))
                .for_each(|(to, from)| *to = from);
            // A number above the modulus needs another temporary key.
            if let Some(encrypted) = key.encrypt(&number) {
                return encrypted;
            }
        }
    }

    /// Encrypts at most 235 bytes with the older padding; longer data is cut off.
    pub(in crate::handshake) fn sha1_pad(
        key: &PublicKey,
        data: &[u8],
        random: &mut Random,
    ) -> [u8; RSA_BYTES] {
        let mut number: [u8; RSA_BYTES] = random.array();
        number[0] = 0;
        number[1..DATA_AT].copy_from_slice(&sha1(&[data]));
        number[DATA_AT..]
            .iter_mut()
            .zip(data)
            .for_each(|(to, from)| *to = *from);
        // The zero byte in front keeps the number below the modulus.
        key.encrypt(&number).unwrap_or([0; RSA_BYTES])
    }
}
