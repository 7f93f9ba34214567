//! What the encoder writes, read by prost and compared with a model.

use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message;
use telespan_otlp::{
    Batch, BatchEncoder, Limits, Link, Resource, Scope, SpanEncoder, SpanHead, SpanKind, Status, Value,
};
use telespan_proto::common::v1::{AnyValue, ArrayValue, KeyValue, KeyValueList, any_value};
use telespan_proto::trace::v1::{self as proto, TracesData};

const HEAD: SpanHead<'static> = SpanHead {
    trace_id: [7; 16],
    span_id: [9; 8],
    trace_state: "vendor=1",
    parent_span_id: Some([3; 8]),
    name: "work",
    kind: SpanKind::Client,
    start_time_unix_nano: 1_000,
    end_time_unix_nano: 2_000,
    status: &Status::Unset,
    flags: 0x103,
};

/// An owned value, from which both sides are made.
#[derive(Clone, Debug)]
enum Model {
    Empty,
    Str(String),
    Bool(bool),
    Int(i64),
    Double(f64),
    Bytes(Vec<u8>),
    Array(Vec<Model>),
    Map(Vec<(String, Model)>),
}

impl Model {
    fn value(&self) -> Value<'_> {
        match self {
            Model::Empty => Value::Empty,
            Model::Str(v) => v.into(),
            Model::Bool(v) => (*v).into(),
            Model::Int(v) => (*v).into(),
            Model::Double(v) => (*v).into(),
            Model::Bytes(v) => v.as_slice().into(),
            Model::Array(v) => v.iter().map(Model::value).collect(),
            Model::Map(v) => Value::Map(v.iter().map(|(k, v)| (k.into(), v.value())).collect()),
        }
    }

    /// What must be read back: text cut to `max` characters, lists and maps below `depth` levels emptied.
    fn expected(&self, max: Option<usize>, depth: u32) -> AnyValue {
        use any_value::Value as V;
        let max = max.unwrap_or(usize::MAX);
        let value = match self {
            Model::Empty => None,
            Model::Str(v) => Some(V::StringValue(v.chars().take(max).collect())),
            Model::Bool(v) => Some(V::BoolValue(*v)),
            Model::Int(v) => Some(V::IntValue(*v)),
            Model::Double(v) => Some(V::DoubleValue(*v)),
            Model::Bytes(v) => Some(V::BytesValue(v.iter().copied().take(max).collect())),
            Model::Array(_) | Model::Map(_) if depth == 0 => None,
            Model::Array(v) => {
                let values = v.iter().map(|v| v.expected(Some(max), depth - 1)).collect();
                Some(V::ArrayValue(ArrayValue { values }))
            }
            Model::Map(v) => {
                let is_last = |(index, (key, _)): &(usize, &(String, Model))| {
                    v.iter().rposition(|(k, _)| k == key) == Some(*index)
                };
                let entries = v.iter().enumerate().filter(is_last);
                let values =
                    entries.map(|(_, (k, v))| key_value(k, v.expected(Some(max), depth - 1))).collect();
                Some(V::KvlistValue(KeyValueList { values }))
            }
        };
        AnyValue { value }
    }
}

fn key_value(key: &str, value: AnyValue) -> KeyValue {
    KeyValue { key: key.into(), value: Some(value), ..KeyValue::default() }
}

fn model() -> impl Strategy<Value = Model> {
    let leaf = prop_oneof![
        Just(Model::Empty),
        "\\PC{0,200}".prop_map(Model::Str),
        any::<bool>().prop_map(Model::Bool),
        any::<i64>().prop_map(Model::Int),
        (-1e300..1e300).prop_map(Model::Double),
        vec(any::<u8>(), 0..40).prop_map(Model::Bytes),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Model::Array),
            vec(("[a-z]{1,9}", inner.clone()), 0..5).prop_map(Model::Map),
            vec(("[ab]{1,2}", inner), 0..30).prop_map(Model::Map),
        ]
    })
}

/// Keys out of few, so that they repeat.
fn pairs() -> impl Strategy<Value = Vec<(String, Model)>> {
    vec(("[a-d]{0,2}", model()), 0..12)
}

