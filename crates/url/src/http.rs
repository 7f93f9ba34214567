//! URLs of OTLP/HTTP.

use std::fmt;

use crate::host::Host;
use crate::part::Part;
use crate::{ParseUrlError, UrlProblem, authority, percent, redacted};

/// The path of an HTTP URL that names none: the one of OTLP/HTTP for traces.
pub const DEFAULT_TRACES_PATH: &str = "/v1/traces";

/// Where to send OTLP/HTTP: `http://host:port/path?query`, `https://…`.
///
/// The display form is the one to connect with and names the port unless it is the scheme's own. Query
/// values may be secrets: the debug form hides them, as [`ExporterUrl::redacted`](crate::ExporterUrl::redacted)
/// does.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct HttpUrl {
    tls: bool,
    host: Host,
    port: u16,
    path_and_query: Box<str>,
}

impl HttpUrl {
    pub(crate) fn parse(rest: Part<'_>, prefix: &str) -> Result<HttpUrl, ParseUrlError> {
        let tls = prefix == "https://";
        let (authority, tail) = authority::split(rest);
        let (host, port) = authority::parse(authority, prefix, default_port(tls))?;
        let path_and_query = parse_target(tail)?;
        Ok(HttpUrl { tls, host, port, path_and_query })
    }

    /// Whether the scheme is `https`.
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// The scheme: `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        if self.tls { "https" } else { "http" }
    }

    /// The host to connect to.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port to connect to, never 0.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The value of the `Host` field: `host`, and `:port` unless it is the scheme's own.
    pub fn authority(&self) -> String {
        if self.port == default_port(self.tls) {
            self.host.to_string()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// The request target, exactly as it was written; `/v1/traces` where the path was missing or `/`.
    pub fn path_and_query(&self) -> &str {
        &self.path_and_query
    }

    /// The path of the request target, without the query.
    pub fn path(&self) -> &str {
        self.path_and_query.split('?').next().unwrap_or_default()
    }

    /// The query, without its `?`. Its values may be secrets.
    pub fn query(&self) -> Option<&str> {
        self.path_and_query.split_once('?').map(|(_, query)| query)
    }

    pub(crate) fn fmt_redacted(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme(), self.authority(), self.path())?;
        match self.query() {
            None => Ok(()),
            Some(query) => redacted::fmt_query(query, f),
        }
    }
}

fn default_port(tls: bool) -> u16 {
    if tls { 443 } else { 80 }
}

fn parse_target(tail: Part<'_>) -> Result<Box<str>, ParseUrlError> {
    if let Some(at) = tail.find(|byte| byte == b'#') {
        let hint = "a server never sees a fragment; leave it out, or write # as %23";
        return Err(tail.tail(at).error(UrlProblem::UnexpectedFragment, hint));
    }
    percent::check(tail)?;
    let query_at = tail.find(|byte| byte == b'?').unwrap_or(tail.text.len());
    match tail.text.split_at(query_at) {
        ("" | "/", "") => Ok(DEFAULT_TRACES_PATH.into()),
        ("" | "/", query) => Ok([DEFAULT_TRACES_PATH, query].concat().into()),
        _ => Ok(tail.text.into()),
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme(), self.authority(), self.path_and_query)
    }
}

impl fmt::Debug for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpUrl(")?;
        self.fmt_redacted(f)?;
        f.write_str(")")
    }
}
