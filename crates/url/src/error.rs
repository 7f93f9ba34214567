//! Why a text is no exporter URL: what, where, and how to mend it.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// What is wrong with a text that is no exporter URL. The display form is a short noun phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum UrlProblem {
    /// Nothing but white space.
    #[error("empty exporter URL")]
    Empty,
    /// White space or a control character between other characters.
    #[error("white space or control character")]
    Blank,
    /// A scheme that no exporter has.
    #[error("unsupported scheme")]
    UnsupportedScheme,
    /// A network scheme that `//` does not follow.
    #[error("scheme without `//`")]
    MissingSlashes,
    /// A user name or password before the host.
    #[error("user name or password")]
    Userinfo,
    /// No host where one is needed.
    #[error("empty host")]
    EmptyHost,
    /// Neither a host name nor an IP address.
    #[error("invalid host")]
    InvalidHost,
    /// An IPv6 address without brackets.
    #[error("IPv6 address without brackets")]
    UnbracketedIpv6,
    /// A port that is no number from 1 to 65535.
    #[error("invalid port")]
    InvalidPort,
    /// A host in a URL of this machine.
    #[error("unexpected host")]
    UnexpectedHost,
    /// A path in a URL that takes none.
    #[error("unexpected path")]
    UnexpectedPath,
    /// A query in a URL that takes none.
    #[error("unexpected query")]
    UnexpectedQuery,
    /// A `#`; no exporter URL takes a fragment.
    #[error("unexpected fragment")]
    UnexpectedFragment,
    /// No path where one is needed.
    #[error("empty path")]
    EmptyPath,
    /// A `%` that two hexadecimal digits do not follow.
    #[error("bad percent escape")]
    BadEscape,
    /// `%00` in a path of the file system.
    #[error("NUL byte in a path")]
    NulByte,
    /// A character that stands for itself in no URL.
    #[error("character that must be percent-encoded")]
    UnencodedCharacter,
    /// A query parameter of a file URL that does not exist.
    #[error("unknown parameter")]
    UnknownParameter,
    /// A query parameter of a file URL that stands there twice.
    #[error("repeated parameter")]
    RepeatedParameter,
    /// A query parameter of a file URL without a value, or with one that is no whole number >= 1.
    #[error("malformed parameter")]
    MalformedParameter,
}

/// A text is no exporter URL.
///
/// The display form says what is wrong, where, and how to mend it. It quotes nothing that could be a
/// secret: no user name, no password, no query value.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at byte {}: {hint}", .span.start)]
pub struct ParseUrlError {
    problem: UrlProblem,
    span: Range<usize>,
    hint: Cow<'static, str>,
}

impl ParseUrlError {
    pub(crate) fn new(problem: UrlProblem, span: Range<usize>, hint: impl Into<Cow<'static, str>>) -> Self {
        ParseUrlError { problem, span, hint: hint.into() }
    }

    /// What is wrong.
    pub fn problem(&self) -> UrlProblem {
        self.problem
    }

    /// Where: bytes of the text as it was given, counted from 0. Empty where something is missing.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// How to mend it.
    pub fn hint(&self) -> &str {
        &self.hint
    }
}

impl fmt::Debug for ParseUrlError {
    /// The same as `Display`: what a `main` that returns the error shows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
