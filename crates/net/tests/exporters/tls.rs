//! TLS, one-sided and mutual.

use std::fs;

use http::Version;
use telespan_testkit::MockCollector;
use telespan_testkit::certs::{KeyPairFiles, TestPki, server_config};
use telespan_tls::{ClientTls, KeyPair, TlsFiles};

use super::{RETRYABLE, assert_says, exporter, send};
use crate::subject::{Endpoint, Subject};

pub(crate) fn client(pki: &TestPki, pair: Option<KeyPairFiles>) -> ClientTls {
    let key_pairs = pair.map(|p| KeyPair { key_file: p.key_file, cert_file: p.cert_file });
    let files = TlsFiles { ca_certs: vec![pki.ca_file().into()], key_pairs: key_pairs.into_iter().collect() };
    ClientTls::load(files, Subject::ALPN).unwrap()
}

pub(crate) fn endpoint(collector: &MockCollector, host: &str, tls: ClientTls) -> Endpoint {
    Endpoint::tls(host, collector.address().port(), tls).unwrap()
}

#[test]
fn a_server_of_a_trusted_authority_gets_the_batch() {
    let dir = tempfile::tempdir().unwrap();
    let pki = TestPki::new(dir.path());
    let collector = MockCollector::builder().tls(server_config(&pki.server(), &[])).start();
    for host in ["127.0.0.1", "localhost"] {
        send(&exporter(endpoint(&collector, host, client(&pki, None)))).unwrap();
    }
    assert_eq!(collector.spans().len(), 6);
    assert!(collector.requests().iter().all(|request| request.version == Version::HTTP_2));
}

#[test]
fn a_client_certificate_is_shown() {
    let dir = tempfile::tempdir().unwrap();
    let pki = TestPki::new(dir.path());
    let collector = MockCollector::builder().tls(server_config(&pki.server(), &[&pki])).start();
    let tls = client(&pki, Some(pki.client("alice")));
    send(&exporter(endpoint(&collector, "localhost", tls))).unwrap();
    assert_eq!(collector.requests()[0].client_name().as_deref(), Some("alice"));
}

#[test]
fn certificate_trouble_is_retryable_and_says_what_to_mend() {
    let dir = tempfile::tempdir().unwrap();
    let (pki, other) = (TestPki::new(dir.path()), TestPki::named(dir.path(), "other"));
    let (plain, mutual) = (&[][..], &[&pki][..]);
    let table = [
        (other.server(), plain, None, "not issued by a trusted authority"),
        (pki.expired_server(), plain, None, "has expired"),
        (pki.wrong_name_server(), plain, None, "is for another host"),
        (pki.server(), mutual, None, "the server demands a client certificate"),
        (pki.server(), mutual, Some(other.client("eve")), "the server refused the client certificate"),
    ];
    for (server, authorities, pair, hint) in table {
        let collector = MockCollector::builder().tls(server_config(&server, authorities)).start();
        let error = send(&exporter(endpoint(&collector, "localhost", client(&pki, pair)))).unwrap_err();
        assert_eq!(error.failure(), RETRYABLE, "{hint}");
        let place = format!("localhost:{}", collector.address().port());
        assert_says(&error, &[&place, hint]);
    }
}

#[test]
fn tls_to_a_server_in_the_clear_hints_at_the_scheme() {
    let dir = tempfile::tempdir().unwrap();
    let pki = TestPki::new(dir.path());
    let collector = MockCollector::start();
    let error = send(&exporter(endpoint(&collector, "localhost", client(&pki, None)))).unwrap_err();
    assert_eq!(error.failure(), RETRYABLE);
    assert_says(&error, &["does not speak TLS on this port"]);
}

#[test]
fn certificates_that_changed_on_disk_are_used_by_the_next_connection() {
    let dir = tempfile::tempdir().unwrap();
    let (old, new) = (TestPki::named(dir.path(), "old"), TestPki::named(dir.path(), "new"));
    let collector = MockCollector::builder().tls(server_config(&new.server(), &[])).start();
    let exporter = exporter(endpoint(&collector, "localhost", client(&old, None)));
    assert_eq!(send(&exporter).unwrap_err().failure(), RETRYABLE);
    fs::rename(new.ca_file(), old.ca_file()).unwrap();
    send(&exporter).unwrap();
}
