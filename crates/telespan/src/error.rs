//! Why tracing could not be started.

use std::error::Error;
use std::fmt;

use telespan_config::ConfigErrors;
use telespan_export::with_causes;
use telespan_trace::AlreadyInstalled;

/// Why tracing could not be started. A collector that is down is no such reason: connections are made
/// when there is something to send.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// The configuration file has mistakes. Displayed one a line, each with its place.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// The program was built without what the URL needs.
    #[error("`{scheme}` is not built in: enable the feature `{feature}` of telespan")]
    NotBuiltIn {
        /// The beginning of the exporter URL, such as `grpc://`.
        scheme: &'static str,
        /// The feature that has it.
        feature: &'static str,
    },
    /// The URL is one without TLS, but there are files for TLS.
    #[error("CA certificates and key pairs have no effect with `{scheme}`: {hint}")]
    TlsFilesUnused {
        /// The beginning of the exporter URL, such as `http://`.
        scheme: &'static str,
        /// How to mend it.
        hint: &'static str,
    },
    /// Files for TLS cannot be used. There is at least one reason; displayed one a line.
    #[error("{}", Lines(.0))]
    Tls(Vec<Box<dyn Error + Send + Sync>>),
    /// The exporter could not be made.
    #[error("cannot export to {destination}")]
    Exporter {
        /// The exporter URL, without secrets.
        destination: String,
        /// What is wrong.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The pipeline in front of the exporter could not be made.
    #[error(transparent)]
    Pipeline(#[from] telespan_pipeline::BuildError),
    /// Tracing is installed already.
    #[error(transparent)]
    AlreadyInstalled(#[from] AlreadyInstalled),
}

impl fmt::Debug for InitError {
    /// The text with its causes: what a `main` that returns the error shows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&with_causes(self))
    }
}

/// Errors one a line, each with its causes: a list has no single source.
struct Lines<'a>(&'a [Box<dyn Error + Send + Sync>]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}{}", with_causes(&**error))?;
        }
        Ok(())
    }
}
