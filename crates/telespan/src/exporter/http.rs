//! OTLP/HTTP.

use std::sync::Arc;

use telespan_export::{EventHook, Exporter};
use telespan_http::{Encoding, HttpExporter};
use telespan_url::HttpUrl;

use super::net;
use crate::{ExporterSettings, InitError};

pub(super) fn exporter(
    settings: &ExporterSettings,
    url: &HttpUrl,
    on_event: Option<&EventHook>,
) -> Result<Arc<dyn Exporter>, InitError> {
    let endpoint = net::endpoint(settings, url.host(), url.port(), HttpExporter::ALPN, on_event)?;
    let encoding = match settings.encoding {
        telespan_config::Encoding::Json => Encoding::Json,
        _ => Encoding::Protobuf,
    };
    let exporter = HttpExporter::builder(endpoint)
        .path(url.path_and_query())
        .headers(net::headers(settings)?)
        .compression(net::compression(settings))
        .encoding(encoding)
        .build()
        .map_err(|error| settings.failed(error))?;
    Ok(Arc::new(exporter))
}
