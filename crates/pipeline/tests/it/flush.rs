//! What a flush waits for, and what it does not.

use std::error::Error;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use telespan_export::{DropReason, ExportError, Failure};
use telespan_pipeline::{FlushError, Pipeline};

use crate::support::{LONG, NEVER, SLACK, balanced, batch, eager, every, scripted};

#[test]
fn a_flush_returns_when_everything_before_it_was_exported_and_made_durable() {
    let (exporter, script) = scripted();
    let pipeline = eager(Arc::clone(&exporter)).build().unwrap();
    pipeline.submit(batch([0])).unwrap();
    thread::scope(|scope| {
        let flush = scope.spawn(|| pipeline.flush(LONG));
        let attempt = script.next();
        assert_eq!(attempt.names, [0]);
        assert_eq!(exporter.syncs.load(Ordering::SeqCst), 0);
        attempt.accept();
        flush.join().unwrap().unwrap();
    });
    assert_eq!(exporter.syncs.load(Ordering::SeqCst), 1);
    let stats = balanced(&pipeline);
    assert_eq!((stats.exported, stats.queued), (1, 0));
}

#[test]
fn a_flush_does_not_wait_for_what_ends_after_it() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    pipeline.submit(batch([0])).unwrap();
    thread::scope(|scope| {
        let flush = scope.spawn(|| pipeline.flush(LONG));
        let attempt = script.next();
        pipeline.submit(batch([1, 2, 3])).unwrap();
        attempt.accept();
        flush.join().unwrap().unwrap();
    });
    assert_eq!(balanced(&pipeline).queued, 3);
}

#[test]
fn what_was_dropped_is_flushed_too() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    pipeline.submit(batch([0])).unwrap();
    thread::scope(|scope| {
        let flush = scope.spawn(|| pipeline.flush(LONG));
        script.next().fail(ExportError::permanent("no"));
        flush.join().unwrap().unwrap();
    });
    assert_eq!(balanced(&pipeline).dropped(DropReason::Refused), 1);
}

#[test]
fn flushing_nothing_succeeds_before_and_after_the_shutdown() {
    let (exporter, _script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    pipeline.flush(LONG).unwrap();
    pipeline.shutdown(LONG).unwrap();
    pipeline.flush(Duration::ZERO).unwrap();
}

#[test]
fn a_flush_of_a_hanging_exporter_ends_in_time_and_says_what_is_queued() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    pipeline.submit(batch([3])).unwrap();
    let attempt = script.next();
    for timeout in [Duration::ZERO, Duration::from_millis(30)] {
        let begun = Instant::now();
        let error = pipeline.flush(timeout).unwrap_err();
        let waited = begun.elapsed();
        assert!(waited >= timeout && waited < timeout + SLACK, "{waited:?}");
        assert!(matches!(error, FlushError::TimedOut { queued: 4 }), "{error}");
    }
    // Nothing was lost by that.
    attempt.accept();
    thread::scope(|scope| {
        let flush = scope.spawn(|| pipeline.flush(LONG));
        script.next().accept();
        flush.join().unwrap().unwrap();
    });
    assert_eq!(balanced(&pipeline).exported, 4);
}

#[test]
fn a_flush_brings_a_retry_forward_that_would_come_too_late() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).backoff(every(NEVER)).build().unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    script.next().fail(ExportError::retryable("busy"));
    thread::scope(|scope| {
        let flush = scope.spawn(|| pipeline.flush(LONG));
        script.next().accept();
        flush.join().unwrap().unwrap();
    });
}

#[test]
fn a_flush_does_not_shorten_a_wait_that_the_destination_asked_for() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    script.next().fail(ExportError::new(Failure::Retryable { after: Some(NEVER) }, "throttled"));
    let error = pipeline.flush(Duration::from_millis(20)).unwrap_err();
    assert!(matches!(error, FlushError::TimedOut { queued: 3 }), "{error}");
    assert!(script.is_empty());
}

#[test]
fn a_flush_says_what_kept_the_spans_from_stable_storage() {
    let (exporter, _script) = scripted();
    exporter.fail_sync.store(true, Ordering::SeqCst);
    let pipeline = eager(exporter).build().unwrap();
    let error = pipeline.flush(LONG).unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "disk on fire");
}

#[test]
fn concurrent_flushes_are_all_answered() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    thread::scope(|scope| {
        let flushes: Vec<_> = (0..8).map(|_| scope.spawn(|| pipeline.flush(LONG))).collect();
        script.next().accept();
        for flush in flushes {
            flush.join().unwrap().unwrap();
        }
    });
}

#[test]
fn a_flush_in_the_event_hook_does_not_wait() {
    let (exporter, script) = scripted();
    let own: Arc<OnceLock<Pipeline>> = Arc::default();
    let (said, heard) = std::sync::mpsc::channel();
    let hook = {
        let own = Arc::clone(&own);
        Arc::new(move |_: &_| {
            if let Some(pipeline) = own.get() {
                let _ = said.send(pipeline.flush(LONG));
            }
        })
    };
    let pipeline = eager(exporter).backoff(every(Duration::ZERO)).on_event(hook).build().unwrap();
    own.set(pipeline.clone()).unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    script.next().fail(ExportError::retryable("busy"));
    let result = heard.recv_timeout(LONG).unwrap();
    assert!(matches!(result, Err(FlushError::TimedOut { queued: 3 })), "{result:?}");
    script.next().accept();
    pipeline.shutdown(LONG).unwrap();
}
