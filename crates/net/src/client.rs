//! The HTTP client of one endpoint and its connections.

use std::error::Error;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper_util::client::legacy::{self, Client, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use telespan_export::ExportError;
use tower_service::Service;

use crate::connect::Connector;
use crate::explain::explain;
use crate::{Endpoint, reply_too_large};

/// Which versions of HTTP an exporter speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/2 only, in the clear with prior knowledge: gRPC.
    Http2,
    /// HTTP/1.1 in the clear; over TLS whichever of HTTP/2 and HTTP/1.1 the server chooses.
    Http,
}

impl Protocol {
    /// What to offer in the TLS handshake: the `alpn` for `ClientTls::load`.
    pub const fn alpn(self) -> &'static [&'static [u8]] {
        match self {
            Protocol::Http2 => &[b"h2"],
            Protocol::Http => &[b"h2", b"http/1.1"],
        }
    }
}

/// hyper's client, with connections to one endpoint. `B` is the body of its requests.
///
/// Works only on the thread of the [`Transport`](crate::Transport) that hands it out.
pub struct HttpClient<B> {
    inner: Client<Connector, B>,
    connector: Connector,
}

impl<B> HttpClient<B>
where
    B: Body<Data: Send> + Send,
{
    fn new(connector: Connector, protocol: Protocol) -> HttpClient<B> {
        let inner = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .http2_only(protocol == Protocol::Http2)
            .build(connector.clone());
        HttpClient { inner, connector }
    }
}

impl<B> HttpClient<B> {
    /// Where requests go.
    pub fn endpoint(&self) -> &Endpoint {
        self.connector.endpoint()
    }

    /// Reads a whole reply of at most `limit` bytes.
    ///
    /// # Errors
    /// Retryable if the connection was lost, permanent if the reply is larger.
    pub async fn read(&self, body: Incoming, limit: usize) -> Result<Bytes, ExportError> {
        match Limited::new(body, limit).collect().await {
            Ok(reply) => Ok(reply.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(reply_too_large(self.endpoint(), limit)),
            Err(error) => Err(self.explain(&*error)),
        }
    }

    /// The error of an attempt that the network or the local stack ended, not the receiver.
    ///
    /// Always retryable: a host comes back, a name gets its address, certificates are replaced on disk. The text
    /// names the endpoint, the cause and, where known, what to do.
    pub fn explain(&self, error: &(dyn Error + 'static)) -> ExportError {
        explain(self.endpoint(), error, self.connector.fault())
    }
}

impl<B> Service<Request<B>> for HttpClient<B>
where
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static,
{
    type Response = Response<Incoming>;
    type Error = legacy::Error;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), legacy::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture {
        self.inner.request(request)
    }
}

impl<B> Clone for HttpClient<B> {
    fn clone(&self) -> Self {
        HttpClient { inner: self.inner.clone(), connector: self.connector.clone() }
    }
}

impl<B> fmt::Debug for HttpClient<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}

/// The client in use.
pub(crate) struct Pool<B> {
    connector: Connector,
    protocol: Protocol,
    client: Mutex<HttpClient<B>>,
}

impl<B> Pool<B>
where
    B: Body<Data: Send> + Send,
{
    pub(crate) fn new(connector: Connector, protocol: Protocol) -> Pool<B> {
        let client = Mutex::new(HttpClient::new(connector.clone(), protocol));
        Pool { connector, protocol, client }
    }

    pub(crate) fn client(&self) -> HttpClient<B> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets all connections: one that did not answer in time may be dead without the kernel knowing for many
    /// minutes, and HTTP/2 would put every further request onto it. Other attempts keep theirs until they end.
    pub(crate) fn renew(&self) {
        let client = HttpClient::new(self.connector.clone(), self.protocol);
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = client;
    }
}
