//! From settings to an exporter: one module for each kind.

#[cfg(feature = "file")]
mod file;
#[cfg(feature = "grpc")]
mod grpc;
#[cfg(feature = "http")]
mod http;
#[cfg(any(feature = "grpc", feature = "http"))]
pub(crate) mod net;

use std::sync::Arc;

use telespan_export::{EventHook, Exporter};
use telespan_url::ExporterUrl;

use crate::{Destination, ExporterSettings, InitError};

impl ExporterSettings {
    /// Makes the exporter. Connects to nothing; a directory of files is created and must be writable.
    ///
    /// # Errors
    /// Settings that do not go together, files that cannot be used, or a feature that is not built in.
    pub fn build(&self) -> Result<(Arc<dyn Exporter>, Destination), InitError> {
        self.build_with(None)
    }

    /// As [`build`](Self::build); `on_event` hears of TLS files that changed and can no longer be used.
    #[cfg_attr(
        not(any(feature = "grpc", feature = "http")),
        expect(unused_variables, reason = "only exporters to the network have TLS files")
    )]
    pub(crate) fn build_with(
        &self,
        on_event: Option<&EventHook>,
    ) -> Result<(Arc<dyn Exporter>, Destination), InitError> {
        self.check_tls_files()?;
        let exporter: Result<Arc<dyn Exporter>, InitError> = match &self.url {
            #[cfg(feature = "grpc")]
            ExporterUrl::Grpc(url) => grpc::tcp(self, url, on_event),
            #[cfg(feature = "grpc")]
            ExporterUrl::Unix(url) => grpc::unix(self, url),
            #[cfg(feature = "http")]
            ExporterUrl::Http(url) => http::exporter(self, url, on_event),
            #[cfg(feature = "file")]
            ExporterUrl::File(options) => {
                let exporter = file::rotating(self, options)?;
                return Ok((exporter.clone(), Destination::files(exporter)));
            }
            #[cfg(feature = "file")]
            ExporterUrl::Stdout => Ok(file::stdout()),
            url => Err(InitError::NotBuiltIn { scheme: scheme(url), feature: feature(url) }),
        };
        Ok((exporter?, Destination::url(&self.url)))
    }

    /// Plaintext is never changed silently into TLS, nor are files for TLS ignored.
    fn check_tls_files(&self) -> Result<(), InitError> {
        let hint = match &self.url {
            ExporterUrl::Grpc(_) => return Ok(()),
            ExporterUrl::Http(url) if url.is_tls() => return Ok(()),
            ExporterUrl::Http(_) => "use https://",
            _ => "leave them out",
        };
        if self.has_tls_files() {
            return Err(InitError::TlsFilesUnused { scheme: scheme(&self.url), hint });
        }
        Ok(())
    }

    #[cfg(any(feature = "grpc", feature = "http", feature = "file"))]
    fn failed(&self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> InitError {
        InitError::Exporter { destination: self.url.redacted().to_string(), source: source.into() }
    }
}

/// The beginning of a URL, as it is written.
fn scheme(url: &ExporterUrl) -> &'static str {
    match url {
        ExporterUrl::Grpc(url) if url.is_tls() => "grpcs://",
        ExporterUrl::Grpc(_) => "grpc://",
        ExporterUrl::Http(url) if url.is_tls() => "https://",
        ExporterUrl::Http(_) => "http://",
        ExporterUrl::Unix(_) => "unix:",
        ExporterUrl::Stdout => "stdout:",
        _ => "file:",
    }
}

/// The feature of this crate that has the exporter for a URL.
fn feature(url: &ExporterUrl) -> &'static str {
    match url {
        ExporterUrl::Grpc(_) | ExporterUrl::Unix(_) => "grpc",
        ExporterUrl::Http(_) => "http",
        _ => "file",
    }
}
