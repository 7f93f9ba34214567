//! Order, batching, retries, cuts and refusals.

use std::time::{Duration, Instant};

use telespan_export::{Accepted, DropReason, Event, ExportError, Failure};
use telespan_pipeline::{BuildError, Pipeline};

use crate::support::{LONG, NEVER, SPAN, balanced, batch, eager, every, listener, next_event, scripted};

#[test]
fn spans_arrive_in_order_and_batches_are_put_together() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    let first = script.next();
    assert_eq!(first.names, [0, 1, 2]);
    for name in 3..8 {
        pipeline.submit(batch([name])).unwrap();
    }
    pipeline.submit(batch(8..12)).unwrap();
    first.accept();
    // Three spans fit; a batch above the limit goes alone and whole.
    for expected in [vec![3, 4, 5], vec![6, 7], vec![8, 9, 10, 11]] {
        let attempt = script.next();
        assert_eq!(attempt.names, expected);
        assert_eq!(balanced(&pipeline).queued, 12 - u64::from(expected[0]));
        attempt.accept();
    }
    pipeline.shutdown(LONG).unwrap();
    let stats = balanced(&pipeline);
    assert_eq!((stats.ended, stats.exported, stats.queued), (12, 12, 0));
}

#[test]
fn less_than_a_full_batch_is_sent_when_the_interval_is_over() {
    let (exporter, script) = scripted();
    let interval = Duration::from_millis(20);
    let pipeline = Pipeline::builder(exporter).interval(interval).build().unwrap();
    let built = Instant::now();
    pipeline.submit(batch([1])).unwrap();
    let attempt = script.next();
    assert!(built.elapsed() > interval / 2, "{:?}", built.elapsed());
    assert_eq!(attempt.names, [1]);
    attempt.accept();
    pipeline.shutdown(LONG).unwrap();
    assert_eq!(balanced(&pipeline).exported, 1);
}

#[test]
fn an_empty_batch_is_neither_sent_nor_counted() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    pipeline.submit(batch([])).unwrap();
    pipeline.shutdown(LONG).unwrap();
    assert!(script.is_empty());
    assert_eq!(balanced(&pipeline).ended, 0);
}

#[test]
fn a_retryable_batch_stays_at_the_head_until_it_is_accepted() {
    let (exporter, script) = scripted();
    let (hook, events) = listener();
    let builder = eager(exporter).backoff(every(Duration::from_millis(1))).on_event(hook);
    let pipeline = builder.build().unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    pipeline.submit(batch([3, 4, 5])).unwrap();
    for attempts in 1..=3 {
        let attempt = script.next();
        assert_eq!(attempt.names, [0, 1, 2]);
        attempt.fail(ExportError::retryable("busy"));
        assert_eq!(
            next_event(&events),
            Event::Retrying { error: "busy".into(), attempts, peer_absent: false }
        );
        assert_eq!(balanced(&pipeline).queued, 6);
    }
    script.next().accept();
    let attempt = script.next();
    assert_eq!(attempt.names, [3, 4, 5]);
    attempt.accept();
    pipeline.shutdown(LONG).unwrap();
    assert_eq!(balanced(&pipeline).exported, 6);
}

#[test]
fn an_attempt_without_an_answer_is_made_again() {
    let (exporter, script) = scripted();
    let (hook, events) = listener();
    let timeout = Duration::from_millis(5);
    let builder = eager(exporter).attempt_timeout(timeout).backoff(every(Duration::ZERO)).on_event(hook);
    let pipeline = builder.build().unwrap();
    let submitted = Instant::now();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    let attempt = script.next();
    assert!(attempt.deadline >= submitted + timeout && attempt.deadline <= Instant::now() + timeout);
    assert_eq!(
        next_event(&events),
        Event::Retrying { error: "no answer within 5ms".into(), attempts: 1, peer_absent: false }
    );
    // The answer to an attempt that was given up reaches nobody.
    attempt.accept();
    script.next().accept();
    pipeline.shutdown(LONG).unwrap();
    assert_eq!(balanced(&pipeline).exported, 3);
}

#[test]
fn a_refused_batch_is_dropped_and_the_next_one_sent() {
    let (exporter, script) = scripted();
    let (hook, events) = listener();
    let pipeline = eager(exporter).on_event(hook).build().unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    pipeline.submit(batch([3, 4, 5])).unwrap();
    script.next().fail(ExportError::permanent("no").with_source("bad token"));
    script.next().accept();
    let expected =
        Event::Dropped { spans: 3, reason: DropReason::Refused, error: Some("no: bad token".into()) };
    assert_eq!(next_event(&events), expected);
    pipeline.shutdown(LONG).unwrap();
    let stats = balanced(&pipeline);
    assert_eq!((stats.exported, stats.dropped(DropReason::Refused), stats.dropped_total()), (3, 3, 3));
    assert!(events.try_recv().is_err(), "a loss is told once");
}

