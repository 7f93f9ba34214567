//! Replies in the form that the request's protocol asks for.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use hyper::http::response::Builder;
use hyper::{HeaderMap, Response};
use prost::{Message, Name};
use telespan_proto::collector::trace::v1::{ExportTracePartialSuccess, ExportTraceServiceResponse};
use telespan_proto::google::protobuf::{self, Any};
use telespan_proto::google::rpc::{RetryInfo, Status};

use crate::body::ReplyBody;
use crate::reply::Kind;
use crate::server::Connection;

const BUILDS: &str = "status and headers of the reply are valid";

/// `kind` is one that answers at all.
pub(crate) fn render(
    kind: Kind,
    is_grpc: bool,
    content_type: &str,
    connection: Connection,
) -> Response<ReplyBody> {
    match kind {
        Kind::Success { rejected, message, interval } if is_grpc => {
            let frame = grpc_frame(&export_response(rejected, message).encode_to_vec());
            grpc_head().body(grpc_ok(data(frame, interval))).expect(BUILDS)
        }
        Kind::Success { rejected, message, interval } => {
            let body = if content_type == "application/json" {
                json(rejected, &message).into()
            } else {
                export_response(rejected, message).encode_to_vec().into()
            };
            let head = Response::builder().header("content-type", content_type);
            head.body(data(body, interval)).expect(BUILDS)
        }
        Kind::Http { status, headers, body } => {
            let head = Response::builder().status(status);
            let add = |head: Builder, (name, value): &(String, String)| head.header(name, value);
            headers.iter().fold(head, add).body(data(body, None)).expect(BUILDS)
        }
        Kind::Grpc { code, message, retry_delay } => grpc_error(code, &message, retry_delay),
        Kind::DropMidway | Kind::Hang | Kind::Drop => cut_short(is_grpc, content_type, connection),
    }
}

fn export_response(rejected_spans: i64, error_message: String) -> ExportTraceServiceResponse {
    let is_full = rejected_spans == 0 && error_message.is_empty();
    let partial = ExportTracePartialSuccess { rejected_spans, error_message };
    ExportTraceServiceResponse { partial_success: (!is_full).then_some(partial) }
}

/// The same in OTLP/JSON, where 64-bit integers are strings.
fn json(rejected: i64, message: &str) -> String {
    if rejected == 0 && message.is_empty() {
        return "{}".to_owned();
    }
    // Rust and JSON quote printable ASCII alike, and nothing else is scripted.
    format!(r#"{{"partialSuccess":{{"rejectedSpans":"{rejected}","errorMessage":{message:?}}}}}"#)
}

fn data(data: Bytes, interval: Option<Duration>) -> ReplyBody {
    match interval {
        None => ReplyBody::default().then_data(data),
        Some(interval) => ReplyBody::default().then_slowly(&data, interval),
    }
}

fn grpc_head() -> Builder {
    Response::builder().header("content-type", "application/grpc")
}

fn grpc_frame(message: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(5 + message.len());
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.len()).expect("messages are shorter than 4 GiB"));
    frame.put_slice(message);
    frame.freeze()
}

fn grpc_ok(body: ReplyBody) -> ReplyBody {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", 0.into());
    body.then_trailers(trailers)
}

/// A status without a message is sent in the head alone, as servers do.
fn grpc_error(code: i32, message: &str, retry_delay: Option<Duration>) -> Response<ReplyBody> {
    let mut head = grpc_head().header("grpc-status", code).header("grpc-message", percent_encode(message));
    if let Some(delay) = retry_delay {
        head = head.header("grpc-status-details-bin", base64(&status_with_retry(code, message, delay)));
    }
    head.body(ReplyBody::default()).expect(BUILDS)
}

fn status_with_retry(code: i32, message: &str, delay: Duration) -> Vec<u8> {
    let seconds = delay.as_secs().try_into().expect("delays are short");
    let nanos = delay.subsec_nanos().try_into().expect("less than a second");
    let info = RetryInfo { retry_delay: Some(protobuf::Duration { seconds, nanos }) };
    let detail = Any { type_url: RetryInfo::type_url(), value: info.encode_to_vec() };
    Status { code, message: message.to_owned(), details: vec![detail] }.encode_to_vec()
}

/// Announces more than it sends, where the protocol announces anything.
fn cut_short(is_grpc: bool, content_type: &str, connection: Connection) -> Response<ReplyBody> {
    let response = export_response(0, "x".repeat(64)).encode_to_vec();
    let (head, whole) = if is_grpc {
        (grpc_head(), grpc_frame(&response))
    } else {
        let head = Response::builder().header("content-type", content_type);
        (head.header("content-length", response.len()), response.into())
    };
    let half = whole.slice(..whole.len() / 2);
    head.body(ReplyBody::default().then_data(half).then_cut(connection)).expect(BUILDS)
}

/// As the gRPC protocol wants it for `grpc-message`: printable ASCII but `%` stays.
fn percent_encode(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b' '..=b'~' if byte != b'%' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// Without padding, as gRPC sends binary headers.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let encode = |chunk: &[u8]| {
        let bits = chunk.iter().fold(0, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        let digit = move |at: usize| char::from(DIGITS[(bits >> (18 - 6 * at) & 63) as usize]);
        (0..=chunk.len()).map(digit).collect::<String>()
    };
    bytes.chunks(3).map(encode).collect()
}
