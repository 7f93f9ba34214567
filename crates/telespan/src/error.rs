//! Why tracing could not be started.

use std::error::Error;
use std::fmt;

use telespan_config::ConfigErrors;
use telespan_trace::AlreadyInstalled;

/// Why tracing could not be started. A collector that is down is no such reason: connections are made
/// when there is something to send.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// The configuration file has mistakes.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// The program was built without what the URL needs.
    #[error("{scheme} is not built in: enable the feature `{feature}` of telespan")]
    NotBuiltIn {
        /// The scheme of the exporter URL.
        scheme: &'static str,
        /// The feature that has it.
        feature: &'static str,
    },
    /// The URL is one without TLS, but there are files for TLS.
    #[error("CA certificates and key pairs have no effect on {scheme}: {hint}")]
    TlsFilesUnused {
        /// The scheme of the exporter URL.
        scheme: &'static str,
        /// How to mend it.
        hint: &'static str,
    },
    /// Files for TLS cannot be used. There is at least one reason.
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

/// Errors one a line.
struct Lines<'a>(&'a [Box<dyn Error + Send + Sync>]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}{error}")?;
        }
        Ok(())
    }
}
