//! A stream whose first bytes were looked at and are read again.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf as _, BytesMut};
use mtproto::transport::{Detected, Detector};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

/// What a fresh connection speaks, as far as the server has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speech {
    /// HTTP/1: the HTTP transport, a WebSocket to be, or a visitor.
    Http,
    /// A TLS hello.
    Tls,
    /// One of the framings of MTProto; the protocol core tells which.
    Mtproto,
    /// None of these.
    Nothing,
}

/// Reads from `stream` until its speech is clear; the bytes read stay in `first`.
///
/// # Errors
/// The stream failed, or ended before it said anything decisive.
pub(crate) async fn listen_to<S>(
    detector: &Detector,
    stream: &mut S,
    first: &mut BytesMut,
) -> io::Result<Speech>
where
    S: AsyncRead + Unpin,
{
    loop {
        match detector.detect(first) {
            Some(Detected::Framing(_)) => return Ok(Speech::Mtproto),
            Some(Detected::Http) => return Ok(Speech::Http),
            Some(Detected::Tls) => return Ok(Speech::Tls),
            Some(Detected::Refused) => return Ok(Speech::Nothing),
            None => {}
        }
        // Small, as it is part of every connection's task until the first bytes have come.
        let mut few = [0_u8; 64];
        let read = stream.read(&mut few).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        first.extend_from_slice(&few[..read]);
    }
}

/// A stream that gives `first` before everything else.
#[derive(Debug)]
pub(crate) struct Rewound<S> {
    first: BytesMut,
    stream: S,
}

impl<S> Rewound<S> {
    /// `stream` with `first` put back in front.
    pub(crate) fn new(stream: S, first: BytesMut) -> Rewound<S> {
        Rewound { first, stream }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Rewound<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.first.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, into);
        }
        let length = self.first.len().min(into.remaining());
        into.put_slice(&self.first[..length]);
        self.first.advance(length);
        if self.first.is_empty() {
            self.first = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Rewound<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stream_cut_into_single_bytes_is_understood_and_read_again() {
        let mut source = OneByOne(b"GET / HTTP/1.1");
        let mut first = BytesMut::new();
        let detector = Detector::default();
        let speech = listen_to(&detector, &mut source, &mut first).await.unwrap();
        assert_eq!(speech, Speech::Http);
        assert_eq!(&first[..], b"GET ");
        let mut whole = Vec::new();
        Rewound::new(source, first)
            .read_to_end(&mut whole)
            .await
            .unwrap();
        assert_eq!(whole, b"GET / HTTP/1.1");
    }

    #[tokio::test]
    async fn a_stream_that_ends_undecided_is_an_error_and_noise_is_nothing() {
        let detector = Detector::default();
        let cut = listen_to(&detector, &mut OneByOne(b"PO"), &mut BytesMut::new()).await;
        assert_eq!(cut.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        let mut noise = OneByOne(&[0x55; 64]);
        let speech = listen_to(&detector, &mut noise, &mut BytesMut::new())
            .await
            .unwrap();
        assert_eq!(speech, Speech::Nothing);
    }

    /// Gives one byte per read.
    struct OneByOne(&'static [u8]);

    impl AsyncRead for OneByOne {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            into: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            if let Some((first, rest)) = self.0.split_first() {
                into.put_slice(&[*first]);
                self.0 = rest;
            }
            Poll::Ready(Ok(()))
        }
    }
}
