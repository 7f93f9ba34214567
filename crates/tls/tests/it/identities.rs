//! Which client certificate is shown to which server.

use std::fs;

use rustls::SignatureScheme;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use telespan_testkit::certs::{KeyKind, KeyPairFiles, TestPki, server_config};

use crate::handshake::connect;
use crate::{client, setup};

fn certificate(files: &KeyPairFiles) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(&files.cert_file).unwrap()
}

#[test]
fn the_pair_whose_issuer_the_server_names_is_chosen() {
    let (dir, pki) = setup();
    let others = ["b", "c"].map(|name| TestPki::named(dir.path(), name));
    let pairs = [pki.client("x"), others[0].client("y"), others[1].client("z")];
    let tls = client(pki.ca_file(), &pairs);
    for (authority, expected) in [&pki, &others[0], &others[1]].into_iter().zip(&pairs) {
        let outcome = connect(tls.config(), server_config(&pki.server(), &[authority]));
        assert_eq!(outcome.client_certificate, Some(certificate(expected)));
        outcome.server.unwrap();
    }
}

#[test]
fn the_first_of_several_acceptable_pairs_is_chosen() {
    let (dir, pki) = setup();
    let other = TestPki::named(dir.path(), "other");
    let pairs = [other.client("x"), pki.client("y"), pki.client("z")];
    let outcome = connect(client(pki.ca_file(), &pairs).config(), server_config(&pki.server(), &[&pki]));
    assert_eq!(outcome.client_certificate, Some(certificate(&pairs[1])));
}

#[test]
fn a_pair_issued_by_an_intermediate_matches_the_root_that_the_server_names() {
    let (dir, pki) = setup();
    let below = pki.intermediate("below").intermediate("further-below");
    let pairs = [TestPki::named(dir.path(), "other").client("x"), below.client("y")];
    let outcome = connect(client(pki.ca_file(), &pairs).config(), server_config(&pki.server(), &[&pki]));
    assert_eq!(outcome.client_certificate, Some(certificate(&pairs[1])));
    outcome.server.unwrap();
}

#[test]
fn the_first_pair_is_shown_to_a_server_that_names_none_of_the_issuers() {
    let (dir, pki) = setup();
    let other = TestPki::named(dir.path(), "other");
    let pairs = [other.client("x"), other.client("y")];
    let outcome = connect(client(pki.ca_file(), &pairs).config(), server_config(&pki.server(), &[&pki]));
    assert!(outcome.server.is_err());
    assert_eq!(outcome.client_certificate, None);
    let tls = client(pki.ca_file(), &pairs);
    let resolver = &tls.config().client_auth_cert_resolver;
    let chosen = resolver.resolve(&[b"unheard of"], &[SignatureScheme::ECDSA_NISTP256_SHA256]).unwrap();
    assert_eq!(chosen.cert[0], certificate(&pairs[0]));
}

#[test]
fn a_pair_whose_kind_of_key_the_server_cannot_verify_is_passed_over() {
    let (_dir, pki) = setup();
    let kinds = [KeyKind::Ed25519, KeyKind::P384, KeyKind::P256];
    let pairs = kinds.map(|kind| pki.client_with_key(&format!("{kind:?}"), kind));
    let tls = client(pki.ca_file(), &pairs);
    let config = tls.config();
    let shown = |schemes: &[SignatureScheme]| {
        config
            .client_auth_cert_resolver
            .resolve(&[], schemes)
            .map(|identity| identity.cert[0].clone())
            .unwrap()
    };
    use SignatureScheme::{ECDSA_NISTP256_SHA256, ECDSA_NISTP384_SHA384, ED25519, RSA_PSS_SHA256};
    let cases: [(&[_], usize); 5] = [
        (&[ECDSA_NISTP256_SHA256, ECDSA_NISTP384_SHA384, ED25519], 0),
        (&[ECDSA_NISTP256_SHA256, ECDSA_NISTP384_SHA384], 1),
        (&[RSA_PSS_SHA256, ECDSA_NISTP256_SHA256], 2),
        (&[RSA_PSS_SHA256], 0),
        (&[], 0),
    ];
    for (schemes, expected) in cases {
        assert_eq!(shown(schemes), certificate(&pairs[expected]), "{schemes:?}");
    }
}

#[test]
fn key_and_certificate_may_share_a_file() {
    let (dir, pki) = setup();
    let pair = pki.client("x");
    let both = dir.path().join("both.pem");
    let text = [&pair.cert_file, &pair.key_file].map(|file| fs::read_to_string(file).unwrap()).concat();
    fs::write(&both, text).unwrap();
    let combined = KeyPairFiles { key_file: both.clone(), cert_file: both };
    let tls = client(pki.ca_file(), &[combined]);
    connect(tls.config(), server_config(&pki.server(), &[&pki])).server.unwrap();
}
