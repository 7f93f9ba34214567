//! OTLP/JSON: what stands in the text is what prost reads from the bytes, and the rules for readers.

use proptest::prelude::*;
use prost::Message;
use telespan_otlp::json::{self, JsonProblem};
use telespan_otlp::{Batch, JsonLines};
use telespan_proto::common::v1::{
    AnyValue, ArrayValue, EntityRef, InstrumentationScope, KeyValue, KeyValueList, any_value::Value,
};
use telespan_proto::resource::v1::Resource;
use telespan_proto::trace::v1::{ResourceSpans, ScopeSpans, Span, Status, TracesData, span};

const TRACE_ID: [u8; 16] = *b"\x5b\x8e\xff\xf7\x98\x03\x81\x03\xd2\x69\xb6\x33\x81\x3f\xc6\x0c";
const SPAN_ID: [u8; 8] = *b"\xee\xe1\x9b\x7e\xc3\xc1\xb1\x74";

fn any(value: Value) -> AnyValue {
    AnyValue { value: Some(value) }
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.into(), value: Some(any(value)), ..KeyValue::default() }
}

/// A `TracesData` with every field of every message set, and [`EVERYTHING`], the same in JSON.
fn everything() -> TracesData {
    let values = vec![
        attribute("string", Value::StringValue("a \"b\" \\ \n é".into())),
        attribute("bool", Value::BoolValue(true)),
        attribute("int", Value::IntValue(-5)),
        attribute("double", Value::DoubleValue(1e300)),
        attribute("nan", Value::DoubleValue(f64::NEG_INFINITY)),
        attribute("bytes", Value::BytesValue(vec![0xfb, 0xff])),
        attribute("index", Value::StringValueStrindex(4)),
        attribute(
            "array",
            Value::ArrayValue(ArrayValue { values: vec![any(Value::BoolValue(false)), AnyValue::default()] }),
        ),
        attribute(
            "map",
            Value::KvlistValue(KeyValueList { values: vec![attribute("k", Value::IntValue(1))] }),
        ),
        KeyValue { key: "empty".into(), value: Some(AnyValue::default()), key_strindex: 0 },
        KeyValue { key: String::new(), value: None, key_strindex: 7 },
    ];
    let one = || vec![attribute("k", Value::StringValue("v".into()))];
    let span = Span {
        trace_id: TRACE_ID.into(),
        span_id: SPAN_ID.into(),
        trace_state: "a=b".into(),
        parent_span_id: vec![1; 8],
        name: "GET".into(),
        kind: 2,
        start_time_unix_nano: 1_544_712_660_000_000_001,
        end_time_unix_nano: u64::MAX,
        attributes: values,
        dropped_attributes_count: 1,
        events: vec![span::Event {
            time_unix_nano: 3,
            name: "event".into(),
            attributes: one(),
            dropped_attributes_count: 2,
        }],
        dropped_events_count: 3,
        links: vec![span::Link {
            trace_id: TRACE_ID.into(),
            span_id: SPAN_ID.into(),
            trace_state: "c=d".into(),
            attributes: one(),
            dropped_attributes_count: 4,
            flags: 0x301,
        }],
        dropped_links_count: 5,
        status: Some(Status { message: "bad".into(), code: 2 }),
        flags: 0x101,
    };
    let scope = InstrumentationScope {
        name: "lib".into(),
        version: "1.0".into(),
        attributes: one(),
        dropped_attributes_count: 6,
    };
    let entity = EntityRef {
        schema_url: "entity".into(),
        r#type: "service".into(),
        id_keys: vec!["service.name".into()],
        description_keys: vec!["a".into(), "b".into()],
    };
    TracesData {
        resource_spans: vec![ResourceSpans {
            resource: Some(Resource {
                attributes: one(),
                dropped_attributes_count: 7,
                entity_refs: vec![entity],
            }),
            scope_spans: vec![ScopeSpans {
                scope: Some(scope),
                spans: vec![span],
                schema_url: "scope".into(),
            }],
            schema_url: "resource".into(),
        }],
    }
}

