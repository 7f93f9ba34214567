//! Decodes an export request and prints the spans in it, as a collector for tests would.
#![allow(clippy::print_stdout, reason = "an example shows its result")]

use prost::Message as _;
use telespan_proto::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value},
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};

fn main() -> Result<(), prost::DecodeError> {
    let request = ExportTraceServiceRequest::decode(received().as_slice())?;
    for resource_spans in &request.resource_spans {
        let service = resource_spans.resource.as_ref().and_then(service_name).unwrap_or("unknown service");
        for span in resource_spans.scope_spans.iter().flat_map(|scope| &scope.spans) {
            let nanos = span.end_time_unix_nano.saturating_sub(span.start_time_unix_nano);
            println!("{service}: {} took {} ms", span.name, nanos / 1_000_000);
        }
    }
    Ok(())
}

fn service_name(resource: &Resource) -> Option<&str> {
    let attribute = resource.attributes.iter().find(|attribute| attribute.key == "service.name")?;
    match attribute.value.as_ref()?.value.as_ref()? {
        Value::StringValue(name) => Some(name),
        _ => None,
    }
}

/// Stands for the body of a request.
fn received() -> Vec<u8> {
    let name = AnyValue { value: Some(Value::StringValue("shop".into())) };
    let attribute = KeyValue { key: "service.name".into(), value: Some(name), ..Default::default() };
    let span = Span {
        trace_id: vec![0xab; 16],
        span_id: vec![0xcd; 8],
        name: "GET /orders".into(),
        start_time_unix_nano: 1_700_000_000_000_000_000,
        end_time_unix_nano: 1_700_000_000_250_000_000,
        ..Default::default()
    };
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(Resource { attributes: vec![attribute], ..Default::default() }),
            scope_spans: vec![ScopeSpans { spans: vec![span], ..Default::default() }],
            ..Default::default()
        }],
    }
    .encode_to_vec()
}
