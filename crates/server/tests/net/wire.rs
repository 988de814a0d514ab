//! A client for tests of the transport: the protocol's other end over a real socket, one
//! connection at a time, with every event in the test's hands.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use cameo::{Running, Server, Settings};
use mtproto::Time;
use mtproto::client::{CallId, Client, ClientKey, Dial, Event};
use mtproto::crypto::Random;
use mtproto::crypto::rsa::PublicKey;
use mtproto::handshake::client::Options;
use mtproto::service::{HttpWait, request};
use mtproto::transport::Framing;
use mtproto::transport::client::Obfuscation;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longest wait for anything. Chosen: far above what a busy test machine needs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A running server with a folder of its own.
pub(crate) struct House {
    pub(crate) server: Running,
    pub(crate) settings: Settings,
    _folder: TempDir,
}

impl House {
    pub(crate) async fn open() -> House {
        House::open_with(|_| {}).await
    }

    pub(crate) async fn open_with(change: impl FnOnce(&mut Settings)) -> House {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings {
            data: folder.path().join("data"),
            ..Settings::for_tests()
        };
        change(&mut settings);
        let server = Server::start(settings.clone()).await.unwrap();
        House {
            server,
            settings,
            _folder: folder,
        }
    }

    /// Stops the server and starts it again on the same data.
    pub(crate) async fn restart(self) -> House {
        let House {
            server,
            settings,
            _folder,
        } = self;
        server.stop().await;
        let server = Server::start(settings.clone()).await.unwrap();
        House {
            server,
            settings,
            _folder,
        }
    }

    pub(crate) fn key(&self) -> PublicKey {
        let pem = std::fs::read_to_string(&self.server.public_key_pem).unwrap();
        PublicKey::from_pem(&pem).unwrap()
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.server.addr
    }

    /// A client with a new key, over this transport.
    pub(crate) async fn client(&self, dial: &Dial) -> Wire<TcpStream> {
        let mut wire = Wire::dial(self.addr(), dial).await;
        wire.make_key(self.key(), Options::default()).await;
        wire
    }

    /// The counter of this name.
    pub(crate) fn counted(&self, name: &str) -> u64 {
        self.server.events.counted(name).unwrap()
    }
}

/// Every plain framing, and each that can be obfuscated.
pub(crate) fn dials() -> Vec<Dial> {
    let plain = [
        Framing::Abridged,
        Framing::Intermediate,
        Framing::Padded,
        Framing::Full,
    ];
    let hidden = [Framing::Abridged, Framing::Intermediate, Framing::Padded];
    let plain = plain.into_iter().map(Dial::plain);
    plain
        .chain(hidden.into_iter().map(|framing| obfuscated(framing, 2)))
        .collect()
}

pub(crate) fn obfuscated(framing: Framing, dc: i16) -> Dial {
    Dial {
        framing,
        obfuscation: Some(Obfuscation { secret: None, dc }),
    }
}

pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Time::from_unix_nanos(i64::try_from(since.as_nanos()).unwrap())
}

/// Some generator; what it gives does not matter to any test.
pub(crate) fn random() -> Random {
    let mut seed = [0; 32];
    seed[..16].copy_from_slice(&now().unix_nanos().to_le_bytes().repeat(2));
    Random::new(seed)
}

/// `invokeWithLayer` around a method without arguments.
pub(crate) fn in_layer(method: u32) -> Bytes {
    let words = [0xda9b_0d0d_u32, 200, method];
    words
        .iter()
        .flat_map(|word| word.to_le_bytes())
        .collect::<Vec<u8>>()
        .into()
}

/// `help.getNearestDc`: answered without a login, names the data centre of the client.
pub(crate) const GET_NEAREST_DC: u32 = 0x1fb3_3026;
/// `help.getConfig`: as above, in a kilobyte.
pub(crate) const GET_CONFIG: u32 = 0xc4f9_186b;

/// `nearestDc.this_dc`.
pub(crate) fn this_dc(nearest: &[u8]) -> i32 {
    assert_eq!(nearest[..4], 0x8e1a_1775_u32.to_le_bytes(), "nearestDc");
    let country = usize::from(nearest[4]);
    let at = 4 + (1 + country).next_multiple_of(4);
    i32::from_le_bytes(nearest[at..at + 4].try_into().unwrap())
}

/// Something that carries packets to the server and back.
pub(crate) trait Carrier {
    /// Sends what the client wants sent. False when the server has closed the connection.
    fn put(&mut self, bytes: Vec<u8>) -> impl Future<Output = bool>;

    /// Whether the server may send something now; over HTTP only as the answer to a request.
    fn owed(&self) -> bool {
        true
    }

