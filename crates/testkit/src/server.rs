//! The collector's thread: accepts, decrypts, serves HTTP/1.1 and HTTP/2.

use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::sync::Arc;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request as HttpRequest, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::ServerConfig;
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::task::{AbortHandle, yield_now};
use tokio_rustls::TlsAcceptor;

use crate::body::ReplyBody;
use crate::journal::Journal;
use crate::render::render;
use crate::reply::Kind;
use crate::request::Request;

/// A bound, non-blocking socket.
pub(crate) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// What the requests of one connection have in common.
#[derive(Clone)]
pub(crate) struct Connection {
    pub(crate) number: usize,
    pub(crate) client_certificate: Option<CertificateDer<'static>>,
    task: AbortHandle,
}

impl Connection {
    /// Ends the connection now.
    fn close(&self) {
        self.task.abort();
    }

    /// Ends the connection once it had the chance to send what it holds.
    pub(crate) fn close_after_flush(self) {
        // Each turn lets every ready task run once; HTTP/2 passes data through two tasks before the socket has it.
        const TURNS: usize = 8;
        tokio::spawn(async move {
            for _ in 0..TURNS {
                yield_now().await;
            }
            self.close();
        });
    }
}

/// One type for all kinds of connection keeps the HTTP stack compiled once.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Serves until `stopped` resolves; then all connections end with the runtime.
pub(crate) fn run(
    listener: Listener,
    tls: Option<ServerConfig>,
    journal: Arc<Journal>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("runtimes can be built");
    let acceptor = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
    runtime.block_on(async {
        tokio::spawn(accept(listener, acceptor, journal));
        let _ = stopped.await;
    });
}

async fn accept(listener: Listener, tls: Option<TlsAcceptor>, journal: Arc<Journal>) {
    match listener {
        Listener::Tcp(listener) => {
            let listener = tokio::net::TcpListener::from_std(listener).expect("it is non-blocking");
            while let Ok((stream, _)) = listener.accept().await {
                // Without it, HTTP/2 stalls on delayed acknowledgements.
                let _ = stream.set_nodelay(true);
                spawn_connection(Box::new(stream), tls.clone(), journal.clone());
            }
        }
        Listener::Unix(listener) => {
            let listener = tokio::net::UnixListener::from_std(listener).expect("it is non-blocking");
            while let Ok((stream, _)) = listener.accept().await {
                spawn_connection(Box::new(stream), tls.clone(), journal.clone());
            }
        }
    }
}

/// Counts the connection and serves it in a task that can be aborted from within.
fn spawn_connection(stream: Box<dyn Stream>, tls: Option<TlsAcceptor>, journal: Arc<Journal>) {
    let number = journal.connect();
    let (send_handle, handle) = oneshot::channel();
    let task = tokio::spawn(async move {
        let Ok(task) = handle.await else { return };
        let connection = Connection { number, client_certificate: None, task };
        match tls {
            None => serve(stream, connection, journal).await,
            Some(acceptor) => {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let certificates = stream.get_ref().1.peer_certificates();
                let client_certificate = certificates.and_then(<[_]>::first).cloned();
                serve(Box::new(stream), Connection { client_certificate, ..connection }, journal).await;
            }
        }
    });
    let _ = send_handle.send(task.abort_handle());
}

async fn serve(stream: Box<dyn Stream>, connection: Connection, journal: Arc<Journal>) {
    let service = service_fn(move |request| answer(request, connection.clone(), journal.clone()));
    // A connection that ends in an error is the client's to report.
    let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(
    request: HttpRequest<Incoming>,
    connection: Connection,
    journal: Arc<Journal>,
) -> Result<Response<ReplyBody>, hyper::Error> {
    let (head, body) = request.into_parts();
    let wire = body.collect().await?.to_bytes();
    let request = Request::new(head, &wire, &connection);
    let (is_grpc, content_type) = (request.is_grpc(), request.content_type().to_owned());
    let reply = journal.record(request);
    if let Some(gate) = &reply.gate {
        gate.pass().await;
    }
    match reply.kind {
        Kind::Hang => std::future::pending().await,
        Kind::Drop => {
            connection.close();
            std::future::pending().await
        }
        kind => Ok(render(kind, is_grpc, &content_type, connection)),
    }
}
