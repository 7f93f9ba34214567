//! Headers that go with every request. Their values are secrets.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};

/// What requests carry as `user-agent`: the product token that the OTLP specification asks of an exporter, then ours.
pub const USER_AGENT: &str =
    concat!("OTel-OTLP-Exporter-Rust/", env!("CARGO_PKG_VERSION"), " telespan/", env!("CARGO_PKG_VERSION"));

/// Headers that the exporters or the protocol below them set.
const RESERVED: [&str; 13] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// Valid headers for every request, such as the token that a collector asks for.
///
/// Values never show in `Debug`, nor in errors, and HTTP/2 does not keep them in its compression tables.
#[derive(Clone, Default)]
pub struct Headers {
    map: HeaderMap,
}

impl Headers {
    /// Checks names and values. Names may have capitals and are sent in lower case; a name that comes
    /// twice is sent twice.
    ///
    /// # Errors
    /// The first header that cannot be sent.
    pub fn new<N: AsRef<str>, V: AsRef<str>>(
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Headers, HeaderError> {
        let mut map = HeaderMap::new();
        for ((name, value), number) in headers.into_iter().zip(1..) {
            let (name, value) = parse(number, name.as_ref(), value.as_ref())?;
            map.append(name, value);
        }
        Ok(Headers { map })
    }

    /// The headers in the form of the `http` crate.
    pub fn as_map(&self) -> &HeaderMap {
        &self.map
    }
}

fn parse(number: usize, name: &str, value: &str) -> Result<(HeaderName, HeaderValue), HeaderError> {
    let header = HeaderName::try_from(name).map_err(|_| HeaderError::Name { number })?;
    if RESERVED.contains(&header.as_str()) || header.as_str().starts_with("grpc-") {
        return Err(HeaderError::Reserved { name: header.as_str().to_owned() });
    }
    match HeaderValue::from_str(value) {
        Ok(mut value) => {
            value.set_sensitive(true);
            Ok((header, value))
        }
        Err(_) => Err(HeaderError::Value { name: header.as_str().to_owned() }),
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.map.keys().map(|name| (name.as_str(), "***"))).finish()
    }
}

/// Why a header cannot be sent. Never shows a value, nor what is no name: it may be a value in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// The name is empty or has characters that a header name cannot have.
    #[error("the name of header {number} is not valid: use letters, digits and `-`")]
    Name {
        /// Which header, counted from 1.
        number: usize,
    },
    /// The value has characters that a header value cannot have.
    #[error("the value of header `{name}` cannot be sent: use printable ASCII only, without line breaks")]
    Value {
        /// The header's name.
        name: String,
    },
    /// The exporter sets this header itself.
    #[error("header `{name}` is set by the exporter: remove it")]
    Reserved {
        /// The header's name.
        name: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_show_neither_in_debug_nor_in_errors() {
        let headers = Headers::new([("Authorization", "Bearer s3cret")]).unwrap();
        assert_eq!(format!("{headers:?}"), r#"{"authorization": "***"}"#);
        for header in [("authorization", "s3cret\n"), ("x-key=s3cret", "x"), ("Bearer s3cret", "x")] {
            let error = Headers::new([header]).unwrap_err();
            assert!(!format!("{error:?} {error}").contains("s3cret"), "{error:?}");
        }
    }

    #[test]
    fn a_header_that_cannot_be_sent_is_named_or_numbered() {
        let table = [
            ("", "x", "the name of header 2 is not valid: use letters, digits and `-`"),
            ("a b", "x", "the name of header 2 is not valid: use letters, digits and `-`"),
            (
                "a",
                "x\r\ny: z",
                "the value of header `a` cannot be sent: use printable ASCII only, without line breaks",
            ),
            ("Content-Type", "x", "header `content-type` is set by the exporter: remove it"),
            ("grpc-timeout", "1S", "header `grpc-timeout` is set by the exporter: remove it"),
        ];
        for (name, value, message) in table {
            assert_eq!(Headers::new([("first", "1"), (name, value)]).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn a_name_that_comes_twice_is_sent_twice() {
        let headers = Headers::new([("a", "1"), ("A", "2")]).unwrap();
        let values: Vec<_> = headers.as_map().get_all("a").iter().collect();
        assert_eq!(values, ["1", "2"]);
    }
}
