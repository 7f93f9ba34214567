//! A certificate authority for tests, its certificates and the server configurations made of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, SignatureAlgorithm, date_time_ymd,
};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// The names that a server certificate is valid for.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The PEM files of one private key and its certificate chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPairFiles {
    /// The private key, PKCS#8.
    pub key_file: PathBuf,
    /// The certificate, then its intermediates.
    pub cert_file: PathBuf,
}

/// The kinds of key that certificates can be issued for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// ECDSA on P-256, the default.
    P256,
    /// ECDSA on P-384.
    P384,
    /// Ed25519.
    Ed25519,
}

impl KeyKind {
    fn algorithm(self) -> &'static SignatureAlgorithm {
        match self {
            Self::P256 => &rcgen::PKCS_ECDSA_P256_SHA256,
            Self::P384 => &rcgen::PKCS_ECDSA_P384_SHA384,
            Self::Ed25519 => &rcgen::PKCS_ED25519,
        }
    }
}

/// A certificate authority that writes what it issues into a directory, in PEM.
///
/// Files appear and are replaced as a whole (by renaming), so asking twice for the same pair is a rotation.
pub struct TestPki {
    dir: PathBuf,
    name: String,
    authority: CertifiedIssuer<'static, KeyPair>,
    /// The intermediates below the root, this authority's first, in PEM.
    chain: String,
    /// The root's certificate.
    ca_file: PathBuf,
}

impl TestPki {
    /// An authority called `ca` in the existing directory `dir`.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self::named(dir, "ca")
    }

    /// An authority called `name`, which is also the common name of its certificate and starts its files' names.
    pub fn named(dir: impl Into<PathBuf>, name: &str) -> Self {
        let dir = dir.into();
        let authority = CertifiedIssuer::self_signed(authority_params(name), new_key(KeyKind::P256))
            .expect("the parameters are valid");
        let ca_file = dir.join(format!("{name}.pem"));
        replace(&ca_file, &authority.pem());
        Self { dir, name: name.to_owned(), authority, chain: String::new(), ca_file }
    }

    /// An authority called `name` below this one. What it issues carries the chain up to the root.
    pub fn intermediate(&self, name: &str) -> Self {
        let authority =
            CertifiedIssuer::signed_by(authority_params(name), new_key(KeyKind::P256), &self.authority)
                .expect("the parameters are valid");
        let chain = authority.pem() + &self.chain;
        Self { dir: self.dir.clone(), name: name.to_owned(), authority, chain, ca_file: self.ca_file.clone() }
    }

    /// The file with the root's certificate.
    pub fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    /// A server certificate for localhost, 127.0.0.1 and ::1.
    pub fn server(&self) -> KeyPairFiles {
        self.issue("server", &server_params(&LOOPBACK), KeyKind::P256)
    }

    /// A server certificate for the loopback names that expired years ago.
    pub fn expired_server(&self) -> KeyPairFiles {
        self.issue("expired-server", &expired(server_params(&LOOPBACK)), KeyKind::P256)
    }

    /// A server certificate for `elsewhere.example` only.
    pub fn wrong_name_server(&self) -> KeyPairFiles {
        self.issue("wrong-name-server", &server_params(&["elsewhere.example"]), KeyKind::P256)
    }

    /// A client certificate with `name` as common name.
    pub fn client(&self, name: &str) -> KeyPairFiles {
        self.client_with_key(name, KeyKind::P256)
    }

    /// A client certificate for a key of the given kind.
    pub fn client_with_key(&self, name: &str, kind: KeyKind) -> KeyPairFiles {
        self.issue(name, &client_params(name), kind)
    }

    /// A client certificate that expired years ago.
    pub fn expired_client(&self, name: &str) -> KeyPairFiles {
        self.issue(name, &expired(client_params(name)), KeyKind::P256)
    }

    fn issue(&self, file: &str, params: &CertificateParams, kind: KeyKind) -> KeyPairFiles {
        let key = new_key(kind);
        let cert = params.signed_by(&key, &self.authority).expect("the parameters are valid");
        let path = |suffix| self.dir.join(format!("{}-{file}.{suffix}", self.name));
        let files = KeyPairFiles { key_file: path("key"), cert_file: path("pem") };
        replace(&files.key_file, &key.serialize_pem());
        replace(&files.cert_file, &(cert.pem() + &self.chain));
        files
    }
}

/// A server configuration with ALPN for HTTP/2 and HTTP/1.1. Clients must show a certificate of one of
/// `client_authorities`, or none at all if that is empty.
pub fn server_config(server: &KeyPairFiles, client_authorities: &[&TestPki]) -> ServerConfig {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .expect("ring has cipher suites for TLS 1.2 and 1.3");
    let builder = if client_authorities.is_empty() {
        builder.with_no_client_auth()
    } else {
        let verifier = WebPkiClientVerifier::builder_with_provider(roots(client_authorities), provider);
        builder.with_client_cert_verifier(verifier.build().expect("there is a root"))
    };
    let chain = CertificateDer::pem_file_iter(&server.cert_file)
        .and_then(Iterator::collect)
        .expect("the certificate file is readable PEM");
    let key = PrivateKeyDer::from_pem_file(&server.key_file).expect("the key file is readable PEM");
    let mut config = builder.with_single_cert(chain, key).expect("key and certificate belong together");
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}

fn roots(authorities: &[&TestPki]) -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for pki in authorities {
        let cert = CertificateDer::from_pem_file(pki.ca_file()).expect("the CA file is readable PEM");
        roots.add(cert).expect("the CA certificate is valid");
    }
    Arc::new(roots)
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = named_params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn server_params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().copied().map(String::from).collect();
    let mut params = CertificateParams::new(names).expect("the names are valid");
    params.distinguished_name.push(DnType::CommonName, "server");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

fn client_params(name: &str) -> CertificateParams {
    let mut params = named_params(name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

fn named_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn expired(mut params: CertificateParams) -> CertificateParams {
    params.not_after = date_time_ymd(2001, 1, 1);
    params
}

fn new_key(kind: KeyKind) -> KeyPair {
    KeyPair::generate_for(kind.algorithm()).expect("ring generates keys of this kind")
}

/// Writes a file as careful operators do: whole or not at all.
fn replace(file: &Path, contents: &str) {
    let new = file.with_extension("new");
    fs::write(&new, contents).expect("the directory is writable");
    fs::rename(&new, file).expect("the directory is writable");
}
