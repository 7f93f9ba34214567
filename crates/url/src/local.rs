//! Paths of this machine's file system in URLs.

use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::part::Part;
use crate::percent::{self, Encoded};
use crate::{ParseUrlError, UrlProblem, authority};

/// A scheme whose URLs name a path of this machine, with the example that its errors show.
pub(crate) struct LocalScheme {
    pub(crate) name: &'static str,
    pub(crate) example: &'static str,
}

impl LocalScheme {
    /// The path of what follows the scheme's colon: `/abs`, `rel`, `///abs` or `//localhost/abs`.
    pub(crate) fn parse(&self, location: Part<'_>) -> Result<PathBuf, ParseUrlError> {
        let path = self.skip_host(location)?;
        if path.text.is_empty() {
            return Err(path.error(UrlProblem::EmptyPath, self.example));
        }
        let bytes = percent::decode(path)?;
        if bytes.contains(&0) {
            return Err(path.error(UrlProblem::NulByte, "no file system takes %00 in a path; leave it out"));
        }
        Ok(OsString::from_vec(bytes).into())
    }

    /// Writes a path so that [`LocalScheme::parse`] reads the same one.
    pub(crate) fn fmt(&self, path: &Path, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slashes = if path.is_absolute() { "//" } else { "" };
        write!(f, "{}:{slashes}{}", self.name, Encoded(path.as_os_str().as_bytes()))
    }

    fn skip_host<'a>(&self, location: Part<'a>) -> Result<Part<'a>, ParseUrlError> {
        if !location.text.starts_with("//") {
            return Ok(location);
        }
        let (host, path) = authority::split(location.tail(2));
        if host.text.is_empty() || host.text.eq_ignore_ascii_case("localhost") {
            return Ok(path);
        }
        authority::reject_userinfo(host)?;
        Err(host.error(UrlProblem::UnexpectedHost, self.host_hint(&location.text[2..])))
    }

    fn host_hint(&self, rest: &str) -> String {
        let scheme = self.name;
        // An `@` further on may end a password that holds a slash.
        if rest.contains('@') {
            return format!("a {scheme} URL has no host; {}", self.example);
        }
        format!("a {scheme} URL has no host; did you mean {scheme}:///{rest} or {scheme}:{rest}?")
    }
}
