//! From a decrypted call to its answer: peels the wrappers, finds the method, admits the caller, runs
//! the handler, turns every way it can end into words.

mod noting;

use std::{future::Future, net::IpAddr, net::SocketAddr, sync::Arc};

use bytes::Bytes;
use domain::{Error, Refusal};
use mtproto::{Answer, SessionRef, gzip::gunzip_bounded};
use tl::{
    ReadError,
    wrappers::{Unwrapped, unwrap},
};

use super::{
    Cx, Origin,
    after::Running,
    table::{METHODS, Method, unreadable},
};
use crate::{
    event::{Event, Events, Outcome},
    keys::{KeyState, Login},
    push::Push,
    until_first::{CONFLICT_RETRIES_MAX, until_first},
};
use noting::SIGN_IN_METHODS;

/// Methods that a temporary key may call before it is bound. Source: official page on perfect forward
/// secrecy.
const UNBOUND_METHODS: [&str; 3] = [
    "auth.bindTempAuthKey",
    "help.getConfig",
    "help.getNearestDc",
];

/// `destroy_auth_key`, which clients also send inside wrappers.
const DESTROY_AUTH_KEY: u32 = 0xd143_5160;

/// A decrypted call.
#[derive(Debug)]
pub struct Incoming {
    /// The key it was encrypted with.
    pub auth_key_id: i64,
    /// The session of that key.
    pub session_id: i64,
    /// Of the message that held it.
    pub msg_id: i64,
    /// TL bytes: wrappers and the method.
    pub body: Bytes,
    /// The data centre that the connection named, if it named one.
    pub dc: Option<i32>,
    /// It named one of the test servers.
    pub is_test: bool,
    /// The other end.
    pub ip: IpAddr,
    /// The address that the client reached.
    pub local: SocketAddr,
    /// When it arrived.
    pub received_at: mtproto::Time,
}

impl Incoming {
    fn session(&self) -> SessionRef {
        SessionRef {
            auth_key_id: self.auth_key_id,
            session_id: self.session_id,
        }
    }
}

/// Answers calls.
pub struct Router {
    cx: Cx,
    running: Running,
    push: Arc<Push>,
    events: Arc<Events>,
}

impl Router {
    /// A router over everything that handlers reach.
    pub(crate) fn new(cx: Cx, push: Arc<Push>, events: Arc<Events>) -> Self {
        Self {
            cx,
            running: Running::default(),
            push,
            events,
        }
    }

