//! OTLP/gRPC, over TCP or a unix socket.

use std::sync::Arc;

use telespan_export::{EventHook, Exporter};
use telespan_grpc::GrpcExporter;
use telespan_net::Endpoint;
use telespan_url::{GrpcUrl, UnixUrl};

use super::net;
use crate::{ExporterSettings, InitError};

pub(super) fn tcp(
    settings: &ExporterSettings,
    url: &GrpcUrl,
    on_event: Option<&EventHook>,
) -> Result<Arc<dyn Exporter>, InitError> {
    exporter(settings, net::endpoint(settings, url.host(), url.port(), GrpcExporter::ALPN, on_event)?)
}

pub(super) fn unix(settings: &ExporterSettings, url: &UnixUrl) -> Result<Arc<dyn Exporter>, InitError> {
    exporter(settings, Endpoint::unix(url.path()))
}

fn exporter(settings: &ExporterSettings, endpoint: Endpoint) -> Result<Arc<dyn Exporter>, InitError> {
    let exporter = GrpcExporter::builder(endpoint)
        .headers(net::headers(settings)?)
        .compression(net::compression(settings))
        .build()
        .map_err(|error| settings.failed(error))?;
    Ok(Arc::new(exporter))
}
