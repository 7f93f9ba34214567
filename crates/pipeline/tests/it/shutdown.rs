//! The end, in time and with every span accounted for.

use std::error::Error;
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use telespan_export::{Accepted, BoxFuture, DropReason, Event, EventHook, ExportError, Exporter};
use telespan_otlp::Batch;
use telespan_pipeline::{Pipeline, ShutdownError};

use crate::support::{
    Answer, LONG, NEVER, SLACK, balanced, batch, eager, every, listener, next_event, scripted,
};

const SHORT: Duration = Duration::from_millis(30);

/// Asserts that `work` ends within `timeout` and the slack, and returns what it returned.
#[track_caller]
fn in_time<T>(timeout: Duration, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let result = work();
    let took = begun.elapsed();
    assert!(took < timeout + SLACK, "{took:?}");
    result
}

#[test]
fn a_shutdown_sends_what_is_queued_and_closes_the_exporter() {
    let (exporter, script) = scripted();
    let pipeline = eager(Arc::clone(&exporter)).build().unwrap();
    pipeline.submit(batch([0])).unwrap();
    pipeline.submit(batch([1])).unwrap();
    thread::scope(|scope| {
        let shutdown = scope.spawn(|| pipeline.shutdown(LONG));
        let attempt = script.next();
        assert_eq!(attempt.names, [0, 1]);
        attempt.accept();
        shutdown.join().unwrap().unwrap();
    });
    assert_eq!(balanced(&pipeline).exported, 2);
    assert_eq!(exporter.syncs.load(Ordering::SeqCst), 1);
    assert_eq!(exporter.shutdowns.load(Ordering::SeqCst), 1);
    // Again, and there is nothing to it.
    pipeline.shutdown(Duration::ZERO).unwrap();
    assert_eq!(exporter.shutdowns.load(Ordering::SeqCst), 1);
}

#[test]
fn what_ends_after_the_shutdown_is_counted_under_it() {
    let (exporter, _script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    let inlet = pipeline.inlet();
    let reservation = inlet.reserve(100).unwrap();
    assert!(!inlet.is_closed());
    pipeline.shutdown(LONG).unwrap();
    assert!(inlet.is_closed());
    assert_eq!(pipeline.submit(batch([0, 1])), Err(DropReason::Shutdown));
    assert_eq!(inlet.reserve(1).unwrap_err(), DropReason::Shutdown);
    inlet.push(batch([2]), reservation);
    let stats = pipeline.stats();
    assert_eq!((stats.ended, stats.dropped(DropReason::Shutdown), stats.queued), (2, 3, 0));
    pipeline.shutdown(LONG).unwrap();
}

#[test]
fn a_shutdown_against_a_hanging_exporter_ends_in_time_and_counts_what_is_left() {
    for timeout in [Duration::ZERO, SHORT] {
        let (exporter, script) = scripted();
        let pipeline = eager(exporter).build().unwrap();
        pipeline.submit(batch([0, 1, 2])).unwrap();
        pipeline.submit(batch([3])).unwrap();
        let _hanging = script.next();
        let error = in_time(timeout, || pipeline.shutdown(timeout)).unwrap_err();
        assert!(matches!(error, ShutdownError::Lost { spans: 4 }), "{error}");
        let stats = balanced(&pipeline);
        assert_eq!((stats.dropped(DropReason::Shutdown), stats.queued), (4, 0));
        // Again: at once, and the same answer.
        let error = in_time(Duration::ZERO, || pipeline.shutdown(LONG)).unwrap_err();
        assert!(matches!(error, ShutdownError::Lost { spans: 4 }), "{error}");
    }
}

#[test]
fn a_shutdown_in_the_event_hook_gives_up_a_retry_that_it_does_not_want_to_wait_for() {
    let (exporter, script) = scripted();
    let own: Arc<OnceLock<Pipeline>> = Arc::default();
    let hook: EventHook = {
        let own = own.clone();
        Arc::new(move |event| {
            if let (Event::Retrying { peer_absent: true, .. }, Some(pipeline)) = (event, own.get()) {
                let _ = pipeline.shutdown(Duration::ZERO);
            }
        })
    };
    let pipeline = eager(exporter).on_event(hook).build().unwrap();
    own.set(pipeline.clone()).unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    let begun = Instant::now();
    script.next().fail(ExportError::retryable("nobody listens").with_absent_peer());
    let error = pipeline.shutdown(LONG).unwrap_err();
    assert!(begun.elapsed() < LONG / 2, "{:?}", begun.elapsed());
    assert!(matches!(error, ShutdownError::Lost { spans: 3 }), "{error}");
    assert_eq!(balanced(&pipeline).dropped(DropReason::Shutdown), 3);
}

/// An exporter that does not even return to its caller until the test lets go of it.
struct Stuck {
    entered: Mutex<Sender<()>>,
    release: Mutex<Receiver<()>>,
    closed: Mutex<Sender<()>>,
}

impl Exporter for Stuck {
    fn export<'a>(&'a self, _: &'a Batch, _: Instant) -> BoxFuture<'a, Answer> {
        Box::pin(async {
            let _ = self.entered.lock().unwrap().send(());
            let _ = self.release.lock().unwrap().recv();
            Ok(Accepted::default())
        })
    }

    fn shutdown(&self, _: Instant) -> BoxFuture<'_, Result<(), ExportError>> {
        let _ = self.closed.lock().unwrap().send(());
        Box::pin(std::future::ready(Ok(())))
    }
}

