//! HTTP on the same port: the HTTP transport (one request, one message), the way into a
//! WebSocket, and a word for visitors. Requests are read and answered by a library.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use mtproto::connection::SNIFF_TIME_MAX;
use mtproto::transport::{FRAME_BYTES_MAX_BEFORE_SIGN_IN, Transport};
use tokio::sync::{mpsc, oneshot};

use super::driver::Driver;
use super::link::{Link, Stream};
use super::{Net, Peer, websocket};

/// Paths of the HTTP transport. Source: official page on transports, and Web A's fallback.
const PATHS: [&str; 4] = ["/api", "/api_test", "/apiw1", "/apiw_test1"];
/// Buffer for the head of a request. Chosen: browsers stay below it; it is the library's least.
const HEAD_BYTES_MAX: usize = 8 * 1024;
/// How long browsers may remember that any page may call. Chosen: a day.
const CORS_SECONDS: &str = "86400";

type Reply = Result<Vec<u8>, StatusCode>;

/// The body of a request and the way back.
struct Question {
    body: Bytes,
    reply: oneshot::Sender<Reply>,
}

/// Serves one connection.
pub(super) async fn serve(net: Arc<Net>, peer: Peer, stream: Box<dyn Stream>) {
    let stopping = net.stopping.clone();
    let connection = peer.connection;
    let site = Arc::new(Site {
        net,
        peer,
        driver: Mutex::new(None),
    });
    let answering = service_fn(move |request| {
        let site = site.clone();
        async move { Ok::<_, Infallible>(site.answer(request).await) }
    });
    let mut serving = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(SNIFF_TIME_MAX)
            .max_buf_size(HEAD_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), answering)
            .with_upgrades()
    );
    let outcome = tokio::select! {
        outcome = serving.as_mut() => outcome,
        () = stopping.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(connection, %error, "HTTP ended");
    }
}

/// What answers the requests of one connection.
struct Site {
    net: Arc<Net>,
    peer: Peer,
    /// The driver of the HTTP transport, once a request needed one.
    driver: Mutex<Option<mpsc::Sender<Question>>>,
}

impl Site {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path();
        if websocket::PATHS.contains(&path) {
            return websocket::upgrade(&self.net, &self.peer, request);
        }
        let mut response = match (request.method(), path) {
            (&Method::POST, path) if PATHS.contains(&path) => self.message(request).await,
            (&Method::OPTIONS, path) if PATHS.contains(&path) => preflight(),
            (&Method::GET | &Method::HEAD, "/") => plain(
                StatusCode::OK,
                "This is cameo, a server for Telegram clients. Point a client at it.\n",
            ),
            _ => plain(StatusCode::NOT_FOUND, "Nothing here.\n"),
        };
        let anyone = HeaderValue::from_static("*");
        response
            .headers_mut()
            .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, anyone);
        response
    }

    /// One message of the HTTP transport.
    async fn message(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let body = Limited::new(request.into_body(), FRAME_BYTES_MAX_BEFORE_SIGN_IN);
        let Ok(body) = body.collect().await.map(|whole| whole.to_bytes()) else {
            return plain(StatusCode::PAYLOAD_TOO_LARGE, "");
        };
        if body.is_empty() {
            // No message, so the protocol core would have nothing to answer, ever.
            return plain(StatusCode::BAD_REQUEST, "");
        }
        match self.ask(body).await {
            Ok(packet) => {
                let mut response = Response::new(Full::new(packet.into()));
                let kind = HeaderValue::from_static("application/octet-stream");
                response.headers_mut().insert(header::CONTENT_TYPE, kind);
                response
            }
            Err(status) => plain(status, ""),
        }
    }

    async fn ask(&self, body: Bytes) -> Reply {
        let (reply, answer) = oneshot::channel();
        let question = Question { body, reply };
        let sender = self.sender();
        if let Err(refused) = sender.send(question).await {
            // The driver had ended, as after an unknown key; the connection goes on with another.
            *self.driver.lock().unwrap_or_else(PoisonError::into_inner) = None;
            let _ = self.sender().send(refused.0).await;
        }
        answer.await.unwrap_or(Err(StatusCode::SERVICE_UNAVAILABLE))
    }

    fn sender(&self) -> mpsc::Sender<Question> {
        let mut driver = self.driver.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = driver.as_ref() {
            return sender.clone();
        }
        let (sender, questions) = mpsc::channel(1);
        let link = HttpLink {
            questions,
            reply: None,
        };
        let peer = Peer {
            connection: self.net.next_connection(),
            ..self.peer.clone()
        };
        let new = Driver::new(self.net.clone(), peer, link, (Transport::http(), &[]));
        self.net.tasks.spawn(new.run());
        *driver = Some(sender.clone());
        sender
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn preflight() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    let methods = HeaderValue::from_static("POST, OPTIONS");
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static(CORS_SECONDS),
    );
    response
}

/// Requests as a carrier of packets: what arrives is a request's body, what is sent its response.
struct HttpLink {
    questions: mpsc::Receiver<Question>,
    reply: Option<oneshot::Sender<Reply>>,
}

impl HttpLink {
    fn respond(&mut self, reply: Reply) {
        if let Some(waiting) = self.reply.take() {
            // A client that is gone will ask again on another connection.
            let _ = waiting.send(reply);
        }
    }
}

impl Link for HttpLink {
    const SERVES_MANY: bool = true;

    fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        take: &mut dyn FnMut(&[u8]),
    ) -> Poll<io::Result<bool>> {
        self.questions.poll_recv(cx).map(|question| {
            let Some(Question { body, reply }) = question else {
                return Ok(false);
            };
            self.reply = Some(reply);
            take(&body);
            Ok(true)
        })
    }

    fn send(&mut self, packet: Vec<u8>) {
        self.respond(Ok(packet));
    }

    fn unsent(&self) -> usize {
        0
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.questions.close();
        Poll::Ready(Ok(()))
    }

    fn refuse(&mut self, transport_error: Option<i32>) {
        let status = transport_error.and_then(|code| u16::try_from(code.unsigned_abs()).ok());
        let status = status.and_then(|status| StatusCode::from_u16(status).ok());
        self.respond(Err(status.unwrap_or(StatusCode::BAD_REQUEST)));
    }
}
