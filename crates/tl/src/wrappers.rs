//! The functions that wrap another call: peeled off in a loop, so that nesting costs no stack, and
//! noted for whoever runs the call.

use bytes::Bytes;

use crate::codec::{Constructor, Get};
use crate::types;
use crate::wire::{ReadError, Reader};

/// How many wrappers may stand around one call.
/// Chosen: real clients use up to four.
pub const WRAPPERS_MAX: usize = 8;
/// How many times a call may be compressed within itself.
/// Chosen: a client may compress the call and then the wrapped call; nobody does it thrice.
pub const GZIP_DEPTH_MAX: usize = 2;
/// How many calls one call may wait for.
/// Chosen: clients name one, or a few that they sent together.
pub const AFTER_CALLS_MAX: usize = 256;

/// Arguments up to this length are copied out of what was unpacked, so that a waiting call does not keep the whole.
const ARGUMENTS_COPIED_BYTES_MAX: usize = 4096;

const GZIP_PACKED: u32 = 0x3072_cfa1;
const INIT_CONNECTION: u32 = 0xc1cd_5ea9;
const INVOKE_AFTER_MSG: u32 = 0xcb9f_372d;
const INVOKE_AFTER_MSGS: u32 = 0x3dc4_b4f0;
const INVOKE_WITH_APNS_SECRET: u32 = 0x0dae_54f8;
const INVOKE_WITH_BUSINESS_CONNECTION: u32 = 0xdd28_9f8e;
const INVOKE_WITH_GOOGLE_PLAY_INTEGRITY: u32 = 0x1df9_2984;
const INVOKE_WITH_LAYER: u32 = 0xda9b_0d0d;
const INVOKE_WITH_MESSAGES_RANGE: u32 = 0x3652_75f2;
const INVOKE_WITH_RE_CAPTCHA: u32 = 0xadbb_0f94;
const INVOKE_WITH_TAKEOUT: u32 = 0xaca9_fd2e;
const INVOKE_WITHOUT_UPDATES: u32 = 0xbf94_59b7;

/// What a client says about itself in `initConnection`. A proxy and the free-form parameters are
/// read and dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InitConnection {
    /// Number of the application.
    pub api_id: i32,
    /// Device, as the client names it.
    pub device_model: String,
    /// Operating system, as the client names it.
    pub system_version: String,
    /// Version of the application.
    pub app_version: String,
    /// Language of the system.
    pub system_lang_code: String,
    /// Language pack: `android`, `ios`, `tdesktop` …, or empty.
    pub lang_pack: String,
    /// Language of the application.
    pub lang_code: String,
}

/// A call without its wrappers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unwrapped {
    /// Layer of the innermost `invokeWithLayer`.
    pub layer: Option<i32>,
    /// The innermost `initConnection`.
    pub init: Option<InitConnection>,
    /// Inside `invokeWithoutUpdates`: this session wants no updates.
    pub without_updates: bool,
    /// Calls that are to be finished before this one.
    pub after: Vec<i64>,
    /// Inside `invokeWithBusinessConnection`.
    pub business: bool,
    /// Id of the takeout, inside `invokeWithTakeout`.
    pub takeout: Option<i64>,
    /// Smallest and greatest message id, inside `invokeWithMessagesRange`.
    pub messages_range: Option<(i32, i32)>,
    /// Id of the method.
    pub method_id: u32,
    /// The method's arguments: everything behind its id.
    pub body: Bytes,
}

/// Unpacks one `gzip_packed` and guards how large that may get.
pub type Gunzip<'a> = dyn FnMut(&[u8]) -> Result<Vec<u8>, ReadError> + 'a;

