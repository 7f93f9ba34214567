//! Hosts that a connection can be made to.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::part::Part;
use crate::{ParseUrlError, UrlProblem};

/// A validated host. The display form is the one of a URL: an IPv6 address stands in brackets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// A name for the resolver.
    Name(HostName),
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// An IPv6 address.
    Ipv6(Ipv6Addr),
}

/// A host name: lowercase ASCII labels of 1 to 63 letters, digits, `-` and `_`, at most 253 bytes, with or
/// without a final dot. Its last label is no number, so it is never mistaken for an IPv4 address.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct HostName(Box<str>);

impl HostName {
    /// The name as the resolver takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => name.fmt(f),
            Host::Ipv4(address) => address.fmt(f),
            Host::Ipv6(address) => write!(f, "[{address}]"),
        }
    }
}

impl Host {
    /// A name or an IPv4 address.
    pub(crate) fn parse(part: Part<'_>) -> Result<Host, ParseUrlError> {
        if part.text.is_empty() {
            return Err(part.error(UrlProblem::EmptyHost, "write a host, for example localhost:4317"));
        }
        if part.text.starts_with(|c: char| c.is_ascii_digit())
            && let Ok(address) = part.text.parse()
        {
            return Ok(Host::Ipv4(address));
        }
        if !part.text.is_ascii() {
            return Err(part.error(UrlProblem::InvalidHost, "write the name in its ASCII form (xn--…)"));
        }
        if is_name(part.text) {
            return Ok(Host::Name(HostName(part.text.to_ascii_lowercase().into())));
        }
        let hint = "write a host name, an IPv4 address or an IPv6 address in brackets; \
                    a directory is written file:///abs/dir or file:rel/dir";
        Err(part.error(UrlProblem::InvalidHost, hint))
    }

    /// An IPv6 address, given without its brackets.
    pub(crate) fn parse_ipv6(part: Part<'_>) -> Result<Host, ParseUrlError> {
        match part.text.parse() {
            Ok(address) => Ok(Host::Ipv6(address)),
            Err(_) => Err(part.error(
                UrlProblem::InvalidHost,
                "brackets hold an IPv6 address without a zone, for example [::1]:4317",
            )),
        }
    }
}

/// Longest host name in bytes, without a final dot (RFC 1035, section 2.3.4).
const LONGEST_NAME: usize = 253;
/// Longest label in bytes (RFC 1035, section 2.3.4).
const LONGEST_LABEL: usize = 63;

fn is_name(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let mut last = "";
    for label in text.split('.') {
        if !is_label(label) {
            return false;
        }
        last = label;
    }
    text.len() <= LONGEST_NAME && !last.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_label(label: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() | (byte == b'-') | (byte == b'_');
    (1..=LONGEST_LABEL).contains(&label.len())
        && label.bytes().all(known)
        && !label.starts_with('-')
        && !label.ends_with('-')
}
