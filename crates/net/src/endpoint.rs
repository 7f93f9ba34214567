//! Where an exporter sends.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::path::{Path, PathBuf};

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};
use telespan_tls::ClientTls;

/// Where an exporter sends: a host and port, in the clear or over TLS, or a unix socket.
///
/// `Display` names it as errors do: `collector.example.com:4317`, `[::1]:4317`, `unix:/run/x.sock`.
#[derive(Clone, Debug)]
pub struct Endpoint {
    target: Target,
}

#[derive(Clone, Debug)]
pub(crate) enum Target {
    Tcp { authority: Authority, tls: Option<ClientTls> },
    Unix(PathBuf),
}

impl Endpoint {
    /// A TCP endpoint in the clear. `host` is a DNS name, an IPv4 address, or an IPv6 address with or
    /// without brackets; it is looked up at each connect, not here.
    ///
    /// # Errors
    /// [`EndpointError`] if `host` is none of these or `port` is 0.
    pub fn tcp(host: &str, port: u16) -> Result<Endpoint, EndpointError> {
        Ok(Endpoint { target: Target::Tcp { authority: authority(host, port)?, tls: None } })
    }

    /// A TCP endpoint over TLS. The server's certificate must be valid for `host`.
    ///
    /// # Errors
    /// As [`tcp`](Self::tcp).
    pub fn tls(host: &str, port: u16, tls: ClientTls) -> Result<Endpoint, EndpointError> {
        Ok(Endpoint { target: Target::Tcp { authority: authority(host, port)?, tls: Some(tls) } })
    }

    /// The unix socket at `path`, in the clear: whoever may open it is the kernel's business.
    pub fn unix(path: impl AsRef<Path>) -> Endpoint {
        Endpoint { target: Target::Unix(path.as_ref().to_owned()) }
    }

    /// Whether the receiver is on this machine, as far as its address tells.
    pub(crate) fn is_local(&self) -> bool {
        match &self.target {
            Target::Unix(_) => true,
            Target::Tcp { authority, .. } => {
                let host = authority.host().trim_start_matches('[').trim_end_matches(']');
                host.eq_ignore_ascii_case("localhost")
                    || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
        }
    }

    /// The URI of `path` on this endpoint. On a unix socket the host is `localhost`, as gRPC has it.
    pub fn uri(&self, path: PathAndQuery) -> Uri {
        let (scheme, authority) = match &self.target {
            Target::Tcp { authority, tls: None } => (Scheme::HTTP, authority.clone()),
            Target::Tcp { authority, tls: Some(_) } => (Scheme::HTTPS, authority.clone()),
            Target::Unix(_) => (Scheme::HTTP, Authority::from_static("localhost")),
        };
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(scheme);
        parts.authority = Some(authority);
        parts.path_and_query = Some(path);
        Uri::from_parts(parts).expect("scheme, authority and path make a URI")
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target {
            Target::Tcp { authority, .. } => f.write_str(authority.as_str()),
            Target::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

fn authority(host: &str, port: u16) -> Result<Authority, EndpointError> {
    let bracketed = if host.parse::<Ipv6Addr>().is_ok() { format!("[{host}]") } else { host.to_owned() };
    let authority = Authority::try_from(format!("{bracketed}:{port}"));
    match authority {
        // An `@` or another `:` in the host would make it something else than it looks.
        Ok(authority) if port > 0 && !host.is_empty() && authority.host() == bracketed => Ok(authority),
        _ if port == 0 => Err(EndpointError::Port),
        _ => Err(EndpointError::Host { host: host.escape_debug().to_string() }),
    }
}

/// Why a host and port are no endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The host is neither a name nor an address.
    #[error("`{host}` is neither a host name nor an address")]
    Host {
        /// The host as given, escaped.
        host: String,
    },
    /// Port 0 cannot be connected to.
    #[error("port 0 cannot be connected to: use 1 to 65535")]
    Port,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_shows_as_it_is_written() {
        let table = [
            (Endpoint::tcp("collector.example.com", 4317), "collector.example.com:4317"),
            (Endpoint::tcp("127.0.0.1", 1), "127.0.0.1:1"),
            (Endpoint::tcp("::1", 4317), "[::1]:4317"),
            (Endpoint::tcp("[::1]", 4317), "[::1]:4317"),
            (Ok(Endpoint::unix("/run/x.sock")), "unix:/run/x.sock"),
        ];
        for (endpoint, shown) in table {
            assert_eq!(endpoint.unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for host in ["", "a b", "user@host", "host:1", "[::1", "a/b", "a\nb"] {
            assert!(matches!(Endpoint::tcp(host, 4317), Err(EndpointError::Host { .. })), "{host:?}");
        }
        assert!(matches!(Endpoint::tcp("host", 0), Err(EndpointError::Port)));
    }

    #[test]
    fn a_unix_socket_has_localhost_for_its_host() {
        let uri = Endpoint::unix("/run/x.sock").uri(PathAndQuery::from_static("/v1/traces"));
        assert_eq!(uri, "http://localhost/v1/traces");
    }
}
