//! Reading a configuration, with what surrounds it.

use std::fmt;
use std::path::Path;

use crate::compose::{Limits, compose};
use crate::read::{Reader, read_text};
use crate::{Config, ConfigError, ConfigErrors, Place, TlsPaths};

type Environment<'a> = dyn Fn(&str) -> Option<String> + 'a;
type TlsCheck<'a> = dyn Fn(&TlsPaths) -> Vec<ConfigError> + 'a;

/// Reads a configuration in a given environment, with a check of its TLS files if one is given.
///
/// [`Config::load`] and [`Config::parse`] are the short form, with the environment of this process and no
/// such check.
pub struct Loader<'a> {
    pub(crate) environment: Box<Environment<'a>>,
    pub(crate) tls_check: Box<TlsCheck<'a>>,
}

impl<'a> Loader<'a> {
    /// A loader with the environment of this process and no check of what TLS files hold.
    pub fn new() -> Loader<'a> {
        Loader { environment: Box::new(|name| std::env::var(name).ok()), tls_check: Box::new(|_| Vec::new()) }
    }

    /// Looks `${env:NAME}` up in `environment` instead.
    #[must_use]
    pub fn with_environment(self, environment: impl Fn(&str) -> Option<String> + 'a) -> Loader<'a> {
        Loader { environment: Box::new(environment), ..self }
    }

    /// Also reports what `check` finds in the files that the configuration names, beside all other
    /// errors. [`TlsPaths::place_of`] gives the place of a file.
    #[must_use]
    pub fn with_tls_check(self, check: impl Fn(&TlsPaths) -> Vec<ConfigError> + 'a) -> Loader<'a> {
        Loader { tls_check: Box::new(check), ..self }
    }

    /// Reads and parses a file of at most 1 MiB.
    ///
    /// # Errors
    ///
    /// That the file cannot be read or is no UTF-8 text, and all that [`Loader::parse`] reports.
    pub fn load(&self, path: &Path) -> Result<Config, ConfigErrors> {
        let text = read_text(path, "this file", &Place::start_of(path))?;
        self.parse(&text, Some(path))
    }

    /// Parses the first document of a YAML text. `file` is named in the places of errors.
    ///
    /// # Errors
    ///
    /// The first mistake in the YAML syntax, else every mistake in what the text says.
    pub fn parse(&self, text: &str, file: Option<&Path>) -> Result<Config, ConfigErrors> {
        let mut reader = Reader::new(self, file);
        let config = match compose(text, Limits::default()) {
            Ok(document) => reader.config(document.as_deref()),
            Err(error) => {
                reader.syntax_error(text, &error);
                Config::default()
            }
        };
        ConfigErrors::check(reader.into_errors()).map(|()| config)
    }
}

impl Default for Loader<'_> {
    fn default() -> Self {
        Loader::new()
    }
}

impl fmt::Debug for Loader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loader").finish_non_exhaustive()
    }
}
