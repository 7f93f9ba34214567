//! The spans of a batch or of a collector's file, each with all that it was sent under.

use std::path::Path;

use anyhow::{Context as _, Result};
use prost::Message as _;
use telespan_file::TraceFiles;
use telespan_otlp::Batch;
use telespan_proto::common::v1::any_value::Value;
use telespan_proto::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use telespan_proto::resource::v1::Resource;
use telespan_proto::trace::v1::{Span, TracesData};

/// A span on its own. Absent messages are written as empty ones, since receivers do not tell them apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct SentSpan {
    pub(crate) resource: Resource,
    pub(crate) resource_schema_url: String,
    pub(crate) scope: InstrumentationScope,
    pub(crate) scope_schema_url: String,
    pub(crate) span: Span,
}

/// The spans of a batch.
pub(crate) fn of_batch(batch: &Batch) -> Result<Vec<SentSpan>> {
    let data = TracesData::decode(batch.bytes().as_ref()).context("a batch is no TracesData")?;
    let mut spans = Vec::with_capacity(batch.spans());
    for of_resource in data.resource_spans {
        let resource = of_resource.resource.unwrap_or_default();
        for of_scope in of_resource.scope_spans {
            let scope = of_scope.scope.unwrap_or_default();
            for span in of_scope.spans {
                spans.push(normal(SentSpan {
                    resource: resource.clone(),
                    resource_schema_url: of_resource.schema_url.clone(),
                    scope: scope.clone(),
                    scope_schema_url: of_scope.schema_url.clone(),
                    span,
                }));
            }
        }
    }
    Ok(spans)
}

/// The spans of a file of OTLP/JSON lines; none of one that is not there yet.
pub(crate) fn of_file(path: &Path) -> Result<Vec<SentSpan>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut spans = Vec::new();
    for found in TraceFiles::open([path])? {
        spans.extend(of_batch(&found?.batch)?);
    }
    Ok(spans)
}

/// Puts empty messages where none are.
pub(crate) fn normal(mut sent: SentSpan) -> SentSpan {
    sent.span.status.get_or_insert_default();
    let events = sent.span.events.iter_mut().map(|event| &mut event.attributes);
    let links = sent.span.links.iter_mut().map(|link| &mut link.attributes);
    let own = [&mut sent.resource.attributes, &mut sent.scope.attributes, &mut sent.span.attributes];
    for attributes in own.into_iter().chain(events).chain(links) {
        attributes.iter_mut().for_each(normal_attribute);
    }
    sent
}

fn normal_attribute(attribute: &mut KeyValue) {
    normal_value(attribute.value.get_or_insert_default());
}

fn normal_value(value: &mut AnyValue) {
    match &mut value.value {
        Some(Value::ArrayValue(array)) => array.values.iter_mut().for_each(normal_value),
        Some(Value::KvlistValue(map)) => map.values.iter_mut().for_each(normal_attribute),
        _ => {}
    }
}
