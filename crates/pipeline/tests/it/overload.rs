//! What each policy does when the budget is used up.

use std::thread;
use std::time::{Duration, Instant};

use telespan_export::{DropReason, Event};
use telespan_pipeline::{Overload, Pipeline};

use crate::support::{LONG, SLACK, SPAN, Script, balanced, batch, eager, listener, scripted};

/// A pipeline with room for six spans, full: [0, 1, 2] under way, [3, 4] and [5] waiting.
fn full(overload: Overload) -> (Pipeline, Script, crate::support::Attempt) {
    let (exporter, script) = scripted();
    let builder = eager(exporter).budget(6 * SPAN).overload(overload);
    let pipeline = builder.build().unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    let first = script.next();
    pipeline.submit(batch([3, 4])).unwrap();
    pipeline.submit(batch([5])).unwrap();
    (pipeline, script, first)
}

/// Shuts down while accepting everything, and returns what was accepted.
fn accept_all(pipeline: &Pipeline, script: &Script, attempts: usize) -> Vec<u32> {
    let accepted = (0..attempts).flat_map(|_| {
        let attempt = script.next();
        let names = attempt.names.clone();
        attempt.accept();
        names
    });
    let accepted = accepted.collect();
    pipeline.shutdown(LONG).unwrap();
    assert!(script.is_empty());
    accepted
}

#[test]
fn drop_newest_refuses_what_is_new() {
    let (pipeline, script, first) = full(Overload::DropNewest);
    assert_eq!(pipeline.submit(batch([6])), Err(DropReason::QueueFull));
    assert_eq!(pipeline.submit(batch([7, 8])), Err(DropReason::QueueFull));
    first.accept();
    assert_eq!(accept_all(&pipeline, &script, 1), [3, 4, 5]);
    let stats = balanced(&pipeline);
    assert_eq!((stats.ended, stats.exported, stats.dropped(DropReason::QueueFull)), (9, 6, 3));
}

#[test]
fn drop_oldest_evicts_what_waits_longest_but_not_what_is_under_way() {
    let (pipeline, script, first) = full(Overload::DropOldest);
    pipeline.submit(batch([6])).unwrap();
    // The eviction of [3, 4] made room for two; the next one takes the second.
    pipeline.submit(batch([7])).unwrap();
    assert_eq!(balanced(&pipeline).dropped(DropReason::Evicted), 2);
    pipeline.submit(batch([8, 9])).unwrap();
    assert_eq!(balanced(&pipeline).dropped(DropReason::Evicted), 4);
    first.accept();
    assert_eq!(accept_all(&pipeline, &script, 1), [7, 8, 9]);
    let stats = balanced(&pipeline);
    assert_eq!((stats.ended, stats.exported, stats.dropped_total()), (10, 6, 4));
}

#[test]
fn drop_oldest_evicts_nothing_where_that_would_not_make_room() {
    let (pipeline, script, first) = full(Overload::DropOldest);
    assert_eq!(pipeline.submit(batch(6..10)), Err(DropReason::QueueFull));
    first.accept();
    assert_eq!(accept_all(&pipeline, &script, 1), [3, 4, 5]);
    let stats = balanced(&pipeline);
    assert_eq!((stats.dropped(DropReason::Evicted), stats.dropped(DropReason::QueueFull)), (0, 4));
}

#[test]
fn more_than_the_whole_budget_is_refused_at_once_and_evicts_nothing() {
    for overload in [Overload::DropNewest, Overload::DropOldest, Overload::Block { deadline: LONG }] {
        let (pipeline, script, first) = full(overload);
        assert_eq!(pipeline.submit(batch(6..13)), Err(DropReason::QueueFull));
        first.accept();
        assert_eq!(accept_all(&pipeline, &script, 1), [3, 4, 5], "{overload:?}");
        assert_eq!(balanced(&pipeline).dropped(DropReason::QueueFull), 7);
    }
}

#[test]
fn block_waits_until_there_is_room() {
    let (pipeline, script, first) = full(Overload::Block { deadline: LONG });
    thread::scope(|scope| {
        let blocked = scope.spawn(|| pipeline.submit(batch([6, 7, 8])));
        first.accept();
        // The room of [0, 1, 2] is free now.
        blocked.join().unwrap().unwrap();
    });
    assert_eq!(accept_all(&pipeline, &script, 2), [3, 4, 5, 6, 7, 8]);
    assert_eq!(balanced(&pipeline).exported, 9);
}

