//! Accepts connections and finds out what each speaks. A slow or silent one costs nobody else
//! anything: it waits in a task of its own.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use mtproto::connection::SNIFF_TIME_MAX;
use mtproto::transport::Transport;
use mtproto::{TRANSPORT_ERROR_FLOOD, Violation};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::driver::Driver;
use super::link::{Stream, StreamLink};
use super::stream::{Rewound, Speech, listen_to};
use super::{Net, Peer, http};
use crate::event::Event;

/// Pause after the system could not accept, for example because too many files are open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Connections that are told at the same time that there are too many; further ones are closed
/// without a word. Chosen: saying so must not become the load it complains about.
const REFUSALS_MAX: usize = 256;
/// How long a refused connection may take to show how it wants to be told.
const REFUSAL_TIME_MAX: Duration = Duration::from_secs(2);

/// Accepts until the server stops.
pub(super) async fn accept(net: Arc<Net>, listener: TcpListener) {
    let refusals = Arc::new(Semaphore::new(REFUSALS_MAX));
    while let Some(accepted) = net.stopping.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, from)) => welcome(&net, &refusals, stream, from.ip().to_canonical()),
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn welcome(net: &Arc<Net>, refusals: &Arc<Semaphore>, stream: TcpStream, ip: std::net::IpAddr) {
    let Some(place) = net.limits.enter(ip) else {
        net.events.emit(Event::ConnectionRefused { ip });
        if let Ok(permit) = refusals.clone().try_acquire_owned() {
            let net = net.clone();
            net.clone().tasks.spawn(async move {
                // Whoever does not listen is closed all the same.
                let _ = timeout(REFUSAL_TIME_MAX, refuse(&net, stream)).await;
                drop(permit);
            });
        }
        return;
    };
    let Ok(local) = stream.local_addr() else {
        return;
    };
    // Answers are written whole; waiting for more would only delay them.
    let _ = stream.set_nodelay(true);
    let connection = net.next_connection();
    let peer = Peer {
        connection,
        ip,
        local,
        place: Arc::new(place),
    };
    net.events.emit(Event::ConnectionOpened { connection, ip });
    net.tasks.spawn(serve(net.clone(), peer, stream));
}

async fn serve(net: Arc<Net>, peer: Peer, mut stream: TcpStream) {
    let (connection, events) = (peer.connection, net.events.clone());
    let mut first = BytesMut::new();
    let why = match first_words(&net, &mut stream, &mut first).await {
        Ok(Speech::Mtproto) => {
            let transport = Transport::new(net.detector.clone());
            let link = StreamLink::new(stream);
            let driver = Driver::new(net, peer, link, (transport, &first));
            drop(first);
            driver.run().await;
            "ended"
        }
        // Rarer and larger: kept out of the task that every connection has.
        Ok(Speech::Http) => {
            Box::pin(http::serve(
                net,
                peer,
                Box::new(Rewound::new(stream, first)),
            ))
            .await;
            "ended"
        }
        Ok(Speech::Tls) => {
            Box::pin(secure(net, peer, Rewound::new(stream, first))).await;
            "ended"
        }
        Ok(Speech::Nothing) => {
            let violation = &Violation::UnknownTransport;
            net.events.emit(Event::Violation {
                connection,
                violation,
            });
            "unknown transport"
        }
        Err(_) => "no transport shown",
    };
    events.emit(Event::ConnectionClosed { connection, why });
}

/// What the connection speaks; an error when it does not say so in time.
async fn first_words<S: Stream>(
    net: &Net,
    stream: &mut S,
    first: &mut BytesMut,
) -> io::Result<Speech> {
    let listening = timeout(SNIFF_TIME_MAX, listen_to(&net.detector, stream, first));
    match net.stopping.run_until_cancelled(listening).await {
        Some(Ok(speech)) => speech,
        Some(Err(_)) => Err(io::ErrorKind::TimedOut.into()),
        None => Err(io::ErrorKind::Interrupted.into()),
    }
}

/// The same again inside TLS.
async fn secure(net: Arc<Net>, peer: Peer, stream: Rewound<TcpStream>) {
    let connection = peer.connection;
    let Some(acceptor) = net.tls.clone() else {
        tracing::debug!(connection, "TLS spoken, but no certificate is configured");
        return;
    };
    let mut stream: Box<dyn Stream> = match timeout(SNIFF_TIME_MAX, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => Box::new(stream),
        Ok(Err(error)) => return tracing::debug!(connection, %error, "TLS handshake failed"),
        Err(_) => return tracing::debug!(connection, "TLS handshake took too long"),
    };
    let mut first = BytesMut::new();
    match first_words(&net, &mut stream, &mut first).await {
        Ok(Speech::Mtproto) => {
            let transport = Transport::new(net.detector.clone());
            let link = StreamLink::new(stream);
            Driver::new(net, peer, link, (transport, &first))
                .run()
                .await;
        }
        Ok(Speech::Http) => http::serve(net, peer, Box::new(Rewound::new(stream, first))).await,
        Ok(Speech::Tls | Speech::Nothing) | Err(_) => {
            tracing::debug!(connection, "nothing known inside TLS");
        }
    }
}

/// Says "too many connections" in the way that the other end understands.
async fn refuse(net: &Net, mut stream: TcpStream) -> io::Result<()> {
    let mut first = BytesMut::new();
    match listen_to(&net.detector, &mut stream, &mut first).await? {
        Speech::Mtproto => {
            let mut transport = Transport::new(net.detector.clone());
            let mut bytes = Vec::new();
            if transport.receive(&first).is_ok() {
                transport.transport_error(TRANSPORT_ERROR_FLOOD, &mut bytes);
            }
            stream.write_all(&bytes).await?;
        }
        Speech::Http => {
            let answer = b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\
                           connection: close\r\n\r\n";
            stream.write_all(answer).await?;
        }
        Speech::Tls | Speech::Nothing => return Ok(()),
    }
    stream.shutdown().await?;
    // Read out, or the system would throw the answer away with the unread bytes.
    let mut rest = [0; 512];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
