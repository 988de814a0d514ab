//! WebSocket, HTTP and TLS on the same port as everything else.

use std::sync::Arc;
use std::time::Instant;

use futures_util::{SinkExt as _, StreamExt as _};
use mtproto::client::{Dial, Event};
use mtproto::handshake::client::Options;
use mtproto::service::{HttpWait, request};
use mtproto::transport::Framing;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::wire::{Carrier, GET_CONFIG, GET_NEAREST_DC, House, Wire, in_layer, now, obfuscated};

type WebSocket<S> = WebSocketStream<S>;

impl<S> Carrier for WebSocket<S>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    async fn put(&mut self, bytes: Vec<u8>) -> bool {
        self.send(Message::Binary(bytes.into())).await.is_ok()
    }

    async fn take(&mut self) -> Option<Vec<u8>> {
        match self.next().await? {
            Ok(Message::Binary(bytes)) => Some(bytes.to_vec()),
            _ => None,
        }
    }
}

impl Carrier for TlsStream<TcpStream> {
    async fn put(&mut self, bytes: Vec<u8>) -> bool {
        self.write_all(&bytes).await.is_ok() && self.flush().await.is_ok()
    }

    async fn take(&mut self) -> Option<Vec<u8>> {
        let mut buffer = vec![0; 16 * 1024];
        let count = self
            .read(&mut buffer)
            .await
            .ok()
            .filter(|count| *count > 0)?;
        Some(buffer[..count].to_vec())
    }
}

/// The HTTP transport over one connection that is kept.
struct Http {
    stream: TcpStream,
    path: &'static str,
    status: u16,
    owed: usize,
}

impl Http {
    async fn open(house: &House, path: &'static str) -> Http {
        let stream = TcpStream::connect(house.addr()).await.unwrap();
        Http {
            stream,
            path,
            status: 0,
            owed: 0,
        }
    }
}

impl Carrier for Http {
    async fn put(&mut self, body: Vec<u8>) -> bool {
        let (path, length) = (self.path, body.len());
        let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
        let request = [head.as_bytes(), &body].concat();
        self.owed += 1;
        self.stream.write_all(&request).await.is_ok()
    }

    fn owed(&self) -> bool {
        self.owed > 0
    }

    async fn take(&mut self) -> Option<Vec<u8>> {
        let (head, body) = response(&mut self.stream).await?;
        self.owed -= 1;
        self.status = head.split(' ').nth(1).unwrap().parse().unwrap();
        if self.status == 200 { Some(body) } else { None }
    }
}

/// Head and body of one HTTP response.
async fn response(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).await.ok()?;
    Some((head, body))
}

