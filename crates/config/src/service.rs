//! The settings of `tracing_service`, parsed: a value of these types is valid.

use std::path::{Path, PathBuf};
use std::time::Duration;

use telespan_sampler::PerMillion;
use telespan_url::ExporterUrl;

use crate::{Header, Located, Place};

/// The section `tracing_service`. The default is that of a file without the section: off.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TracingService {
    /// `enabled` and `exporter_url`.
    pub switch: Switch,
    /// `sampling_rate_per_million`: how many of a million root spans are kept.
    pub sampling_rate: PerMillion,
    /// `ca_certs` and `https_keypairs`.
    pub tls: TlsPaths,
    /// `headers` and the lines of `headers_file`; every name at most once.
    pub headers: Vec<Header>,
    /// `compression` of network exports.
    pub compression: Compression,
    /// `encoding` of an OTLP/HTTP body.
    pub encoding: Encoding,
    /// `timeout` of one attempt: 1 ms to 1 h.
    pub timeout: Duration,
}

impl TracingService {
    /// One attempt takes 10 s at most unless `timeout` says otherwise.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

    /// Where spans go, if tracing is on.
    pub fn enabled_url(&self) -> Option<&ExporterUrl> {
        match &self.switch {
            Switch::On(url) => Some(&url.value),
            Switch::Off(_) => None,
        }
    }
}

impl Default for TracingService {
    fn default() -> TracingService {
        TracingService {
            switch: Switch::Off(None),
            sampling_rate: PerMillion::ZERO,
            tls: TlsPaths::default(),
            headers: Vec::new(),
            compression: Compression::default(),
            encoding: Encoding::default(),
            timeout: TracingService::DEFAULT_TIMEOUT,
        }
    }
}

/// Whether tracing is on. On implies a URL.
#[derive(Clone, Debug, PartialEq)]
pub enum Switch {
    /// `enabled: true`, and where spans go.
    On(Located<ExporterUrl>),
    /// `enabled: false`, and where spans would go if the file says so.
    Off(Option<Located<ExporterUrl>>),
}

/// The PEM files of the connection to the exporter. They exist and can be read; what they hold was not
/// looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsPaths {
    /// Certificates that replace the system's roots.
    pub ca_certs: Vec<Located<PathBuf>>,
    /// Client certificates.
    pub https_keypairs: Vec<KeyPairPaths>,
}

impl TlsPaths {
    /// Whether no file is named.
    pub fn is_empty(&self) -> bool {
        self.ca_certs.is_empty() && self.https_keypairs.is_empty()
    }

    /// Where `path` is named first: the place of an error in the contents of that file.
    pub fn place_of(&self, path: &Path) -> Option<&Place> {
        let pairs = self.https_keypairs.iter().flat_map(|pair| [&pair.key_file, &pair.cert_file]);
        self.ca_certs.iter().chain(pairs).find(|named| named.value == path).map(|named| &named.place)
    }
}

/// A client certificate and its private key, two PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyPairPaths {
    /// The private key.
    pub key_file: Located<PathBuf>,
    /// The certificate, and the intermediate certificates after it.
    pub cert_file: Located<PathBuf>,
}

/// How network exports are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

/// How the body of an OTLP/HTTP request is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// Binary protobuf.
    #[default]
    Protobuf,
    /// OTLP/JSON.
    Json,
}