const EVERYTHING: &str = r#"
{"resourceSpans": [{
  "resource": {
    "attributes": [{"key": "k", "value": {"stringValue": "v"}}],
    "droppedAttributesCount": 7,
    "entityRefs": [{
      "schemaUrl": "entity", "type": "service",
      "idKeys": ["service.name"], "descriptionKeys": ["a", "b"]
    }]
  },
  "scopeSpans": [{
    "scope": {
      "name": "lib", "version": "1.0",
      "attributes": [{"key": "k", "value": {"stringValue": "v"}}],
      "droppedAttributesCount": 6
    },
    "spans": [{
      "traceId": "5b8efff798038103d269b633813fc60c",
      "spanId": "eee19b7ec3c1b174",
      "traceState": "a=b",
      "parentSpanId": "0101010101010101",
      "name": "GET",
      "kind": 2,
      "startTimeUnixNano": "1544712660000000001",
      "endTimeUnixNano": "18446744073709551615",
      "attributes": [
        {"key": "string", "value": {"stringValue": "a \"b\" \\ \n é"}},
        {"key": "bool", "value": {"boolValue": true}},
        {"key": "int", "value": {"intValue": "-5"}},
        {"key": "double", "value": {"doubleValue": 1e300}},
        {"key": "nan", "value": {"doubleValue": "-Infinity"}},
        {"key": "bytes", "value": {"bytesValue": "+/8="}},
        {"key": "index", "value": {"stringValueStrindex": 4}},
        {"key": "array", "value": {"arrayValue": {"values": [{"boolValue": false}, {}]}}},
        {"key": "map", "value": {"kvlistValue": {"values": [{"key": "k", "value": {"intValue": "1"}}]}}},
        {"key": "empty", "value": {}},
        {"keyStrindex": 7}
      ],
      "droppedAttributesCount": 1,
      "events": [{
        "timeUnixNano": "3", "name": "event",
        "attributes": [{"key": "k", "value": {"stringValue": "v"}}], "droppedAttributesCount": 2
      }],
      "droppedEventsCount": 3,
      "links": [{
        "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "traceState": "c=d",
        "attributes": [{"key": "k", "value": {"stringValue": "v"}}], "droppedAttributesCount": 4, "flags": 769
      }],
      "droppedLinksCount": 5,
      "status": {"message": "bad", "code": 2},
      "flags": 257
    }],
    "schemaUrl": "scope"
  }],
  "schemaUrl": "resource"
}]}"#;

fn value(text: &[u8]) -> serde_json::Value {
    serde_json::from_slice(text).expect("JSON")
}

fn batch(traces: &TracesData) -> Batch {
    Batch::parse(traces.encode_to_vec()).expect("a batch")
}

fn lines(batch: &Batch) -> Vec<String> {
    let mut cursor = JsonLines::new(batch);
    let mut lines = Vec::new();
    let mut line = Vec::new();
    while cursor.write_next(&mut line) {
        lines.push(String::from_utf8(std::mem::take(&mut line)).expect("UTF-8"));
    }
    assert!(line.is_empty());
    lines
}

fn parsed(text: &str) -> TracesData {
    let batch = json::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
    TracesData::decode(batch.into_bytes()).expect("what prost reads")
}

/// The one span of a text in which it has these members.
fn span(members: &str) -> Span {
    let text = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{members}}}]}}]}}]}}"#);
    parsed(&text).resource_spans.remove(0).scope_spans.remove(0).spans.remove(0)
}

#[test]
fn every_field_has_its_name_and_form_both_ways() {
    let batch = batch(&everything());
    let mut text = Vec::new();
    json::encode(&batch, &mut text);
    assert_eq!(value(&text), value(EVERYTHING.as_bytes()));
    assert_eq!(json::parse(EVERYTHING.as_bytes()).unwrap(), batch);
    let [line] = &lines(&batch)[..] else { panic!("one span, one line") };
    assert_eq!(value(line.as_bytes()), value(EVERYTHING.as_bytes()));
}

