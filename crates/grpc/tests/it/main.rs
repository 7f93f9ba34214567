//! The exporter against real sockets.

#![allow(clippy::unwrap_used, reason = "a panic is the report of a test")]

#[cfg(feature = "gzip")]
mod compressed;
mod failures;
mod replies;
mod requests;
mod tls;

use std::time::{Duration, Instant};

use futures_executor::block_on;
use telespan_export::{Accepted, ExportError, Exporter, Failure};
use telespan_grpc::{Endpoint, GrpcExporter};
use telespan_otlp::Batch;
use telespan_testkit::{MockCollector, fixture};

const RETRYABLE: Failure = Failure::Retryable { after: None };

fn batch(spans: usize) -> Batch {
    Batch::parse(fixture::wide_bytes(spans)).unwrap()
}

/// Long enough for anything that is meant to succeed.
fn ample() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

fn endpoint(collector: &MockCollector) -> Endpoint {
    Endpoint::tcp("127.0.0.1", collector.address().port()).unwrap()
}

fn exporter(endpoint: Endpoint) -> GrpcExporter {
    GrpcExporter::builder(endpoint).build().unwrap()
}

/// Sends three spans from this thread, which has no async runtime.
fn send(exporter: &GrpcExporter) -> Result<Accepted, ExportError> {
    block_on(exporter.export(&batch(3), ample()))
}

fn assert_says(error: &ExportError, parts: &[&str]) {
    for part in parts {
        assert!(error.chain().contains(part), "`{part}` is not in: {}", error.chain());
    }
}
