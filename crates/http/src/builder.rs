//! What can be chosen about an exporter.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue};
use telespan_net::{
    Compression, DEFAULT_MAX_REPLY_BYTES, DEFAULT_MAX_REQUEST_BYTES, Endpoint, Headers, Protocol, Transport,
};

use crate::exporter::Settings;
use crate::pack::Compress;
use crate::{BuildError, Encoding, HttpExporter};

/// Where OTLP/HTTP receivers take spans by default.
const DEFAULT_PATH: &str = "/v1/traces";

/// Describes an [`HttpExporter`]. Made by [`HttpExporter::builder`].
#[derive(Clone)]
#[must_use]
pub struct HttpBuilder {
    endpoint: Endpoint,
    path: String,
    headers: Headers,
    encoding: Encoding,
    compression: Compression,
    max_request_bytes: usize,
    max_reply_bytes: usize,
}

impl HttpBuilder {
    pub(crate) fn new(endpoint: Endpoint) -> HttpBuilder {
        HttpBuilder {
            endpoint,
            path: DEFAULT_PATH.to_owned(),
            headers: Headers::default(),
            encoding: Encoding::default(),
            compression: Compression::None,
            max_request_bytes: DEFAULT_MAX_REQUEST_BYTES,
            max_reply_bytes: DEFAULT_MAX_REPLY_BYTES,
        }
    }

    /// The path to post to, used exactly as it is, with its query if it has one. `/v1/traces` by default.
    pub fn path(mut self, path_and_query: impl Into<String>) -> Self {
        self.path = path_and_query.into();
        self
    }

    /// Headers for every request. None by default.
    pub fn headers(mut self, headers: Headers) -> Self {
        self.headers = headers;
        self
    }

    /// How requests are encoded. Protobuf by default.
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// How requests are compressed. By default they are not.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// The largest request body in bytes, before compression. A larger batch is not sent but must be cut. 4 MiB by default.
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
    /// If the path cannot be requested, the compression is not built in, or the system gives no thread.
    pub fn build(self) -> Result<HttpExporter, BuildError> {
        let settings = Settings {
            uri: self.endpoint.uri(path(&self.path)?),
            headers: self.head(),
            encoding: self.encoding,
            compress: Compress::new(self.compression)?,
            max_request_bytes: self.max_request_bytes,
            max_reply_bytes: self.max_reply_bytes,
        };
        let transport = Transport::start(self.endpoint, Protocol::Http).map_err(BuildError::Thread)?;
        Ok(HttpExporter::new(transport, settings))
    }

    /// The headers of every request.
    fn head(&self) -> HeaderMap {
        let mut headers = self.headers.as_map().clone();
        headers.insert(USER_AGENT, HeaderValue::from_static(telespan_net::USER_AGENT));
        headers.insert(CONTENT_TYPE, self.encoding.content_type());
        if self.compression != Compression::None {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(self.compression.name()));
        }
        headers
    }
}

fn path(path: &str) -> Result<PathAndQuery, BuildError> {
    // The parser cuts a fragment off and takes a path without its slash.
    let parsed = if path.starts_with('/') && !path.contains('#') { path.parse().ok() } else { None };
    parsed.ok_or_else(|| {
        let shown = path.split(['?', '#']).next().unwrap_or_default();
        BuildError::Path { path: shown.escape_debug().to_string() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_cannot_be_requested_is_refused_without_showing_its_query() {
        for (given, shown) in [
            ("", ""),
            ("v1/traces", "v1/traces"),
            ("/a b?token=s3cret", "/a b"),
            ("/a#b", "/a"),
            ("/a\n", "/a\\n"),
        ] {
            let error = path(given).unwrap_err();
            assert!(error.to_string().starts_with(&format!("`{shown}` cannot be requested")), "{error}");
        }
        assert_eq!(path("/x/?token=a%20b").unwrap(), "/x/?token=a%20b");
    }
}
