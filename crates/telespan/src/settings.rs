//! What there is to say about one exporter, wherever it was said.

use std::path::PathBuf;
use std::time::Duration;

use telespan_config::{Compression, Encoding, KeyPairPaths, Secret, TlsPaths, TracingService};
use telespan_url::ExporterUrl;

/// Where spans go and how: a URL and what belongs to it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ExporterSettings {
    /// Where.
    pub url: ExporterUrl,
    /// PEM files of certificates that replace the system's roots.
    pub ca_certs: Vec<PathBuf>,
    /// Client certificates for mTLS. Of several, the first that the server accepts is used.
    pub key_pairs: Vec<KeyPair>,
    /// Headers of every request, name and value. Checked when the exporter is made.
    pub headers: Vec<(String, Secret)>,
    /// Compression of every request.
    pub compression: Compression,
    /// Encoding of the body, OTLP/HTTP only.
    pub encoding: Encoding,
    /// How long one attempt may take.
    pub timeout: Duration,
}

/// The PEM files of a client certificate and its private key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPair {
    /// The private key.
    pub key_file: PathBuf,
    /// The certificate, and the intermediate certificates after it.
    pub cert_file: PathBuf,
}

impl ExporterSettings {
    /// What a configuration says, or `None` if it turns tracing off.
    pub fn from_config(config: &TracingService) -> Option<ExporterSettings> {
        let url = config.enabled_url()?.clone();
        Some(ExporterSettings {
            ca_certs: ca_certs(&config.tls),
            key_pairs: key_pairs(&config.tls),
            headers: config.headers.iter().map(|h| (h.name.clone(), h.value.clone())).collect(),
            compression: config.compression,
            encoding: config.encoding,
            timeout: config.timeout,
            ..url.into()
        })
    }

    /// Whether the connection goes over TLS: a `grpc://` URL does once there is a file for it.
    pub fn is_tls(&self) -> bool {
        match &self.url {
            ExporterUrl::Grpc(url) => url.is_tls() || self.has_tls_files(),
            ExporterUrl::Http(url) => url.is_tls(),
            _ => false,
        }
    }

    pub(crate) fn has_tls_files(&self) -> bool {
        !self.ca_certs.is_empty() || !self.key_pairs.is_empty()
    }
}

impl From<ExporterUrl> for ExporterSettings {
    /// The URL with everything else at its default.
    fn from(url: ExporterUrl) -> Self {
        ExporterSettings {
            url,
            ca_certs: Vec::new(),
            key_pairs: Vec::new(),
            headers: Vec::new(),
            compression: Compression::default(),
            encoding: Encoding::default(),
            timeout: TracingService::DEFAULT_TIMEOUT,
        }
    }
}

pub(crate) fn ca_certs(tls: &TlsPaths) -> Vec<PathBuf> {
    tls.ca_certs.iter().map(|path| path.value.clone()).collect()
}

pub(crate) fn key_pairs(tls: &TlsPaths) -> Vec<KeyPair> {
    let pair = |pair: &KeyPairPaths| KeyPair {
        key_file: pair.key_file.value.clone(),
        cert_file: pair.cert_file.value.clone(),
    };
    tls.https_keypairs.iter().map(pair).collect()
}