/// What must be left of attributes set one after the other, and how many were dropped.
fn unique(pairs: &[(String, Model)], max: u32, limits: &Limits) -> (Vec<KeyValue>, u32) {
    let (mut kept, mut dropped) = (Vec::<KeyValue>::new(), 0);
    for (key, model) in pairs {
        let value = model.expected(limits.value_length, limits.value_depth);
        match kept.iter().position(|kv| &kv.key == key) {
            Some(at) => kept[at].value = Some(value),
            None if key.is_empty() || kept.len() as u32 >= max => dropped += 1,
            None => kept.push(key_value(key, value)),
        }
    }
    (kept, dropped)
}

fn borrowed(pairs: &[(String, Model)]) -> Vec<(&str, Value<'_>)> {
    pairs.iter().map(|(key, model)| (key.as_str(), model.value())).collect()
}

fn limits(count: u32, value_length: Option<usize>, value_depth: u32) -> Limits {
    let mut limits = Limits::default();
    (limits.attributes, limits.events, limits.links) = (count, count, count);
    (limits.event_attributes, limits.link_attributes) = (count, count);
    (limits.value_length, limits.value_depth) = (value_length, value_depth);
    limits
}

fn encode(head: &SpanHead<'_>, span: &SpanEncoder) -> proto::Span {
    let mut encoder = BatchEncoder::new(Resource::new([]));
    encoder.push(&Scope::new("", "", "", []), head, span);
    let data = decode(&encoder.finish().expect("a span was pushed"));
    data.resource_spans[0].scope_spans[0].spans[0].clone()
}

fn decode(batch: &Batch) -> TracesData {
    TracesData::decode(batch.bytes().clone()).expect("what the encoder wrote must be protobuf")
}

proptest! {
    #[test]
    fn a_span_reads_back_as_it_was_recorded(
        attributes in pairs(),
        events in vec(("[a-z]{1,5}", any::<u64>(), pairs()), 0..5),
        links in vec((any::<[u8; 16]>(), any::<[u8; 8]>(), "[a-z=]{0,5}", any::<u32>(), pairs()), 0..5),
        count in 0u32..8,
        value_length in proptest::option::of(0usize..20),
        value_depth in 0u32..5,
    ) {
        let limits = limits(count, value_length, value_depth);
        let mut span = SpanEncoder::new();
        for (key, model) in &attributes {
            span.set_attribute(&limits, key, &model.value());
        }
        for (name, time, pairs) in &events {
            span.add_event(&limits, name, *time, &borrowed(pairs));
        }
        for (trace_id, span_id, trace_state, flags, pairs) in &links {
            let link = Link { trace_id: *trace_id, span_id: *span_id, trace_state, flags: *flags };
            span.add_link(&limits, &link, &borrowed(pairs));
        }
        let actual = encode(&HEAD, &span);

        let (kept, dropped) = unique(&attributes, count, &limits);
        let max = count as usize;
        let expected = proto::Span {
            trace_id: vec![7; 16],
            span_id: vec![9; 8],
            trace_state: "vendor=1".into(),
            parent_span_id: vec![3; 8],
            name: "work".into(),
            kind: proto::span::SpanKind::Client.into(),
            start_time_unix_nano: 1_000,
            end_time_unix_nano: 2_000,
            attributes: kept,
            dropped_attributes_count: dropped,
            events: events.iter().take(max).map(|(name, time, pairs)| {
                let (attributes, dropped) = unique(pairs, count, &limits);
                proto::span::Event {
                    time_unix_nano: *time,
                    name: name.clone(),
                    attributes,
                    dropped_attributes_count: dropped,
                }
            }).collect(),
            dropped_events_count: events.len().saturating_sub(max) as u32,
            links: links.iter().take(max).map(|(trace_id, span_id, trace_state, flags, pairs)| {
                let (attributes, dropped) = unique(pairs, count, &limits);
                proto::span::Link {
                    trace_id: trace_id.to_vec(),
                    span_id: span_id.to_vec(),
                    trace_state: trace_state.clone(),
                    attributes,
                    dropped_attributes_count: dropped,
                    flags: *flags,
                }
            }).collect(),
            dropped_links_count: links.len().saturating_sub(max) as u32,
            status: None,
            flags: 0x103,
        };
        prop_assert_eq!(actual, expected);
    }

    #[test]
    fn no_span_takes_more_room_than_foretold(
        attributes in pairs(), name in "\\PC{0,300}", message in "\\PC{0,300}", scope_name in "[a-z]{0,30}",
    ) {
        let limits = limits(1, None, 64);
        let (scope, status) = (Scope::new(&scope_name, "", "", []), Status::Error(message.into()));
        let head = SpanHead { name: &name, status: &status, ..HEAD };
        let mut span = SpanEncoder::new();
        for (key, model) in &attributes {
            span.set_attribute(&limits, key, &model.value());
        }
        let mut encoder = BatchEncoder::new(Resource::new([("service.name", "s".into())]));
        for _ in 0..2 {
            let before = encoder.len();
            let room = encoder.room_for(&scope, &head, &span);
            encoder.push(&scope, &head, &span);
            prop_assert!(encoder.len() - before <= room);
        }
    }
}

