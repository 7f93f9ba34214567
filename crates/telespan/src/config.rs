//! The configuration file, its certificates included.

use std::path::{Path, PathBuf};

use telespan_config::{Config, ConfigErrors, Loader};

/// The file that configures tracing: what `TELESPAN_CONFIG` names, else `/etc/telespan.yaml`.
pub fn config_path() -> PathBuf {
    match std::env::var_os("TELESPAN_CONFIG") {
        Some(path) if !path.is_empty() => path.into(),
        _ => Config::DEFAULT_PATH.into(),
    }
}

/// Reads a configuration file and looks into the certificates and keys that it names.
///
/// # Errors
/// Every mistake of the file and of those that it names, each with its place.
pub fn load_config(path: &Path) -> Result<Config, ConfigErrors> {
    loader().load(path)
}

#[cfg(not(any(feature = "grpc", feature = "http")))]
fn loader() -> Loader<'static> {
    Loader::new()
}

#[cfg(any(feature = "grpc", feature = "http"))]
fn loader() -> Loader<'static> {
    use telespan_config::{ConfigError, Place, TlsPaths};
    use telespan_tls::{ClientTls, KeyPair, TlsFiles};

    Loader::new().with_tls_check(|paths: &TlsPaths| {
        let pairs = paths.https_keypairs.iter().map(|pair| KeyPair {
            key_file: pair.key_file.value.clone(),
            cert_file: pair.cert_file.value.clone(),
        });
        let files = TlsFiles {
            ca_certs: paths.ca_certs.iter().map(|path| path.value.clone()).collect(),
            key_pairs: pairs.collect(),
        };
        let errors = ClientTls::load(files, &[]).err().unwrap_or_default();
        let place =
            |error: &telespan_tls::TlsError| error.file().and_then(|file| paths.place_of(file)).cloned();
        let nowhere = Place { file: None, line: 1, column: 1 };
        errors.iter().map(|e| ConfigError::new(place(e).unwrap_or(nowhere.clone()), e.to_string())).collect()
    })
}
