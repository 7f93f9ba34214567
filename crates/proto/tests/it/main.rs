//! The messages as a peer sees them: bytes on the wire, names and type URLs.

use prost::{Message as _, Name as _};
use telespan_proto::{
    collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse},
    common::v1::{AnyValue, EntityRef, KeyValue, any_value::Value},
    google::{
        protobuf::{Any, Duration},
        rpc::{RetryInfo, Status as RpcStatus},
    },
    trace::v1::{
        ResourceSpans, Span, SpanFlags, Status, TracesData,
        span::{Link, SpanKind},
        status::StatusCode,
    },
};

/// The key of a field as it stands on the wire: number and wire type, as a varint.
fn key(number: u32, wire_type: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    prost::encoding::encode_varint(u64::from(number << 3 | wire_type), &mut bytes);
    bytes
}

#[test]
fn fields_go_out_under_the_numbers_and_wire_types_of_the_protocol() {
    const VARINT: u32 = 0;
    const FIXED64: u32 = 1;
    const LENGTH: u32 = 2;
    const FIXED32: u32 = 5;
    let cases = [
        (Span { trace_id: vec![1; 16], ..Default::default() }.encode_to_vec(), key(1, LENGTH)),
        (Span { kind: SpanKind::Server.into(), ..Default::default() }.encode_to_vec(), key(6, VARINT)),
        (Span { start_time_unix_nano: 1, ..Default::default() }.encode_to_vec(), key(7, FIXED64)),
        (Span { status: Some(Status::default()), ..Default::default() }.encode_to_vec(), key(15, LENGTH)),
        (Span { flags: 0x301, ..Default::default() }.encode_to_vec(), key(16, FIXED32)),
        (Link { flags: 0x301, ..Default::default() }.encode_to_vec(), key(6, FIXED32)),
        (Status { code: StatusCode::Error.into(), ..Default::default() }.encode_to_vec(), key(3, VARINT)),
        (EntityRef { r#type: "service".into(), ..Default::default() }.encode_to_vec(), key(2, LENGTH)),
        (KeyValue { key_strindex: 1, ..Default::default() }.encode_to_vec(), key(3, VARINT)),
        (AnyValue { value: Some(Value::DoubleValue(1.0)) }.encode_to_vec(), key(4, FIXED64)),
        (AnyValue { value: Some(Value::BytesValue(vec![1])) }.encode_to_vec(), key(7, LENGTH)),
    ];
    for (bytes, key) in cases {
        assert!(bytes.starts_with(&key), "{bytes:02x?} does not start with {key:02x?}");
    }
}

#[test]
fn a_request_is_read_as_traces_data_and_back() {
    let resource_spans =
        vec![ResourceSpans { schema_url: "https://example.com/1.0.0".into(), ..Default::default() }];
    let request = ExportTraceServiceRequest { resource_spans };
    let data = TracesData::decode(request.encode_to_vec().as_slice()).unwrap();
    assert_eq!(data.resource_spans, request.resource_spans);
    assert_eq!(data.encode_to_vec(), request.encode_to_vec());
}

#[test]
fn an_answer_without_objection_has_no_bytes() {
    assert!(ExportTraceServiceResponse::default().encode_to_vec().is_empty());
    assert_eq!(ExportTraceServiceResponse::decode(&[][..]).unwrap().partial_success, None);
}

#[test]
fn an_empty_value_differs_from_an_empty_string() {
    let empty = AnyValue::default();
    let text = AnyValue { value: Some(Value::StringValue(String::new())) };
    for value in [empty, text] {
        assert_eq!(AnyValue::decode(value.encode_to_vec().as_slice()).unwrap(), value);
    }
}

#[test]
fn retry_information_travels_in_a_status_under_its_type_url() {
    let retry = RetryInfo { retry_delay: Some(Duration { seconds: 1, nanos: 500_000_000 }) };
    let detail = Any { type_url: RetryInfo::type_url(), value: retry.encode_to_vec() };
    let status = RpcStatus { code: 14, message: "busy".into(), details: vec![detail] };

    let read = RpcStatus::decode(status.encode_to_vec().as_slice()).unwrap();

    assert_eq!(read.details[0].type_url, "type.googleapis.com/google.rpc.RetryInfo");
    assert_eq!(RetryInfo::decode(read.details[0].value.as_slice()).unwrap(), retry);
}

#[test]
fn the_masks_of_the_flags_are_those_of_the_protocol() {
    let masks = [
        (SpanFlags::TraceFlagsMask, 0xff),
        (SpanFlags::ContextHasIsRemoteMask, 0x100),
        (SpanFlags::ContextIsRemoteMask, 0x200),
    ];
    for (mask, bits) in masks {
        assert_eq!(mask as i32, bits, "{}", mask.as_str_name());
    }
}
