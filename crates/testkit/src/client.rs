//! One key, one session, one connection at a time.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use mtproto::{
    MsgId,
    client::{Client as Core, ClientKey, Dial, write_binding},
    crypto::{Random, rsa::PublicKey},
    handshake::client::{Client as Handshake, ClientStep, Options},
    transport::{
        Framing,
        client::{ClientTransport, Received},
    },
};
use tl::{Method, Put, enums, functions};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{mpsc, oneshot},
};

use crate::link::{Command, Craft, Inbox, Link, Refused, now};

/// The layer that test clients speak unless told otherwise.
pub const LAYER: i32 = tl::LAYER_MAX;
/// After this a test has failed; nothing here takes nearly as long.
const PATIENCE: Duration = Duration::from_secs(20);
/// Seeds differ within a process, so that no two clients are alike.
static SEEDS: AtomicU64 = AtomicU64::new(1);

/// A client with a key.
pub struct Client {
    commands: mpsc::UnboundedSender<Command>,
    inbox: Arc<Inbox>,
    key: ClientKey,
    layer: i32,
    introduced: AtomicBool,
    lang_pack: String,
}

impl Client {
    /// Makes a key and connects.
    pub async fn connect(address: SocketAddr, trusted: PublicKey, layer: i32) -> Self {
        let key = make_key(address, trusted, None).await;
        Self::with_key(address, key, layer, "").await
    }

    /// Makes a temporary key and connects with it.
    pub async fn temporary(address: SocketAddr, trusted: PublicKey, expires_in: i32) -> Self {
        let key = make_key(address, trusted, Some(expires_in)).await;
        Self::with_key(address, key, LAYER, "").await
    }

    /// Binds this client's temporary key to a permanent one; `change` may spoil the request.
    ///
    /// # Errors
    /// What the server refused it with.
    pub async fn bind(
        &self,
        permanent: &ClientKey,
        expires_at: i32,
        change: impl FnOnce(&mut functions::auth::BindTempAuthKey) + Send + 'static,
    ) -> Result<bool, Refused> {
        let permanent = permanent.key.clone();
        let craft = move |session, msg_id| {
            let proof = (session, msg_id);
            let message = write_binding(&permanent, 42, expires_at, proof, &mut random());
            let mut request = functions::auth::BindTempAuthKey {
                perm_auth_key_id: permanent.id,
                nonce: 42,
                expires_at,
                encrypted_message: Bytes::copy_from_slice(&message),
            };
            change(&mut request);
            tl::encode(&request, LAYER).unwrap().into()
        };
        let answer = self.crafted(new_msg_id(), Box::new(craft)).await?;
        Ok(tl::Reader::new(answer).bool().unwrap())
    }

