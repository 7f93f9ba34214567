//! The two encodings of OTLP/HTTP.

use std::fmt;

use http::HeaderValue;

/// How requests and replies are encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// Binary protobuf: batches are sent as the bytes they are.
    #[default]
    Protobuf,
    /// OTLP/JSON: over twice the size, and readable.
    Json,
}

impl Encoding {
    /// The name that configuration files use: `protobuf` or `json`.
    pub const fn name(self) -> &'static str {
        match self {
            Encoding::Protobuf => "protobuf",
            Encoding::Json => "json",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Encoding::Protobuf => "application/x-protobuf",
            Encoding::Json => "application/json",
        }
    }

    pub(crate) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(self.media_type())
    }

    /// The encoding that a `content-type` names, parameters such as a charset aside.
    pub(crate) fn of(content_type: &str) -> Option<Encoding> {
        let media_type = content_type.split(';').next()?.trim();
        [Encoding::Protobuf, Encoding::Json]
            .into_iter()
            .find(|encoding| media_type.eq_ignore_ascii_case(encoding.media_type()))
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_type_is_read_without_its_parameters() {
        let table = [
            ("application/x-protobuf", Some(Encoding::Protobuf)),
            ("Application/JSON; charset=utf-8", Some(Encoding::Json)),
            ("application/json+x", None),
            ("text/plain", None),
            ("", None),
        ];
        for (content_type, encoding) in table {
            assert_eq!(Encoding::of(content_type), encoding, "{content_type}");
        }
    }
}
