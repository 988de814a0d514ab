//! The objects of key creation, as the server reads and writes them. Ids and layouts are those
//! of the published schema; spec section 2.2 lists them.

use super::{NewNonce, Nonces};
use crate::Violation;
use bytes::Bytes;
use tl::wire::{ReadError, Reader, Writer};

pub(super) const REQ_PQ: u32 = 0x6046_9778;
pub(super) const REQ_PQ_MULTI: u32 = 0xbe7e_8ef1;
pub(super) const REQ_DH_PARAMS: u32 = 0xd712_e4be;
pub(super) const SET_CLIENT_DH_PARAMS: u32 = 0xf504_5f1f;
pub(super) const RES_PQ: u32 = 0x0516_2463;
pub(super) const SERVER_DH_PARAMS_OK: u32 = 0xd0e8_075c;
pub(super) const SERVER_DH_INNER_DATA: u32 = 0xb589_0dba;
pub(super) const CLIENT_DH_INNER_DATA: u32 = 0x6643_b654;
pub(super) const DH_GEN_OK: u32 = 0x3bcb_f734;
pub(super) const P_Q_INNER_DATA: u32 = 0x83c9_5aec;
pub(super) const P_Q_INNER_DATA_DC: u32 = 0xa9f5_5f95;
pub(super) const P_Q_INNER_DATA_TEMP: u32 = 0x3c6a_84d4;
pub(super) const P_Q_INNER_DATA_TEMP_DC: u32 = 0x56fd_df88;

/// Bytes that may follow a request inside its message. TDLib counts 0 to 255 random bytes into the
/// length of a plain message, so that its first packets have no sizes of their own.
/// Chosen: as much as the padding of an encrypted message.
pub(super) const REQUEST_PADDING_BYTES_MAX: usize = 1024;

/// A request of a client.
#[derive(Debug)]
pub(super) enum Request {
    /// `req_pq` or `req_pq_multi`, which are answered alike.
    Pq { nonce: [u8; 16] },
    /// `req_DH_params`.
    DhParams {
        nonces: Nonces,
        p: u64,
        q: u64,
        fingerprint: i64,
        encrypted: Bytes,
    },
    /// `set_client_DH_params`.
    ClientDhParams { nonces: Nonces, encrypted: Bytes },
}

/// `p_q_inner_data` in one of its four forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PqInner {
    pub(super) pq: u64,
    pub(super) p: u64,
    pub(super) q: u64,
    pub(super) nonces: Nonces,
    pub(super) new_nonce: NewNonce,
    pub(super) dc: Option<i32>,
    pub(super) expires_in: Option<i32>,
}

/// Reads a request.
///
/// # Errors
/// [`Violation::PlainConstructor`]: not one of the four. [`Violation::HandshakeData`]: its bytes
/// do not fit its layout.
pub(super) fn read_request(body: &Bytes) -> Result<Request, Violation> {
    let broken = |_| Violation::HandshakeData("request");
    let mut reader = Reader::new(body.clone());
    let constructor = reader.u32().map_err(broken)?;
    let request = match constructor {
        REQ_PQ | REQ_PQ_MULTI => reader.int128().map(|nonce| Request::Pq { nonce }),
        REQ_DH_PARAMS => read_dh_params(&mut reader),
        SET_CLIENT_DH_PARAMS => read_client_dh_params(&mut reader),
        _ => return Err(Violation::PlainConstructor { constructor }),
    };
    let request = request.map_err(broken)?;
    if reader.remaining() > REQUEST_PADDING_BYTES_MAX {
        return Err(Violation::HandshakeData("request"));
    }
    Ok(request)
}

fn read_nonces(reader: &mut Reader) -> Result<Nonces, ReadError> {
    Ok(Nonces {
        nonce: reader.int128()?,
        server_nonce: reader.int128()?,
    })
}

fn read_dh_params(reader: &mut Reader) -> Result<Request, ReadError> {
    Ok(Request::DhParams {
        nonces: read_nonces(reader)?,
        p: read_number(reader)?,
        q: read_number(reader)?,
        fingerprint: reader.i64()?,
        encrypted: reader.bytes()?,
    })
}

fn read_client_dh_params(reader: &mut Reader) -> Result<Request, ReadError> {
    Ok(Request::ClientDhParams {
        nonces: read_nonces(reader)?,
        encrypted: reader.bytes()?,
    })
}

/// A big-endian number of at most 8 bytes, leading zeros apart.
fn read_number(reader: &mut Reader) -> Result<u64, ReadError> {
    reader.bytes()?.iter().try_fold(0_u64, |number, byte| {
        let shifted = number
            .checked_mul(256)
            .ok_or(ReadError::Broken("number of 8 bytes"))?;
        Ok(shifted | u64::from(*byte))
    })
}

/// Reads inner data from the start of `data`; also returns its length, since padding follows.
pub(super) fn read_pq_inner(data: &Bytes) -> Result<(PqInner, usize), Violation> {
    let mut reader = Reader::new(data.clone());
    let inner = inner(&mut reader).map_err(|error| match error {
        ReadError::Constructor(_) => Violation::HandshakeData("constructor of inner data"),
        _ => Violation::HandshakeData("inner data"),
    })?;
    Ok((inner, data.len() - reader.remaining()))
}

fn inner(reader: &mut Reader) -> Result<PqInner, ReadError> {
    let constructor = reader.u32()?;
    let (has_dc, has_expiry) = match constructor {
        P_Q_INNER_DATA => (false, false),
        P_Q_INNER_DATA_DC => (true, false),
        P_Q_INNER_DATA_TEMP => (false, true),
        P_Q_INNER_DATA_TEMP_DC => (true, true),
        _ => return Err(ReadError::Constructor(constructor)),
    };
    Ok(PqInner {
        pq: read_number(reader)?,
        p: read_number(reader)?,
        q: read_number(reader)?,
        nonces: read_nonces(reader)?,
        new_nonce: NewNonce(reader.int256()?),
        dc: has_dc.then(|| reader.i32()).transpose()?,
        expires_in: has_expiry.then(|| reader.i32()).transpose()?,
    })
}

/// Reads `client_DH_inner_data` from the start of `data`: its nonces, `g_b` and its length.
pub(super) fn read_client_inner(data: &Bytes) -> Result<(Nonces, Bytes, usize), ReadError> {
    let mut reader = Reader::new(data.clone());
    let constructor = reader.u32()?;
    if constructor != CLIENT_DH_INNER_DATA {
        return Err(ReadError::Constructor(constructor));
    }
    let nonces = read_nonces(&mut reader)?;
    reader.i64()?; // retry_id: nothing depends on it, since no retry is ever asked for
    let g_b = reader.bytes()?;
    Ok((nonces, g_b, data.len() - reader.remaining()))
}

/// Writes an object that begins with an id and both nonces. The layer does not matter here.
pub(super) fn write(id: u32, nonces: &Nonces, rest: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new(tl::LAYER_MAX);
    writer.id(id);
    writer.int128(&nonces.nonce);
    writer.int128(&nonces.server_nonce);
    rest(&mut writer);
    writer.into_parts().0
}
