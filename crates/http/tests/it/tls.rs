//! TLS to a server that does not have HTTP/2.

use http::Version;
use telespan_testkit::MockCollector;
use telespan_testkit::certs::{TestPki, server_config};

use crate::exporters::tls::{client, endpoint};
use crate::exporters::{exporter, send};

#[test]
fn a_server_without_http_2_is_spoken_to_in_http_1() {
    let dir = tempfile::tempdir().unwrap();
    let pki = TestPki::new(dir.path());
    let mut config = server_config(&pki.server(), &[]);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let collector = MockCollector::builder().tls(config).start();
    send(&exporter(endpoint(&collector, "localhost", client(&pki, None)))).unwrap();
    assert_eq!(collector.requests()[0].version, Version::HTTP_11);
}
