//! The peer: finished spans as `opentelemetry_sdk` hands them to an exporter, and what an exporter makes of them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry::trace::{Event, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue, Value};
use opentelemetry_proto::tonic::trace::v1::{ScopeSpans, Span, TracesData};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use telespan_proto::common::v1 as common;
use telespan_proto::trace::v1 as trace;

use crate::wide;

/// The workload "wide" as finished spans.
pub fn spans() -> Vec<SpanData> {
    let data = wide::messages();
    let scopes = data.resource_spans.iter().flat_map(|resource| &resource.scope_spans);
    scopes.flat_map(|scope| scope.spans.iter().map(|span| span_data(scope, span))).collect()
}

/// The resource of the workload "wide".
pub fn resource() -> ResourceAttributesWithSchema {
    let data = wide::messages();
    let attributes = data.resource_spans.iter().filter_map(|spans| spans.resource.as_ref());
    let attributes = attributes.flat_map(|resource| resource.attributes.iter().map(key_value));
    (&Resource::builder_empty().with_attributes(attributes).build()).into()
}

/// Turns finished spans into messages, one span each, as lines of a file hold them.
///
/// Resource and scope are made once and used for every line: a peer could hardly do better.
#[derive(Debug)]
pub struct Lines {
    envelope: TracesData,
}

impl Lines {
    /// An envelope for spans like these.
    pub fn new(spans: &[SpanData], resource: &ResourceAttributesWithSchema) -> Lines {
        let first = spans.iter().take(1).cloned().collect();
        Lines { envelope: TracesData { resource_spans: group_spans_by_resource_and_scope(first, resource) } }
    }

    /// Transforms the spans one by one and shows each in its envelope.
    pub fn for_each(&mut self, spans: Vec<SpanData>, mut show: impl FnMut(&TracesData)) {
        for span in spans {
            let span = Span::from(span);
            if let Some(scope) = self.scope_spans() {
                scope.spans.clear();
                scope.spans.push(span);
            }
            show(&self.envelope);
        }
    }

    fn scope_spans(&mut self) -> Option<&mut ScopeSpans> {
        self.envelope.resource_spans.first_mut()?.scope_spans.first_mut()
    }
}

fn span_data(scope: &trace::ScopeSpans, span: &trace::Span) -> SpanData {
    let scope = scope.scope.clone().unwrap_or_default();
    SpanData {
        span_context: SpanContext::new(
            TraceId::from_bytes(fixed(&span.trace_id)),
            SpanId::from_bytes(fixed(&span.span_id)),
            TraceFlags::new((span.flags & 0xff) as u8),
            false,
            TraceState::default(),
        ),
        parent_span_id: SpanId::from_bytes(fixed(&span.parent_span_id)),
        parent_span_is_remote: false,
        span_kind: SpanKind::Server,
        name: span.name.clone().into(),
        start_time: time(span.start_time_unix_nano),
        end_time: time(span.end_time_unix_nano),
        attributes: span.attributes.iter().map(key_value).collect(),
        dropped_attributes_count: 0,
        events: events(span),
        links: SpanLinks::default(),
        status: Status::Ok,
        instrumentation_scope: InstrumentationScope::builder(scope.name).with_version(scope.version).build(),
    }
}

fn events(span: &trace::Span) -> SpanEvents {
    let mut events = SpanEvents::default();
    events.events.extend(span.events.iter().map(|event| {
        let attributes = event.attributes.iter().map(key_value).collect();
        Event::new(event.name.clone(), time(event.time_unix_nano), attributes, 0)
    }));
    events
}

fn key_value(attribute: &common::KeyValue) -> KeyValue {
    use common::any_value::Value as Wire;
    let value = match attribute.value.as_ref().and_then(|value| value.value.clone()) {
        Some(Wire::StringValue(text)) => Value::from(text),
        Some(Wire::IntValue(number)) => Value::from(number),
        Some(Wire::DoubleValue(number)) => Value::from(number),
        Some(Wire::BoolValue(yes)) => Value::from(yes),
        _ => unreachable!("the workload has no other values"),
    };
    KeyValue::new(attribute.key.clone(), value)
}

/// # Panics
/// If the length is another; the ids of the workload have it.
fn fixed<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("ids of the workload have their length")
}

fn time(unix_nanos: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(unix_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message;

    #[test]
    fn the_peer_exports_the_very_same_batch() {
        let resource_spans = group_spans_by_resource_and_scope(spans(), &resource());
        let theirs = TracesData { resource_spans }.encode_to_vec();
        let mut theirs = trace::TracesData::decode(&*theirs).unwrap();
        let mut ours = wide::messages();
        for data in [&mut theirs, &mut ours] {
            // Their resource is a hash map.
            let resource = data.resource_spans[0].resource.as_mut().unwrap();
            resource.attributes.sort_by(|a, b| a.key.cmp(&b.key));
        }
        assert_eq!(theirs, ours);
    }

    #[test]
    fn the_lines_of_the_peer_mean_what_ours_do() {
        let (spans, resource) = (spans(), resource());
        let mut numbers = Vec::new();
        Lines::new(&spans, &resource).for_each(spans.clone(), |line| {
            let batch = telespan_otlp::json::parse(&serde_json::to_vec(line).unwrap()).unwrap();
            let data = trace::TracesData::decode(&**batch.bytes()).unwrap();
            numbers.extend(data.resource_spans[0].scope_spans[0].spans.clone());
        });
        assert_eq!(numbers, wide::messages().resource_spans[0].scope_spans[0].spans);
    }
}
