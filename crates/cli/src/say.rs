//! Lines on stderr, which may be closed: nobody is hurt by that.

use std::fmt;
use std::io::Write as _;

/// Writes one line to stderr in one piece, as far as that is possible.
pub(crate) fn line(text: impl fmt::Display) {
    let text = format!("{text}\n");
    let _ = std::io::stderr().write_all(text.as_bytes());
}