/// Takes all wrappers off `body`, which begins with an id.
///
/// # Errors
/// [`ReadError::TooDeep`]: more than [`WRAPPERS_MAX`] wrappers or [`GZIP_DEPTH_MAX`] packings.
/// [`ReadError::TooLong`]: bytes behind packed data. [`ReadError::TooMany`]: more than [`AFTER_CALLS_MAX`]
/// calls to wait for. Otherwise what is wrong with a wrapper, or what `gunzip` says.
pub fn unwrap(body: Bytes, gunzip: &mut Gunzip<'_>) -> Result<Unwrapped, ReadError> {
    let mut call = Unwrapped::default();
    let mut r = Reader::new(body);
    let (mut wrappers_left, mut gzip_left) = (WRAPPERS_MAX, GZIP_DEPTH_MAX);
    loop {
        let id = r.u32()?;
        if id == GZIP_PACKED {
            gzip_left = gzip_left.checked_sub(1).ok_or(ReadError::TooDeep)?;
            let packed = r.bytes()?;
            r.finish()?;
            r = Reader::new(gunzip(&packed)?.into());
        } else if wrapper(id, &mut r, &mut call)? {
            wrappers_left = wrappers_left.checked_sub(1).ok_or(ReadError::TooDeep)?;
            if call.after.len() > AFTER_CALLS_MAX {
                return Err(ReadError::TooMany);
            }
        } else {
            call.method_id = id;
            call.body = r.rest();
            if gzip_left < GZIP_DEPTH_MAX && call.body.len() <= ARGUMENTS_COPIED_BYTES_MAX {
                call.body = Bytes::copy_from_slice(&call.body);
            }
            return Ok(call);
        }
    }
}