#[test]
fn a_line_holds_one_span_with_its_resource_and_scope() {
    let resource_spans = |service: &str, scopes: &[(&str, &[&str])]| ResourceSpans {
        resource: Some(Resource {
            attributes: vec![attribute("service.name", Value::StringValue(service.into()))],
            ..Resource::default()
        }),
        schema_url: format!("of {service}"),
        scope_spans: scopes
            .iter()
            .map(|(scope, spans)| ScopeSpans {
                scope: Some(InstrumentationScope { name: (*scope).into(), ..Default::default() }),
                spans: spans.iter().map(|name| Span { name: (*name).into(), ..Span::default() }).collect(),
                schema_url: String::new(),
            })
            .collect(),
    };
    let traces = TracesData {
        resource_spans: vec![
            resource_spans("a", &[("x", &["1", "2"]), ("empty", &[]), ("y", &["3"])]),
            resource_spans("none", &[]),
            ResourceSpans::default(),
            resource_spans("b", &[("x", &["4"])]),
            ResourceSpans {
                scope_spans: vec![ScopeSpans { spans: vec![Span::default()], ..ScopeSpans::default() }],
                ..ResourceSpans::default()
            },
        ],
    };
    let batch = batch(&traces);
    let lines = lines(&batch);
    let expected =
        [("a", "x", "1"), ("a", "x", "2"), ("a", "y", "3"), ("b", "x", "4")].map(|(service, scope, name)| {
            TracesData { resource_spans: vec![resource_spans(service, &[(scope, &[name])])] }
        });
    assert_eq!(lines.len(), batch.spans());
    for (line, expected) in lines.iter().zip(expected) {
        assert_eq!(line.matches('\n').count(), 1);
        assert!(line.ends_with('\n'));
        assert_eq!(parsed(line), expected);
    }
    assert_eq!(lines[4], "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{}]}]}]}\n");
    for skipped in 0..=lines.len() + 1 {
        let mut cursor = JsonLines::new(&batch);
        cursor.skip(skipped);
        let mut rest = Vec::new();
        while cursor.write_next(&mut rest) {}
        assert_eq!(String::from_utf8(rest).unwrap(), lines.get(skipped..).unwrap_or_default().concat());
    }
}