    /// Connects with a key that was made before, in a session of its own. `lang_pack` is what the client
    /// says of itself.
    pub async fn with_key(
        address: SocketAddr,
        key: ClientKey,
        layer: i32,
        lang_pack: &str,
    ) -> Self {
        let mut core = Core::with_key(key.clone(), random());
        core.connect(now(), &Dial::plain(Framing::Intermediate));
        let socket = TcpStream::connect(address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        let (commands, orders) = mpsc::unbounded_channel();
        let inbox = Arc::new(Inbox::default());
        let link = Link {
            address,
            core,
            socket: Some(socket),
            inbox: inbox.clone(),
            commands: orders,
            waiting: HashMap::new(),
            crafted: HashMap::new(),
        };
        tokio::spawn(link.run());
        let lang_pack = lang_pack.to_owned();
        Self {
            commands,
            inbox,
            key,
            layer,
            introduced: AtomicBool::new(false),
            lang_pack,
        }
    }

    /// Another connection with the same key, in a session of its own.
    pub async fn beside(&self, address: SocketAddr) -> Self {
        Self::with_key(address, self.key.clone(), self.layer, &self.lang_pack).await
    }

    /// The same key, said to be another kind of app.
    pub async fn as_app(&self, address: SocketAddr, lang_pack: &str) -> Self {
        Self::with_key(address, self.key.clone(), self.layer, lang_pack).await
    }

    /// Its key, with which a later client may go on.
    pub fn key(&self) -> ClientKey {
        self.key.clone()
    }

    /// The id of its key.
    pub fn auth_key_id(&self) -> i64 {
        self.key.key.id
    }

    /// Calls a method; the first call of a client says who it is.
    ///
    /// # Errors
    /// What the server refused it with.
    pub async fn call<M: Method + Put>(&self, request: M) -> Result<M::Output, Refused> {
        let body = tl::encode(&request, self.layer).unwrap();
        let answer = self.call_bytes(self.wrapped(body)).await?;
        let mut reader = tl::Reader::new(answer);
        let output = M::get_output(&mut reader).unwrap_or_else(|error| {
            panic!("answer to {}: {error}", M::NAME);
        });
        reader.finish().unwrap();
        Ok(output)
    }

    /// Calls a method in the message `msg_id` of this session, which may have been sent before: what a
    /// client does whose answer was lost. Not for the first call of a client.
    ///
    /// # Errors
    /// What the server refused it with.
    pub async fn call_as<M: Method + Put>(
        &self,
        msg_id: MsgId,
        request: &M,
    ) -> Result<M::Output, Refused> {
        let body = tl::encode(request, self.layer).unwrap().into();
        let answer = self.call_bytes_as(msg_id, body).await?;
        let mut reader = tl::Reader::new(answer);
        Ok(M::get_output(&mut reader).unwrap())
    }

    /// Sends TL bytes as they are in the message `msg_id`. Not for the first call of a client.
    ///
    /// # Errors
    /// What the server refused them with.
    pub async fn call_bytes_as(&self, msg_id: MsgId, body: Bytes) -> Result<Bytes, Refused> {
        self.crafted(msg_id, Box::new(|_, _| body)).await
    }

    /// Sends several calls in one container, in this order, each in the message of its id; returns their
    /// answers, in the same order.
    pub async fn call_together(&self, calls: Vec<(MsgId, Bytes)>) -> Vec<Result<Bytes, Refused>> {
        let (messages, answers) = calls
            .into_iter()
            .map(|(msg_id, body)| {
                let (reply, answer) = oneshot::channel();
                ((msg_id, body, reply), answer)
            })
            .unzip::<_, _, Vec<_>, Vec<_>>();
        self.commands
            .send(Command::Together(messages))
            .ok()
            .unwrap();
        let mut outcomes = Vec::new();
        for answer in answers {
            let answer = tokio::time::timeout(PATIENCE, answer).await;
            outcomes.push(answer.expect("an answer in time").expect("the link runs"));
        }
        outcomes
    }

    async fn crafted(&self, msg_id: MsgId, craft: Craft) -> Result<Bytes, Refused> {
        let (reply, answer) = oneshot::channel();
        let command = Command::Crafted(msg_id, craft, reply);
        self.commands.send(command).ok().unwrap();
        let answer = tokio::time::timeout(PATIENCE, answer).await;
        answer.expect("an answer in time").expect("the link runs")
    }

    /// Sends TL bytes as they are.
    ///
    /// # Errors
    /// What the server refused them with.
    pub async fn call_bytes(&self, body: Bytes) -> Result<Bytes, Refused> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(Command::Call(body, reply)).ok().unwrap();
        let answer = tokio::time::timeout(PATIENCE, answer).await;
        answer.expect("an answer in time").expect("the link runs")
    }

    fn wrapped(&self, body: Vec<u8>) -> Bytes {
        if self.introduced.swap(true, Ordering::Relaxed) {
            return body.into();
        }
        let mut writer = tl::Writer::new(self.layer);
        writer.id(0xda9b_0d0d); // invokeWithLayer
        writer.i32(self.layer);
        writer.id(0xc1cd_5ea9); // initConnection
        writer.i32(0);
        writer.i32(1);
        for text in ["testkit", "test", "1", "en", &self.lang_pack, "en"] {
            writer.string(text);
        }
        writer.raw(&body);
        writer.into_result().unwrap().into()
    }

    /// Drops the connection; the session stays and the next call connects again.
    pub fn hang_up(&self) {
        self.commands.send(Command::HangUp).ok().unwrap();
    }

