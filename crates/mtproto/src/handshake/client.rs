//! The client's end of key creation, for tests, the test kit and benches. Unlike real clients it
//! can be told to use either padding and every form of the inner data.

use super::wire::{self, PqInner};
use super::{NewNonce, Nonces, first_salt, new_nonce_hash, padding, temporary_aes};
use crate::crypto::rsa::PublicKey;
use crate::crypto::sha::sha1;
use crate::crypto::{AuthKey, Random, aes_ige, dh, equal, factor};
use bytes::{Bytes, BytesMut};
use std::sync::Arc;
use tl::wire::{ReadError, Reader, Writer};

/// How data is padded before RSA.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum Padding {
    /// `RSA_PAD`, what newer clients use.
    #[default]
    RsaPad,
    /// SHA-1 in front, what Python clients use.
    Sha1,
}

/// What kind of key to ask for, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The padding.
    pub padding: Padding,
    /// The data centre to name, if any.
    pub dc: Option<i32>,
    /// The lifetime of a temporary key in seconds; `None` for a permanent key.
    pub expires_in: Option<i32>,
    /// Begin with the older `req_pq`.
    pub old_request: bool,
}

/// Why a client gives up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The answer cannot be read, or is not the one that is due.
    #[error("unexpected answer to key creation")]
    Answer,
    /// The server offers no key that the client has.
    #[error("no common public key")]
    Fingerprint,
    /// A nonce, hash or public value is wrong.
    #[error("answer does not check: {0}")]
    Check(&'static str),
}

impl From<ReadError> for ClientError {
    fn from(_: ReadError) -> ClientError {
        ClientError::Answer
    }
}

/// What the client does next.
#[derive(Debug)]
pub enum ClientStep {
    /// Send this plain body.
    Send(Vec<u8>),
    /// The key is made.
    Done {
        /// The key.
        key: Arc<AuthKey>,
        /// The salt to begin with.
        first_salt: i64,
        /// The server's clock in Unix seconds.
        server_time: i32,
    },
}

/// One run of key creation.
#[derive(Debug)]
pub struct Client {
    keys: Vec<PublicKey>,
    options: Options,
    random: Random,
    nonce: [u8; 16],
    state: State,
}

/// The request whose answer is due.
#[derive(Debug)]
enum State {
    Pq,
    DhParams {
        nonces: Nonces,
        new_nonce: NewNonce,
    },
    ClientDhParams {
        nonces: Nonces,
        new_nonce: NewNonce,
        key: Arc<AuthKey>,
        server_time: i32,
    },
}

impl Client {
    /// A run that trusts these keys; also returns the first body to send.
    pub fn start(keys: Vec<PublicKey>, options: Options, mut random: Random) -> (Client, Vec<u8>) {
        let nonce: [u8; 16] = random.array();
        let mut writer = Writer::new(tl::LAYER_MAX);
        writer.id(if options.old_request {
            wire::REQ_PQ
        } else {
            wire::REQ_PQ_MULTI
        });
        writer.int128(&nonce);
        let client = Client {
            keys,
            options,
            random,
            nonce,
            state: State::Pq,
        };
        (client, writer.into_parts().0)
    }

    /// Takes the body of the server's answer.
    ///
    /// # Errors
    /// The run is over after any.
    pub fn handle(&mut self, body: &[u8]) -> Result<ClientStep, ClientError> {
        let mut reader = Reader::new(Bytes::copy_from_slice(body));
        let id = reader.u32()?;
        let nonces = Nonces {
            nonce: reader.int128()?,
            server_nonce: reader.int128()?,
        };
        if nonces.nonce != self.nonce {
            return Err(ClientError::Check("nonce"));
        }
        match std::mem::replace(&mut self.state, State::Pq) {
            State::Pq if id == wire::RES_PQ => self.res_pq(nonces, &mut reader),
            State::DhParams {
                nonces: sent,
                new_nonce,
            } if id == wire::SERVER_DH_PARAMS_OK && sent == nonces => {
                self.server_dh_params(nonces, new_nonce, reader.bytes()?)
            }
            State::ClientDhParams {
                nonces: sent,
                new_nonce,
                key,
                server_time,
            } if id == wire::DH_GEN_OK && sent == nonces => {
                if reader.int128()? != new_nonce_hash(&new_nonce, 1, &key) {
                    return Err(ClientError::Check("new_nonce_hash1"));
                }
                let first_salt = first_salt(&new_nonce, &nonces.server_nonce);
                Ok(ClientStep::Done {
                    key,
                    first_salt,
                    server_time,
                })
            }
            _ => Err(ClientError::Answer),
        }
    }

    fn res_pq(&mut self, nonces: Nonces, reader: &mut Reader) -> Result<ClientStep, ClientError> {
        let pq: [u8; 8] = reader.bytes()?[..]
            .try_into()
            .map_err(|_| ClientError::Check("length of pq"))?;
        let pq = u64::from_be_bytes(pq);
        let count = reader.vector_count()?;
        let offered: Vec<i64> = (0..count).map(|_| reader.i64()).collect::<Result<_, _>>()?;
        let key = self
            .keys
            .iter()
            .find(|key| offered.contains(&key.fingerprint()));
        let key = key.ok_or(ClientError::Fingerprint)?;
        let (p, q) = factor::factor(pq).ok_or(ClientError::Check("factors of pq"))?;
        let new_nonce = NewNonce(self.random.array());
        let inner = PqInner {
            pq,
            p: u64::from(p),
            q: u64::from(q),
            nonces,
            new_nonce,
            dc: self.options.dc,
            expires_in: self.options.expires_in,
        };
        let data = write_pq_inner(&inner);
        let encrypted = match self.options.padding {
            Padding::RsaPad => padding::rsa_pad(key, &data, &mut self.random),
            Padding::Sha1 => padding::sha1_pad(key, &data, &mut self.random),
        };
        self.state = State::DhParams { nonces, new_nonce };
        Ok(ClientStep::Send(write_req_dh_params(
            &inner,
            key.fingerprint(),
            &encrypted,
        )))
    }

