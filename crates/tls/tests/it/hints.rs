//! What people are told when a handshake fails.

use std::io;

use rustls::{AlertDescription, Error, InvalidMessage, PeerIncompatible};
use telespan_testkit::certs::{KeyPairFiles, TestPki, server_config};
use telespan_tls::explain;

use crate::handshake::connect;
use crate::{client, setup};

/// The hint about what this client sees when it connects to that server.
fn hint(
    trusted: &TestPki,
    identity: &[KeyPairFiles],
    server: &KeyPairFiles,
    demands: &[&TestPki],
) -> &'static str {
    let outcome = connect(client(trusted.ca_file(), identity).config(), server_config(server, demands));
    explain(&outcome.client.unwrap_err()).unwrap()
}

#[test]
fn bad_server_certificates_are_explained() {
    let (dir, pki) = setup();
    let other = TestPki::named(dir.path(), "other");
    let cases = [
        (&other, pki.server(), "not issued by a trusted authority"),
        (&pki, pki.expired_server(), "has expired"),
        (&pki, pki.wrong_name_server(), "is for another host"),
        (&pki, pki.client("not-a-server"), "is not meant for servers"),
    ];
    for (trusted, server, expected) in cases {
        let hint = hint(trusted, &[], &server, &[]);
        assert!(hint.contains(expected), "{hint}");
    }
}

#[test]
fn missing_and_refused_client_certificates_are_explained() {
    let (dir, pki) = setup();
    let other = TestPki::named(dir.path(), "other");
    let cases = [
        (vec![], "demands a client certificate"),
        (vec![other.client("stranger")], "refused the client certificate"),
        (vec![pki.expired_client("old")], "client certificate has expired"),
    ];
    for (identity, expected) in cases {
        let hint = hint(&pki, &identity, &pki.server(), &[&pki]);
        assert!(hint.contains(expected), "{hint}");
    }
}

#[test]
fn a_server_without_the_protocol_is_explained() {
    let (_dir, pki) = setup();
    let mut server = server_config(&pki.server(), &[]);
    server.alpn_protocols = vec![b"smtp".to_vec()];
    let error = connect(client(pki.ca_file(), &[]).config(), server).client.unwrap_err();
    assert!(explain(&error).unwrap().contains("does not speak this protocol"));
}

#[test]
fn a_server_without_tls_is_explained() {
    let (_dir, pki) = setup();
    let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
    let mut connection = rustls::ClientConnection::new(client(pki.ca_file(), &[]).config(), name).unwrap();
    connection.read_tls(&mut &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..]).unwrap();
    let error = connection.process_new_packets().unwrap_err();
    assert_eq!(error, Error::InvalidMessage(InvalidMessage::InvalidContentType));
    assert!(explain(&error).unwrap().contains("does not speak TLS"));
}

#[test]
fn the_error_is_found_behind_others() {
    let tls = || Error::AlertReceived(AlertDescription::CertificateRequired);
    let expected = explain(&tls()).unwrap();
    let wrapped = io::Error::new(io::ErrorKind::InvalidData, tls());
    assert_eq!(explain(&wrapped), Some(expected));
    assert_eq!(explain(&io::Error::other(wrapped)), Some(expected));
    let boxed: Box<dyn std::error::Error> = Box::new(io::Error::other(tls()));
    assert_eq!(explain(&*boxed), Some(expected));
}

#[test]
fn other_errors_have_no_hint() {
    assert_eq!(explain(&io::Error::from(io::ErrorKind::ConnectionReset)), None);
    assert_eq!(explain(&io::Error::other("plain text")), None);
    assert_eq!(explain(&Error::HandshakeNotComplete), None);
    assert!(explain(&Error::PeerIncompatible(PeerIncompatible::Tls12NotOffered)).is_some());
}
