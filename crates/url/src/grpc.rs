//! URLs of OTLP/gRPC.

use std::fmt;

use crate::host::Host;
use crate::part::Part;
use crate::{ParseUrlError, UrlProblem, authority};

/// The port of a gRPC URL that names none: the one registered for OTLP/gRPC.
pub const DEFAULT_GRPC_PORT: u16 = 4317;

/// Where to send OTLP/gRPC: `grpc://host:port`, `grpcs://host:port`.
///
/// The display form always names the port.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct GrpcUrl {
    tls: bool,
    host: Host,
    port: u16,
}

impl GrpcUrl {
    pub(crate) fn parse(rest: Part<'_>, prefix: &str) -> Result<GrpcUrl, ParseUrlError> {
        let (authority, tail) = authority::split(rest);
        let (host, port) = authority::parse(authority, prefix, DEFAULT_GRPC_PORT)?;
        reject_tail(tail)?;
        Ok(GrpcUrl { tls: prefix == "grpcs://", host, port })
    }

    /// Whether the scheme is `grpcs`. Without it, certificates in the configuration may still ask for TLS.
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// The scheme: `grpc` or `grpcs`.
    pub fn scheme(&self) -> &'static str {
        if self.tls { "grpcs" } else { "grpc" }
    }

    /// The host to connect to.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port to connect to, never 0.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `host:port` as the `:authority` of a request.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

fn reject_tail(tail: Part<'_>) -> Result<(), ParseUrlError> {
    let (problem, hint) = match tail.text.bytes().next() {
        None => return Ok(()),
        Some(b'/') if tail.text.len() == 1 => return Ok(()),
        Some(b'?') => (UrlProblem::UnexpectedQuery, "a gRPC URL is grpc://host:port and nothing else"),
        Some(b'#') => (UrlProblem::UnexpectedFragment, "a gRPC URL is grpc://host:port and nothing else"),
        Some(_) => (
            UrlProblem::UnexpectedPath,
            "a gRPC URL has no path; for OTLP over HTTP write http:// or https://, \
             for a directory file:///abs/dir or file:rel/dir",
        ),
    };
    Err(tail.error(problem, hint))
}

impl fmt::Display for GrpcUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.scheme(), self.host, self.port)
    }
}

impl fmt::Debug for GrpcUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GrpcUrl({self})")
    }
}
