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

/// Whether a path can be one of a file system: it is not empty and has no NUL byte.
pub(crate) fn is_path(path: &Path) -> bool {
    let bytes = path.as_os_str().as_bytes();
    !bytes.is_empty() && !bytes.contains(&0)
}

impl LocalScheme {
    /// The path of what follows the scheme's colon, `/abs`, `rel`, `///abs` or `//localhost/abs`, and the
    /// query behind it.
    pub(crate) fn parse<'a>(&self, rest: Part<'a>) -> Result<(PathBuf, Option<Part<'a>>), ParseUrlError> {
        if let Some(at) = rest.find(|byte| byte == b'#') {
            let hint = format!("a {} URL has no fragment; write # as %23", self.name);
            return Err(rest.tail(at).error(UrlProblem::UnexpectedFragment, hint));
        }
        let path = self.skip_host(rest)?;
        let (path, query) = match path.split_once(b'?') {
            None => (path, None),
            Some((path, query)) => (path, Some(query)),
        };
        if path.text.is_empty() {
            return Err(path.error(UrlProblem::EmptyPath, self.example));
        }
        let bytes = percent::decode(path)?;
        if bytes.contains(&0) {
            return Err(path.error(UrlProblem::NulByte, "no file system takes %00 in a path; leave it out"));
        }
        Ok((OsString::from_vec(bytes).into(), query))
    }

    /// Writes a path so that [`LocalScheme::parse`] reads the same one.
    pub(crate) fn fmt(&self, path: &Path, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slashes = if path.is_absolute() { "//" } else { "" };
        write!(f, "{}:{slashes}{}", self.name, Encoded(path.as_os_str().as_bytes()))
    }

    fn skip_host<'a>(&self, rest: Part<'a>) -> Result<Part<'a>, ParseUrlError> {
        if !rest.text.starts_with("//") {
            return Ok(rest);
        }
        let (host, path) = authority::split(rest.tail(2));
        if host.text.is_empty() || host.text.eq_ignore_ascii_case("localhost") {
            return Ok(path);
        }
        authority::reject_userinfo(host)?;
        Err(host.error(UrlProblem::UnexpectedHost, self.host_hint(&rest.text[2..])))
    }

    fn host_hint(&self, rest: &str) -> String {
        let scheme = self.name;
        // An `@` further on may end a password that holds one of `/?`.
        if rest.contains('@') {
            return format!("a {scheme} URL has no host; {}", self.example);
        }
        let path = rest.split('?').next().unwrap_or(rest);
        format!("a {scheme} URL has no host; did you mean {scheme}:///{path} or {scheme}:{path}?")
    }
}
