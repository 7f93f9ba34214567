//! From settings to an exporter: one function for each kind of URL.

use std::fmt;
use std::sync::Arc;

use telespan_export::Exporter;
use telespan_url::ExporterUrl;

use crate::{ExporterSettings, InitError};

/// Where spans go, for people. Displays without secrets.
#[derive(Clone)]
pub struct Destination(Kind);

#[derive(Clone)]
enum Kind {
    Url(String),
    #[cfg(feature = "file")]
    Files(Arc<telespan_file::FileExporter>),
}

impl fmt::Display for Destination {
    /// The URL, or the file that was written to last.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Url(url) => f.write_str(url),
            #[cfg(feature = "file")]
            Kind::Files(exporter) => match exporter.newest_file() {
                Some(file) => file.display().fmt(f),
                None => exporter.directory().display().fmt(f),
            },
        }
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Destination({self})")
    }
}

impl ExporterSettings {
    /// Makes the exporter. Connects to nothing; a directory of files is created and must be writable.
    ///
    /// # Errors
    /// Settings that do not go together, files that cannot be used, or a feature that is not built in.
    pub fn build(&self) -> Result<(Arc<dyn Exporter>, Destination), InitError> {
        self.check_tls_files()?;
        let exporter: Arc<dyn Exporter> = match &self.url {
            ExporterUrl::Grpc(url) => grpc::tcp(self, url)?,
            ExporterUrl::Unix(url) => grpc::unix(self, url)?,
            ExporterUrl::Http(url) => http::exporter(self, url)?,
            ExporterUrl::File(options) => return file::exporter(self, options),
            ExporterUrl::Stdout => file::stdout()?,
            _ => return Err(InitError::NotBuiltIn { scheme: "this URL", feature: "default" }),
        };
        Ok((exporter, Destination(Kind::Url(self.url.redacted().to_string()))))
    }

    /// Plaintext is never changed silently into TLS, nor are files for TLS ignored.
    fn check_tls_files(&self) -> Result<(), InitError> {
        let (scheme, hint) = match &self.url {
            ExporterUrl::Http(url) if !url.is_tls() => ("http://", "use https://"),
            ExporterUrl::Unix(_) => ("unix:", "leave them out"),
            ExporterUrl::File(_) => ("file:", "leave them out"),
            ExporterUrl::Stdout => ("stdout:", "leave them out"),
            _ => return Ok(()),
        };
        if self.has_tls_files() { Err(InitError::TlsFilesUnused { scheme, hint }) } else { Ok(()) }
    }

    #[cfg(any(feature = "grpc", feature = "http", feature = "file"))]
    fn failed(&self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> InitError {
        InitError::Exporter { destination: self.url.redacted().to_string(), source: source.into() }
    }
}

/// What both network exporters need.
#[cfg(any(feature = "grpc", feature = "http"))]
mod net {
    use telespan_net::{Compression, Endpoint, Headers};
    use telespan_tls::{ClientTls, KeyPair, TlsFiles};
    use telespan_url::Host;

    use crate::{ExporterSettings, InitError};

    /// The endpoint, over TLS if the settings say so, with what the peers agree on by ALPN.
    pub(super) fn endpoint(
        settings: &ExporterSettings,
        host: &Host,
        port: u16,
        alpn: &[&[u8]],
    ) -> Result<Endpoint, InitError> {
        let host = host.to_string();
        let endpoint = if settings.is_tls() {
            Endpoint::tls(&host, port, tls(settings, alpn)?)
        } else {
            Endpoint::tcp(&host, port)
        };
        endpoint.map_err(|error| settings.failed(error))
    }

    fn tls(settings: &ExporterSettings, alpn: &[&[u8]]) -> Result<ClientTls, InitError> {
        let pairs = settings
            .key_pairs
            .iter()
            .map(|pair| KeyPair { key_file: pair.key_file.clone(), cert_file: pair.cert_file.clone() });
        let files = TlsFiles { ca_certs: settings.ca_certs.clone(), key_pairs: pairs.collect() };
        ClientTls::load(files, alpn)
            .map_err(|errors| InitError::Tls(errors.into_iter().map(Into::into).collect()))
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
}

#[cfg(feature = "grpc")]
mod grpc {
    use std::sync::Arc;

