//! WebSocket: each binary message carries bytes of an obfuscated stream, each packet of ours is
//! one message. Frames are read and written by a library; nothing is compressed, as the bytes
//! are encrypted.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::{Sink as _, Stream as _};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use mtproto::transport::{FRAME_BYTES_MAX, Transport};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::driver::Driver;
use super::link::{Link, Stream};
use super::{Net, Peer};

/// Paths that clients open. Source: Web A joins these suffixes, Web K and GramJS use the first.
pub(super) const PATHS: [&str; 4] = [
    "/apiws",
    "/apiws_test",
    "/apiws_premium",
    "/apiws_test_premium",
];
/// The subprotocol that clients ask for. Source: official page on transports, "WebSocket".
const PROTOCOL: &str = "binary";
/// Bytes read at once; held by every WebSocket connection.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// Answers an upgrade request, and runs the connection once the upgrade is through.
pub(super) fn upgrade(
    net: &Arc<Net>,
    peer: &Peer,
    mut request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let Some(key) = wanted(request.headers()) else {
        let mut response = Response::new(Full::new(Bytes::from_static(b"WebSocket only\n")));
        *response.status_mut() = StatusCode::UPGRADE_REQUIRED;
        let protocol = HeaderValue::from_static("websocket");
        response.headers_mut().insert(header::UPGRADE, protocol);
        return response;
    };
    let binary = offers_binary(request.headers());
    let upgraded = hyper::upgrade::on(&mut request);
    let (serving, peer) = (net.clone(), peer.clone());
    net.tasks.spawn(async move {
        match upgraded.await {
            Ok(upgraded) => run(serving, peer, TokioIo::new(upgraded)).await,
            Err(error) => tracing::debug!(connection = peer.connection, %error, "no upgrade"),
        }
    });
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, key);
    if binary {
        let protocol = HeaderValue::from_static(PROTOCOL);
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    response
}

/// The accept key, if the request is a WebSocket upgrade of the version that is in use.
fn wanted(headers: &HeaderMap) -> Option<HeaderValue> {
    let has = |name, word: &str| {
        let values = headers.get_all(name).into_iter();
        let words = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|text| text.split(','));
        words
            .map(str::trim)
            .any(|found| found.eq_ignore_ascii_case(word))
    };
    let upgrade = has(header::CONNECTION, "upgrade") && has(header::UPGRADE, "websocket");
    if !upgrade || !has(header::SEC_WEBSOCKET_VERSION, "13") {
        return None;
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY)?;
    HeaderValue::from_str(&derive_accept_key(key.as_bytes())).ok()
}

fn offers_binary(headers: &HeaderMap) -> bool {
    let offers = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).into_iter();
    let words = offers
        .filter_map(|offer| offer.to_str().ok())
        .flat_map(|text| text.split(','));
    words.map(str::trim).any(|word| word == PROTOCOL)
}

async fn run<S: Stream + 'static>(net: Arc<Net>, peer: Peer, stream: S) {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(Some(FRAME_BYTES_MAX))
        .max_frame_size(Some(FRAME_BYTES_MAX));
    let socket = WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await;
    let link = WebSocketLink {
        socket,
        queue: VecDeque::new(),
        unsent: 0,
    };
    let transport = Transport::new(net.detector.clone());
    Driver::new(net, peer, link, (transport, &[])).run().await;
}

/// A WebSocket as a carrier of packets.
struct WebSocketLink<S> {
    socket: WebSocketStream<S>,
    queue: VecDeque<Vec<u8>>,
    unsent: usize,
}

impl<S: Stream> Link for WebSocketLink<S> {
    fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        take: &mut dyn FnMut(&[u8]),
    ) -> Poll<io::Result<bool>> {
        loop {
            match ready!(Pin::new(&mut self.socket).poll_next(cx)) {
                Some(Ok(Message::Binary(bytes))) if bytes.is_empty() => {}
                Some(Ok(Message::Binary(bytes))) => {
                    take(&bytes);
                    return Poll::Ready(Ok(true));
                }
                // Answered by the library itself.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Text(_) | Message::Close(_))) | None => {
                    return Poll::Ready(Ok(false));
                }
                Some(Err(error)) => return Poll::Ready(Err(io_error(error))),
            }
        }
    }

    fn send(&mut self, packet: Vec<u8>) {
        self.unsent += packet.len();
        self.queue.push_back(packet);
    }

    fn unsent(&self) -> usize {
        self.unsent
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.queue.is_empty() {
            ready!(Pin::new(&mut self.socket).poll_ready(cx)).map_err(io_error)?;
            if let Some(packet) = self.queue.pop_front() {
                self.unsent -= packet.len();
                let message = Message::Binary(packet.into());
                Pin::new(&mut self.socket)
                    .start_send(message)
                    .map_err(io_error)?;
            }
        }
        Pin::new(&mut self.socket).poll_flush(cx).map_err(io_error)
    }

    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_close(cx).map_err(io_error)
    }
}

fn io_error(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        other => io::Error::other(other),
    }
}
