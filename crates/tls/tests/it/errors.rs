//! What is said about files that cannot be used.

use std::error::Error;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use telespan_testkit::certs::TestPki;
use telespan_tls::{ClientTls, KeyPair, TlsError, TlsFiles};

use crate::{pair, setup};

fn errors(files: TlsFiles) -> Vec<TlsError> {
    ClientTls::load(files, &[]).unwrap_err()
}

/// The only error about a CA file.
fn ca_error(file: PathBuf) -> TlsError {
    single(errors(TlsFiles { ca_certs: vec![file], key_pairs: vec![] }))
}

/// The only error about a pair beside a good CA.
fn pair_error(pki: &TestPki, pair: KeyPair) -> TlsError {
    single(errors(TlsFiles { ca_certs: vec![pki.ca_file().to_owned()], key_pairs: vec![pair] }))
}

fn single(mut errors: Vec<TlsError>) -> TlsError {
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors.remove(0)
}

#[test]
fn files_that_cannot_be_read_are_told_apart() {
    let (dir, _pki) = setup();
    let missing = dir.path().join("missing.pem");
    let error = ca_error(missing.clone());
    assert!(matches!(&error, TlsError::Missing { file } if *file == missing), "{error:?}");
    let endless = dir.path().join("endless.pem");
    symlink(&endless, &endless).unwrap();
    for file in [dir.path().to_owned(), endless] {
        let error = ca_error(file.clone());
        assert!(matches!(&error, TlsError::Unreadable { .. }), "{error:?}");
        assert_eq!(error.file(), Some(&*file));
        let cause = error.source().unwrap().to_string();
        assert!(!error.to_string().contains(&cause), "the cause is told twice: {error}");
    }
}

#[test]
fn a_ca_file_without_certificate_says_what_it_holds() {
    let (dir, pki) = setup();
    let pair = pki.client("x");
    let certificate = fs::read_to_string(pki.ca_file()).unwrap();
    let public_key = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
    let der = [&[0x30, 0x82, 0x01, 0x00][..], &[0; 256]].concat();
    let cases = [
        (Vec::new(), "holds no PEM:"),
        (b"hello\n".to_vec(), "holds no PEM:"),
        (fs::read(&pair.key_file).unwrap(), "holds a private key:"),
        (public_key.into(), "holds PEM of another kind:"),
        (der, "holds binary data"),
        (
            certificate.replace(" CERTIFICATE", " TRUSTED CERTIFICATE").into_bytes(),
            "holds PEM of another kind:",
        ),
    ];
    for (contents, expected) in cases {
        let file = dir.path().join("ca-to-be.pem");
        fs::write(&file, &contents).unwrap();
        let error = ca_error(file.clone());
        assert!(matches!(&error, TlsError::NoCertificate { .. }), "{error:?}");
        assert_eq!(error.file(), Some(&*file));
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn damaged_pem_and_invalid_certificates_are_told_apart() {
    let (dir, pki) = setup();
    let good = fs::read_to_string(pki.ca_file()).unwrap();
    let file = dir.path().join("bad.pem");
    let damaged = [
        "-----BEGIN CERTIFICATE-----\nMIIB\n",
        "-----BEGIN CERTIFICATE-----\n?!\n-----END CERTIFICATE-----\n",
    ];
    for contents in damaged {
        fs::write(&file, contents).unwrap();
        let error = ca_error(file.clone());
        assert!(matches!(&error, TlsError::Damaged { .. }), "{error:?}");
    }
    fs::write(&file, format!("{good}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
        .unwrap();
    let error = ca_error(file);
    assert!(matches!(&error, TlsError::InvalidCertificate { position: 2, .. }), "{error:?}");
}

#[test]
fn a_key_file_without_usable_key_says_why() {
    let (dir, pki) = setup();
    let good = pair(&pki.client("x"));
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let traditional = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n\
                       -----END RSA PRIVATE KEY-----\n";
    let unknown = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let certificate = fs::read_to_string(&good.cert_file).unwrap();
    let cases = [
        (encrypted, "is encrypted: store it decrypted"),
        (traditional, "is encrypted: store it decrypted"),
        (unknown, "is of a kind that is not supported"),
        ("", "which holds no PEM"),
        (&certificate, "which holds a certificate"),
    ];
    for (contents, expected) in cases {
        let key_file = dir.path().join("key.pem");
        fs::write(&key_file, contents).unwrap();
        let error = pair_error(&pki, KeyPair { key_file: key_file.clone(), ..good.clone() });
        assert_eq!(error.file(), Some(&*key_file));
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_key_of_another_certificate_is_noticed() {
    let (_dir, pki) = setup();
    let (one, other) = (pair(&pki.client("one")), pair(&pki.client("other")));
    let mixed = KeyPair { key_file: one.key_file.clone(), cert_file: other.cert_file.clone() };
    let error = pair_error(&pki, mixed);
    assert!(
        matches!(&error, TlsError::KeyMismatch { key_file, cert_file }
            if *key_file == one.key_file && *cert_file == other.cert_file),
        "{error:?}"
    );
}

#[test]
fn swapped_files_are_recognised() {
    let (dir, pki) = setup();
    let good = pair(&pki.client("x"));
    let swapped = KeyPair { key_file: good.cert_file.clone(), cert_file: good.key_file };
    let error = pair_error(&pki, swapped);
    assert!(matches!(&error, TlsError::Swapped { .. }), "{error:?}");
    let encrypted = dir.path().join("encrypted.pem");
    fs::write(
        &encrypted,
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    )
    .unwrap();
    let error = pair_error(&pki, KeyPair { key_file: good.cert_file, cert_file: encrypted });
    assert!(matches!(&error, TlsError::Swapped { .. }), "{error:?}");
}

#[test]
fn all_errors_of_all_files_are_found_at_once_and_in_order() {
    let (dir, pki) = setup();
    let missing = ["a", "b", "c"].map(|name| dir.path().join(name));
    let [a, b, c] = missing.clone();
    let key_pairs = vec![KeyPair { key_file: b, cert_file: c }, pair(&pki.client("good"))];
    let found = errors(TlsFiles { ca_certs: vec![a, pki.ca_file().to_owned()], key_pairs });
    let places: Vec<_> = found.iter().map(|error| error.file().unwrap()).collect();
    assert_eq!(places, missing);
}

#[test]
fn neither_errors_nor_debug_output_hold_a_secret() {
    let (dir, pki) = setup();
    let good = pair(&pki.client("x"));
    let secret = fs::read_to_string(&good.key_file).unwrap();
    let body = secret.lines().nth(1).unwrap();
    let tls = ClientTls::load(crate::files(pki.ca_file(), &[pki.client("x")]), &[]).unwrap();
    let mut texts = vec![format!("{tls:?} {:?}", tls.config().client_auth_cert_resolver)];
    let truncated = format!("-----BEGIN PRIVATE KEY-----\n{body}\n");
    let misused = format!("{truncated}-----END PRIVATE KEY-----\n");
    let key_file = dir.path().join("key.pem");
    for contents in [truncated.clone(), misused, truncated.replace('M', "?"), secret.clone()] {
        fs::write(&key_file, contents).unwrap();
        let other = KeyPair { key_file: key_file.clone(), cert_file: pki.ca_file().to_owned() };
        texts.extend([pair_error(&pki, other)].iter().map(|error| format!("{error} {error:?}")));
    }
    let words = body.as_bytes().chunks(8).map(|word| std::str::from_utf8(word).unwrap());
    for word in words.filter(|word| word.len() == 8) {
        assert!(texts.iter().all(|text| !text.contains(word)), "{word}: {texts:?}");
    }
}
