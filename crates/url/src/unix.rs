//! URLs of unix sockets.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::local::{LocalScheme, is_path};
use crate::part::Part;
use crate::{ParseUrlError, UrlProblem};

const SCHEME: LocalScheme = LocalScheme { name: "unix", example: "write unix:///run/x.sock" };

/// OTLP/gRPC over a unix socket: `unix:///run/x.sock`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UnixUrl {
    path: PathBuf,
}

impl UnixUrl {
    /// The socket at `path`. `None` for what no URL can name: an empty path, or one with a NUL byte.
    pub fn new(path: impl Into<PathBuf>) -> Option<UnixUrl> {
        let path = path.into();
        is_path(&path).then_some(UnixUrl { path })
    }

    /// The path of the socket. A relative one is relative to the working directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn parse(rest: Part<'_>) -> Result<UnixUrl, ParseUrlError> {
        match SCHEME.parse(rest)? {
            (path, None) => Ok(UnixUrl { path }),
            (_, Some(query)) => Err(query
                .error(UrlProblem::UnexpectedQuery, "a unix URL is a path and nothing else; write ? as %3F")),
        }
    }
}

impl fmt::Display for UnixUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SCHEME.fmt(&self.path, f)
    }
}

impl fmt::Debug for UnixUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnixUrl({self})")
    }
}
