//! Where spans go, for people.

use std::fmt;

/// Where spans go, for people. Displayed without secrets.
#[derive(Clone)]
pub struct Destination(Kind);

#[derive(Clone)]
enum Kind {
    Url(String),
    #[cfg(feature = "file")]
    Files(std::sync::Arc<telespan_file::FileExporter>),
}

impl Destination {
    pub(crate) fn url(url: &telespan_url::ExporterUrl) -> Self {
        Destination(Kind::Url(url.redacted().to_string()))
    }

    #[cfg(feature = "file")]
    pub(crate) fn files(exporter: std::sync::Arc<telespan_file::FileExporter>) -> Self {
        Destination(Kind::Files(exporter))
    }
}

impl fmt::Display for Destination {
    /// The URL; of files the one that was written to last, or the directory as long as there is none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Url(url) => f.write_str(url),
            #[cfg(feature = "file")]
            Kind::Files(exporter) => match exporter.newest_file() {
                Some(file) => file.display().fmt(f),
                None => exporter.directory().display().fmt(f),
            },
        }
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Destination({self})")
    }
}