    /// Connects again with the same session, as apps do by themselves.
    pub fn dial(&self) {
        self.commands.send(Command::Dial).ok().unwrap();
    }

    /// Goes on with the same session at another address, as apps do when a node is gone. Calls that were
    /// not answered are sent again there.
    pub fn dial_at(&self, address: SocketAddr) {
        self.commands.send(Command::DialAt(address)).ok().unwrap();
    }

    /// The updates that have arrived and were not taken yet.
    pub fn take_updates(&self) -> Vec<enums::Updates> {
        let bodies = self.inbox.take();
        bodies
            .into_iter()
            .map(|body| tl::decode(body).unwrap())
            .collect()
    }

    /// The same as they came: TL bytes of `Updates`.
    pub fn take_update_bytes(&self) -> Vec<Bytes> {
        self.inbox.take()
    }

    /// Waits for an update that `found` picks out; those before it are dropped.
    ///
    /// # Panics
    /// It does not come.
    pub async fn update<T>(&self, mut found: impl FnMut(&enums::Updates) -> Option<T>) -> T {
        let wait = async {
            loop {
                let arrived = self.inbox.arrived.notified();
                if let Some(it) = self.take_updates().iter().find_map(&mut found) {
                    return it;
                }
                arrived.await;
            }
        };
        tokio::time::timeout(PATIENCE, wait)
            .await
            .expect("the update arrives")
    }

    /// Makes sure that whatever the server had to push before now has arrived: pushes and answers of one
    /// session leave in order, so an answer that begins after a push was queued comes after it.
    pub async fn settle(&self) {
        for _ in 0..2 {
            self.call(functions::updates::GetState {}).await.unwrap();
        }
    }
}

/// The id of a message that was not sent yet.
pub fn new_msg_id() -> MsgId {
    MsgId::at(now(), 0)
}

fn random() -> Random {
    let mut seed = [0; 32];
    let number = SEEDS.fetch_add(1, Ordering::Relaxed);
    seed[..8].copy_from_slice(&number.to_le_bytes());
    seed[8..16].copy_from_slice(&now().unix_nanos().to_le_bytes());
    seed[16..20].copy_from_slice(&std::process::id().to_le_bytes());
    Random::new(seed)
}

/// Creates a key over a connection of its own: permanent, or for so many seconds.
async fn make_key(address: SocketAddr, trusted: PublicKey, expires_in: Option<i32>) -> ClientKey {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let mut out = Vec::new();
    let mut transport = ClientTransport::new(Framing::Intermediate, &mut out);
    let mut random = random();
    let options = Options {
        dc: Some(2),
        expires_in,
        ..Options::default()
    };
    let (mut run, body) = Handshake::start(vec![trusted], options, random.fork());
    let mut step = ClientStep::Send(body);
    loop {
        let body = match step {
            ClientStep::Send(body) => body,
            ClientStep::Done {
                key, first_salt, ..
            } => {
                return ClientKey {
                    key,
                    salt: first_salt,
                };
            }
        };
        let mut plain = vec![0; 8];
        plain.extend_from_slice(&now().unix_nanos().to_le_bytes());
        plain.extend_from_slice(&u32::try_from(body.len()).unwrap().to_le_bytes());
        plain.extend_from_slice(&body);
        transport.send(&plain, false, &mut random, &mut out);
        socket.write_all(&out).await.unwrap();
        out.clear();
        let answer = payload(&mut socket, &mut transport).await;
        let length = u32::from_le_bytes(answer[16..20].try_into().unwrap());
        step = run
            .handle(&answer[20..20 + usize::try_from(length).unwrap()])
            .unwrap();
    }
}

async fn payload(socket: &mut TcpStream, transport: &mut ClientTransport) -> BytesMut {
    let mut buffer = [0; 4096];
    loop {
        match transport.next().unwrap() {
            Some(Received::Payload(payload)) => return payload,
            Some(other) => panic!("instead of an answer: {other:?}"),
            None => {
                let count = socket.read(&mut buffer).await.unwrap();
                assert_ne!(count, 0, "the server closed the connection");
                transport.receive(&buffer[..count]);
            }
        }
    }
}
