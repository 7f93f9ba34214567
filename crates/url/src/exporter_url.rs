//! The URL of an exporter.

use std::fmt;
use std::str::FromStr;

use crate::part::Part;
use crate::{FileOptions, GrpcUrl, HttpUrl, ParseUrlError, Redacted, UnixUrl, UrlProblem, authority};

const SUPPORTED: &str = "grpc://, grpcs://, http://, https://, file:, unix: and stdout:";

/// Where spans go.
///
/// Parsed with [`FromStr`]. [`Display`](fmt::Display) gives a canonical form that parses to the same value
/// and holds what was given, query values included; use [`ExporterUrl::redacted`] in logs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExporterUrl {
    /// OTLP/gRPC over TCP.
    Grpc(GrpcUrl),
    /// OTLP/HTTP.
    Http(HttpUrl),
    /// A directory of rotating files of OTLP/JSON lines.
    File(FileOptions),
    /// OTLP/gRPC over a unix socket.
    Unix(UnixUrl),
    /// OTLP/JSON lines on standard output.
    Stdout,
}

impl ExporterUrl {
    /// The URL as logs may show it: every query value that could be a secret is `***`.
    pub fn redacted(&self) -> Redacted<'_> {
        Redacted(self)
    }
}

impl FromStr for ExporterUrl {
    type Err = ParseUrlError;

    /// Parses a URL, with white space around it or not. A text without a scheme is the `host` or
    /// `host:port` of a gRPC URL.
    fn from_str(input: &str) -> Result<ExporterUrl, ParseUrlError> {
        let url = Part::trimmed(input);
        if url.text.is_empty() {
            let hint = format!("write host:port, or a URL that begins with one of {SUPPORTED}");
            return Err(url.error(UrlProblem::Empty, hint));
        }
        reject_blanks(url)?;
        match url.split_once(b':') {
            None => GrpcUrl::parse(url, "").map(ExporterUrl::Grpc),
            Some((scheme, rest)) => parse_with_colon(url, scheme, rest),
        }
    }
}

fn parse_with_colon(url: Part<'_>, scheme: Part<'_>, rest: Part<'_>) -> Result<ExporterUrl, ParseUrlError> {
    let is = |name: &str| scheme.text.eq_ignore_ascii_case(name);
    if is("file") {
        return FileOptions::parse(rest).map(ExporterUrl::File);
    }
    if is("unix") {
        return UnixUrl::parse(rest).map(ExporterUrl::Unix);
    }
    if is("stdout") {
        return parse_stdout(rest);
    }
    let network = ["grpc://", "grpcs://", "http://", "https://"]
        .into_iter()
        .find(|prefix| is(prefix.trim_end_matches("://")));
    match (network, rest.text.starts_with("//")) {
        (Some(prefix @ ("grpc://" | "grpcs://")), true) => {
            GrpcUrl::parse(rest.tail(2), prefix).map(ExporterUrl::Grpc)
        }
        (Some(prefix), true) => HttpUrl::parse(rest.tail(2), prefix).map(ExporterUrl::Http),
        (None, true) => Err(unsupported(scheme)),
        (Some(prefix), false) if !begins_with_port(rest) => {
            let hint = format!("write {prefix} before the host");
            Err(scheme.error(UrlProblem::MissingSlashes, hint))
        }
        // What looked like a scheme is a host, and what follows its port.
        (_, false) => GrpcUrl::parse(url, "").map(ExporterUrl::Grpc),
    }
}

fn begins_with_port(rest: Part<'_>) -> bool {
    let (port, _) = authority::split(rest);
    !port.text.is_empty() && port.text.bytes().all(|byte| byte.is_ascii_digit())
}

fn parse_stdout(rest: Part<'_>) -> Result<ExporterUrl, ParseUrlError> {
    if rest.text.is_empty() {
        return Ok(ExporterUrl::Stdout);
    }
    Err(rest.error(UrlProblem::UnexpectedPath, "standard output takes no options; write stdout:"))
}

fn unsupported(scheme: Part<'_>) -> ParseUrlError {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let hint = if !scheme.text.is_empty() && scheme.text.bytes().all(known) {
        format!("`{}` is none of {SUPPORTED}", scheme.text)
    } else {
        format!("begin with one of {SUPPORTED}")
    };
    scheme.error(UrlProblem::UnsupportedScheme, hint)
}

/// Refuses white space and control characters, of Unicode too.
fn reject_blanks(url: Part<'_>) -> Result<(), ParseUrlError> {
    // The whole text without an early exit, which the compiler makes a few vector instructions of.
    if url.text.bytes().fold(true, |plain, byte| plain & byte.is_ascii_graphic()) {
        return Ok(());
    }
    let blank = |(_, c): &(usize, char)| c.is_whitespace() || c.is_control();
    match url.text.char_indices().find(blank) {
        None => Ok(()),
        Some((at, c)) => Err(url
            .tail(at)
            .head(c.len_utf8())
            .error(UrlProblem::Blank, "leave it out, or percent-encode it where it belongs to a path")),
    }
}

impl fmt::Display for ExporterUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExporterUrl::Grpc(url) => url.fmt(f),
            ExporterUrl::Http(url) => url.fmt(f),
            ExporterUrl::File(options) => options.fmt(f),
            ExporterUrl::Unix(url) => url.fmt(f),
            ExporterUrl::Stdout => f.write_str("stdout:"),
        }
    }
}
