//! An exporter that keeps what it gets, and tracing into it.

#![allow(dead_code, reason = "each test binary uses its part")]

use std::future::ready;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use prost::Message;
use telespan_export::{Accepted, BoxFuture, ExportError, Exporter};
use telespan_otlp::Batch;
use telespan_pipeline::Pipeline;
use telespan_proto::common::v1::any_value::Value;
use telespan_proto::trace::v1::{ResourceSpans, ScopeSpans, Span, TracesData};
use telespan_sampler::{PerMillion, Sampler};
use telespan_trace::{Tracing, TracingBuilder};

/// Long enough for anything that works.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// What was exported, readable after a flush.
#[derive(Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<Vec<Batch>>>);

impl Exporter for Memory {
    fn export<'a>(
        &'a self,
        batch: &'a Batch,
        _deadline: Instant,
    ) -> BoxFuture<'a, Result<Accepted, ExportError>> {
        self.0.lock().expect("no test panics here").push(batch.clone());
        Box::pin(ready(Ok(Accepted::default())))
    }

    fn shutdown(&self, _deadline: Instant) -> BoxFuture<'_, Result<(), ExportError>> {
        Box::pin(ready(Ok(())))
    }
}

impl Memory {
    /// A builder that records every `rate` of a million traces here.
    pub(crate) fn tracing(&self, rate: u32) -> TracingBuilder {
        let pipeline = Pipeline::builder(Arc::new(self.clone())).build().expect("a pipeline");
        let rate = PerMillion::try_from(rate).expect("a rate");
        Tracing::builder(pipeline).sampler(Sampler::new(rate))
    }

    /// Flushes and returns all spans so far with their scope and resource.
    pub(crate) fn full_spans(&self, tracing: &Tracing) -> Vec<(ResourceSpans, ScopeSpans, Span)> {
        tracing.flush(PATIENCE).expect("memory takes everything");
        let mut all = Vec::new();
        for batch in self.0.lock().expect("no test panics here").iter() {
            let data = TracesData::decode(batch.bytes().clone()).expect("protobuf");
            for mut resource in data.resource_spans {
                for mut scope in std::mem::take(&mut resource.scope_spans) {
                    for span in std::mem::take(&mut scope.spans) {
                        all.push((resource.clone(), scope.clone(), span));
                    }
                }
            }
        }
        all
    }

    /// Flushes and returns all spans so far.
    pub(crate) fn spans(&self, tracing: &Tracing) -> Vec<Span> {
        self.full_spans(tracing).into_iter().map(|(_, _, span)| span).collect()
    }
}

/// The span called `name`.
pub(crate) fn find<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no {name} in {spans:?}"))
}

/// The value of an attribute of a span.
pub(crate) fn attribute(span: &Span, key: &str) -> Option<Value> {
    let kv = span.attributes.iter().find(|kv| kv.key == key)?;
    kv.value.clone()?.value
}