#[test]
fn lengths_of_every_width_are_right() {
    for len in [0, 1, 100, 127, 128, 129, 16_000, 16_383, 16_384, 70_000, 2_097_152] {
        let text = "x".repeat(len);
        let mut span = SpanEncoder::new();
        span.set_attribute(&Limits::default(), "list", &Value::from([text.as_str(), "y"]));
        span.set_attribute(&Limits::default(), "text", &Value::from(&text));
        let read = encode(&HEAD, &span);
        let expected = Model::Array(vec![Model::Str(text.clone()), Model::Str("y".into())]);
        assert_eq!(read.attributes[0].value, Some(expected.expected(None, 64)), "{len}");
        assert_eq!(read.attributes[1].value, Some(Model::Str(text).expected(None, 64)), "{len}");
    }
}

#[test]
fn statuses_and_a_root_read_back() {
    let error = Status::Error("disk full".into());
    let cases = [
        (&Status::Ok, "", proto::status::StatusCode::Ok),
        (&error, "disk full", proto::status::StatusCode::Error),
    ];
    for (status, message, code) in cases {
        let read = encode(&SpanHead { status, parent_span_id: None, ..HEAD }, &SpanEncoder::new());
        assert_eq!(read.status, Some(proto::Status { message: message.into(), code: code.into() }));
        assert!(read.parent_span_id.is_empty());
    }
}

#[test]
fn spans_of_one_scope_in_a_row_share_it() {
    let resource = Resource::with_schema([("service.name", "shop".into())], "https://example.org/1");
    let (a, b) =
        (Scope::new("a", "1.2", "", [("k", 1.into())]), Scope::new("b", "", "https://example.org/2", []));
    let same_as_a = Scope::new("a", "1.2", "", [("k", 1.into())]);
    let mut encoder = BatchEncoder::new(resource);
    let mut span = SpanEncoder::new();
    for (i, scope) in [&a, &same_as_a, &b, &a].into_iter().enumerate() {
        span.clear();
        span.set_attribute(&Limits::default(), "i", &Value::from(i));
        encoder.push(scope, &HEAD, &span);
    }
    assert_eq!(encoder.spans(), 4);
    let batch = encoder.finish().expect("spans were pushed");
    assert!(encoder.is_empty() && encoder.finish().is_none());

    let data = decode(&batch);
    let [resource_spans] = &data.resource_spans[..] else { panic!("{data:?}") };
    assert_eq!(resource_spans.schema_url, "https://example.org/1");
    let resource = resource_spans.resource.as_ref().expect("a resource");
    assert_eq!(resource.attributes, [key_value("service.name", Model::Str("shop".into()).expected(None, 1))]);
    let scopes: Vec<_> = resource_spans
        .scope_spans
        .iter()
        .map(|s| (s.scope.as_ref().expect("a scope").name.as_str(), s.schema_url.as_str(), s.spans.len()))
        .collect();
    assert_eq!(scopes, [("a", "", 2), ("b", "https://example.org/2", 1), ("a", "", 1)]);
}

#[test]
fn unsigned_integers_without_a_type_of_their_own_become_text() {
    assert_eq!(Value::from(i64::MAX as u64), Value::Int(i64::MAX));
    assert_eq!(Value::from(u64::MAX), Value::Str("18446744073709551615".into()));
    assert_eq!(Value::from(None::<i64>), Value::Empty);
}

#[test]
fn lists_of_one_type_are_arrays_and_lists_of_bytes_are_bytes() {
    let expected = Value::Array(vec!["a".into(), "b".into()]);
    assert_eq!(Value::from(vec!["a", "b"]), expected);
    assert_eq!(Value::from(vec![String::from("a"), String::from("b")]), expected);
    assert_eq!(Value::from(&["a", "b"][..]), expected);
    assert_eq!(Value::from(vec![1_u8, 2]), Value::Bytes(vec![1, 2].into()));
}