async fn exchange(house: &House, request: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(house.addr()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = tokio::time::timeout(crate::wire::PATIENCE, response(&mut stream)).await;
    answer.expect("no answer").unwrap()
}

/// M13, M14.
#[tokio::test]
async fn each_websocket_path_carries_an_obfuscated_stream() {
    let house = House::open().await;
    for path in [
        "/apiws",
        "/apiws_test",
        "/apiws_premium",
        "/apiws_test_premium",
    ] {
        for framing in [Framing::Abridged, Framing::Intermediate, Framing::Padded] {
            let url = format!("ws://{}{path}", house.addr());
            let mut request = url.into_client_request().unwrap();
            let headers = request.headers_mut();
            headers.insert("sec-websocket-protocol", "binary".parse().unwrap());
            headers.insert("origin", "https://somewhere.example".parse().unwrap());
            let stream = TcpStream::connect(house.addr()).await.unwrap();
            let (socket, answer) = tokio_tungstenite::client_async(request, stream)
                .await
                .unwrap();
            assert_eq!(answer.headers()["sec-websocket-protocol"], "binary");
            let mut wire = Wire::over(socket, &obfuscated(framing, 2));
            wire.make_key(house.key(), Options::default()).await;
            wire.call(in_layer(GET_CONFIG)).await.unwrap();
        }
    }
    house.server.stop().await;
}

#[tokio::test]
async fn a_websocket_path_without_upgrade_says_what_it_is_for() {
    let house = House::open().await;
    let (head, _) = exchange(&house, "GET /apiws HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(head.starts_with("http/1.1 426 "), "{head}");
    house.server.stop().await;
}

/// M15, and what browsers ask before they call.
#[tokio::test]
async fn visitors_and_browsers_get_short_answers() {
    let house = House::open().await;
    let (head, body) = exchange(&house, "GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(
        head.starts_with("http/1.1 200 ") && !body.is_empty(),
        "{head}"
    );
    let (head, _) = exchange(&house, "GET /etc/passwd HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(head.starts_with("http/1.1 404 "), "{head}");
    let preflight = "OPTIONS /apiw1 HTTP/1.1\r\nhost: x\r\norigin: https://a.example\r\n\r\n";
    let (head, _) = exchange(&house, preflight).await;
    assert!(head.starts_with("http/1.1 204 "), "{head}");
    assert!(head.contains("access-control-allow-origin: *"), "{head}");
    assert!(
        head.contains("access-control-allow-methods: post, options"),
        "{head}"
    );
    house.server.stop().await;
}

/// M16: key creation and calls over one HTTP connection that is kept.
#[tokio::test]
async fn the_http_transport_makes_a_key_and_answers_calls() {
    let house = House::open().await;
    for path in ["/api", "/api_test", "/apiw1", "/apiw_test1"] {
        let mut wire = Wire::over(Http::open(&house, path).await, &Dial::plain(Framing::Raw));
        wire.make_key(house.key(), Options::default()).await;
        wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
        wire.call(in_layer(GET_CONFIG)).await.unwrap();
    }
    house.server.stop().await;
}

/// M17: the response is held back as long as the client allows, then it is empty.
#[tokio::test]
async fn a_long_poll_ends_with_an_empty_container() {
    let house = House::open().await;
    let mut wire = Wire::over(Http::open(&house, "/api").await, &Dial::plain(Framing::Raw));
    wire.make_key(house.key(), Options::default()).await;
    wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    let wait = HttpWait {
        max_delay_ms: 0,
        wait_after_ms: 0,
        max_wait_ms: 300,
    };
    // What is still owed from before may come first.
    for _ in 0..5 {
        let begun = Instant::now();
        wire.client.service(now(), vec![request::http_wait(wait)]);
        wire.until(|event| matches!(event, Event::EmptyContainer).then_some(()))
            .await;
        if begun.elapsed().as_millis() >= 250 {
            return house.server.stop().await;
        }
    }
    panic!("never held back");
}

/// M21 over HTTP: the status says it, and the connection can go on with another key.
#[tokio::test]
async fn an_unknown_key_over_http_is_404_and_the_connection_goes_on() {
    let house = House::open().await;
    let mut wire = Wire::over(Http::open(&house, "/api").await, &Dial::plain(Framing::Raw));
    wire.client.raw_payload(&[0x5a; 24 + 64]);
    assert!(wire.event().await.is_none());
    assert_eq!(wire.stream.status, 404);
    wire.make_key(house.key(), Options::default()).await;
    wire.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    let noise = "POST /api HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nnoise";
    let (head, _) = exchange(&house, noise).await;
    assert!(head.starts_with("http/1.1 4"), "{head}");
    // Without a message there is nothing to wait for.
    let nothing = "POST /api HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";
    let (head, _) = exchange(&house, nothing).await;
    assert!(head.starts_with("http/1.1 400"), "{head}");
    house.server.stop().await;
}

/// TLS on the same port, for packets and for WebSockets; plain connections go on.
#[tokio::test]
async fn a_certificate_adds_tls_and_takes_nothing_away() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (cert, key) = (
        folder.path().join("cert.pem"),
        folder.path().join("key.pem"),
    );
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let house = House::open_with(|settings| {
        settings.tls_cert = Some(cert);
        settings.tls_key = Some(key);
    })
    .await;
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    let secure = || async {
        let stream = TcpStream::connect(house.addr()).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        connector.connect(name, stream).await.unwrap()
    };

    let mut wire = Wire::over(secure().await, &Dial::plain(Framing::Abridged));
    wire.make_key(house.key(), Options::default()).await;
    wire.call(in_layer(GET_CONFIG)).await.unwrap();

    let request = "wss://localhost/apiws".into_client_request().unwrap();
    let (socket, _) = tokio_tungstenite::client_async(request, secure().await)
        .await
        .unwrap();
    let mut wire = Wire::over(socket, &obfuscated(Framing::Abridged, 2));
    wire.make_key(house.key(), Options::default()).await;
    wire.call(in_layer(GET_CONFIG)).await.unwrap();

    let mut plain = house.client(&Dial::plain(Framing::Abridged)).await;
    plain.call(in_layer(GET_NEAREST_DC)).await.unwrap();
    house.server.stop().await;
}