#[test]
fn an_answer_after_the_shutdown_does_not_change_the_account() {
    let ((entered, on_entry), (release, on_release), (closed, on_close)) = (channel(), channel(), channel());
    let exporter =
        Stuck { entered: Mutex::new(entered), release: Mutex::new(on_release), closed: Mutex::new(closed) };
    let (hook, events) = listener();
    let pipeline = Pipeline::builder(Arc::new(exporter)).interval(NEVER).batch_bytes(16).on_event(hook);
    let pipeline = pipeline.build().unwrap();
    pipeline.submit(batch([0, 1])).unwrap();
    on_entry.recv_timeout(LONG).unwrap();
    let error = in_time(SHORT, || pipeline.shutdown(SHORT)).unwrap_err();
    assert!(matches!(error, ShutdownError::Lost { spans: 2 }), "{error}");
    let account = balanced(&pipeline);
    assert_eq!((account.exported, account.dropped(DropReason::Shutdown)), (0, 2));

    release.send(()).unwrap();
    // The worker closes the exporter after it has dealt with the late answer.
    on_close.recv_timeout(LONG).unwrap();
    let loss = Event::Dropped { spans: 2, reason: DropReason::Shutdown, error: None };
    assert_eq!(next_event(&events), loss);
    assert_eq!(pipeline.stats(), account);
}

#[test]
fn a_batch_that_waits_for_its_retry_is_tried_once_more_at_once() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).backoff(every(NEVER)).build().unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    script.next().fail(ExportError::retryable("busy"));
    thread::scope(|scope| {
        let shutdown = scope.spawn(|| pipeline.shutdown(LONG));
        script.next().accept();
        shutdown.join().unwrap().unwrap();
    });
    assert_eq!(balanced(&pipeline).exported, 3);
}

#[test]
fn a_shutdown_does_not_sit_out_a_deadline_before_which_nothing_can_be_sent() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).backoff(every(NEVER)).build().unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    pipeline.submit(batch([3])).unwrap();
    script.next().fail(ExportError::retryable("busy"));
    thread::scope(|scope| {
        let begun = Instant::now();
        let shutdown = scope.spawn(|| pipeline.shutdown(LONG));
        script.next().fail(ExportError::retryable("still busy"));
        let error = shutdown.join().unwrap().unwrap_err();
        assert!(matches!(error, ShutdownError::Lost { spans: 4 }), "{error}");
        assert!(begun.elapsed() < LONG / 2);
    });
    assert!(script.is_empty());
}

#[test]
fn a_refusal_during_the_shutdown_is_a_loss_of_the_shutdown() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    pipeline.submit(batch([0, 1])).unwrap();
    thread::scope(|scope| {
        let shutdown = scope.spawn(|| pipeline.shutdown(LONG));
        script.next().fail(ExportError::permanent("no"));
        let error = shutdown.join().unwrap().unwrap_err();
        assert!(matches!(error, ShutdownError::Lost { spans: 2 }), "{error}");
    });
    assert_eq!(balanced(&pipeline).dropped(DropReason::Refused), 2);
}

#[test]
fn an_exporter_that_does_not_close_is_left_behind() {
    let (exporter, _script) = scripted();
    exporter.hang_shutdown.store(true, Ordering::SeqCst);
    let pipeline = eager(exporter).build().unwrap();
    let error = in_time(SHORT, || pipeline.shutdown(SHORT)).unwrap_err();
    assert!(matches!(error, ShutdownError::TimedOut), "{error}");
}

