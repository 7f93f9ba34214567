//! What can be wrong with TLS files, told so that the reader can mend it.

use std::io;
use std::path::{Path, PathBuf};

/// One thing that is wrong with one of the files. Never holds anything of a file's contents.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The file does not exist.
    #[error("{} does not exist: correct the path or put the file there", file.display())]
    Missing {
        /// The file named in the configuration.
        file: PathBuf,
    },
    /// The file exists but cannot be read.
    #[error("cannot read {}: it must be a file that this user may read", file.display())]
    Unreadable {
        /// The file named in the configuration.
        file: PathBuf,
        /// Why reading failed.
        source: io::Error,
    },
    /// The PEM structure of the file is broken.
    #[error(
        "{} is damaged: a BEGIN line lacks its END line or the lines between are not base64; copy the file again",
        file.display()
    )]
    Damaged {
        /// The file named in the configuration.
        file: PathBuf,
    },
    /// A file that must hold certificates holds none.
    #[error(
        "no certificate in {}, which holds {found}: it must be PEM with a line `-----BEGIN CERTIFICATE-----`",
        file.display()
    )]
    NoCertificate {
        /// The file named in the configuration.
        file: PathBuf,
        /// What it holds instead.
        found: &'static str,
    },
    /// A certificate in the file has valid PEM around something that is no X.509 certificate.
    #[error("certificate {position} in {} cannot be used: issue it anew or remove it", file.display())]
    InvalidCertificate {
        /// The file named in the configuration.
        file: PathBuf,
        /// Which certificate of the file, counted from 1.
        position: usize,
        /// What is wrong with it.
        source: rustls::Error,
    },
    /// A file that must hold a private key holds none.
    #[error(
        "no private key in {}, which holds {found}: it must be PEM with a line `-----BEGIN PRIVATE KEY-----`",
        file.display()
    )]
    NoKey {
        /// The file named in the configuration.
        file: PathBuf,
        /// What it holds instead.
        found: &'static str,
    },
    /// The private key is encrypted, and there is nobody to ask for its passphrase.
    #[error(
        "the private key in {} is encrypted: store it decrypted, e.g. with `openssl pkey`, readable by this user only",
        file.display()
    )]
    EncryptedKey {
        /// The file named in the configuration.
        file: PathBuf,
    },
    /// The private key is of a kind or size that cannot sign here.
    #[error(
        "the private key in {} is of a kind that is not supported: use ECDSA P-256 or P-384, Ed25519, or RSA of 2048 bits or more",
        file.display()
    )]
    UnsupportedKey {
        /// The file named in the configuration.
        file: PathBuf,
    },
    /// The private key is not the one that the certificate was issued for.
    #[error(
        "the private key in {} does not belong to the first certificate in {}: name the files of one pair, leaf certificate first",
        key_file.display(),
        cert_file.display()
    )]
    KeyMismatch {
        /// The file of the key.
        key_file: PathBuf,
        /// The file of the certificate.
        cert_file: PathBuf,
    },
    /// The key is in the certificate's file and the certificate in the key's.
    #[error(
        "key and certificate are swapped: {} holds a certificate and {} a private key; exchange the two paths",
        key_file.display(),
        cert_file.display()
    )]
    Swapped {
        /// The file named as the key's.
        key_file: PathBuf,
        /// The file named as the certificate's.
        cert_file: PathBuf,
    },
    /// No CA file is named and the system has no usable root certificate.
    #[error(
        "the system has no root certificates: install them (package ca-certificates) or name the CA's file"
    )]
    NoSystemRoots,
}

impl TlsError {
    /// The file at fault, the key's where a pair is; none if it is the system's roots.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Missing { file }
            | Self::Unreadable { file, .. }
            | Self::Damaged { file }
            | Self::NoCertificate { file, .. }
            | Self::InvalidCertificate { file, .. }
            | Self::NoKey { file, .. }
            | Self::EncryptedKey { file }
            | Self::UnsupportedKey { file }
            | Self::KeyMismatch { key_file: file, .. }
            | Self::Swapped { key_file: file, .. } => Some(file),
            Self::NoSystemRoots => None,
        }
    }
}
