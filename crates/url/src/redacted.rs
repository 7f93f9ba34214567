//! URLs as logs may show them.

use std::fmt;

use crate::ExporterUrl;

/// An exporter URL with `***` for every query value that could be a secret. For logs and messages; it is
/// not for connecting.
#[derive(Clone, Copy)]
pub struct Redacted<'a>(pub(crate) &'a ExporterUrl);

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ExporterUrl::Http(url) => url.fmt_redacted(f),
            url => url.fmt(f),
        }
    }
}

impl fmt::Debug for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `?` and the parameters without their values. A parameter without `=` may be a bare token, so it is
/// hidden whole.
pub(crate) fn fmt_query(query: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut separator = "?";
    for parameter in query.split('&') {
        f.write_str(separator)?;
        match parameter.split_once('=') {
            Some((name, _)) => write!(f, "{name}=***")?,
            None if parameter.is_empty() => {}
            None => f.write_str("***")?,
        }
        separator = "&";
    }
    Ok(())
}
