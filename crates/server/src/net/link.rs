//! The byte side of a connection, whatever carries it: what the driver reads from and writes to.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future as _;
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

/// Bytes read at once. The buffer belongs to the worker thread, not to the connection, so that
/// idle connections hold none. Chosen: an eighth of an upload part.
const READ_BYTES: usize = 64 * 1024;
/// Packets handed to the system in one write.
const WRITE_SLICES_MAX: usize = 32;

thread_local! {
    static READ_BUFFER: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ_BYTES].into());
}

/// One way of carrying transport packets.
pub(crate) trait Link: Send {
    /// Clients use several of these for one session, in turn or at once.
    const SERVES_MANY: bool = false;

    /// Hands bytes that arrived to `take`. `false`: the other end has finished.
    fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        take: &mut dyn FnMut(&[u8]),
    ) -> Poll<io::Result<bool>>;

    /// Appends bytes that arrived to `buffer`, which has room, and says how many; 0: the other end has
    /// finished. `None` where bytes cannot be handed over in this way.
    fn poll_append(
        &mut self,
        _cx: &mut Context<'_>,
        _buffer: &mut BytesMut,
    ) -> Option<Poll<io::Result<usize>>> {
        None
    }

    /// Queues a packet; [`Link::poll_flush`] writes it.
    fn send(&mut self, packet: Vec<u8>);

    /// Bytes that are queued.
    fn unsent(&self) -> usize;

    /// Writes what is queued; ready when nothing is left.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Says that nothing more will come. Called when everything is flushed.
    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// The connection ends because of what the other end did. The transport error that it is to
    /// be told, if any, is queued already, unless packets cannot carry it.
    fn refuse(&mut self, _transport_error: Option<i32>) {}
}

/// Anything that carries bytes both ways, for the rarer paths.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A stream of bytes: TCP, or TLS over it.
#[derive(Debug)]
pub(crate) struct StreamLink<S> {
    stream: S,
    queue: VecDeque<Vec<u8>>,
    /// Bytes of the first packet that are written already.
    written: usize,
    unsent: usize,
}

impl<S: Stream> StreamLink<S> {
    /// A link over `stream`.
    pub(crate) fn new(stream: S) -> StreamLink<S> {
        StreamLink {
            stream,
            queue: VecDeque::new(),
            written: 0,
            unsent: 0,
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let empty = IoSlice::new(&[]);
        let mut slices = [empty; WRITE_SLICES_MAX];
        let mut count = 0;
        for (slice, packet) in slices.iter_mut().zip(&self.queue) {
            let from = if count == 0 { self.written } else { 0 };
            *slice = IoSlice::new(&packet[from..]);
            count += 1;
        }
        let stream = Pin::new(&mut self.stream);
        if stream.is_write_vectored() {
            stream.poll_write_vectored(cx, &slices[..count])
        } else {
            stream.poll_write(cx, &slices[0])
        }
    }

    fn advance(&mut self, mut count: usize) {
        self.unsent -= count;
        while let Some(first) = self.queue.front() {
            let left = first.len() - self.written;
            if count < left {
                self.written += count;
                return;
            }
            count -= left;
            self.written = 0;
            self.queue.pop_front();
        }
    }
}

impl<S: Stream> Link for StreamLink<S> {
    fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        take: &mut dyn FnMut(&[u8]),
    ) -> Poll<io::Result<bool>> {
        READ_BUFFER.with_borrow_mut(|buffer| {
            let mut buffer = ReadBuf::new(buffer);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Ok(false));
            }
            take(buffer.filled());
            Poll::Ready(Ok(true))
        })
    }

    fn poll_append(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut BytesMut,
    ) -> Option<Poll<io::Result<usize>>> {
        Some(pin!(self.stream.read_buf(buffer)).poll(cx))
    }

    fn send(&mut self, packet: Vec<u8>) {
        if !packet.is_empty() {
            self.unsent += packet.len();
            self.queue.push_back(packet);
        }
    }

    fn unsent(&self) -> usize {
        self.unsent
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut wrote = false;
        while !self.queue.is_empty() {
            let count = ready!(self.poll_write(cx))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.advance(count);
            wrote = true;
        }
        if wrote {
            // An idle connection keeps no queue.
            self.queue = VecDeque::new();
        }
        // Streams that encrypt may hold bytes of their own.
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::AsyncWriteExt as _;

    use super::*;

    #[tokio::test]
    async fn packets_leave_whole_and_in_order_through_a_narrow_pipe() {
        let (near, mut far) = tokio::io::duplex(7);
        let mut link = StreamLink::new(near);
        let packets: Vec<Vec<u8>> = (1..60_u8).map(|at| vec![at; usize::from(at)]).collect();
        for packet in &packets {
            link.send(packet.clone());
        }
        link.send(Vec::new());
        let expected = packets.concat();
        assert_eq!(link.unsent(), expected.len());
        let mut received = vec![0; expected.len()];
        let (flushed, read) = tokio::join!(
            poll_fn(|cx| link.poll_flush(cx)),
            far.read_exact(&mut received)
        );
        flushed.unwrap();
        read.unwrap();
        assert_eq!(received, expected);
        assert_eq!(link.unsent(), 0);
    }

    #[tokio::test]
    async fn bytes_are_appended_as_far_as_there_is_room() {
        let (near, mut far) = tokio::io::duplex(64);
        let mut link = StreamLink::new(near);
        far.write_all(b"part of a file").await.unwrap();
        let mut buffer = BytesMut::from("a ");
        let mut append = async || {
            poll_fn(|cx| link.poll_append(cx, &mut buffer).unwrap())
                .await
                .unwrap()
        };
        assert_eq!(append().await, 14);
        drop(far);
        assert_eq!(append().await, 0, "the other end has finished");
        assert_eq!(&buffer[..], b"a part of a file");
    }

    #[tokio::test]
    async fn the_end_of_the_stream_is_told() {
        let (near, far) = tokio::io::duplex(64);
        let mut link = StreamLink::new(near);
        drop(far);
        let open = poll_fn(|cx| link.poll_receive(cx, &mut |_| panic!("no bytes came"))).await;
        assert!(!open.unwrap());
    }
}
