//! The `host:port` of a network URL.

use std::net::Ipv6Addr;

use crate::host::Host;
use crate::part::Part;
use crate::{ParseUrlError, UrlProblem};

const PORT_HINT: &str = "a port is a number from 1 to 65535";

/// The pieces before and from the first `/`, `?` or `#`.
pub(crate) fn split(rest: Part<'_>) -> (Part<'_>, Part<'_>) {
    let end = rest.find(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.text.len());
    (rest.head(end), rest.tail(end))
}

/// Refuses a user name or password, for every scheme and before any other error could quote it.
pub(crate) fn reject_userinfo(authority: Part<'_>) -> Result<(), ParseUrlError> {
    match authority.text.rfind('@') {
        None => Ok(()),
        Some(at) => Err(authority.head(at + 1).error(
            UrlProblem::Userinfo,
            "a URL takes no user name and no password; send credentials with `headers`",
        )),
    }
}

/// A host and its port, or `default_port` without one. `prefix` is the scheme as it stands before the
/// authority, for hints.
pub(crate) fn parse(
    authority: Part<'_>,
    prefix: &str,
    default_port: u16,
) -> Result<(Host, u16), ParseUrlError> {
    reject_userinfo(authority)?;
    if authority.text.starts_with('[') {
        return parse_bracketed(authority, default_port);
    }
    match authority.split_once(b':') {
        None => Ok((Host::parse(authority)?, default_port)),
        Some((_, port)) if port.text.contains(':') => Err(too_many_colons(authority, prefix)),
        Some((host, port)) => Ok((Host::parse(host)?, parse_port(port)?)),
    }
}

fn parse_bracketed(authority: Part<'_>, default_port: u16) -> Result<(Host, u16), ParseUrlError> {
    let Some((address, port)) = authority.tail(1).split_once(b']') else {
        let hint = "close the bracket, for example [::1]:4317";
        return Err(authority.error(UrlProblem::InvalidHost, hint));
    };
    let host = Host::parse_ipv6(address)?;
    match port.text.strip_prefix(':') {
        Some(_) => Ok((host, parse_port(port.tail(1))?)),
        None if port.text.is_empty() => Ok((host, default_port)),
        None => Err(port.error(UrlProblem::InvalidPort, "after the bracket comes nothing or :port")),
    }
}

fn parse_port(port: Part<'_>) -> Result<u16, ParseUrlError> {
    let digits = port.text.bytes().all(|byte| byte.is_ascii_digit());
    match port.text.parse() {
        Ok(number @ 1..) if digits => Ok(number),
        _ => Err(port.error(UrlProblem::InvalidPort, PORT_HINT)),
    }
}

/// An IPv6 address without brackets, if it is one; the hint shows each way to read it.
fn too_many_colons(authority: Part<'_>, prefix: &str) -> ParseUrlError {
    let whole = authority.text.parse::<Ipv6Addr>().ok();
    let with_port = authority.text.rsplit_once(':').and_then(|(address, port)| {
        let port = port.parse::<u16>().ok().filter(|port| *port > 0)?;
        Some((address.parse::<Ipv6Addr>().ok()?, port))
    });
    let hint = match (whole, with_port) {
        (Some(whole), Some((address, port))) => {
            format!("did you mean {prefix}[{address}]:{port} or {prefix}[{whole}]?")
        }
        (Some(whole), None) => format!("did you mean {prefix}[{whole}]?"),
        (None, Some((address, port))) => format!("did you mean {prefix}[{address}]:{port}?"),
        (None, None) => return authority.error(UrlProblem::InvalidHost, "write host:port, with one colon"),
    };
    authority.error(UrlProblem::UnbracketedIpv6, hint)
}
