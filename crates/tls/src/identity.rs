//! What a client identifies itself with, and which identity it shows to which server.

use std::fmt;
use std::sync::Arc;

use rustls::client::ResolvesClientCert;
use rustls::crypto::KeyProvider;
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys, SignatureScheme};

use crate::pem::Pem;
use crate::{KeyPair, TlsError, x509};

/// A certificate chain with its key, checked to belong together.
pub(crate) type Identity = Arc<CertifiedKey>;

/// Loads every pair and adds every error to `errors`.
pub(crate) fn load(
    pairs: &[KeyPair],
    provider: &dyn KeyProvider,
    errors: &mut Vec<TlsError>,
) -> Vec<Identity> {
    pairs.iter().filter_map(|pair| load_pair(pair, provider, errors)).collect()
}

fn load_pair(pair: &KeyPair, provider: &dyn KeyProvider, errors: &mut Vec<TlsError>) -> Option<Identity> {
    let mut keep = |error| errors.push(error);
    let key_pem = Pem::read(&pair.key_file).map_err(&mut keep).ok();
    let cert_pem = Pem::read(&pair.cert_file).map_err(&mut keep).ok();
    if let (Some(key_pem), Some(cert_pem)) = (&key_pem, &cert_pem)
        && is_swapped(key_pem, cert_pem)
    {
        keep(TlsError::Swapped { key_file: pair.key_file.clone(), cert_file: pair.cert_file.clone() });
        return None;
    }
    let key = key_pem.and_then(|pem| signing_key(pem, pair, provider).map_err(&mut keep).ok());
    let certs = cert_pem.and_then(|pem| chain(pem, pair).map_err(&mut keep).ok());
    let identity = CertifiedKey::new(certs?, key?);
    check_match(&identity, pair).map_err(keep).ok()?;
    Some(Arc::new(identity))
}

fn is_swapped(key_pem: &Pem, cert_pem: &Pem) -> bool {
    !key_pem.has_key() && !key_pem.certs.is_empty() && cert_pem.has_key() && cert_pem.certs.is_empty()
}

fn signing_key(
    pem: Pem,
    pair: &KeyPair,
    provider: &dyn KeyProvider,
) -> Result<Arc<dyn rustls::sign::SigningKey>, TlsError> {
    let file = pair.key_file.clone();
    let found = pem.describe();
    match pem.key {
        Some(key) => provider.load_private_key(key).map_err(|_| TlsError::UnsupportedKey { file }),
        None if pem.encrypted_key => Err(TlsError::EncryptedKey { file }),
        None => Err(TlsError::NoKey { file, found }),
    }
}

fn chain(pem: Pem, pair: &KeyPair) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    if pem.certs.is_empty() {
        return Err(TlsError::NoCertificate { file: pair.cert_file.clone(), found: pem.describe() });
    }
    Ok(pem.certs)
}

fn check_match(identity: &CertifiedKey, pair: &KeyPair) -> Result<(), TlsError> {
    match identity.keys_match() {
        // A key that cannot tell its public half is left for the server to judge.
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(()),
        Err(Error::InconsistentKeys(_)) => {
            Err(TlsError::KeyMismatch { key_file: pair.key_file.clone(), cert_file: pair.cert_file.clone() })
        }
        Err(source) => {
            Err(TlsError::InvalidCertificate { file: pair.cert_file.clone(), position: 1, source })
        }
    }
}

/// Shows a server the first identity that it says it accepts, else the first of all: a server that sends an
/// incomplete list may accept that one, and one that does not tells why in its refusal.
pub(crate) struct ChooseIdentity(pub(crate) Vec<Identity>);

impl ResolvesClientCert for ChooseIdentity {
    fn resolve(&self, authorities: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Identity> {
        let accepted = |identity: &&Identity| {
            identity.key.choose_scheme(schemes).is_some() && is_issued_by_any(&identity.cert, authorities)
        };
        self.0.iter().find(accepted).or(self.0.first()).cloned()
    }

    fn has_certs(&self) -> bool {
        !self.0.is_empty()
    }
}

impl fmt::Debug for ChooseIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChooseIdentity").field("identities", &self.0.len()).finish()
    }
}

/// A server that names no authority accepts any. Intermediates of the chain count like the leaf.
fn is_issued_by_any(chain: &[CertificateDer<'_>], authorities: &[&[u8]]) -> bool {
    let issuers = || chain.iter().filter_map(|cert| x509::issuer(cert));
    authorities.is_empty() || issuers().any(|issuer| authorities.contains(&issuer))
}