    use telespan_export::Exporter;
    use telespan_grpc::GrpcExporter;
    use telespan_net::Endpoint;
    use telespan_url::{GrpcUrl, UnixUrl};

    use super::net;
    use crate::{ExporterSettings, InitError};

    pub(super) fn tcp(settings: &ExporterSettings, url: &GrpcUrl) -> Result<Arc<dyn Exporter>, InitError> {
        exporter(settings, net::endpoint(settings, url.host(), url.port(), &[b"h2"])?)
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
}

#[cfg(feature = "http")]
mod http {
    use std::sync::Arc;

    use telespan_export::Exporter;
    use telespan_http::{Encoding, HttpExporter};
    use telespan_url::HttpUrl;

    use super::net;
    use crate::{ExporterSettings, InitError};

    pub(super) fn exporter(
        settings: &ExporterSettings,
        url: &HttpUrl,
    ) -> Result<Arc<dyn Exporter>, InitError> {
        let endpoint = net::endpoint(settings, url.host(), url.port(), &[b"h2", b"http/1.1"])?;
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
}

#[cfg(feature = "file")]
mod file {
    use std::sync::Arc;

    use telespan_export::Exporter;
    use telespan_file::{FileExporter, Rotation, WriterExporter};
    use telespan_url::FileOptions;

    use super::{Destination, Kind};
    use crate::{ExporterSettings, InitError};

    pub(super) fn exporter(
        settings: &ExporterSettings,
        options: &FileOptions,
    ) -> Result<(Arc<dyn Exporter>, Destination), InitError> {
        let mut rotation = Rotation::new(options.directory()).with_limit(options.limit());
        (rotation.max_files, rotation.max_bytes) = (options.max_files(), options.max_bytes());
        let exporter = Arc::new(FileExporter::open(rotation).map_err(|error| settings.failed(error))?);
        Ok((exporter.clone(), Destination(Kind::Files(exporter))))
    }

    pub(super) fn stdout() -> Result<Arc<dyn Exporter>, InitError> {
        Ok(Arc::new(WriterExporter::stdout()))
    }
}

/// What a build without a feature says to the URLs of that feature.
#[cfg(not(feature = "grpc"))]
mod grpc {
    use std::sync::Arc;

    use telespan_export::Exporter;
    use telespan_url::{GrpcUrl, UnixUrl};

    use crate::{ExporterSettings, InitError};

    pub(super) fn tcp(_: &ExporterSettings, url: &GrpcUrl) -> Result<Arc<dyn Exporter>, InitError> {
        Err(InitError::NotBuiltIn { scheme: url.scheme(), feature: "grpc" })
    }

    pub(super) fn unix(_: &ExporterSettings, _: &UnixUrl) -> Result<Arc<dyn Exporter>, InitError> {
        Err(InitError::NotBuiltIn { scheme: "unix", feature: "grpc" })
    }
}

#[cfg(not(feature = "http"))]
mod http {
    use std::sync::Arc;

    use telespan_export::Exporter;
    use telespan_url::HttpUrl;

    use crate::{ExporterSettings, InitError};

    pub(super) fn exporter(_: &ExporterSettings, url: &HttpUrl) -> Result<Arc<dyn Exporter>, InitError> {
        Err(InitError::NotBuiltIn { scheme: url.scheme(), feature: "http" })
    }
}

#[cfg(not(feature = "file"))]
mod file {
    use std::sync::Arc;

    use telespan_export::Exporter;
    use telespan_url::FileOptions;

    use super::Destination;
    use crate::{ExporterSettings, InitError};

    pub(super) fn exporter(
        _: &ExporterSettings,
        _: &FileOptions,
    ) -> Result<(Arc<dyn Exporter>, Destination), InitError> {
        Err(InitError::NotBuiltIn { scheme: "file", feature: "file" })
    }

    pub(super) fn stdout() -> Result<Arc<dyn Exporter>, InitError> {
        Err(InitError::NotBuiltIn { scheme: "stdout", feature: "file" })
    }
}
