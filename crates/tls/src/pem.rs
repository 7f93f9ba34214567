//! Reads one PEM file. The only place that knows rustls-pemfile.

use std::fs;
use std::io;
use std::path::Path;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls_pemfile::Item;

use crate::TlsError;

/// How lines start that only encrypted keys have: PKCS#8 ones, and those that OpenSSL used to write.
const ENCRYPTED_KEY_MARKS: [&[u8]; 2] = [b"-----BEGIN ENCRYPTED PRIVATE KEY-----", b"Proc-Type: 4,ENCRYPTED"];

/// What one PEM file holds. Not `Debug`: the key is a secret.
#[derive(Default)]
pub(crate) struct Pem {
    /// All certificates, in file order.
    pub(crate) certs: Vec<CertificateDer<'static>>,
    /// The first private key.
    pub(crate) key: Option<PrivateKeyDer<'static>>,
    /// Whether some private key is encrypted. The PEM parser skips or rejects those.
    pub(crate) encrypted_key: bool,
    /// Whether there is anything in PEM form, a request or a public key for instance.
    any: bool,
    /// Whether the file is binary, most likely DER.
    der: bool,
}

impl Pem {
    pub(crate) fn read(file: &Path) -> Result<Self, TlsError> {
        let bytes = fs::read(file).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => TlsError::Missing { file: file.into() },
            _ => TlsError::Unreadable { file: file.into(), source },
        })?;
        Self::parse(&bytes).ok_or_else(|| TlsError::Damaged { file: file.into() })
    }

    /// None if the PEM is malformed.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let has_line = |start: &[u8]| bytes.split(|&byte| byte == b'\n').any(|line| line.starts_with(start));
        let mut pem = Self {
            encrypted_key: ENCRYPTED_KEY_MARKS.into_iter().any(has_line),
            any: has_line(b"-----BEGIN "),
            der: looks_like_der(bytes),
            ..Self::default()
        };
        for item in rustls_pemfile::read_all(&mut &*bytes) {
            match item {
                Ok(Item::X509Certificate(cert)) => pem.certs.push(cert),
                Ok(Item::Pkcs1Key(key)) => pem.add_key(key.into()),
                Ok(Item::Pkcs8Key(key)) => pem.add_key(key.into()),
                Ok(Item::Sec1Key(key)) => pem.add_key(key.into()),
                Ok(_) => (),
                // The headers of a traditionally encrypted key are no base64.
                Err(_) if pem.encrypted_key => break,
                Err(_) => return None,
            }
        }
        Some(pem)
    }

    fn add_key(&mut self, key: PrivateKeyDer<'static>) {
        self.key.get_or_insert(key);
    }

    /// Whether there is a private key, usable or not.
    pub(crate) fn has_key(&self) -> bool {
        self.key.is_some() || self.encrypted_key
    }

    /// Names the contents for a message that says what is missing.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Self { der: true, .. } => "binary data, perhaps DER that needs converting to PEM",
            pem if pem.has_key() && !pem.certs.is_empty() => "a certificate and a private key",
            pem if pem.has_key() => "a private key",
            pem if !pem.certs.is_empty() => "a certificate",
            Self { any: true, .. } => "PEM of another kind",
            _ => "no PEM",
        }
    }
}

/// A DER certificate or key is a sequence of more than 127 bytes, which no text starts like.
fn looks_like_der(bytes: &[u8]) -> bool {
    matches!(bytes, [0x30, 0x81..=0x84, ..])
}
