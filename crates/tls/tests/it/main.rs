//! Tests with real certificates: errors of files, reloading, handshakes and the hints about those that fail.

#![allow(clippy::unwrap_used, reason = "a panic is the report of a test")]

mod errors;
mod handshake;
mod hints;
mod identities;
mod reload;

use std::path::Path;

use telespan_testkit::certs::{KeyPairFiles, TestPki};
use telespan_tls::{ClientTls, KeyPair, TlsFiles};

/// A directory with an authority in it.
fn setup() -> (tempfile::TempDir, TestPki) {
    let dir = tempfile::tempdir().unwrap();
    let pki = TestPki::new(dir.path());
    (dir, pki)
}

fn pair(files: &KeyPairFiles) -> KeyPair {
    KeyPair { key_file: files.key_file.clone(), cert_file: files.cert_file.clone() }
}

fn files(ca: &Path, pairs: &[KeyPairFiles]) -> TlsFiles {
    TlsFiles { ca_certs: vec![ca.to_owned()], key_pairs: pairs.iter().map(pair).collect() }
}

fn client(ca: &Path, pairs: &[KeyPairFiles]) -> ClientTls {
    ClientTls::load(files(ca, pairs), &[b"h2"]).unwrap()
}
