//! Deterministic spans to send, encode and compare.

mod kitchen_sink;
mod wide;

use prost::Message;
use telespan_proto::common::v1::any_value::Value;
use telespan_proto::common::v1::{AnyValue, KeyValue};

pub use kitchen_sink::kitchen_sink;
pub use wide::wide;

/// [`wide`] encoded: an OTLP request body of `spans` spans.
pub fn wide_bytes(spans: usize) -> Vec<u8> {
    wide(spans).encode_to_vec()
}

/// [`kitchen_sink`] encoded.
pub fn kitchen_sink_bytes() -> Vec<u8> {
    kitchen_sink().encode_to_vec()
}

/// One attribute.
pub fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(any(value)), key_strindex: 0 }
}

fn any(value: Value) -> AnyValue {
    AnyValue { value: Some(value) }
}

fn text(value: &str) -> Value {
    Value::StringValue(value.to_owned())
}

/// 2023-11-14T22:13:20Z in nanoseconds.
const EPOCH: u64 = 1_700_000_000_000_000_000;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use telespan_proto::trace::v1::TracesData;

    #[test]
    fn wide_spans_have_the_size_and_shape_of_the_workload() {
        let data = wide(512);
        let spans = &data.resource_spans[0].scope_spans[0].spans;
        assert_eq!(spans.len(), 512);
        assert!(spans.iter().all(|span| span.attributes.len() == 8 && span.events.len() == 2));
        assert!(spans.iter().flat_map(|span| &span.events).all(|event| event.attributes.len() == 2));
        let size = wide_bytes(512).len() / 512;
        assert!((580..=620).contains(&size), "{size} bytes a span");
    }

    #[test]
    fn wide_spans_have_valid_ids_that_differ() {
        let data = wide(1000);
        let spans = &data.resource_spans[0].scope_spans[0].spans;
        let ids: HashSet<_> = spans.iter().flat_map(|span| [&span.span_id, &span.parent_span_id]).collect();
        assert_eq!(ids.len(), 2000);
        let traces: HashSet<_> = spans.iter().map(|span| &span.trace_id).collect();
        assert_eq!(traces.len(), 1000);
    }

    #[test]
    fn fixtures_survive_a_round_trip_byte_for_byte() {
        for bytes in [wide_bytes(3), kitchen_sink_bytes()] {
            let decoded = TracesData::decode(bytes.as_slice()).unwrap();
            assert_eq!(decoded.encode_to_vec(), bytes);
        }
    }
}
