//! Where and how the collector listens.

use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{CertificateError, ClientConfig, Error, RootCertStore};
use telespan_testkit::certs::{KeyPairFiles, TestPki, server_config};
use telespan_testkit::{MockCollector, closed_port, fixture};

use crate::client::{grpc_request, http_request, send, send_tls, send_unix};

fn client_config(ca: &TestPki, identity: Option<&KeyPairFiles>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca.ca_file()).unwrap()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let Some(files) = identity else { return builder.with_no_client_auth() };
    let chain = CertificateDer::pem_file_iter(&files.cert_file).unwrap().map(Result::unwrap).collect();
    builder.with_client_auth_cert(chain, PrivateKeyDer::from_pem_file(&files.key_file).unwrap()).unwrap()
}

/// The TLS error of a failed handshake.
fn handshake_error(address: std::net::SocketAddr, config: ClientConfig) -> Error {
    let error = send_tls(address, config, http_request("application/json", "{}")).unwrap_err();
    error.get_ref().unwrap().downcast_ref::<Error>().unwrap().clone()
}

#[test]
fn a_given_listener_is_used() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let collector = MockCollector::builder().listener(listener).start();
    assert_eq!(collector.address(), address);
    assert_eq!(send(address, http_request("application/json", "{}")).unwrap().status, 200);
}

#[test]
fn a_unix_socket_serves_both_protocols_and_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("otlp.sock");
    let collector = MockCollector::builder().unix_socket(&path).start();
    send_unix(&path, http_request("application/x-protobuf", fixture::wide_bytes(1))).unwrap();
    send_unix(&path, grpc_request(&fixture::wide_bytes(1), false)).unwrap();
    assert_eq!(collector.spans().len(), 2);
    drop(collector);
    assert!(!path.exists());
}

#[test]
fn tls_serves_both_protocols() {
    let dir = tempfile::tempdir().unwrap();
    let pki = TestPki::new(dir.path());
    let collector = MockCollector::builder().tls(server_config(&pki.server(), &[])).start();
    for request in [http_request("application/x-protobuf", ""), grpc_request(b"", false)] {
        assert_eq!(send_tls(collector.address(), client_config(&pki, None), request).unwrap().status, 200);
    }
    assert_eq!(collector.requests().len(), 2);
    assert_eq!(collector.requests()[0].client_certificate, None);
}

#[test]
fn mutual_tls_tells_who_the_client_is() {
    let dir = tempfile::tempdir().unwrap();
    let pki = TestPki::new(dir.path());
    let below = pki.intermediate("below");
    let collector = MockCollector::builder().tls(server_config(&pki.server(), &[&pki])).start();
    for files in [pki.client("alice"), below.client("bob")] {
        let config = client_config(&pki, Some(&files));
        send_tls(collector.address(), config, grpc_request(b"", false)).unwrap();
    }
    let names: Vec<_> = collector.requests().iter().filter_map(|request| request.client_name()).collect();
    assert_eq!(names, ["alice", "bob"]);
    let config = client_config(&pki, None);
    assert!(send_tls(collector.address(), config, grpc_request(b"", false)).is_err());
    assert_eq!((collector.requests().len(), collector.connections()), (2, 3));
}

#[test]
fn bad_server_certificates_are_refused_for_the_right_reason() {
    let dir = tempfile::tempdir().unwrap();
    let pki = TestPki::new(dir.path());
    let other = TestPki::named(dir.path(), "other");
    let refused = |files: &KeyPairFiles, authority: &TestPki| {
        let collector = MockCollector::builder().tls(server_config(files, &[])).start();
        match handshake_error(collector.address(), client_config(authority, None)) {
            Error::InvalidCertificate(reason) => reason,
            error => panic!("{error}"),
        }
    };
    assert!(matches!(refused(&pki.expired_server(), &pki), CertificateError::ExpiredContext { .. }));
    assert!(matches!(
        refused(&pki.wrong_name_server(), &pki),
        CertificateError::NotValidForNameContext { .. }
    ));
    assert_eq!(refused(&pki.server(), &other), CertificateError::UnknownIssuer);
}

#[test]
fn a_closed_port_refuses_connections() {
    let closed = closed_port();
    assert_eq!(TcpStream::connect(closed.address()).unwrap_err().kind(), ErrorKind::ConnectionRefused);
}
