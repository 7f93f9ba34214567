//! What goes out.

use futures_executor::block_on;
use telespan_export::{Accepted, Exporter, Failure};
use telespan_http::{BuildError, Compression, Encoding, Endpoint, Headers, HttpExporter};
use telespan_otlp::json;
use telespan_testkit::MockCollector;

use crate::{ENCODINGS, ample, batch, endpoint, exporter, send};

#[test]
fn protobuf_is_the_bytes_of_the_batch() {
    let collector = MockCollector::start();
    let (exporter, batch) = (exporter(endpoint(&collector)), batch(7));
    assert_eq!(block_on(exporter.export(&batch, ample())).unwrap(), Accepted::default());
    let requests = collector.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].body, *batch.bytes());
    assert_eq!((requests[0].method.as_str(), requests[0].path.as_str()), ("POST", "/v1/traces"));
    assert_eq!(requests[0].authority, collector.address().to_string());
    assert_eq!(requests[0].content_type(), "application/x-protobuf");
    assert_eq!(requests[0].header("content-length"), Some(batch.len().to_string().as_str()));
    assert_eq!(requests[0].encoding, None);
}

#[test]
fn json_is_the_same_spans_as_text() {
    let collector = MockCollector::start();
    let exporter = HttpExporter::builder(endpoint(&collector)).encoding(Encoding::Json).build().unwrap();
    let batch = batch(7);
    assert_eq!(block_on(exporter.export(&batch, ample())).unwrap(), Accepted::default());
    let requests = collector.requests();
    assert_eq!(requests[0].content_type(), "application/json");
    assert_eq!(json::parse(&requests[0].body).unwrap(), batch);
}

#[test]
fn path_and_query_are_used_exactly() {
    let collector = MockCollector::start();
    for path in ["/", "/otlp/v1/traces/", "/x?token=a%20b&c"] {
        let exporter = HttpExporter::builder(endpoint(&collector)).path(path).build().unwrap();
        send(&exporter).unwrap();
        assert_eq!(collector.requests().pop().unwrap().path, path);
    }
}

#[test]
fn headers_and_user_agent_go_with_every_request() {
    let collector = MockCollector::start();
    let headers = Headers::new([("x-tenant", "blue"), ("Authorization", "Bearer s3cret")]).unwrap();
    let builder = HttpExporter::builder(endpoint(&collector)).path("/v1/traces?key=s3cret");
    let exporter = builder.headers(headers).build().unwrap();
    send(&exporter).unwrap();
    send(&exporter).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    for request in collector.requests() {
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
fn a_body_above_the_limit_is_not_sent() {
    let collector = MockCollector::start();
    let batch = batch(3);
    for encoding in ENCODINGS {
        let exporter = |max| {
            let builder = HttpExporter::builder(endpoint(&collector)).encoding(encoding);
            builder.max_request_bytes(max).build().unwrap()
        };
        let error = block_on(exporter(batch.len() - 1).export(&batch, ample())).unwrap_err();
        assert_eq!(error.failure(), Failure::TooLarge { limit: batch.len() - 1 }, "{encoding}");
    }
    assert_eq!(collector.connections(), 0);
}

#[test]
fn a_compression_is_used_or_refused_at_construction() {
    let collector = MockCollector::start();
    let table = [(Compression::Gzip, cfg!(feature = "gzip")), (Compression::Zstd, cfg!(feature = "zstd"))];
    for (compression, built) in table {
        match HttpExporter::builder(endpoint(&collector)).compression(compression).build() {
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

#[cfg(feature = "gzip")]
#[test]
fn gzip_decompresses_to_the_batch() {
    let collector = MockCollector::start();
    let builder = HttpExporter::builder(endpoint(&collector)).compression(Compression::Gzip);
    send(&builder.build().unwrap()).unwrap();
    assert_eq!(collector.requests()[0].body, *batch(3).bytes());
}

#[cfg(feature = "zstd")]
#[test]
fn zstd_decompresses_to_the_batch() {
    let collector = MockCollector::start();
    let builder = HttpExporter::builder(endpoint(&collector)).compression(Compression::Zstd);
    send(&builder.build().unwrap()).unwrap();
    let body = zstd::decode_all(&collector.requests()[0].body[..]).unwrap();
    assert_eq!(body, *batch(3).bytes());
}
