//! The proof inside `auth.bindTempAuthKey`: that the owner of a temporary key also holds the
//! permanent one. The method belongs to the API; this check is protocol and touches nothing else.

use crate::crypto::kdf;
use crate::crypto::{AuthKey, aes_ige, equal};
use crate::{MsgId, SessionRef};

/// Length of `encrypted_message`. Source: official page on perfect forward secrecy.
pub const BINDING_BYTES: usize = 104;

const BIND_AUTH_KEY_INNER: u32 = 0x75a3_f765;
/// Bytes that the message key covers: random, id, number, length and the inner object.
const BINDING_SIGNED_BYTES: usize = 72;

/// What the call says about the binding and what is known about the call.
#[derive(Debug, Clone, Copy)]
pub struct Binding<'a> {
    /// Argument `nonce`.
    pub nonce: i64,
    /// Argument `expires_at`, Unix seconds.
    pub expires_at: i32,
    /// Argument `encrypted_message`.
    pub encrypted_message: &'a [u8],
    /// The session of the call; its key is the temporary one.
    pub session: SessionRef,
    /// The id of the message that holds the call, the inner one when it is in a container.
    pub msg_id: MsgId,
}

/// The proof does not hold; the API answers 400 `ENCRYPTED_MESSAGE_INVALID`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("binding message is invalid: {0}")]
pub struct BadBinding(
    /// Which part is wrong.
    pub &'static str,
);

