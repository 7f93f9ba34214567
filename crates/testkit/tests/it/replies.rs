//! What the collector answers.

use std::time::{Duration, Instant};

use prost::Message;
use telespan_proto::collector::trace::v1::ExportTraceServiceResponse;
use telespan_proto::google::rpc::{RetryInfo, Status};
use telespan_testkit::{Gate, MockCollector, Reply, fixture};

use crate::PATIENCE;
use crate::client::{Answer, grpc_request, http_request, send, send_until_error};

const PROTOBUF: &str = "application/x-protobuf";

fn answer_http(reply: Reply, content_type: &str) -> hyper::Result<Answer> {
    let collector = MockCollector::builder().script([reply]).start();
    send(collector.address(), http_request(content_type, fixture::wide_bytes(1)))
}

fn answer_grpc(reply: Reply) -> hyper::Result<Answer> {
    let collector = MockCollector::builder().script([reply]).start();
    send(collector.address(), grpc_request(&fixture::wide_bytes(1), false))
}

/// Checks the frame's head.
fn unframe(body: &[u8]) -> &[u8] {
    let (head, message) = body.split_at(5);
    assert_eq!(head[0], 0);
    assert_eq!(head[1..], u32::try_from(message.len()).unwrap().to_be_bytes());
    message
}

/// Without padding, alphabet of RFC 4648 section 4.
fn unbase64(text: &str) -> Vec<u8> {
    let digit = |byte| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => panic!("{text} is not base64"),
    };
    let bits: Vec<u8> =
        text.bytes().flat_map(|byte| (0..6).rev().map(move |bit| digit(byte) >> bit & 1)).collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | bit)).collect()
}

#[test]
fn success_is_an_empty_export_response() {
    for (content_type, body) in [(PROTOBUF, ""), ("application/json", "{}")] {
        let answer = answer_http(Reply::ok(), content_type).unwrap();
        assert_eq!((answer.status, &*answer.body), (200, body.as_bytes()));
        assert_eq!(answer.headers["content-type"], content_type);
    }
    let answer = answer_grpc(Reply::ok()).unwrap();
    assert_eq!((answer.status, unframe(&answer.body)), (200, &b""[..]));
    assert_eq!(answer.trailers["grpc-status"], "0");
}

#[test]
fn partial_success_tells_count_and_reason() {
    let reply = || Reply::partial_success(3, "too \"old\"");
    let http = answer_http(reply(), PROTOBUF).unwrap();
    let grpc = answer_grpc(reply()).unwrap();
    for message in [&*http.body, unframe(&grpc.body)] {
        let partial = ExportTraceServiceResponse::decode(message).unwrap().partial_success.unwrap();
        assert_eq!((partial.rejected_spans, partial.error_message.as_str()), (3, "too \"old\""));
    }
    let json = answer_http(reply(), "application/json").unwrap();
    let expected = r#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too \"old\""}}"#;
    assert_eq!(json.body, expected);
}

#[test]
fn an_http_status_is_sent_to_either_protocol() {
    let reply = || Reply::http_status(429, &[("retry-after", "7")], "slow down");
    for answer in [answer_http(reply(), PROTOBUF).unwrap(), answer_grpc(reply()).unwrap()] {
        assert_eq!((answer.status, &*answer.body), (429, &b"slow down"[..]));
        assert_eq!(answer.headers["retry-after"], "7");
        assert!(!answer.headers.contains_key("grpc-status") && answer.trailers.is_empty());
    }
}

#[test]
fn a_grpc_status_carries_message_and_retry_info() {
    let answer =
        answer_grpc(Reply::grpc_status(14, "50 % lost: ü", Some(Duration::from_millis(1500)))).unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["grpc-status"], "14");
    assert_eq!(answer.headers["grpc-message"], "50 %25 lost: %C3%BC");
    let details = unbase64(answer.headers["grpc-status-details-bin"].to_str().unwrap());
    let status = Status::decode(&*details).unwrap();
    assert_eq!((status.code, status.message.as_str()), (14, "50 % lost: ü"));
    let [detail] = &*status.details else { panic!("{status:?}") };
    assert_eq!(detail.type_url, "type.googleapis.com/google.rpc.RetryInfo");
    let delay = RetryInfo::decode(&*detail.value).unwrap().retry_delay.unwrap();
    assert_eq!((delay.seconds, delay.nanos), (1, 500_000_000));
    assert!(answer.body.is_empty());
}

#[test]
fn the_script_is_followed_and_then_the_other_reply() {
    let collector = MockCollector::start();
    collector.script([Reply::http_status(503, &[], ""), Reply::ok()]);
    collector.otherwise(Reply::http_status(400, &[], ""));
    let send = || send(collector.address(), http_request(PROTOBUF, "")).unwrap().status;
    assert_eq!([send(), send(), send(), send()], [503, 200, 400, 400]);
}

#[test]
fn a_dropped_connection_ends_without_an_answer() {
    assert!(answer_http(Reply::drop_connection(), PROTOBUF).unwrap_err().is_incomplete_message());
    assert!(answer_grpc(Reply::drop_connection()).is_err());
}

#[test]
fn a_connection_dropped_midway_has_sent_the_head_and_half_of_the_body() {
    let half_of = |request| {
        let collector = MockCollector::builder().script([Reply::drop_midway()]).start();
        send_until_error(collector.address(), request)
    };
    assert_eq!(half_of(http_request(PROTOBUF, "")), (200, 34));
    assert_eq!(half_of(grpc_request(b"", false)), (200, 36));
}

#[test]
fn a_hanging_request_is_noted_and_ends_with_the_collector() {
    let collector = MockCollector::builder().script([Reply::hang()]).start();
    let address = collector.address();
    let client = std::thread::spawn(move || send(address, http_request(PROTOBUF, "")));
    assert!(!collector.wait_for_requests(1, PATIENCE)[0].accepted);
    drop(collector);
    assert!(client.join().unwrap().unwrap_err().is_incomplete_message());
}

#[test]
fn a_held_reply_comes_when_its_gate_opens() {
    let gate = Gate::new();
    let collector = MockCollector::builder().script([Reply::ok().held_by(&gate)]).start();
    let address = collector.address();
    let held = std::thread::spawn(move || send(address, http_request(PROTOBUF, "")).unwrap());
    collector.wait_for_requests(1, PATIENCE);
    assert_eq!(send(address, http_request(PROTOBUF, "")).unwrap().status, 200);
    assert!(!held.is_finished());
    gate.open();
    assert_eq!(held.join().unwrap().status, 200);
}

#[test]
fn a_huge_answer_is_as_long_as_asked_for_and_valid() {
    let grpc = answer_grpc(Reply::huge(5_000_000)).unwrap();
    let http = answer_http(Reply::huge(5_000_000), PROTOBUF).unwrap();
    assert_eq!(http.headers["content-length"].to_str().unwrap(), http.body.len().to_string());
    for message in [&*http.body, unframe(&grpc.body)] {
        let response = ExportTraceServiceResponse::decode(message).unwrap();
        assert_eq!(response.partial_success.unwrap().error_message.len(), 5_000_000);
    }
}

#[test]
fn a_slow_answer_takes_its_time_for_every_byte() {
    let started = Instant::now();
    let answer = answer_http(Reply::slow(Duration::from_millis(2)), PROTOBUF).unwrap();
    assert!(started.elapsed() >= Duration::from_millis(2) * u32::try_from(answer.body.len()).unwrap());
    assert!(ExportTraceServiceResponse::decode(answer.body).unwrap().partial_success.is_some());
}
