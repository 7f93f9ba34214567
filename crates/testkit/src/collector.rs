//! A collector that does as it is told.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::sync::oneshot;

use crate::journal::Journal;
use crate::server::{self, Listener};
use crate::{DeliveredSpan, Reply, Request};

/// An OTLP/gRPC and OTLP/HTTP collector on one port, on a thread of its own, until dropped.
///
/// It records every request and answers by script. Without a script it accepts everything.
pub struct MockCollector {
    journal: Arc<Journal>,
    address: Option<SocketAddr>,
    socket: Option<PathBuf>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// How a [`MockCollector`] listens.
#[derive(Default)]
pub struct CollectorBuilder {
    place: Place,
    tls: Option<ServerConfig>,
    script: Vec<Reply>,
}

#[derive(Default)]
enum Place {
    #[default]
    AnyPort,
    Tcp(TcpListener),
    Unix(PathBuf),
}

impl CollectorBuilder {
    /// Takes this listener instead of a free port of 127.0.0.1.
    #[must_use]
    pub fn listener(mut self, listener: TcpListener) -> Self {
        self.place = Place::Tcp(listener);
        self
    }

    /// Listens on a Unix domain socket at this path, which must not exist; removed when the collector stops.
    #[must_use]
    pub fn unix_socket(mut self, path: impl Into<PathBuf>) -> Self {
        self.place = Place::Unix(path.into());
        self
    }

    /// Speaks TLS only. See [`certs::server_config`](crate::certs::server_config).
    #[must_use]
    pub fn tls(mut self, config: ServerConfig) -> Self {
        self.tls = Some(config);
        self
    }

    /// Answers the first requests with these replies.
    #[must_use]
    pub fn script(mut self, replies: impl IntoIterator<Item = Reply>) -> Self {
        self.script.extend(replies);
        self
    }

    /// Binds and starts the thread. Clients can connect at once.
    pub fn start(self) -> MockCollector {
        let (listener, address, socket) = bind(self.place);
        let journal = Arc::new(Journal::new());
        journal.script(self.script);
        let (stop, stopped) = oneshot::channel();
        let shared = journal.clone();
        let thread = std::thread::Builder::new()
            .name("mock-collector".to_owned())
            .spawn(move || server::run(listener, self.tls, shared, stopped))
            .expect("threads can be started");
        MockCollector { journal, address, socket, stop: Some(stop), thread: Some(thread) }
    }
}

fn bind(place: Place) -> (Listener, Option<SocketAddr>, Option<PathBuf>) {
    let tcp = |listener: TcpListener| {
        listener.set_nonblocking(true).expect("sockets can be switched to non-blocking");
        let address = listener.local_addr().expect("the listener is bound");
        (Listener::Tcp(listener), Some(address), None)
    };
    match place {
        Place::AnyPort => tcp(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port")),
        Place::Tcp(listener) => tcp(listener),
        Place::Unix(path) => {
            let listener = UnixListener::bind(&path).expect("the socket's path is free and short enough");
            listener.set_nonblocking(true).expect("sockets can be switched to non-blocking");
            (Listener::Unix(listener), None, Some(path))
        }
    }
}

impl MockCollector {
    /// A collector without TLS on a free port of 127.0.0.1.
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Starts describing another one.
    pub fn builder() -> CollectorBuilder {
        CollectorBuilder::default()
    }

    /// Where it listens. Panics if that is a Unix domain socket.
    pub fn address(&self) -> SocketAddr {
        self.address.expect("the collector listens on TCP")
    }

    /// Appends replies for the requests to come, one each.
    pub fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        self.journal.script(replies);
    }

    /// Sets the reply to requests beyond the script, [`Reply::ok`] until then.
    pub fn otherwise(&self, reply: Reply) {
        self.journal.otherwise(reply);
    }

    /// How many connections were accepted, those that failed in the TLS handshake included.
    pub fn connections(&self) -> usize {
        self.journal.connections()
    }

    /// All requests so far, in order of arrival.
    pub fn requests(&self) -> Vec<Arc<Request>> {
        self.journal.requests()
    }

    /// The spans of all accepted protobuf requests so far, in order.
    pub fn spans(&self) -> Vec<DeliveredSpan> {
        self.journal.accepted_spans()
    }

    /// Waits until at least `count` requests arrived and returns all. Panics after `timeout`.
    pub fn wait_for_requests(&self, count: usize, timeout: Duration) -> Vec<Arc<Request>> {
        self.journal.wait_for_requests(count, timeout);
        self.requests()
    }

    /// Waits until at least `count` spans were accepted and returns all. Panics after `timeout`.
    pub fn wait_for_spans(&self, count: usize, timeout: Duration) -> Vec<DeliveredSpan> {
        self.journal.wait_for_spans(count, timeout);
        self.spans()
    }
}

impl Drop for MockCollector {
    /// Closes all connections and waits for the thread.
    fn drop(&mut self) {
        drop(self.stop.take());
        let panicked = self.thread.take().is_some_and(|thread| thread.join().is_err());
        if let Some(path) = &self.socket {
            let _ = std::fs::remove_file(path);
        }
        assert!(!panicked || std::thread::panicking(), "the collector's thread panicked");
    }
}
