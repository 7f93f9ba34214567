//! What goes out.

use std::sync::Arc;

use futures_executor::block_on;
use telespan_export::{Accepted, Exporter};
use telespan_otlp::Batch;
use telespan_testkit::{MockCollector, Request};

use super::{ample, batch, endpoint, exporter, send};
use crate::subject::{BuildError, Compression, Endpoint, Headers, Subject, SubjectBuilder};

/// Sends a batch and returns the one request that it becomes; its body is the bytes of the batch.
pub(crate) fn request_of(batch: &Batch) -> Arc<Request> {
    let collector = MockCollector::start();
    let exporter = exporter(endpoint(&collector));
    assert_eq!(block_on(exporter.export(batch, ample())).unwrap(), Accepted::default());
    let mut requests = collector.requests();
    assert_eq!(requests.len(), 1);
    let request = requests.remove(0);
    assert_eq!(request.body, *batch.bytes());
    assert_eq!(request.authority, collector.address().to_string());
    assert_eq!(request.encoding, None);
    request
}

/// Sends twice with headers; all requests have them and the user agent, and what the exporter shows has no secrets.
pub(crate) fn assert_headers_and_user_agent(collector: &MockCollector, builder: SubjectBuilder) {
    let headers = Headers::new([("x-tenant", "blue"), ("Authorization", "Bearer s3cret")]).unwrap();
    let exporter = builder.headers(headers).build().unwrap();
    send(&exporter).unwrap();
    send(&exporter).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let requests = collector.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert_eq!(request.header("x-tenant"), Some("blue"));
        assert_eq!(request.header("authorization"), Some("Bearer s3cret"));
        let agent = request.header("user-agent").unwrap();
        assert_eq!(agent, format!("OTel-OTLP-Exporter-Rust/{version} telespan/{version}"));
    }
    assert!(!format!("{exporter:?}").contains("s3cret"));
}

#[test]
fn one_connection_serves_all_requests() {
    let collector = MockCollector::start();
    let exporter = exporter(endpoint(&collector));
    for _ in 0..3 {
        send(&exporter).unwrap();
    }
    assert_eq!((collector.requests().len(), collector.connections()), (3, 1));
}

#[test]
fn a_current_thread_runtime_may_wait_for_the_export() {
    let collector = MockCollector::start();
    let exporter = exporter(endpoint(&collector));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(exporter.export(&batch(3), ample())).unwrap();
    assert_eq!(collector.spans().len(), 3);
}

#[test]
fn a_unix_socket_is_an_endpoint() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("collector.sock");
    let collector = MockCollector::builder().unix_socket(&path).start();
    send(&exporter(Endpoint::unix(&path))).unwrap();
    assert_eq!(collector.requests()[0].authority, "localhost");
    assert_eq!(collector.spans().len(), 3);
}

#[test]
fn a_compression_is_used_or_refused_at_construction() {
    let collector = MockCollector::start();
    let table = [(Compression::Gzip, cfg!(feature = "gzip")), (Compression::Zstd, cfg!(feature = "zstd"))];
    for (compression, built) in table {
        match Subject::builder(endpoint(&collector)).compression(compression).build() {
            Ok(exporter) => {
                assert!(built);
                send(&exporter).unwrap();
                let request = collector.requests().pop().unwrap();
                assert_eq!(request.encoding.as_deref(), Some(compression.name()));
                assert!(request.wire_length < batch(3).len());
            }
            Err(error) => {
                assert!(!built && matches!(error, BuildError::Compression { .. }), "{error}");
                assert!(error.to_string().contains(&format!("enable the feature `{compression}`")));
            }
        }
    }
}
