//! The exporter: one gRPC call per batch.

use std::future::ready;
use std::time::Instant;

use http::uri::PathAndQuery;
use telespan_export::{Accepted, BoxFuture, ExportError, Exporter};
use telespan_net::{
    Endpoint, Headers, HttpClient, Protocol, Transport, USER_AGENT, accepted, accepted_with_doubt,
    request_too_large,
};
use telespan_otlp::{Batch, PartialSuccess};
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::metadata::{MetadataMap, MetadataValue};

use crate::GrpcBuilder;
use crate::status::explain;
use crate::trace_service::trace_service_client::TraceServiceClient;
use crate::watch::{Peer, Watched};

/// Sends batches to an OTLP/gRPC receiver.
///
/// See the [crate](crate) for how errors are classed. `Debug` shows no header values.
#[derive(Debug)]
pub struct GrpcExporter {
    transport: Transport<Body>,
    settings: Settings,
}

/// What is the same for every call.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) headers: Headers,
    pub(crate) encoding: Option<CompressionEncoding>,
    pub(crate) max_request_bytes: usize,
    pub(crate) max_reply_bytes: usize,
}

impl GrpcExporter {
    /// What gRPC offers in a TLS handshake: the `alpn` for `ClientTls::load`.
    pub const ALPN: &'static [&'static [u8]] = Protocol::Http2.alpn();

    /// Starts describing an exporter to `endpoint`.
    pub fn builder(endpoint: Endpoint) -> GrpcBuilder {
        GrpcBuilder::new(endpoint)
    }

    pub(crate) fn new(transport: Transport<Body>, settings: Settings) -> GrpcExporter {
        GrpcExporter { transport, settings }
    }
}

impl Exporter for GrpcExporter {
    fn export<'a>(
        &'a self,
        batch: &'a Batch,
        deadline: Instant,
    ) -> BoxFuture<'a, Result<Accepted, ExportError>> {
        let max = self.settings.max_request_bytes;
        if batch.len() > max {
            return Box::pin(ready(Err(request_too_large(batch.len(), max, max))));
        }
        let call = Call { settings: self.settings.clone(), batch: batch.clone(), deadline };
        Box::pin(self.transport.attempt(deadline, |client| call.make(client)))
    }

    fn shutdown(&self, deadline: Instant) -> BoxFuture<'_, Result<(), ExportError>> {
        let ended = self.transport.shutdown(deadline);
        Box::pin(async {
            ended.await;
            Ok(())
        })
    }
}

/// One call.
struct Call {
    settings: Settings,
    batch: Batch,
    deadline: Instant,
}

impl Call {
    async fn make(self, client: HttpClient<Body>) -> Result<Accepted, ExportError> {
        let peer = Peer::default();
        let origin = client.endpoint().uri(PathAndQuery::from_static("/"));
        let mut stub = TraceServiceClient::with_origin(Watched::new(client.clone(), peer.clone()), origin)
            .max_decoding_message_size(self.settings.max_reply_bytes);
        if let Some(encoding) = self.settings.encoding {
            // Servers of grpc-go answer in the encoding of the request, whatever a client says it accepts.
            stub = stub.send_compressed(encoding).accept_compressed(encoding);
        }
        let mut request = tonic::Request::new(self.batch.bytes().clone());
        *request.metadata_mut() = MetadataMap::from_headers(self.settings.headers.as_map().clone());
        request.metadata_mut().insert("user-agent", MetadataValue::from_static(USER_AGENT));
        request.set_timeout(self.deadline.saturating_duration_since(Instant::now()));
        match stub.export(request).await {
            Ok(reply) => Ok(match PartialSuccess::decode(reply.get_ref()) {
                Ok(partial) => accepted(&partial, self.batch.spans()),
                Err(error) => accepted_with_doubt(client.endpoint(), error),
            }),
            // It said OK, so sending again would double the spans.
            Err(status) if peer.said_ok() => Ok(accepted_with_doubt(client.endpoint(), status.message())),
            Err(status) => Err(explain(&client, &status, &peer, self.settings.max_reply_bytes)),
        }
    }
}
