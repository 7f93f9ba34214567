//! The configuration file, with what its certificates hold.

use std::path::{Path, PathBuf};

use telespan_config::{Config, ConfigErrors, Loader};

/// The file that configures tracing: what `TELESPAN_CONFIG` names, else `/etc/telespan.yaml`.
pub fn config_path() -> PathBuf {
    named_path().unwrap_or_else(|| Config::DEFAULT_PATH.into())
}

/// Reads a configuration file and looks into the certificates and keys that it names.
///
/// # Errors
/// Every mistake of the file and of those that it names, each with its place.
pub fn load_config(path: &Path) -> Result<Config, ConfigErrors> {
    loader().load(path)
}

/// As [`load_config`] from [`config_path`]; the default if nobody named a file and there is none.
pub(crate) fn load_default_config() -> Result<Config, ConfigErrors> {
    match named_path() {
        Some(path) => load_config(&path),
        // A file that only cannot be read is no missing file.
        None => match Path::new(Config::DEFAULT_PATH).try_exists() {
            Ok(false) => Ok(Config::default()),
            _ => load_config(Config::DEFAULT_PATH.as_ref()),
        },
    }
}

fn named_path() -> Option<PathBuf> {
    std::env::var_os("TELESPAN_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from)
}

#[cfg(not(any(feature = "grpc", feature = "http")))]
fn loader() -> Loader<'static> {
    Loader::new()
}

#[cfg(any(feature = "grpc", feature = "http"))]
fn loader() -> Loader<'static> {
    Loader::new().with_tls_check(check_tls_files)
}

/// What is wrong with the files of a connection, each at the line that names the file.
#[cfg(any(feature = "grpc", feature = "http"))]
fn check_tls_files(paths: &telespan_config::TlsPaths) -> Vec<telespan_config::ConfigError> {
    use crate::exporter::net::tls_files;
    use crate::settings::{ca_certs, key_pairs};
    use telespan_export::with_causes;

    let files = tls_files(&ca_certs(paths), &key_pairs(paths));
    let pairs = paths.https_keypairs.iter().map(|pair| &pair.key_file);
    // Without a file there is no TLS that this section asked for, and the system's roots may be missing.
    let Some(first) = paths.ca_certs.iter().chain(pairs).next() else { return Vec::new() };
    let errors = telespan_tls::ClientTls::load(files, &[]).err().unwrap_or_default();
    let place = |error: &telespan_tls::TlsError| {
        let named = error.file().and_then(|file| paths.place_of(file));
        named.unwrap_or(&first.place).clone()
    };
    errors.iter().map(|error| telespan_config::ConfigError::new(place(error), with_causes(error))).collect()
}
