//! What goes out in the terms of HTTP.

use futures_executor::block_on;
use telespan_export::{Accepted, Exporter, Failure};
use telespan_http::{Encoding, HttpExporter};
use telespan_otlp::json;
use telespan_testkit::MockCollector;

use crate::ENCODINGS;
use crate::exporters::requests::{assert_headers_and_user_agent, request_of};
use crate::exporters::{ample, batch, endpoint, send};

#[test]
fn protobuf_is_the_bytes_of_the_batch() {
    let batch = batch(7);
    let request = request_of(&batch);
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/v1/traces"));
    assert_eq!(request.content_type(), "application/x-protobuf");
    assert_eq!(request.header("content-length"), Some(batch.len().to_string().as_str()));
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
    let builder = HttpExporter::builder(endpoint(&collector)).path("/v1/traces?key=s3cret");
    assert_headers_and_user_agent(&collector, builder);
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

#[cfg(feature = "gzip")]
#[test]
fn gzip_decompresses_to_the_batch() {
    let collector = MockCollector::start();
    let builder = HttpExporter::builder(endpoint(&collector)).compression(telespan_http::Compression::Gzip);
    send(&builder.build().unwrap()).unwrap();
    assert_eq!(collector.requests()[0].body, *batch(3).bytes());
}

#[cfg(feature = "zstd")]
#[test]
fn zstd_decompresses_to_the_batch() {
    let collector = MockCollector::start();
    let builder = HttpExporter::builder(endpoint(&collector)).compression(telespan_http::Compression::Zstd);
    send(&builder.build().unwrap()).unwrap();
    let body = zstd::decode_all(&collector.requests()[0].body[..]).unwrap();
    assert_eq!(body, *batch(3).bytes());
}