    fn server_dh_params(
        &mut self,
        nonces: Nonces,
        new_nonce: NewNonce,
        encrypted: Bytes,
    ) -> Result<ClientStep, ClientError> {
        let (g_a, server_time) = open_answer(&nonces, &new_nonce, encrypted)?;
        let (secret, g_b) = dh::Secret::generate(&mut self.random);
        let shared = secret
            .agree(&g_a)
            .ok_or(ClientError::Check("range of g_a"))?;
        let body = write_set_client_dh(&nonces, &new_nonce, &g_b, &mut self.random);
        let key = Arc::new(AuthKey::new(shared));
        self.state = State::ClientDhParams {
            nonces,
            new_nonce,
            key,
            server_time,
        };
        Ok(ClientStep::Send(body))
    }
}

/// Opens `server_DH_params_ok`; returns `g_a` and the server's time.
pub(super) fn open_answer(
    nonces: &Nonces,
    new_nonce: &NewNonce,
    encrypted: Bytes,
) -> Result<(Bytes, i32), ClientError> {
    const HASH_BYTES: usize = 20;
    let mut opened = BytesMut::from(encrypted);
    if opened.len() < HASH_BYTES || !opened.len().is_multiple_of(16) {
        return Err(ClientError::Answer);
    }
    let (key, iv) = temporary_aes(new_nonce, &nonces.server_nonce);
    aes_ige::decrypt_in_place(&mut opened, &key, &iv);
    let hash = opened.split_to(HASH_BYTES);
    let data = opened.freeze();
    let mut reader = Reader::new(data.clone());
    let id = reader.u32()?;
    let inner = Nonces {
        nonce: reader.int128()?,
        server_nonce: reader.int128()?,
    };
    if id != wire::SERVER_DH_INNER_DATA || inner != *nonces {
        return Err(ClientError::Check("inner answer"));
    }
    let generator = reader.i32()?;
    if generator != dh::GENERATOR as i32 || reader.bytes()?[..] != dh::PRIME {
        return Err(ClientError::Check("prime and generator"));
    }
    let g_a = reader.bytes()?;
    let server_time = reader.i32()?;
    if !equal(&sha1(&[&data[..data.len() - reader.remaining()]]), &hash) {
        return Err(ClientError::Check("hash of the inner answer"));
    }
    Ok((g_a, server_time))
}

/// Four bytes for a prime, as every client sends it.
fn write_prime(writer: &mut Writer, prime: u64) {
    writer.bytes(&(prime as u32).to_be_bytes());
}

/// The inner data, in the form that its optional fields ask for.
pub(super) fn write_pq_inner(inner: &PqInner) -> Vec<u8> {
    let id = match (inner.dc, inner.expires_in) {
        (None, None) => wire::P_Q_INNER_DATA,
        (Some(_), None) => wire::P_Q_INNER_DATA_DC,
        (None, Some(_)) => wire::P_Q_INNER_DATA_TEMP,
        (Some(_), Some(_)) => wire::P_Q_INNER_DATA_TEMP_DC,
    };
    let mut writer = Writer::new(tl::LAYER_MAX);
    writer.id(id);
    writer.bytes(&inner.pq.to_be_bytes());
    write_prime(&mut writer, inner.p);
    write_prime(&mut writer, inner.q);
    writer.int128(&inner.nonces.nonce);
    writer.int128(&inner.nonces.server_nonce);
    writer.int256(&inner.new_nonce.0);
    inner
        .dc
        .into_iter()
        .chain(inner.expires_in)
        .for_each(|value| writer.i32(value));
    writer.into_parts().0
}

/// `req_DH_params` around encrypted inner data.
pub(super) fn write_req_dh_params(inner: &PqInner, fingerprint: i64, encrypted: &[u8]) -> Vec<u8> {
    wire::write(wire::REQ_DH_PARAMS, &inner.nonces, |writer| {
        write_prime(writer, inner.p);
        write_prime(writer, inner.q);
        writer.i64(fingerprint);
        writer.bytes(encrypted);
    })
}

/// `set_client_DH_params` with this public value.
pub(super) fn write_set_client_dh(
    nonces: &Nonces,
    new_nonce: &NewNonce,
    g_b: &[u8],
    random: &mut Random,
) -> Vec<u8> {
    let inner = wire::write(wire::CLIENT_DH_INNER_DATA, nonces, |writer| {
        writer.i64(0);
        writer.bytes(g_b);
    });
    let mut encrypted = [&sha1(&[&inner])[..], &inner].concat();
    let padding: [u8; 16] = random.array();
    let missing = encrypted.len().next_multiple_of(16) - encrypted.len();
    encrypted.extend_from_slice(&padding[..missing]);
    let (key, iv) = temporary_aes(new_nonce, &nonces.server_nonce);
    aes_ige::encrypt_in_place(&mut encrypted, &key, &iv);
    wire::write(wire::SET_CLIENT_DH_PARAMS, nonces, |writer| {
        writer.bytes(&encrypted)
    })
}
