//! The workload "wide": batches of 512 spans with 8 attributes and 2 events of 2 attributes each.

use prost::Message;
use telespan_otlp::Batch;
use telespan_proto::common::v1::any_value::Value;
use telespan_proto::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use telespan_proto::resource::v1::Resource;
use telespan_proto::trace::v1::span::{Event, SpanKind};
use telespan_proto::trace::v1::status::StatusCode;
use telespan_proto::trace::v1::{ResourceSpans, ScopeSpans, Span, SpanFlags, Status, TracesData};

/// Spans a batch.
pub const SPANS: usize = 512;

/// When the first span starts, in nanoseconds since the Unix epoch.
const START: u64 = 1_760_000_000_000_000_000;

/// A batch as messages.
pub fn messages() -> TracesData {
    let scope = InstrumentationScope {
        name: "checkout::http".into(),
        version: "1.4.2".into(),
        ..InstrumentationScope::default()
    };
    let resource = Resource {
        attributes: vec![
            text("service.name", "checkout"),
            text("service.version", "2025.10.3"),
            text("host.name", "node-17.eu-central-1"),
            text("telemetry.sdk.language", "rust"),
        ],
        ..Resource::default()
    };
    let spans = (0..SPANS as u64).map(span).collect();
    let scope_spans = vec![ScopeSpans { scope: Some(scope), spans, ..ScopeSpans::default() }];
    let resource = Some(resource);
    TracesData { resource_spans: vec![ResourceSpans { resource, scope_spans, ..ResourceSpans::default() }] }
}

/// The batch as it leaves the recorder.
///
/// # Panics
/// Never: the messages encode to well-formed bytes.
pub fn batch() -> Batch {
    Batch::parse(messages().encode_to_vec()).expect("encoded messages are well-formed")
}

/// One span; all differ in ids, times and some of the values.
fn span(i: u64) -> Span {
    let start = START + i * 1_000_003;
    let event = |offset, name: &str, attributes: [KeyValue; 2]| Event {
        time_unix_nano: start + offset,
        name: name.into(),
        attributes: attributes.into(),
        ..Event::default()
    };
    Span {
        trace_id: scramble(i / 8).to_be_bytes().repeat(2),
        span_id: scramble(i + 1_000).to_be_bytes().to_vec(),
        parent_span_id: scramble(i / 4 + 2_000).to_be_bytes().to_vec(),
        flags: 1 | SpanFlags::ContextHasIsRemoteMask as u32,
        name: "POST /api/v1/carts/{id}/items".into(),
        kind: SpanKind::Server as i32,
        start_time_unix_nano: start,
        end_time_unix_nano: start + 1_234_567 + i * 997,
        attributes: vec![
            text("http.request.method", "POST"),
            text("url.full", &format!("/api/v1/carts/{i:06}/items?expand=price,stock,delivery&lang=en")),
            text("http.route", "/api/v1/carts/{id}/items"),
            value("http.response.status_code", Value::IntValue(200 + (i % 5) as i64)),
            value("http.request.body.size", Value::IntValue(1_024 + 37 * i as i64)),
            text(
                "user_agent.original",
                "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
            ),
            value("cache.hit", Value::BoolValue(i.is_multiple_of(3))),
            value("cart.total", Value::DoubleValue(19.99 + i as f64 * 0.5)),
        ],
        events: vec![
            event(
                1_000,
                "cart loaded",
                [value("cart.items", Value::IntValue(i as i64 % 17)), text("db.collection.name", "carts")],
            ),
            event(
                900_000,
                "stock reserved",
                [text("warehouse", "fra-2"), value("retries", Value::IntValue(i as i64 % 3))],
            ),
        ],
        status: Some(Status { code: StatusCode::Ok as i32, ..Status::default() }),
        ..Span::default()
    }
}

fn text(key: &str, text: &str) -> KeyValue {
    value(key, Value::StringValue(text.into()))
}

fn value(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.into(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

/// Spreads a small number over all 64 bits (the finalizer of splitmix64); never zero here.
fn scramble(i: u64) -> u64 {
    let mut z = i.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_the_size_that_the_figures_are_told_for() {
        let batch = batch();
        assert_eq!(batch.spans(), SPANS);
        assert!((580..620).contains(&(batch.len() / SPANS)), "{} bytes a span", batch.len() / SPANS);
    }
}