    /// The answer to `call`. Calls must be handed over in the order in which they arrived: one that is
    /// to run after another finds it only if the other was handed over before.
    pub fn answer(
        self: Arc<Self>,
        call: Incoming,
    ) -> impl Future<Output = Answer> + Send + 'static {
        let ticket = self.running.enter(call.auth_key_id, call.msg_id);
        async move {
            let mut method = "unknown";
            let (session, msg_id) = (call.auth_key_id, call.msg_id);
            let outcome = self.run(call, &mut method).await;
            ticket.finish(outcome.is_ok());
            self.words(session, msg_id, method, outcome)
        }
    }

    fn words(
        &self,
        auth_key_id: i64,
        msg_id: i64,
        method: &'static str,
        outcome: Result<Answer, Error>,
    ) -> Answer {
        let (answer, outcome) = match outcome {
            Ok(answer) => (answer, Outcome::Answered),
            Err(Error::Refused(refusal)) => {
                let message = refusal.name().to_owned().into();
                let answer = Answer::Error {
                    code: refusal.code(),
                    message,
                };
                (answer, Outcome::Refused(refusal))
            }
            Err(Error::Conflict) => (internal(), Outcome::Failed("rows kept changing".to_owned())),
            Err(Error::Fault(fault)) => (internal(), Outcome::Failed(chain(&fault))),
        };
        self.events.emit(Event::Answered {
            auth_key_id,
            msg_id,
            method,
            outcome,
        });
        answer
    }

    async fn run(&self, call: Incoming, name: &mut &'static str) -> Result<Answer, Error> {
        let unwrapped =
            unwrap(call.body.clone(), &mut gunzip).map_err(|error| unreadable(&error))?;
        if unwrapped.method_id == DESTROY_AUTH_KEY {
            *name = "destroy_auth_key";
            return Ok(self
                .cx
                .keys
                .destroy_answer(call.auth_key_id, &self.events)
                .await);
        }
        *name = tl::method_name(unwrapped.method_id).unwrap_or("unknown");
        if unwrapped.business {
            return Err(Refusal::BUSINESS_CONNECTION_NOT_ALLOWED.into());
        }
        let key = self.key(call.auth_key_id).await?;
        let login = self.login(&key, name).await?;
        let layer = self.layer(&call, &login, &unwrapped, name).await?;
        // What the call said of its client was written above; the key now has it.
        let login = self.cx.keys.login(call.auth_key_id).await?;
        let origin = origin(&call, &key, &login, layer, self.cx.settings.dc);
        self.note(&call, &origin, &unwrapped, name).await?;
        let used = origin.perm_auth_key_id;
        self.cx.keys.note_use(used, call.ip).await?;
        self.running
            .wait_for(call.auth_key_id, &unwrapped.after)
            .await?;
        let Some(method) = METHODS.get(&unwrapped.method_id) else {
            return Err(unbuilt(unwrapped.method_id).into());
        };
        let body = self.handle(method, &unwrapped, origin.clone()).await?;
        if SIGN_IN_METHODS.contains(name) && !unwrapped.without_updates {
            self.note_signed_in(&call, &origin).await?;
        }
        Ok(Answer::Result(body.into()))
    }

    async fn handle(
        &self,
        method: &Method,
        call: &Unwrapped,
        origin: Origin,
    ) -> Result<Vec<u8>, Error> {
        let run = || (method.call)(call.method_id, call.body.clone(), origin.clone(), &self.cx);
        until_first!(CONFLICT_RETRIES_MAX, Err(Error::Conflict), run())
    }

    /// A key that ended while its call was on the way is told to try again, and then meets the
    /// transport error of an unknown key: AUTH_KEY_INVALID would make clients log out for good when
    /// no more than a temporary key has expired.
    async fn key(&self, auth_key_id: i64) -> Result<Arc<KeyState>, Error> {
        let key = self.cx.keys.find(auth_key_id).await?;
        key.ok_or_else(|| Refusal::RPC_CALL_FAIL.into())
    }

    /// Who is signed in on the key; an unbound temporary key may only be bound or ask where it is.
    async fn login(&self, key: &KeyState, name: &str) -> Result<Option<Arc<Login>>, Error> {
        let login = self.cx.keys.login(key.auth_key_id).await?;
        if login.is_none() && !UNBOUND_METHODS.contains(&name) {
            return Err(Refusal::AUTH_KEY_PERM_EMPTY.into());
        }
        Ok(login)
    }

    /// The layer of this answer: the wrapper's, else the session's, else the key's.
    async fn layer(
        &self,
        call: &Incoming,
        login: &Option<Arc<Login>>,
        unwrapped: &Unwrapped,
        name: &str,
    ) -> Result<i32, Error> {
        if let Some(layer) = unwrapped.layer {
            if layer < tl::LAYER_MIN {
                let sign_in = matches!(name, "auth.sendCode" | "auth.signIn" | "auth.signUp");
                let too_old = Refusal::CONNECTION_LAYER_INVALID;
                return Err(if sign_in {
                    Refusal::UPDATE_APP_TO_LOGIN
                } else {
                    too_old
                }
                .into());
            }
            if let Some(login) = login {
                let init = unwrapped.init.as_ref();
                self.cx
                    .keys
                    .remember_client(login.perm_auth_key_id, layer, init, call.ip)
                    .await?;
            }
            return Ok(layer.min(tl::LAYER_MAX));
        }
        let known = self.cx.sessions.layer(call.session());
        match known.or_else(|| login.as_ref().and_then(|login| login.layer)) {
            Some(layer) => Ok(layer.clamp(tl::LAYER_MIN, tl::LAYER_MAX)),
            // Its answer is the same in every layer, and clients send it bare as their first call.
            None if name == "auth.bindTempAuthKey" => Ok(tl::LAYER_MAX),
            None => Err(Refusal::CONNECTION_NOT_INITED.into()),
        }
    }
}

fn origin(
    call: &Incoming,
    key: &KeyState,
    login: &Option<Arc<Login>>,
    layer: i32,
    dc_default: i32,
) -> Origin {
    let login = login.as_deref();
    Origin {
        auth_key_id: call.auth_key_id,
        perm_auth_key_id: login.map_or(call.auth_key_id, |login| login.perm_auth_key_id),
        session_id: call.session_id,
        msg_id: call.msg_id,
        layer,
        dc_id: call.dc.or(key.dc_id).unwrap_or(dc_default),
        is_test: call.is_test,
        lang_pack: login
            .map(|login| login.lang_pack.clone())
            .unwrap_or_default(),
        lang_code: login
            .map(|login| login.lang_code.clone())
            .unwrap_or_default(),
        local: call.local,
        user_id: login.and_then(|login| login.user_id),
        is_bot: login.is_some_and(|login| login.is_bot),
    }
}

/// A method of the schema that is not built, or an id that is in no schema.
fn unbuilt(id: u32) -> Refusal {
    match tl::method_name(id) {
        Some(_) => Refusal::NOT_IMPLEMENTED,
        None => Refusal::unknown_method(id),
    }
}

/// Bytes that a wrapper of a call may unpack to. Chosen: twice the largest call; callers are not known
/// yet when it happens, and many may do it at once.
const UNPACKED_BYTES_MAX: usize = 2 * 1024 * 1024;

/// What a wrapper of a call has packed, unpacked within bounds.
fn gunzip(packed: &[u8]) -> Result<Vec<u8>, ReadError> {
    gunzip_bounded(packed, UNPACKED_BYTES_MAX).map_err(|_| ReadError::Broken("packed data"))
}

fn internal() -> Answer {
    Answer::error(500, "INTERNAL")
}

/// The fault and its causes on one line.
fn chain(fault: &dyn std::error::Error) -> String {
    let mut text = fault.to_string();
    let mut cause = fault.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
