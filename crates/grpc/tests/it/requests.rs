//! What goes out.

use futures_executor::block_on;
use telespan_export::{Accepted, Exporter, Failure};
use telespan_grpc::{BuildError, Compression, Endpoint, GrpcExporter, Headers};
use telespan_testkit::MockCollector;

use crate::{ample, batch, endpoint, exporter, send};

#[test]
fn a_batch_arrives_as_the_bytes_it_is() {
    let collector = MockCollector::start();
    let (exporter, batch) = (exporter(endpoint(&collector)), batch(7));
    assert_eq!(block_on(exporter.export(&batch, ample())).unwrap(), Accepted::default());
    let requests = collector.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].body, *batch.bytes());
    assert_eq!(requests[0].path, "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
    assert_eq!(requests[0].authority, collector.address().to_string());
    assert_eq!(requests[0].content_type(), "application/grpc");
    assert_eq!(requests[0].header("te"), Some("trailers"));
    assert_eq!(requests[0].encoding, None);
}

#[test]
fn headers_user_agent_and_timeout_go_with_every_request() {
    let collector = MockCollector::start();
    let headers = Headers::new([("x-tenant", "blue"), ("Authorization", "Bearer s3cret")]).unwrap();
    let exporter = GrpcExporter::builder(endpoint(&collector)).headers(headers).build().unwrap();
    send(&exporter).unwrap();
    send(&exporter).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    for request in collector.requests() {
        assert_eq!(request.header("x-tenant"), Some("blue"));
        assert_eq!(request.header("authorization"), Some("Bearer s3cret"));
        let agent = request.header("user-agent").unwrap();
        assert_eq!(agent, format!("OTel-OTLP-Exporter-Rust/{version} telespan/{version}"));
        let timeout = request.header("grpc-timeout").unwrap();
        let (number, unit) = timeout.split_at(timeout.len() - 1);
        assert!(number.parse::<u64>().is_ok() && "munSM".contains(unit), "{timeout}");
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
fn a_batch_above_the_limit_is_not_sent() {
    let collector = MockCollector::start();
    let batch = batch(3);
    let exporter = |max| GrpcExporter::builder(endpoint(&collector)).max_request_bytes(max).build().unwrap();
    let limit = batch.len() - 1;
    let error = block_on(exporter(limit).export(&batch, ample())).unwrap_err();
    assert_eq!(error.failure(), Failure::TooLarge { limit });
    assert_eq!(collector.connections(), 0);
    block_on(exporter(batch.len()).export(&batch, ample())).unwrap();
}

#[test]
fn a_compression_is_used_or_refused_at_construction() {
    let collector = MockCollector::start();
    let table = [(Compression::Gzip, cfg!(feature = "gzip")), (Compression::Zstd, cfg!(feature = "zstd"))];
    for (compression, built) in table {
        match GrpcExporter::builder(endpoint(&collector)).compression(compression).build() {
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