#[test]
fn an_exporter_that_closes_with_an_error_is_reported() {
    let (exporter, _script) = scripted();
    exporter.fail_sync.store(true, Ordering::SeqCst);
    let pipeline = eager(Arc::clone(&exporter)).build().unwrap();
    let error = pipeline.shutdown(LONG).unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "disk on fire");
    assert_eq!(exporter.shutdowns.load(Ordering::SeqCst), 1, "closed nevertheless");
}

#[test]
fn concurrent_shutdowns_get_the_same_answer_at_the_earliest_deadline() {
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    let _hanging = script.next();
    let results = in_time(SHORT, || {
        thread::scope(|scope| {
            let timeouts = [LONG, LONG, SHORT, LONG];
            let calls = timeouts.map(|timeout| {
                scope.spawn({
                    let pipeline = &pipeline;
                    move || pipeline.shutdown(timeout)
                })
            });
            calls.map(|call| call.join().unwrap())
        })
    });
    for result in results {
        assert!(matches!(result, Err(ShutdownError::Lost { spans: 3 })), "{result:?}");
    }
    balanced(&pipeline);
}

#[test]
fn a_shutdown_in_the_event_hook_goes_on_in_the_background() {
    let (exporter, script) = scripted();
    let own: Arc<OnceLock<Pipeline>> = Arc::default();
    let (said, heard) = channel();
    let hook = {
        let own = Arc::clone(&own);
        Arc::new(move |_: &_| drop(said.send(own.get().unwrap().shutdown(LONG))))
    };
    let pipeline = eager(exporter).backoff(every(NEVER)).on_event(hook).build().unwrap();
    own.set(pipeline.clone()).unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    script.next().fail(ExportError::retryable("busy"));
    let result = heard.recv_timeout(LONG).unwrap();
    assert!(matches!(result, Err(ShutdownError::OwnThread)), "{result:?}");
    script.next().accept();
    pipeline.shutdown(LONG).unwrap();
    assert_eq!(balanced(&pipeline).exported, 3);
}

#[test]
fn dropping_the_last_handle_still_sends_what_is_queued() {
    let (exporter, script) = scripted();
    let pipeline = eager(Arc::clone(&exporter)).build().unwrap();
    let inlet = pipeline.inlet();
    pipeline.submit(batch([0])).unwrap();
    drop(pipeline.clone());
    assert!(!inlet.is_closed());
    drop(pipeline);
    assert!(inlet.is_closed(), "an inlet does not keep a pipeline running");
    let attempt = script.next();
    assert_eq!(attempt.names, [0]);
    attempt.accept();
}

#[test]
fn dropping_the_last_handle_does_not_wait_for_a_hanging_exporter() {
    let (exporter, script) = scripted();
    let (hook, events) = listener();
    let timeout = Duration::from_millis(20);
    let pipeline = eager(exporter).attempt_timeout(timeout).on_event(hook).build().unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    let _hanging = script.next();
    in_time(Duration::ZERO, || drop(pipeline));
    let loss = Event::Dropped { spans: 3, reason: DropReason::Shutdown, error: None };
    loop {
        match next_event(&events) {
            Event::Retrying { .. } => {}
            event => break assert_eq!(event, loss),
        }
    }
}

#[test]
fn a_pipeline_can_be_dropped_in_its_own_event_hook() {
    let (exporter, script) = scripted();
    let own: Arc<Mutex<Option<Pipeline>>> = Arc::default();
    let (said, heard) = channel();
    let hook = {
        let own = Arc::clone(&own);
        Arc::new(move |_: &_| {
            drop(own.lock().unwrap().take());
            let _ = said.send(());
        })
    };
    let pipeline = eager(exporter).backoff(every(NEVER)).on_event(hook).build().unwrap();
    pipeline.submit(batch([0, 1, 2])).unwrap();
    let attempt = script.next();
    let inlet = pipeline.inlet();
    *own.lock().unwrap() = Some(pipeline);
    attempt.fail(ExportError::retryable("busy"));
    heard.recv_timeout(LONG).unwrap();
    assert!(inlet.is_closed());
}

#[test]
fn a_shutdown_needs_no_more_of_an_executor_than_a_thread() {
    // A shutdown inside a future, on the one thread that polls it, as in a current-thread runtime.
    let (exporter, script) = scripted();
    let pipeline = eager(exporter).build().unwrap();
    pipeline.submit(batch([0])).unwrap();
    thread::scope(|scope| {
        scope.spawn(move || script.next().accept());
        let mut future = pin!(async { pipeline.shutdown(LONG) });
        let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Ready(Ok(()))), "{polled:?}");
    });
    assert_eq!(balanced(&pipeline).exported, 1);
}
