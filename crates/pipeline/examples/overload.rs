//! A burst of spans meets a slow destination: what arrives under each overload policy, and what is counted.
#![allow(clippy::print_stdout, reason = "an example shows its result")]

use std::error::Error;
use std::future::ready;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use telespan_export::{Accepted, BoxFuture, ExportError, Exporter};
use telespan_otlp::Batch;
use telespan_pipeline::{Overload, Pipeline};

/// A destination that needs a millisecond for each batch.
struct Slow;

impl Exporter for Slow {
    fn export<'a>(&'a self, _: &'a Batch, _: Instant) -> BoxFuture<'a, Result<Accepted, ExportError>> {
        sleep(Duration::from_millis(1));
        Box::pin(ready(Ok(Accepted::default())))
    }

    fn shutdown(&self, _: Instant) -> BoxFuture<'_, Result<(), ExportError>> {
        Box::pin(ready(Ok(())))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // One span, empty but for its frame: resource_spans { scope_spans { spans {} } }.
    let span = Batch::parse(vec![0x0a, 4, 0x12, 2, 0x12, 0])?;
    let block = Overload::Block { deadline: Duration::from_millis(100) };
    for overload in [Overload::DropNewest, Overload::DropOldest, block] {
        let pipeline =
            Pipeline::builder(Arc::new(Slow)).budget(3000).batch_bytes(300).overload(overload).build()?;
        for _ in 0..10_000 {
            // A refusal is counted already.
            let _ = pipeline.submit(span.clone());
        }
        pipeline.shutdown(Duration::from_secs(5))?;
        let stats = pipeline.stats();
        println!("{overload:?}: {} spans ended, {} exported", stats.ended, stats.exported);
        for (reason, spans) in stats.dropped_by_reason().filter(|(_, spans)| *spans > 0) {
            println!("  dropped {spans}: {reason}");
        }
    }
    Ok(())
}
