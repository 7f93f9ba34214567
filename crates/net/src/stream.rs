//! One connection of any kind, as hyper wants it.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use hyper_rustls::MaybeHttpsStream;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpStream, UnixStream};

use crate::fault::TlsFault;

/// An open connection. What TLS finds wrong with it is noted, since hyper does not pass all of that on.
pub(crate) struct Stream {
    socket: Socket,
    fault: TlsFault,
}

pub(crate) enum Socket {
    /// With or without TLS. Boxed: the state of a TLS session is large.
    Tcp(Box<MaybeHttpsStream<TokioIo<TcpStream>>>),
    Unix(TokioIo<UnixStream>),
}

impl Stream {
    pub(crate) fn new(socket: Socket, fault: TlsFault) -> Stream {
        Stream { socket, fault }
    }

    /// Takes note of what became of a read.
    fn read(&self, polled: Poll<io::Result<()>>) -> Poll<io::Result<()>> {
        if let Poll::Ready(Err(error)) = &polled {
            self.fault.note(error);
        }
        polled
    }

    /// What became of a write. A server that refuses a certificate says so and hangs up, and the write may fail
    /// before that was read: then it waits until there is something to read, which the end of a connection is.
    fn wrote<T>(&mut self, cx: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if let Poll::Ready(Err(error)) = &polled
            && matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset)
            && self.is_tls()
        {
            let mut last_words = [0];
            let read = Pin::new(self).poll_read(cx, ReadBuf::new(&mut last_words).unfilled());
            // Only the note that this takes of an error matters.
            let _: io::Result<()> = ready!(read);
        }
        polled
    }

    fn is_tls(&self) -> bool {
        matches!(&self.socket, Socket::Tcp(io) if matches!(**io, MaybeHttpsStream::Https(_)))
    }
}

/// Evaluates `$poll` with `$io` bound to the pinned socket of a stream.
macro_rules! on_socket {
    ($stream:expr, $io:ident => $poll:expr) => {
        match &mut $stream.socket {
            Socket::Tcp(io) => {
                let $io = Pin::new(&mut **io);
                $poll
            }
            Socket::Unix(io) => {
                let $io = Pin::new(io);
                $poll
            }
        }
    };
}

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = on_socket!(self, io => io.poll_read(cx, buf));
        self.read(polled)
    }
}

impl Write for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let polled = on_socket!(self, io => io.poll_write(cx, buf));
        self.wrote(cx, polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = on_socket!(self, io => io.poll_flush(cx));
        self.wrote(cx, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        on_socket!(self, io => io.poll_shutdown(cx))
    }

    fn is_write_vectored(&self) -> bool {
        match &self.socket {
            Socket::Tcp(io) => io.is_write_vectored(),
            Socket::Unix(io) => io.is_write_vectored(),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = on_socket!(self, io => io.poll_write_vectored(cx, bufs));
        self.wrote(cx, polled)
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        match &self.socket {
            Socket::Tcp(io) => io.connected(),
            Socket::Unix(_) => Connected::new(),
        }
    }
}
