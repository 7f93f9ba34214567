//! Spans over threads and futures, without any async runtime, counted at the end.
//!
//! Run it with `cargo run -p telespan-trace --example threads`.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::future::ready;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use telespan_export::{Accepted, BoxFuture, ExportError, Exporter};
use telespan_otlp::Batch;
use telespan_pipeline::Pipeline;
use telespan_sampler::{PerMillion, Sampler};
use telespan_trace::{Tracing, tracer};

/// Says what it would send.
struct Announce;

impl Exporter for Announce {
    fn export<'a>(&'a self, batch: &'a Batch, _: Instant) -> BoxFuture<'a, Result<Accepted, ExportError>> {
        println!("{} spans in {} bytes", batch.spans(), batch.len());
        Box::pin(ready(Ok(Accepted::default())))
    }

    fn shutdown(&self, _: Instant) -> BoxFuture<'_, Result<(), ExportError>> {
        Box::pin(ready(Ok(())))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let pipeline = Pipeline::builder(Arc::new(Announce)).build()?;
    let tracing = Tracing::builder(pipeline).sampler(Sampler::new(PerMillion::ALL)).build();
    tracing.install()?;

    let tracer = tracer("example");
    let root = tracer.start("all the work");
    let parent = root.context().cloned();
    thread::scope(|scope| {
        for worker in 0..4 {
            let (tracer, parent) = (&tracer, parent.clone());
            scope.spawn(move || {
                let mut span = tracer.span("a quarter").parent(parent).start();
                span.set_attribute("worker", worker);
                let _entered = span.enter();
                tracer.start("a step").end();
            });
        }
    });
    root.end();

    tracing.shutdown(Duration::from_secs(5))?;
    let stats = tracing.stats();
    println!("ended {}, exported {}, queued {}", stats.ended, stats.exported, stats.queued);
    Ok(())
}