    /// What came from the server; `None` when it has closed the connection.
    fn take(&mut self) -> impl Future<Output = Option<Vec<u8>>>;
}

impl Carrier for TcpStream {
    async fn put(&mut self, bytes: Vec<u8>) -> bool {
        self.write_all(&bytes).await.is_ok()
    }

    async fn take(&mut self) -> Option<Vec<u8>> {
        let mut buffer = vec![0; 16 * 1024];
        match self.read(&mut buffer).await {
            Ok(0) | Err(_) => None,
            Ok(count) => Some(buffer[..count].to_vec()),
        }
    }
}

/// One client over one stream.
pub(crate) struct Wire<S> {
    pub(crate) client: Client,
    pub(crate) stream: S,
}

impl Wire<TcpStream> {
    pub(crate) async fn dial(addr: SocketAddr, dial: &Dial) -> Wire<TcpStream> {
        let stream = TcpStream::connect(addr).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Wire::over(stream, dial)
    }

    /// Drops the connection and connects again with the same key and session.
    pub(crate) async fn reconnect(&mut self, addr: SocketAddr, dial: &Dial) {
        self.client.disconnect();
        self.stream = TcpStream::connect(addr).await.unwrap();
        self.client.connect(now(), dial);
    }
}

impl<S: Carrier> Wire<S> {
    /// A client that begins to speak over `stream`.
    pub(crate) fn over(stream: S, dial: &Dial) -> Wire<S> {
        let mut client = Client::new(random());
        client.connect(now(), dial);
        Wire { client, stream }
    }

    /// The next thing that happens; `None` when the server has closed the connection.
    pub(crate) async fn event(&mut self) -> Option<Event> {
        timeout(PATIENCE, self.wait())
            .await
            .expect("nothing happened")
    }

    async fn wait(&mut self) -> Option<Event> {
        loop {
            while let Some(event) = self.client.poll() {
                match event {
                    Event::Send(bytes) if self.stream.put(bytes.clone()).await => {}
                    Event::Send(_) => return None,
                    other => return Some(other),
                }
            }
            if !self.stream.owed() {
                let wait = HttpWait {
                    max_delay_ms: 0,
                    wait_after_ms: 0,
                    max_wait_ms: 5_000,
                };
                self.client.service(now(), vec![request::http_wait(wait)]);
                continue;
            }
            let bytes = self.stream.take().await?;
            self.client.receive(now(), &bytes);
        }
    }

    /// Makes a key and uses it.
    pub(crate) async fn make_key(&mut self, key: PublicKey, options: Options) -> ClientKey {
        self.client.make_key(vec![key], options);
        loop {
            match self.event().await.expect("closed while making a key") {
                Event::NewKey { key, .. } => {
                    self.client.use_key(key.clone());
                    return key;
                }
                Event::Broken(why) => panic!("{why}"),
                _ => {}
            }
        }
    }

    /// Calls and waits for the result.
    pub(crate) async fn call(&mut self, body: Bytes) -> Result<Bytes, String> {
        let call = self.client.call(now(), body);
        self.result(call).await
    }

    /// Waits for the result of a call; other events pass by.
    pub(crate) async fn result(&mut self, call: CallId) -> Result<Bytes, String> {
        self.results(&[call]).await.remove(0)
    }

    /// Waits for the results of several calls, in whatever order they come.
    pub(crate) async fn results(&mut self, calls: &[CallId]) -> Vec<Result<Bytes, String>> {
        let mut results: HashMap<CallId, Result<Bytes, String>> = HashMap::new();
        while !calls.iter().all(|call| results.contains_key(call)) {
            match self.event().await.expect("closed instead of an answer") {
                Event::Result {
                    call: Some(call),
                    body,
                    ..
                } => {
                    results.insert(call, Ok(body));
                }
                Event::Error {
                    call: Some(call),
                    code,
                    message,
                    ..
                } => {
                    results.insert(call, Err(format!("{code} {message}")));
                }
                Event::Broken(why) => panic!("{why}"),
                Event::TransportError(code) => panic!("transport error {code}"),
                _ => {}
            }
        }
        calls
            .iter()
            .filter_map(|call| results.remove(call))
            .collect()
    }

    /// Waits until an event fits, and returns what `pick` makes of it.
    pub(crate) async fn until<T>(&mut self, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
        loop {
            let event = self.event().await.expect("closed before it happened");
            if let Some(found) = pick(&event) {
                return found;
            }
        }
    }

    /// Everything that happens until the server closes the connection.
    pub(crate) async fn until_closed(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.event().await {
            events.push(event);
        }
        events
    }
}
