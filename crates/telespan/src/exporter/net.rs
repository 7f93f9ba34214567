//! What both exporters to the network need.

use std::path::PathBuf;
use std::sync::Arc;

use telespan_export::{Event, EventHook};
use telespan_net::{Compression, Endpoint, Headers};
use telespan_tls::{ClientTls, TlsFiles};
use telespan_url::Host;

use crate::{ExporterSettings, InitError, KeyPair};
use telespan_export::with_causes;

/// The endpoint, over TLS if the settings say so; `alpn` is what to offer in the handshake.
pub(super) fn endpoint(
    settings: &ExporterSettings,
    host: &Host,
    port: u16,
    alpn: &[&[u8]],
    on_event: Option<&EventHook>,
) -> Result<Endpoint, InitError> {
    let host = host.to_string();
    let endpoint = if settings.is_tls() {
        Endpoint::tls(&host, port, tls(settings, alpn, on_event)?)
    } else {
        Endpoint::tcp(&host, port)
    };
    endpoint.map_err(|error| settings.failed(error))
}

fn tls(
    settings: &ExporterSettings,
    alpn: &[&[u8]],
    on_event: Option<&EventHook>,
) -> Result<ClientTls, InitError> {
    let tls = ClientTls::load(tls_files(&settings.ca_certs, &settings.key_pairs), alpn)
        .map_err(|errors| InitError::Tls(errors.into_iter().map(Into::into).collect()))?;
    let Some(hook) = on_event.cloned() else { return Ok(tls) };
    Ok(tls.with_warning_hook(Arc::new(move |error| hook(&Event::Warning { message: with_causes(error) }))))
}

/// The same files in the terms of the TLS crate, which not every build has.
pub(crate) fn tls_files(ca_certs: &[PathBuf], key_pairs: &[KeyPair]) -> TlsFiles {
    let pair = |pair: &KeyPair| telespan_tls::KeyPair {
        key_file: pair.key_file.clone(),
        cert_file: pair.cert_file.clone(),
    };
    TlsFiles { ca_certs: ca_certs.to_vec(), key_pairs: key_pairs.iter().map(pair).collect() }
}

pub(super) fn headers(settings: &ExporterSettings) -> Result<Headers, InitError> {
    let headers = settings.headers.iter().map(|(name, value)| (name, value.expose()));
    Headers::new(headers).map_err(|error| settings.failed(error))
}

pub(super) fn compression(settings: &ExporterSettings) -> Compression {
    match settings.compression {
        telespan_config::Compression::Gzip => Compression::Gzip,
        telespan_config::Compression::Zstd => Compression::Zstd,
        _ => Compression::None,
    }
}
