//! Which files a TLS configuration is made of. Paths only: no contents, no secrets.

use std::path::{Path, PathBuf};

/// A private key and the certificate chain that belongs to it, both PEM.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyPair {
    /// The private key, not encrypted: PKCS#8, PKCS#1 or SEC1. The first key of the file counts.
    pub key_file: PathBuf,
    /// The certificate of that key first, then those of the intermediate authorities, if any.
    pub cert_file: PathBuf,
}

/// The files that a client's TLS configuration is made of.
///
/// The default names no file: servers are verified against the system's roots and no client certificate is offered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TlsFiles {
    /// PEM files with the certificates of the authorities to trust. They replace the system's roots unless empty.
    pub ca_certs: Vec<PathBuf>,
    /// What the client can identify itself with, the preferred pair first.
    pub key_pairs: Vec<KeyPair>,
}

impl TlsFiles {
    /// Whether no file at all is named.
    pub fn is_empty(&self) -> bool {
        self.ca_certs.is_empty() && self.key_pairs.is_empty()
    }

    /// Every file named, in order.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        let pairs = self.key_pairs.iter().flat_map(|pair| [&pair.key_file, &pair.cert_file]);
        self.ca_certs.iter().chain(pairs).map(PathBuf::as_path)
    }
}