#[test]
fn what_cannot_be_read_inside_a_span_costs_no_span() {
    let spans: [(&[u8], &str); 4] = [
        (b"\x2a\x03a\xffb", r#"{"name":"a�b"}"#),
        (b"\x2a\x01n\x0a\xff", r#"{"name":"n"}"#),
        (b"\x28\x05\x30\x02", r#"{"kind":2}"#),
        (b"\xff\xff", "{}"),
    ];
    for (span, text) in spans {
        let mut bytes = span.to_vec();
        for field in [0x12, 0x12, 0x0a] {
            bytes.splice(0..0, [field, bytes.len() as u8]);
        }
        let expected = format!("{{\"resourceSpans\":[{{\"scopeSpans\":[{{\"spans\":[{text}]}}]}}]}}");
        let batch = Batch::parse(bytes).unwrap();
        assert_eq!(lines(&batch).concat(), format!("{expected}\n"));
        let mut whole = Vec::new();
        json::encode(&batch, &mut whole);
        assert_eq!(String::from_utf8(whole).unwrap(), expected);
    }
}

#[test]
fn readers_take_what_senders_write() {
    let named = |name: &str| Span { name: name.into(), ..Span::default() };
    let valued = |value: Option<Value>| Span {
        attributes: vec![KeyValue { key: "k".into(), value: Some(AnyValue { value }), key_strindex: 0 }],
        ..Span::default()
    };
    let table: &[(&str, Span)] = &[
        // Ids: hex in either case, base64 as the stock mapping writes it.
        (
            r#""traceId":"5B8EFFF798038103d269b633813fc60c""#,
            Span { trace_id: TRACE_ID.into(), ..Span::default() },
        ),
        (r#""traceId":"W47/95gDgQPSabYzgT/GDA==""#, Span { trace_id: TRACE_ID.into(), ..Span::default() }),
        (r#""spanId":"7uGbfsPBsXQ=""#, Span { span_id: SPAN_ID.into(), ..Span::default() }),
        (r#""spanId":"""#, Span::default()),
        // Enum values: numbers, and names as the stock mapping writes them.
        (r#""kind":3"#, Span { kind: 3, ..Span::default() }),
        (r#""kind":77"#, Span { kind: 77, ..Span::default() }),
        (r#""kind":"SPAN_KIND_SERVER""#, Span { kind: 2, ..Span::default() }),
        (
            r#""status":{"code":"STATUS_CODE_ERROR"}"#,
            Span { status: Some(Status { code: 2, message: String::new() }), ..Span::default() },
        ),
        (r#""status":{}"#, Span { status: Some(Status::default()), ..Span::default() }),
        // Integers: strings and numbers, in any form.
        (
            r#""startTimeUnixNano":1544712660000000001"#,
            Span { start_time_unix_nano: 1_544_712_660_000_000_001, ..Span::default() },
        ),
        (r#""startTimeUnixNano":"1.5e3""#, Span { start_time_unix_nano: 1500, ..Span::default() }),
        (r#""startTimeUnixNano":150e1"#, Span { start_time_unix_nano: 1500, ..Span::default() }),
        (r#""flags":"257""#, Span { flags: 257, ..Span::default() }),
        (r#""attributes":[{"key":"k","value":{"intValue":-7}}]"#, valued(Some(Value::IntValue(-7)))),
        (
            r#""attributes":[{"key":"k","value":{"intValue":"-9223372036854775808"}}]"#,
            valued(Some(Value::IntValue(i64::MIN))),
        ),
        // Doubles: numbers, numbers in strings, and the three words.
        (r#""attributes":[{"key":"k","value":{"doubleValue":3}}]"#, valued(Some(Value::DoubleValue(3.0)))),
        (
            r#""attributes":[{"key":"k","value":{"doubleValue":"-2.5e-3"}}]"#,
            valued(Some(Value::DoubleValue(-0.0025))),
        ),
        (
            r#""attributes":[{"key":"k","value":{"doubleValue":"Infinity"}}]"#,
            valued(Some(Value::DoubleValue(f64::INFINITY))),
        ),
        // Bytes: either alphabet, with or without padding.
        (
            r#""attributes":[{"key":"k","value":{"bytesValue":"-_8"}}]"#,
            valued(Some(Value::BytesValue(vec![0xfb, 0xff]))),
        ),
        (
            r#""attributes":[{"key":"k","value":{"bytesValue":"+\/8="}}]"#,
            valued(Some(Value::BytesValue(vec![0xfb, 0xff]))),
        ),
        // Null is absent, also beside another member of the oneof.
        (r#""name":null,"attributes":null,"status":null"#, Span::default()),
        (r#""attributes":[{"key":"k","value":{"doubleValue":null}}]"#, valued(None)),
        (
            r#""attributes":[{"key":"k","value":{"stringValue":null,"intValue":"1"}}]"#,
            valued(Some(Value::IntValue(1))),
        ),
        // Unknown members, and names in snake_case.
        (r#""new":{"deep":[{"er":[1,"x",null]}]},"name":"n","end_time_unix_nano":"5""#, named("n")),
        // Any order of members, and keys with escapes.
        (r#""name":"n","kind":1,"traceState":"s""#, Span { trace_state: "s".into(), kind: 1, ..named("n") }),
        (r#""\u006eame":"n""#, named("n")),
        // Text.
        (r#""name":"\u00e9\ud83d\ude00\ud83d\n""#, named("é😀\u{fffd}\n")),
        // Defaults that are written out.
        (
            r#""name":"","kind":0,"startTimeUnixNano":"0","attributes":[],"droppedLinksCount":0"#,
            Span::default(),
        ),
    ];
    for (members, expected) in table {
        assert_eq!(&span(members), expected, "{members}");
    }
    assert!(matches!(
        span(r#""attributes":[{"key":"k","value":{"doubleValue":"NaN"}}]"#).attributes[0].value,
        Some(AnyValue { value: Some(Value::DoubleValue(nan)) }) if nan.is_nan()
    ));
}

#[test]
fn values_of_the_wrong_type_are_refused_with_their_place() {
    let table = [
        (r#"{"traceId":"5b8e""#, None),
        (r#"{"traceId":"xy"}"#, Some(("Span.traceId", 11))),
        (r#"{"traceId":"abc"}"#, Some(("Span.traceId", 11))),
        (r#"{"name":5}"#, Some(("Span.name", 8))),
        (r#"{"kind": "SERVER"}"#, Some(("Span.kind", 9))),
        (r#"{"kind":1.5}"#, Some(("Span.kind", 8))),
        (r#"{"startTimeUnixNano":-1}"#, Some(("Span.startTimeUnixNano", 21))),
        (r#"{"startTimeUnixNano":"18446744073709551616"}"#, Some(("Span.startTimeUnixNano", 21))),
        (r#"{"startTimeUnixNano":" 1"}"#, Some(("Span.startTimeUnixNano", 21))),
        (r#"{"startTimeUnixNano":true}"#, Some(("Span.startTimeUnixNano", 21))),
        (r#"{"flags":4294967296}"#, Some(("Span.flags", 9))),
        (r#"{"status":[]}"#, Some(("Span.status", 10))),
        (r#"{"attributes":{}}"#, Some(("Span.attributes", 14))),
        (r#"{"attributes":[null]}"#, Some(("Span.attributes", 15))),
        (r#"{"attributes":[{"value":{"boolValue":"true"}}]}"#, Some(("AnyValue.boolValue", 37))),
        (r#"{"attributes":[{"value":{"doubleValue":1e999}}]}"#, Some(("AnyValue.doubleValue", 39))),
        (r#"{"attributes":[{"value":{"bytesValue":"!"}}]}"#, Some(("AnyValue.bytesValue", 38))),
    ];
    const BEFORE: &str = r#"{"resourceSpans":[{"scopeSpans":[{"spans":["#;
    for (text, expected) in table {
        let error = json::parse(format!("{BEFORE}{text}]}}]}}]}}").as_bytes()).unwrap_err();
        let found = match error.problem() {
            JsonProblem::WrongType { message, member, .. } => {
                Some((format!("{message}.{member}"), error.offset()))
            }
            _ => None,
        };
        let expected = expected.map(|(member, offset)| (member.to_owned(), BEFORE.len() + offset));
        assert_eq!(found, expected, "{text}: {error}");
    }
}

#[test]
fn a_member_given_twice_is_refused() {
    for span in [
        r#"{"name":"a","name":"b"}"#,
        r#"{"attributes":[{"value":{"stringValue":"a","intValue":"1"}}]}"#,
        r#"{"attributes":[],"attributes":[]}"#,
    ] {
        let text = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{span}]}}]}}]}}"#);
        let error = json::parse(text.as_bytes()).unwrap_err();
        assert!(matches!(error.problem(), JsonProblem::Repeated { .. }), "{text}: {error}");
    }
}

#[test]
fn a_line_of_a_teleport_trace_file_is_read() {
    let line = r#"{"resource":{"attributes":[{"key":"service.name", "value":{"stringValue":"teleport"}}]},
        "scopeSpans":[{"scope":{"name":"lib"}, "spans":[{"traceId":"W47/95gDgQPSabYzgT/GDA==", "spanId":"7uGbfsPBsXQ=",
        "parentSpanId":"AQEBAQEBAQE=", "name":"GET", "kind":"SPAN_KIND_SERVER", "startTimeUnixNano":"5",
        "endTimeUnixNano":"6", "status":{"message":"bad", "code":"STATUS_CODE_ERROR"}}]}],
        "schemaUrl":"https://opentelemetry.io/schemas/1.10.0"}"#;
    let traces = parsed(line);
    let resource_spans = &traces.resource_spans[0];
    assert_eq!(resource_spans.schema_url, "https://opentelemetry.io/schemas/1.10.0");
    assert_eq!(resource_spans.resource.as_ref().unwrap().attributes[0].key, "service.name");
    let expected = Span {
        trace_id: TRACE_ID.into(),
        span_id: SPAN_ID.into(),
        parent_span_id: vec![1; 8],
        name: "GET".into(),
        kind: 2,
        start_time_unix_nano: 5,
        end_time_unix_nano: 6,
        status: Some(Status { message: "bad".into(), code: 2 }),
        ..Span::default()
    };
    assert_eq!(resource_spans.scope_spans[0].spans, [expected]);
}

#[test]
fn the_top_is_one_object_and_its_form_is_told_by_its_members() {
    for (text, spans) in [
        ("{}", Some(0)),
        (" {\"resourceSpans\":[]}\r\n", Some(0)),
        (r#"{"resourceMetrics":[{"scopeMetrics":[]}]}"#, Some(0)),
        (r#"{"scopeSpans":[{"spans":[{},{}]}]}"#, Some(2)),
        (r#"{"schemaUrl":"s","resource":{},"scopeSpans":[{"spans":[{}]}]}"#, Some(1)),
        (r#"{"scopeSpans":5,"resourceSpans":[{"scopeSpans":[{"spans":[{}]}]}]}"#, Some(1)),
        ("", None),
        ("[]", None),
        ("null", None),
        ("{} {}", None),
    ] {
        assert_eq!(json::parse(text.as_bytes()).ok().map(|batch| batch.spans()), spans, "{text}");
    }
}

proptest! {
    #[test]
    fn hostile_text_never_panics(text: Vec<u8>) {
        let _ = json::parse(&text);
    }

    #[test]
    fn text_with_one_byte_changed_is_refused_or_is_a_batch(at in 0..EVERYTHING.len(), byte: u8) {
        let mut text = EVERYTHING.as_bytes().to_vec();
        text[at] = byte;
        if let Ok(batch) = json::parse(&text) {
            let spans = batch.spans();
            let traces = TracesData::decode(batch.into_bytes()).unwrap();
            let found = traces.resource_spans.iter().flat_map(|r| &r.scope_spans).map(|s| s.spans.len());
            prop_assert_eq!(found.sum::<usize>(), spans);
        }
    }

    #[test]
    fn a_torn_text_is_told_from_a_wrong_one(at in 0..EVERYTHING.len()) {
        let error = json::parse(&EVERYTHING.as_bytes()[..at]).unwrap_err();
        prop_assert_eq!(error.problem(), &JsonProblem::Truncated);
    }
}
