//! Handshakes in memory, between a configuration under test and a rustls server.

use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, ConnectionCommon, Error, ServerConfig, ServerConnection};
use telespan_testkit::certs::server_config;

use crate::{client, setup};

/// How a handshake ended, by side. Without an error, what the server knows.
pub(crate) struct Outcome {
    pub(crate) client: Result<(), Error>,
    pub(crate) server: Result<(), Error>,
    pub(crate) client_certificate: Option<CertificateDer<'static>>,
    pub(crate) alpn: Option<Vec<u8>>,
}

/// Connects to `localhost` and goes on until both sides are done and have read everything.
pub(crate) fn connect(client: Arc<ClientConfig>, server: ServerConfig) -> Outcome {
    let name = ServerName::try_from("localhost").unwrap();
    let mut client = ClientConnection::new(client, name).unwrap();
    let mut server = ServerConnection::new(Arc::new(server)).unwrap();
    let mut outcome = Outcome { client: Ok(()), server: Ok(()), client_certificate: None, alpn: None };
    while client.wants_write() || server.wants_write() {
        outcome.server = outcome.server.and(transfer(&mut client, &mut server));
        outcome.client = outcome.client.and(transfer(&mut server, &mut client));
    }
    outcome.client_certificate = server.peer_certificates().map(|chain| chain[0].clone());
    outcome.alpn = server.alpn_protocol().map(<[u8]>::to_vec);
    outcome
}

/// Moves all that `from` has to say; the error is that of `to`.
fn transfer<A, B>(from: &mut ConnectionCommon<A>, to: &mut ConnectionCommon<B>) -> Result<(), Error> {
    let mut wire = Vec::new();
    while from.wants_write() {
        from.write_tls(&mut wire).unwrap();
    }
    let mut rest = wire.as_slice();
    while !rest.is_empty() {
        to.read_tls(&mut rest).unwrap();
        to.process_new_packets()?;
    }
    Ok(())
}

#[test]
fn a_server_of_the_named_authority_is_trusted() {
    let (_dir, pki) = setup();
    let outcome = connect(client(pki.ca_file(), &[]).config(), server_config(&pki.server(), &[]));
    outcome.client.unwrap();
    outcome.server.unwrap();
    assert_eq!(outcome.alpn.as_deref(), Some(&b"h2"[..]));
    assert_eq!(outcome.client_certificate, None);
}

#[test]
fn both_versions_of_tls_are_spoken() {
    let (_dir, pki) = setup();
    let tls = client(pki.ca_file(), &[]);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(server_config(&pki.server(), &[]).cert_resolver);
        connect(tls.config(), server).client.unwrap();
    }
}

#[test]
fn several_authorities_in_several_files_are_all_trusted() {
    let (dir, pki) = setup();
    let others = ["b", "c"].map(|name| telespan_testkit::certs::TestPki::named(dir.path(), name));
    let bundle = dir.path().join("bundle.pem");
    let both = others.each_ref().map(|other| std::fs::read_to_string(other.ca_file()).unwrap()).concat();
    std::fs::write(&bundle, both).unwrap();
    let mut files = crate::files(pki.ca_file(), &[]);
    files.ca_certs.push(bundle);
    let tls = telespan_tls::ClientTls::load(files, &[b"h2"]).unwrap();
    for authority in [&pki, &others[0], &others[1]] {
        connect(tls.config(), server_config(&authority.server(), &[])).client.unwrap();
    }
}