/// Checks the binding message against the permanent key.
///
/// That `permanent` is permanent and the session's key temporary is for the caller to know.
///
/// # Errors
/// [`BadBinding`] names the first part that does not agree.
///
/// Source: official page on perfect forward secrecy; the message is encrypted as in MTProto 1.0.
pub fn check_binding(permanent: &AuthKey, binding: &Binding<'_>) -> Result<(), BadBinding> {
    let message: &[u8; BINDING_BYTES] = binding
        .encrypted_message
        .try_into()
        .map_err(|_| BadBinding("length"))?;
    let (head, sealed) = message.split_at(24);
    if head[..8] != permanent.id.to_le_bytes() {
        return Err(BadBinding("auth_key_id"));
    }
    let mut msg_key = [0; 16];
    msg_key.copy_from_slice(&head[8..]);
    let keys = kdf::v1_message_keys(&permanent.bytes, &msg_key);
    let mut data = [0; BINDING_BYTES - 24];
    data.copy_from_slice(sealed);
    aes_ige::decrypt_in_place(&mut data, &keys.key, &keys.iv);
    if !equal(&kdf::v1_msg_key(&data[..BINDING_SIGNED_BYTES]), &msg_key) {
        return Err(BadBinding("msg_key"));
    }
    let expected: [(&'static str, usize, &[u8]); 9] = [
        ("msg_id", 16, &binding.msg_id.0.to_le_bytes()),
        ("seq_no", 24, &0i32.to_le_bytes()),
        ("length", 28, &40i32.to_le_bytes()),
        ("constructor", 32, &BIND_AUTH_KEY_INNER.to_le_bytes()),
        ("nonce", 36, &binding.nonce.to_le_bytes()),
        (
            "temp_auth_key_id",
            44,
            &binding.session.auth_key_id.to_le_bytes(),
        ),
        ("perm_auth_key_id", 52, &permanent.id.to_le_bytes()),
        (
            "temp_session_id",
            60,
            &binding.session.session_id.to_le_bytes(),
        ),
        ("expires_at", 68, &binding.expires_at.to_le_bytes()),
    ];
    match expected
        .into_iter()
        .find(|(_, at, bytes)| !data[*at..].starts_with(bytes))
    {
        Some((part, ..)) => Err(BadBinding(part)),
        None => Ok(()),
    }
}

/// Writes the binding message that [`check_binding`] accepts; `random` fills what is random.
#[cfg(any(test, feature = "client"))]
#[must_use]
pub fn write_binding(
    permanent: &AuthKey,
    nonce: i64,
    expires_at: i32,
    (session, msg_id): (SessionRef, MsgId),
    random: &mut crate::crypto::Random,
) -> [u8; BINDING_BYTES] {
    let mut data: [u8; BINDING_BYTES - 24] = random.array();
    let mut put = |at: usize, bytes: &[u8]| data[at..at + bytes.len()].copy_from_slice(bytes);
    put(16, &msg_id.0.to_le_bytes());
    put(24, &0i32.to_le_bytes());
    put(28, &40i32.to_le_bytes());
    put(32, &BIND_AUTH_KEY_INNER.to_le_bytes());
    put(36, &nonce.to_le_bytes());
    put(44, &session.auth_key_id.to_le_bytes());
    put(52, &permanent.id.to_le_bytes());
    put(60, &session.session_id.to_le_bytes());
    put(68, &expires_at.to_le_bytes());
    let msg_key = kdf::v1_msg_key(&data[..BINDING_SIGNED_BYTES]);
    let keys = kdf::v1_message_keys(&permanent.bytes, &msg_key);
    aes_ige::encrypt_in_place(&mut data, &keys.key, &keys.iv);
    let mut message = [0; BINDING_BYTES];
    message[..8].copy_from_slice(&permanent.id.to_le_bytes());
    message[8..24].copy_from_slice(&msg_key);
    message[24..].copy_from_slice(&data);
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Random;

    const SESSION: SessionRef = SessionRef {
        auth_key_id: 77,
        session_id: -5,
    };
    const MSG_ID: MsgId = MsgId(1_700_000_000 << 32);

    fn check(change: impl FnOnce(&mut Binding<'_>)) -> Result<(), BadBinding> {
        let permanent = AuthKey::new([9; 256]);
        let mut random = Random::new([1; 32]);
        let message = write_binding(&permanent, 42, 1000, (SESSION, MSG_ID), &mut random);
        let mut binding = Binding {
            nonce: 42,
            expires_at: 1000,
            encrypted_message: &message,
            session: SESSION,
            msg_id: MSG_ID,
        };
        change(&mut binding);
        check_binding(&permanent, &binding)
    }

    #[test]
    fn m42_a_correct_binding_is_accepted() {
        assert_eq!(check(|_| ()), Ok(()));
    }

    #[test]
    fn m43_each_part_that_differs_is_refused() {
        assert_eq!(check(|b| b.nonce += 1), Err(BadBinding("nonce")));
        assert_eq!(check(|b| b.expires_at += 1), Err(BadBinding("expires_at")));
        assert_eq!(
            check(|b| b.msg_id = b.msg_id.next(0)),
            Err(BadBinding("msg_id"))
        );
        assert_eq!(
            check(|b| b.session.session_id = 5),
            Err(BadBinding("temp_session_id"))
        );
        assert_eq!(
            check(|b| b.session.auth_key_id = 5),
            Err(BadBinding("temp_auth_key_id"))
        );
        assert_eq!(
            check(|b| b.encrypted_message = &[0; 103]),
            Err(BadBinding("length"))
        );
        assert_eq!(
            check(|b| b.encrypted_message = &[0; 104]),
            Err(BadBinding("auth_key_id"))
        );
        let other = AuthKey::new([8; 256]);
        let mut random = Random::new([1; 32]);
        let mut message = write_binding(&other, 42, 1000, (SESSION, MSG_ID), &mut random);
        message[..8].copy_from_slice(&AuthKey::new([9; 256]).id.to_le_bytes());
        let binding = Binding {
            nonce: 42,
            expires_at: 1000,
            encrypted_message: &message,
            session: SESSION,
            msg_id: MSG_ID,
        };
        let refused = check_binding(&AuthKey::new([9; 256]), &binding);
        assert_eq!(refused, Err(BadBinding("msg_key")));
    }
}
