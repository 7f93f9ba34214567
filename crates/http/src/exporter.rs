//! The exporter: one POST per batch.

use std::fmt;
use std::future::poll_fn;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Uri};
use http_body_util::Full;
use telespan_export::{Accepted, BoxFuture, ExportError, Exporter, Failure};
use telespan_net::{Endpoint, HttpClient, Protocol, Transport, accepted_with_doubt};
use telespan_otlp::Batch;
use tower_service::Service;

use crate::answer::{Sent, understand};
use crate::pack::{Compress, pack};
use crate::{Encoding, HttpBuilder};

/// Sends batches to an OTLP/HTTP receiver.
///
/// See the [crate](crate) for how errors are classed. `Debug` shows neither header values nor the query.
pub struct HttpExporter {
    transport: Transport<Full<Bytes>>,
    settings: Settings,
}

/// What is the same for every request.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) encoding: Encoding,
    pub(crate) compress: Compress,
    pub(crate) max_request_bytes: usize,
    pub(crate) max_reply_bytes: usize,
}

impl HttpExporter {
    /// What OTLP/HTTP offers in a TLS handshake: the `alpn` for `ClientTls::load`.
    pub const ALPN: &'static [&'static [u8]] = Protocol::Http.alpn();

    /// Starts describing an exporter to `endpoint`.
    pub fn builder(endpoint: Endpoint) -> HttpBuilder {
        HttpBuilder::new(endpoint)
    }

    pub(crate) fn new(transport: Transport<Full<Bytes>>, settings: Settings) -> HttpExporter {
        HttpExporter { transport, settings }
    }
}

impl Exporter for HttpExporter {
    fn export<'a>(
        &'a self,
        batch: &'a Batch,
        deadline: Instant,
    ) -> BoxFuture<'a, Result<Accepted, ExportError>> {
        let post = Post { settings: self.settings.clone(), batch: batch.clone() };
        Box::pin(self.transport.attempt(deadline, |client| post.make(client)))
    }

    fn shutdown(&self, deadline: Instant) -> BoxFuture<'_, Result<(), ExportError>> {
        let ended = self.transport.shutdown(deadline);
        Box::pin(async {
            ended.await;
            Ok(())
        })
    }
}

impl fmt::Debug for HttpExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpExporter")
            .field("endpoint", &self.transport.endpoint())
            .field("path", &self.settings.uri.path())
            .field("encoding", &self.settings.encoding)
            .finish_non_exhaustive()
    }
}

/// One request.
struct Post {
    settings: Settings,
    batch: Batch,
}

impl Post {
    async fn make(self, client: HttpClient<Full<Bytes>>) -> Result<Accepted, ExportError> {
        let Post { settings, batch } = self;
        // Here and not in `export`: encoding and compressing are work for the exporter's own thread.
        let body = pack(&batch, settings.encoding, settings.compress, settings.max_request_bytes)?;
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = settings.uri.clone();
        *request.headers_mut() = settings.headers;
        let mut calls = client.clone();
        let lost = |error| client.explain(&error);
        poll_fn(|cx| calls.poll_ready(cx)).await.map_err(lost)?;
        let (head, body) = calls.call(request).await.map_err(lost)?.into_parts();
        let sent = Sent { endpoint: client.endpoint(), path: settings.uri.path(), spans: batch.spans() };
        match client.read(body, settings.max_reply_bytes).await {
            Ok(body) => understand(sent, &head, &body),
            Err(too_large) if too_large.failure() == Failure::Permanent => Err(too_large),
            // It said that it took the spans, so sending again would double them.
            Err(lost) if head.status.is_success() => Ok(accepted_with_doubt(sent.endpoint, lost)),
            Err(_) => understand(sent, &head, &Bytes::new()),
        }
    }
}