#[test]
fn rejected_spans_of_an_accepted_batch_are_counted_apart() {
    let cases = [(0, 0), (2, 2), (3, 3), (u64::MAX, 3)];
    for (claimed, counted) in cases {
        let (exporter, script) = scripted();
        let (hook, events) = listener();
        let pipeline = eager(exporter).on_event(hook).build().unwrap();
        pipeline.submit(batch([0, 1, 2])).unwrap();
        let message = Some("look out".to_owned());
        script.next().answer(Ok(Accepted { rejected: claimed, message: message.clone() }));
        let expected = match counted {
            0 => Event::Warning { message: "look out".into() },
            spans => Event::Dropped { spans, reason: DropReason::Rejected, error: message },
        };
        assert_eq!(next_event(&events), expected);
        pipeline.shutdown(LONG).unwrap();
        let stats = balanced(&pipeline);
        assert_eq!((stats.exported, stats.dropped(DropReason::Rejected)), (3 - counted, counted));
    }
}

#[test]
fn a_batch_that_is_too_large_is_cut_and_only_a_single_span_dropped() {
    let (exporter, script) = scripted();
    let (hook, events) = listener();
    let pipeline = eager(exporter).on_event(hook).build().unwrap();
    pipeline.submit(batch(0..5)).unwrap();
    pipeline.submit(batch([5, 6, 7])).unwrap();
    let too_large = |limit| ExportError::new(Failure::TooLarge { limit }, "too large");
    let attempt = script.next();
    assert_eq!(attempt.names, [0, 1, 2, 3, 4]);
    attempt.fail(too_large(2 * SPAN));
    let attempt = script.next();
    assert_eq!(attempt.names, [0, 1]);
    attempt.fail(too_large(SPAN - 1));
    let attempt = script.next();
    assert_eq!(attempt.names, [0]);
    attempt.fail(too_large(SPAN - 1));
    let expected = Event::Dropped { spans: 1, reason: DropReason::TooLarge, error: Some("too large".into()) };
    assert_eq!(next_event(&events), expected);
    assert_eq!(balanced(&pipeline).queued, 7);
    for expected in [vec![1], vec![2, 3], vec![4], vec![5, 6, 7]] {
        let attempt = script.next();
        assert_eq!(attempt.names, expected);
        attempt.accept();
    }
    pipeline.shutdown(LONG).unwrap();
    let stats = balanced(&pipeline);
    assert_eq!((stats.exported, stats.dropped(DropReason::TooLarge)), (7, 1));
}

#[test]
fn a_destination_that_names_a_limit_already_kept_gets_halves() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    pipeline.submit(batch(0..4)).unwrap();
    script.next().fail(ExportError::new(Failure::TooLarge { limit: usize::MAX }, "too large"));
    for expected in [[0, 1], [2, 3]] {
        let attempt = script.next();
        assert_eq!(attempt.names, expected);
        attempt.accept();
    }
    pipeline.shutdown(LONG).unwrap();
    assert_eq!(balanced(&pipeline).exported, 4);
}

#[test]
fn an_exporter_that_panics_loses_one_batch_and_nothing_else() {
    let (exporter, script) = scripted();
    let (hook, events) = listener();
    let pipeline = eager(exporter).on_event(hook).build().unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    script.next().panic();
    let error = Some("the exporter panicked: as ordered".into());
    assert_eq!(next_event(&events), Event::Dropped { spans: 3, reason: DropReason::Refused, error });
    pipeline.submit(batch([3, 4, 5])).unwrap();
    script.next().accept();
    pipeline.shutdown(LONG).unwrap();
    assert_eq!(balanced(&pipeline).exported, 3);
}

#[test]
fn a_hook_that_panics_does_no_harm() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).on_event(std::sync::Arc::new(|_| panic!("hook"))).build().unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    script.next().fail(ExportError::permanent("no"));
    pipeline.submit(batch([3, 4, 5])).unwrap();
    script.next().accept();
    pipeline.shutdown(LONG).unwrap();
    assert_eq!(balanced(&pipeline).exported, 3);
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let builder = || Pipeline::builder(scripted().0);
    let zeros = [
        ("budget", builder().budget(0)),
        ("batch_bytes", builder().batch_bytes(0)),
        ("interval", builder().interval(Duration::ZERO)),
        ("attempt_timeout", builder().attempt_timeout(Duration::ZERO)),
    ];
    for (name, builder) in zeros {
        assert!(matches!(builder.build(), Err(BuildError::Zero(found)) if found == name), "{name}");
    }
    builder().interval(NEVER).build().unwrap().shutdown(LONG).unwrap();
}
