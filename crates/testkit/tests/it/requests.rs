//! What the collector notes about requests.

use std::io::Write;
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::Version;
use telespan_proto::common::v1::any_value::Value;
use telespan_testkit::{MockCollector, Reply, fixture};

use crate::PATIENCE;
use crate::client::{GRPC_PATH, grpc_request, http_request, send};

const PROTOBUF: &str = "application/x-protobuf";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn http_and_grpc_share_the_port_and_yield_the_same_spans() {
    let collector = MockCollector::start();
    send(collector.address(), http_request(PROTOBUF, fixture::wide_bytes(3))).unwrap();
    send(collector.address(), grpc_request(&fixture::wide_bytes(3), false)).unwrap();
    let requests = collector.requests();
    assert_eq!(requests[0].message, requests[1].message);
    assert_eq!(requests[0].body, requests[1].body);
    assert_eq!(collector.spans().len(), 6);
    let [http, grpc] = &*requests else { panic!("{requests:?}") };
    assert_eq!((http.version, http.path.as_str(), http.is_grpc()), (Version::HTTP_11, "/v1/traces", false));
    assert_eq!((grpc.version, grpc.path.as_str(), grpc.is_grpc()), (Version::HTTP_2, GRPC_PATH, true));
    assert_eq!((http.authority.as_str(), grpc.authority.as_str()), ("collector.test", "collector.test"));
    assert_eq!((http.connection, grpc.connection, collector.connections()), (1, 2, 2));
    assert_eq!(grpc.header("te"), Some("trailers"));
}

#[test]
fn spans_come_with_resource_and_scope() {
    let collector = MockCollector::start();
    send(collector.address(), http_request(PROTOBUF, fixture::wide_bytes(1))).unwrap();
    let span = &collector.spans()[0];
    assert_eq!(span.name, "POST /api/v1/orders/{order_id}/items");
    assert_eq!(span.scope.name, "shop::checkout");
    let service = Value::StringValue("checkout".to_owned());
    assert_eq!(span.resource_attribute("service.name"), Some(&service));
    assert!(span.attribute("user.id").is_some() && span.attribute("absent").is_none());
}

#[test]
fn gzip_is_undone_and_noted() {
    let collector = MockCollector::start();
    let plain = fixture::wide_bytes(20);
    let compressed = gzip(&plain);
    let mut http = http_request(PROTOBUF, compressed.clone());
    http.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
    let mut grpc = grpc_request(&compressed, true);
    grpc.headers_mut().insert("grpc-encoding", "gzip".parse().unwrap());
    send(collector.address(), http).unwrap();
    send(collector.address(), grpc).unwrap();
    let lengths = [compressed.len(), compressed.len() + 5];
    for (request, length) in collector.requests().iter().zip(lengths) {
        assert_eq!(request.encoding.as_deref(), Some("gzip"));
        assert_eq!(request.wire_length, length);
        assert_eq!(request.body, plain);
    }
    assert_eq!(collector.spans().len(), 40);
}

#[test]
fn a_grpc_message_may_be_plain_although_an_encoding_is_announced() {
    let collector = MockCollector::start();
    let mut request = grpc_request(&fixture::wide_bytes(1), false);
    request.headers_mut().insert("grpc-encoding", "gzip".parse().unwrap());
    send(collector.address(), request).unwrap();
    assert_eq!(collector.requests()[0].encoding, None);
    assert_eq!(collector.spans().len(), 1);
}

#[test]
fn json_and_garbage_are_kept_as_they_are() {
    let collector = MockCollector::start();
    let cases = [("application/json", r#"{"resourceSpans":[]}"#), (PROTOBUF, "\u{7f}garbage")];
    for (content_type, body) in cases {
        send(collector.address(), http_request(content_type, body)).unwrap();
    }
    for (request, (content_type, body)) in collector.requests().iter().zip(cases) {
        assert_eq!((request.content_type(), &*request.body), (content_type, body.as_bytes()));
        assert_eq!(request.message, None);
    }
}

#[test]
fn refused_requests_are_noted_but_their_spans_do_not_count() {
    let collector = MockCollector::builder().script([Reply::http_status(503, &[], "")]).start();
    for spans in [1, 2] {
        send(collector.address(), http_request(PROTOBUF, fixture::wide_bytes(spans))).unwrap();
    }
    let accepted: Vec<_> = collector.requests().iter().map(|request| request.accepted).collect();
    assert_eq!(accepted, [false, true]);
    assert_eq!(collector.wait_for_spans(2, PATIENCE).len(), 2);
}

#[test]
fn waiting_ends_when_the_spans_are_there() {
    let collector = MockCollector::start();
    let address = collector.address();
    let sender = thread::spawn(move || {
        for _ in 0..3 {
            send(address, http_request(PROTOBUF, fixture::wide_bytes(2))).unwrap();
        }
    });
    assert_eq!(collector.wait_for_spans(5, PATIENCE).len(), 6);
    assert_eq!(collector.wait_for_requests(3, PATIENCE).len(), 3);
    sender.join().unwrap();
}

#[test]
#[should_panic(expected = "for 2 accepted spans, got 1 (1 requests over 1 connections)")]
fn waiting_in_vain_panics_and_says_what_came() {
    let collector = MockCollector::start();
    send(collector.address(), http_request(PROTOBUF, fixture::wide_bytes(1))).unwrap();
    collector.wait_for_spans(2, std::time::Duration::from_millis(1));
}
