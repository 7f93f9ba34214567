//! A configuration file.

use std::path::Path;

use crate::{ConfigErrors, Loader, TracingService};

/// What a configuration file says. The default is what an empty file says: tracing is off.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// The section `tracing_service`.
    pub tracing_service: TracingService,
}

impl Config {
    /// Where the file is looked for unless something names another.
    pub const DEFAULT_PATH: &str = "/etc/telespan.yaml";

    /// Reads and parses a file, with the environment of this process.
    ///
    /// # Errors
    ///
    /// Every mistake of the file, or that it cannot be read. See [`Loader`].
    pub fn load(path: &Path) -> Result<Config, ConfigErrors> {
        Loader::new().load(path)
    }

    /// Parses a text, with the environment of this process. `file` is named in the places of errors.
    ///
    /// # Errors
    ///
    /// Every mistake of the text. See [`Loader`].
    pub fn parse(text: &str, file: Option<&Path>) -> Result<Config, ConfigErrors> {
        Loader::new().parse(text, file)
    }
}
