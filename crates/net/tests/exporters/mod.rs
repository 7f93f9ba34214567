//! What every network exporter does alike. The tests of each exporter include this module; their `crate::subject` says
//! which exporter it is.

pub(crate) mod failures;
pub(crate) mod replies;
pub(crate) mod requests;
pub(crate) mod tls;

use std::time::{Duration, Instant};

use futures_executor::block_on;
use telespan_export::{Accepted, ExportError, Exporter, Failure};
use telespan_otlp::Batch;
use telespan_testkit::{MockCollector, fixture};

use crate::subject::{Endpoint, Subject};

pub(crate) const RETRYABLE: Failure = Failure::Retryable { after: None };

pub(crate) fn batch(spans: usize) -> Batch {
    Batch::parse(fixture::wide_bytes(spans)).unwrap()
}

/// Long enough for anything that is meant to succeed.
pub(crate) fn ample() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

pub(crate) fn endpoint(collector: &MockCollector) -> Endpoint {
    Endpoint::tcp("127.0.0.1", collector.address().port()).unwrap()
}

pub(crate) fn exporter(endpoint: Endpoint) -> Subject {
    Subject::builder(endpoint).build().unwrap()
}

/// Sends three spans from this thread, which has no async runtime.
pub(crate) fn send(exporter: &Subject) -> Result<Accepted, ExportError> {
    block_on(exporter.export(&batch(3), ample()))
}

pub(crate) fn assert_says(error: &ExportError, parts: &[&str]) {
    for part in parts {
        assert!(error.chain().contains(part), "`{part}` is not in: {}", error.chain());
    }
}
