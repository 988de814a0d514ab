//! The task that moves bytes between a socket and the client's end of the protocol.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use mtproto::{
    MsgId, SessionRef, Time,
    client::{CallId, Client as Core, Crafted, Dial, Event},
    container,
    transport::Framing,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Notify, mpsc, oneshot},
};

/// A refusal as the client saw it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code} {name}")]
pub struct Refused {
    /// `error_code`.
    pub code: i32,
    /// `error_message`.
    pub name: String,
}

impl Refused {
    /// A refusal with this code and name.
    pub fn new(code: i32, name: &str) -> Self {
        Self {
            code,
            name: name.to_owned(),
        }
    }
}

/// Makes the bytes of a call from the session and the id of its message.
pub(crate) type Craft = Box<dyn FnOnce(SessionRef, MsgId) -> Bytes + Send>;

/// Takes the answer of a call.
pub(crate) type Reply = oneshot::Sender<Result<Bytes, Refused>>;

/// What a client may ask of its link.
pub(crate) enum Command {
    Call(Bytes, Reply),
    /// A call whose bytes depend on the message that holds it, under this id.
    Crafted(MsgId, Craft, Reply),
    /// Calls in one container, each under its id.
    Together(Vec<(MsgId, Bytes, Reply)>),
    /// Drop the connection and keep the session.
    HangUp,
    /// Connect again with the same key and session.
    Dial,
    /// The same, to another address from now on.
    DialAt(SocketAddr),
}

/// Updates that arrived and were not taken yet.
#[derive(Default)]
pub(crate) struct Inbox {
    bodies: Mutex<Vec<Bytes>>,
    pub(crate) arrived: Notify,
}

impl Inbox {
    pub(crate) fn take(&self) -> Vec<Bytes> {
        std::mem::take(&mut self.bodies.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, body: Bytes) {
        self.bodies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(body);
        self.arrived.notify_waiters();
    }
}

pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Time::from_unix_nanos(i64::try_from(since.as_nanos()).unwrap())
}

pub(crate) struct Link {
    pub(crate) address: SocketAddr,
    pub(crate) core: Core,
    pub(crate) socket: Option<TcpStream>,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) commands: mpsc::UnboundedReceiver<Command>,
    pub(crate) waiting: HashMap<CallId, Reply>,
    pub(crate) crafted: HashMap<i64, Reply>,
}

impl Link {
    /// Runs until its client is dropped.
    pub(crate) async fn run(mut self) {
        let mut buffer = vec![0; 256 * 1024];
        loop {
            self.settle().await;
            let received = async {
                match &mut self.socket {
                    Some(socket) => socket.read(&mut buffer).await.unwrap_or(0),
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                count = received => match count {
                    0 => self.hang_up(),
                    count => self.core.receive(now(), &buffer[..count]),
                },
                command = self.commands.recv() => match command {
                    Some(Command::Call(body, reply)) => {
                        if self.socket.is_none() {
                            self.dial().await;
                        }
                        let id = self.core.call(now(), body);
                        self.waiting.insert(id, reply);
                    }
                    Some(Command::Crafted(msg_id, craft, reply)) => {
                        self.craft(msg_id, craft, reply);
                    }
                    Some(Command::Together(calls)) => self.together(calls),
                    Some(Command::HangUp) => self.hang_up(),
                    Some(Command::Dial) => self.dial().await,
                    Some(Command::DialAt(address)) => {
                        self.hang_up();
                        self.address = address;
                        self.dial().await;
                    }
                    None => return,
                },
            }
        }
    }

    fn craft(&mut self, msg_id: MsgId, craft: Craft, reply: Reply) {
        let body = craft(self.core.session().unwrap(), msg_id);
        let crafted = Crafted {
            msg_id: Some(msg_id),
            ..Crafted::default()
        };
        self.core.craft(now(), &crafted, &body);
        self.crafted.insert(msg_id.0, reply);
    }

    fn together(&mut self, calls: Vec<(MsgId, Bytes, Reply)>) {
        let seq_no = 1;
        let inner = calls.iter().map(|(id, body, _)| (*id, seq_no, &body[..]));
        let body = container::write(&inner.collect::<Vec<_>>());
        for (msg_id, _, reply) in calls {
            self.crafted.insert(msg_id.0, reply);
        }
        let container = Crafted {
            seq_no: Some(0),
            ..Crafted::default()
        };
        self.core.craft(now(), &container, &body);
    }

    fn hang_up(&mut self) {
        self.socket = None;
        self.core.disconnect();
    }

    /// Where nobody listens, calls wait until somebody does or until it dials elsewhere, as those of apps do.
    async fn dial(&mut self) {
        let Ok(socket) = TcpStream::connect(self.address).await else {
            return;
        };
        socket.set_nodelay(true).unwrap();
        self.socket = Some(socket);
        self.core
            .connect(now(), &Dial::plain(Framing::Intermediate));
    }

    /// Writes and delivers whatever the core has.
    async fn settle(&mut self) {
        while let Some(event) = self.core.poll() {
            match event {
                Event::Send(bytes) => {
                    if let Some(socket) = &mut self.socket
                        && socket.write_all(&bytes).await.is_err()
                    {
                        self.hang_up();
                    }
                }
                Event::Result {
                    call: Some(call),
                    body,
                    ..
                } => self.reply(call, Ok(body)),
                Event::Error {
                    call: Some(call),
                    code,
                    message,
                    ..
                } => {
                    self.reply(
                        call,
                        Err(Refused {
                            code,
                            name: message,
                        }),
                    );
                }
                Event::Result {
                    call: None,
                    msg_id,
                    body,
                } => self.reply_crafted(msg_id, Ok(body)),
                Event::Error {
                    call: None,
                    msg_id,
                    code,
                    message,
                } => {
                    self.reply_crafted(
                        msg_id,
                        Err(Refused {
                            code,
                            name: message,
                        }),
                    );
                }
                Event::Update(body) => self.inbox.put(body),
                Event::TransportError(code) => {
                    let refused = Refused {
                        code,
                        name: "TRANSPORT".to_owned(),
                    };
                    for (_, reply) in self.waiting.drain() {
                        let _ = reply.send(Err(refused.clone()));
                    }
                }
                _ => {}
            }
        }
        self.core.flush(now());
        while let Some(event) = self.core.poll() {
            if let (Event::Send(bytes), Some(socket)) = (event, &mut self.socket)
                && socket.write_all(&bytes).await.is_err()
            {
                self.hang_up();
            }
        }
    }

    fn reply_crafted(&mut self, msg_id: MsgId, outcome: Result<Bytes, Refused>) {
        if let Some(reply) = self.crafted.remove(&msg_id.0) {
            let _ = reply.send(outcome);
        }
    }

    fn reply(&mut self, call: CallId, outcome: Result<Bytes, Refused>) {
        if let Some(reply) = self.waiting.remove(&call) {
            // The test may have stopped waiting.
            let _ = reply.send(outcome);
        }
    }
}