#[test]
fn block_gives_up_at_its_deadline() {
    let deadline = Duration::from_millis(20);
    let (pipeline, script, first) = full(Overload::Block { deadline });
    let begun = Instant::now();
    assert_eq!(pipeline.submit(batch([6])), Err(DropReason::BlockTimeout));
    let waited = begun.elapsed();
    assert!(waited >= deadline && waited < deadline + SLACK, "{waited:?}");
    first.accept();
    assert_eq!(accept_all(&pipeline, &script, 1), [3, 4, 5]);
    assert_eq!(balanced(&pipeline).dropped(DropReason::BlockTimeout), 1);
}

#[test]
fn a_shutdown_sends_blocked_producers_away() {
    let (pipeline, _script, _hanging) = full(Overload::Block { deadline: LONG });
    thread::scope(|scope| {
        let blocked = scope.spawn(|| pipeline.submit(batch([6])));
        pipeline.shutdown(Duration::from_millis(10)).unwrap_err();
        assert_eq!(blocked.join().unwrap(), Err(DropReason::Shutdown));
    });
    assert_eq!(balanced(&pipeline).dropped(DropReason::Shutdown), 7);
}

#[test]
fn a_reservation_holds_its_bytes_until_it_is_dropped_or_shrunk() {
    let (exporter, _script) = scripted();
    let pipeline = eager(exporter).budget(100).build().unwrap();
    let inlet = pipeline.inlet();
    let mut first = inlet.reserve(60).unwrap();
    assert_eq!(inlet.reserve(41).unwrap_err(), DropReason::QueueFull);
    first.join(inlet.reserve(40).unwrap());
    assert_eq!(first.bytes(), 100);
    assert_eq!(inlet.reserve(1).unwrap_err(), DropReason::QueueFull);
    first.shrink_to(30);
    first.shrink_to(50);
    assert_eq!(first.bytes(), 30);
    let second = inlet.reserve(70).unwrap();
    drop(first);
    drop(second);
    assert_eq!(inlet.reserve(100).unwrap().bytes(), 100);
    assert_eq!(balanced(&pipeline).dropped_total(), 0, "a refused reservation counts no spans");
}

#[test]
fn a_reservation_above_its_batch_is_given_back_when_the_batch_is_settled() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).budget(6 * SPAN).build().unwrap();
    let inlet = pipeline.inlet();
    inlet.push(batch([0, 1, 2]), inlet.reserve(6 * SPAN).unwrap());
    let attempt = script.next();
    assert_eq!(inlet.reserve(1).unwrap_err(), DropReason::QueueFull);
    attempt.accept();
    pipeline.flush(LONG).unwrap();
    assert_eq!(inlet.reserve(6 * SPAN).unwrap().bytes(), 6 * SPAN);
}

#[test]
fn what_is_put_together_gives_back_what_its_pieces_held_too_much() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).budget(20 * SPAN).build().unwrap();
    let inlet = pipeline.inlet();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    let first = script.next();
    for name in 3..6 {
        inlet.push(batch([name]), inlet.reserve(5 * SPAN).unwrap());
    }
    first.accept();
    let second = script.next();
    assert_eq!(second.names, [3, 4, 5]);
    assert_eq!(inlet.reserve(17 * SPAN).unwrap().bytes(), 17 * SPAN);
    assert_eq!(inlet.reserve(17 * SPAN + 1).unwrap_err(), DropReason::QueueFull);
}

#[test]
fn a_full_budget_has_less_than_a_full_batch_sent() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).budget(10 * SPAN).batch_bytes(10 * SPAN).build().unwrap();
    pipeline.submit(batch(0..4)).unwrap();
    assert_eq!(pipeline.submit(batch(4..11)), Err(DropReason::QueueFull));
    let attempt = script.next();
    assert_eq!(attempt.names, [0, 1, 2, 3]);
    attempt.accept();
    pipeline.shutdown(LONG).unwrap();
}

#[test]
fn losses_of_producers_are_told_by_the_worker_summed_up() {
    let (exporter, script) = scripted();
    let (hook, events) = listener();
    let pipeline = eager(exporter).budget(6 * SPAN).on_event(hook).build().unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    let first = script.next();
    for name in 10..20 {
        let _ = pipeline.submit(batch([name, name]));
    }
    assert!(events.try_recv().is_err());
    first.accept();
    script.next().accept();
    pipeline.shutdown(LONG).unwrap();
    let expected = Event::Dropped { spans: 18, reason: DropReason::QueueFull, error: None };
    assert_eq!(events.try_iter().collect::<Vec<_>>(), [expected]);
}
