//! The authorities to trust: from files, else the system's.

use std::path::{Path, PathBuf};

use rustls::RootCertStore;

use crate::TlsError;
use crate::pem::Pem;

/// Collects the certificates of all files and adds every error to `errors`; the store counts only if there is none.
pub(crate) fn load(ca_certs: &[PathBuf], errors: &mut Vec<TlsError>) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    if ca_certs.is_empty() {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            errors.push(TlsError::NoSystemRoots);
        }
    }
    for file in ca_certs {
        if let Err(error) = add_file(file, &mut roots) {
            errors.push(error);
        }
    }
    roots
}

fn add_file(file: &Path, roots: &mut RootCertStore) -> Result<(), TlsError> {
    let pem = Pem::read(file)?;
    if pem.certs.is_empty() {
        return Err(TlsError::NoCertificate { file: file.into(), found: pem.describe() });
    }
    for (index, cert) in pem.certs.into_iter().enumerate() {
        let invalid =
            |source| TlsError::InvalidCertificate { file: file.into(), position: index + 1, source };
        roots.add(cert).map_err(invalid)?;
    }
    Ok(())
}