/// Reads one wrapper up to its query; `false` if `id` is none.
fn wrapper(id: u32, r: &mut Reader, call: &mut Unwrapped) -> Result<bool, ReadError> {
    match id {
        INVOKE_WITH_LAYER => call.layer = Some(r.i32()?),
        INIT_CONNECTION => call.init = Some(init_connection(r)?),
        INVOKE_WITHOUT_UPDATES => call.without_updates = true,
        INVOKE_AFTER_MSG => call.after.push(r.i64()?),
        INVOKE_AFTER_MSGS => call.after.extend(Vec::<i64>::get(r)?),
        INVOKE_WITH_MESSAGES_RANGE => {
            let range = types::MessageRange::get(r)?;
            call.messages_range = Some((range.min_id, range.max_id));
        }
        INVOKE_WITH_TAKEOUT => call.takeout = Some(r.i64()?),
        INVOKE_WITH_BUSINESS_CONNECTION => {
            r.bytes()?;
            call.business = true;
        }
        INVOKE_WITH_GOOGLE_PLAY_INTEGRITY | INVOKE_WITH_APNS_SECRET => {
            r.bytes()?;
            r.bytes()?;
        }
        INVOKE_WITH_RE_CAPTCHA => {
            r.bytes()?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn init_connection(r: &mut Reader) -> Result<InitConnection, ReadError> {
    let flags = r.u32()?;
    let init = InitConnection {
        api_id: r.i32()?,
        device_model: r.string()?,
        system_version: r.string()?,
        app_version: r.string()?,
        system_lang_code: r.string()?,
        lang_pack: r.string()?,
        lang_code: r.string()?,
    };
    if flags & 1 != 0 {
        types::InputClientProxy::get(r)?;
    }
    if flags & 2 != 0 {
        skip_json(r)?;
    }
    Ok(init)
}

/// Reads past a `JSONValue` without keeping anything.
fn skip_json(r: &mut Reader) -> Result<(), ReadError> {
    match r.u32()? {
        types::JsonNull::ID => Ok(()),
        types::JsonBool::ID => r.bool().map(drop),
        types::JsonNumber::ID => r.f64().map(drop),
        types::JsonString::ID => r.bytes().map(drop),
        types::JsonArray::ID => r.nested(|r| {
            let count = r.vector_count()?;
            (0..count).try_for_each(|_| skip_json(r))
        }),
        types::JsonObject::ID => r.nested(|r| {
            let count = r.vector_count()?;
            (0..count).try_for_each(|_| match r.u32()? {
                types::JsonObjectValue::ID => {
                    r.bytes()?;
                    skip_json(r)
                }
                id => Err(ReadError::Constructor(id)),
            })
        }),
        id => Err(ReadError::Constructor(id)),
    }
}

/// `query` inside `invokeWithLayer(initConnection(…))`, as clients send their first call.
#[cfg(feature = "client")]
#[must_use]
pub fn wrap_first(layer: i32, init: &InitConnection, query: &[u8]) -> Vec<u8> {
    let mut w = crate::Writer::new(layer);
    w.id(INVOKE_WITH_LAYER);
    w.i32(layer);
    w.id(INIT_CONNECTION);
    w.u32(0);
    w.i32(init.api_id);
    for text in [
        &init.device_model,
        &init.system_version,
        &init.app_version,
        &init.system_lang_code,
        &init.lang_pack,
        &init.lang_code,
    ] {
        w.string(text);
    }
    w.raw(query);
    w.into_parts().0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{VECTOR_ID, Writer};

    fn no_gunzip(_: &[u8]) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::Broken("no gzip here"))
    }

    fn bytes(build: impl FnOnce(&mut Writer)) -> Bytes {
        let mut w = Writer::new(0);
        build(&mut w);
        w.into_result().unwrap().into()
    }

    const PING_LIKE: u32 = 0x1234_5678;

    #[test]
    fn ids_are_those_of_the_schema() {
        for (name, id) in [
            ("initConnection", INIT_CONNECTION),
            ("invokeAfterMsg", INVOKE_AFTER_MSG),
            ("invokeAfterMsgs", INVOKE_AFTER_MSGS),
            ("invokeWithApnsSecret", INVOKE_WITH_APNS_SECRET),
            (
                "invokeWithBusinessConnection",
                INVOKE_WITH_BUSINESS_CONNECTION,
            ),
            (
                "invokeWithGooglePlayIntegrity",
                INVOKE_WITH_GOOGLE_PLAY_INTEGRITY,
            ),
            ("invokeWithLayer", INVOKE_WITH_LAYER),
            ("invokeWithMessagesRange", INVOKE_WITH_MESSAGES_RANGE),
            ("invokeWithReCaptcha", INVOKE_WITH_RE_CAPTCHA),
            ("invokeWithTakeout", INVOKE_WITH_TAKEOUT),
            ("invokeWithoutUpdates", INVOKE_WITHOUT_UPDATES),
        ] {
            assert_eq!(crate::method_ids(name), [id], "{name}");
        }
    }

    #[test]
    fn every_wrapper_is_taken_off_and_noted() {
        let body = bytes(|w| {
            w.id(INVOKE_AFTER_MSGS);
            w.id(VECTOR_ID);
            w.i32(1);
            w.i64(7);
            w.id(INVOKE_AFTER_MSG);
            w.i64(8);
            w.id(INVOKE_WITHOUT_UPDATES);
            w.id(INVOKE_WITH_TAKEOUT);
            w.i64(9);
            w.id(INVOKE_WITH_MESSAGES_RANGE);
            w.id(types::MessageRange::ID);
            w.i32(1);
            w.i32(2);
            w.id(INVOKE_WITH_BUSINESS_CONNECTION);
            w.string("business");
            w.id(INVOKE_WITH_RE_CAPTCHA);
            w.string("token");
            w.id(INVOKE_WITH_APNS_SECRET);
            w.string("nonce");
            w.string("secret");
            w.id(PING_LIKE);
            w.i32(5);
        });
        let call = unwrap(body, &mut no_gunzip).unwrap();
        assert_eq!(call.after, [7, 8]);
        assert!(call.without_updates && call.business);
        assert_eq!((call.takeout, call.messages_range), (Some(9), Some((1, 2))));
        assert_eq!(
            (call.method_id, &call.body[..]),
            (PING_LIKE, &[5, 0, 0, 0][..])
        );
    }

    #[test]
    fn calls_to_wait_for_are_counted() {
        let after = |counts: &[usize]| {
            let body = bytes(|w| {
                for count in counts {
                    w.id(INVOKE_AFTER_MSGS);
                    w.vector_header(*count);
                    (0..*count).for_each(|msg_id| w.i64(msg_id as i64));
                }
                w.id(PING_LIKE);
            });
            unwrap(body, &mut no_gunzip).map(|call| call.after.len())
        };
        assert_eq!(after(&[AFTER_CALLS_MAX]), Ok(AFTER_CALLS_MAX));
        assert_eq!(after(&[AFTER_CALLS_MAX + 1]), Err(ReadError::TooMany));
        assert_eq!(after(&[AFTER_CALLS_MAX, 1]), Err(ReadError::TooMany));
    }

    #[test]
    fn short_arguments_do_not_keep_what_they_were_unpacked_from() {
        let packed = bytes(|w| {
            w.id(GZIP_PACKED);
            w.bytes(&[]);
        });
        for (length, kept) in [
            (ARGUMENTS_COPIED_BYTES_MAX, false),
            (ARGUMENTS_COPIED_BYTES_MAX + 4, true),
        ] {
            let mut range = None;
            let call = unwrap(packed.clone(), &mut |_| {
                let unpacked = bytes(|w| {
                    w.id(PING_LIKE);
                    w.raw(&vec![1; length]);
                });
                let unpacked = Vec::from(unpacked);
                range = Some(unpacked.as_ptr_range());
                Ok(unpacked)
            });
            let body = call.unwrap().body;
            assert_eq!(body.len(), length);
            assert_eq!(range.unwrap().contains(&body.as_ptr()), kept, "{length}");
        }
    }

    #[test]
    fn init_connection_with_proxy_and_parameters_is_read() {
        let body = bytes(|w| {
            w.id(INVOKE_WITH_LAYER);
            w.i32(227);
            w.id(INIT_CONNECTION);
            w.u32(3);
            w.i32(42);
            for text in ["device", "system", "1.0", "en", "android", "de"] {
                w.string(text);
            }
            w.id(types::InputClientProxy::ID);
            w.string("localhost");
            w.i32(1080);
            w.id(types::JsonObject::ID);
            w.vector_header(2);
            w.id(types::JsonObjectValue::ID);
            w.string("tz_offset");
            w.id(types::JsonNumber::ID);
            w.f64(3600.0);
            w.id(types::JsonObjectValue::ID);
            w.string("more");
            w.id(types::JsonArray::ID);
            w.vector_header(3);
            w.id(types::JsonNull::ID);
            w.id(types::JsonBool::ID);
            w.bool(true);
            w.id(types::JsonString::ID);
            w.string("x");
            w.id(PING_LIKE);
        });
        let call = unwrap(body, &mut no_gunzip).unwrap();
        let init = call.init.unwrap();
        assert_eq!((call.layer, call.method_id), (Some(227), PING_LIKE));
        assert_eq!((init.api_id, init.lang_pack.as_str()), (42, "android"));
        assert_eq!(
            (init.app_version.as_str(), init.lang_code.as_str()),
            ("1.0", "de")
        );
    }

    #[test]
    fn eight_wrappers_pass_and_nine_do_not() {
        let wrapped = |count| {
            bytes(|w| {
                (0..count).for_each(|_| w.id(INVOKE_WITHOUT_UPDATES));
                w.id(PING_LIKE);
            })
        };
        assert_eq!(
            unwrap(wrapped(8), &mut no_gunzip).unwrap().method_id,
            PING_LIKE
        );
        assert_eq!(unwrap(wrapped(9), &mut no_gunzip), Err(ReadError::TooDeep));
    }

    #[test]
    fn packed_calls_are_unpacked_twice_at_most() {
        // The stand-in for gzip only takes the bytes as they are.
        let mut open = |packed: &[u8]| Ok(packed.to_vec());
        let pack = |inner: &[u8]| {
            bytes(|w| {
                w.id(GZIP_PACKED);
                w.bytes(inner);
            })
        };
        let plain = bytes(|w| w.id(PING_LIKE));
        let twice = pack(&pack(&plain));
        assert_eq!(
            unwrap(twice.clone(), &mut open).unwrap().method_id,
            PING_LIKE
        );
        assert_eq!(unwrap(pack(&twice), &mut open), Err(ReadError::TooDeep));
        let longer = [&twice[..], &[0; 4]].concat();
        assert_eq!(unwrap(longer.into(), &mut open), Err(ReadError::TooLong));
        assert!(unwrap(pack(&plain), &mut no_gunzip).is_err());
    }

    #[test]
    fn nested_parameters_end_at_the_depth_limit() {
        let body = bytes(|w| {
            w.id(INIT_CONNECTION);
            w.u32(2);
            w.i32(1);
            (0..6).for_each(|_| w.string(""));
            for _ in 0..100_000 {
                w.id(types::JsonArray::ID);
                w.vector_header(1);
            }
        });
        assert_eq!(unwrap(body, &mut no_gunzip), Err(ReadError::TooDeep));
    }

    #[test]
    fn a_first_call_is_unwrapped_as_it_was_wrapped() {
        let init = InitConnection {
            api_id: 6,
            lang_pack: "ios".into(),
            ..Default::default()
        };
        let query = bytes(|w| w.id(PING_LIKE));
        let call = unwrap(wrap_first(180, &init, &query).into(), &mut no_gunzip).unwrap();
        assert_eq!(
            (call.layer, call.init, call.method_id),
            (Some(180), Some(init), PING_LIKE)
        );
    }
}
