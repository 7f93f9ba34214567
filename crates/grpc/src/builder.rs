//! What can be chosen about an exporter.

use telespan_net::{
    Compression, DEFAULT_MAX_REPLY_BYTES, DEFAULT_MAX_REQUEST_BYTES, Endpoint, Headers, Protocol, Transport,
};
use tonic::codec::CompressionEncoding;

use crate::exporter::Settings;
use crate::{BuildError, GrpcExporter};

/// Describes a [`GrpcExporter`]. Made by [`GrpcExporter::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct GrpcBuilder {
    endpoint: Endpoint,
    headers: Headers,
    compression: Compression,
    max_request_bytes: usize,
    max_reply_bytes: usize,
}

impl GrpcBuilder {
    pub(crate) fn new(endpoint: Endpoint) -> GrpcBuilder {
        GrpcBuilder {
            endpoint,
            headers: Headers::default(),
            compression: Compression::None,
            max_request_bytes: DEFAULT_MAX_REQUEST_BYTES,
            max_reply_bytes: DEFAULT_MAX_REPLY_BYTES,
        }
    }

    /// Metadata for every request. None by default.
    pub fn headers(mut self, headers: Headers) -> Self {
        self.headers = headers;
        self
    }

    /// How requests are compressed. By default they are not.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// The largest request in bytes, before compression. A larger batch is not sent but must be cut.
    /// 4 MiB by default, what gRPC servers take by default.
    pub fn max_request_bytes(mut self, max: usize) -> Self {
        self.max_request_bytes = max;
        self
    }

    /// The largest reply that is read, in bytes. 4 MiB by default.
    pub fn max_reply_bytes(mut self, max: usize) -> Self {
        self.max_reply_bytes = max;
        self
    }

    /// Starts the exporter's thread. Nothing is connected or looked up yet.
    ///
    /// # Errors
    /// If the compression is not built in, or the system gives no thread.
    pub fn build(self) -> Result<GrpcExporter, BuildError> {
        let settings = Settings {
            headers: self.headers,
            encoding: encoding(self.compression)?,
            max_request_bytes: self.max_request_bytes,
            max_reply_bytes: self.max_reply_bytes,
        };
        let transport = Transport::start(self.endpoint, Protocol::Http2).map_err(BuildError::Thread)?;
        Ok(GrpcExporter::new(transport, settings))
    }
}

fn encoding(compression: Compression) -> Result<Option<CompressionEncoding>, BuildError> {
    match compression {
        Compression::None => Ok(None),
        #[cfg(feature = "gzip")]
        Compression::Gzip => Ok(Some(CompressionEncoding::Gzip)),
        #[cfg(feature = "zstd")]
        Compression::Zstd => Ok(Some(CompressionEncoding::Zstd)),
        compression => Err(BuildError::Compression { compression }),
    }
}
