//! Spans that follow futures.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use telespan_trace::{InSpan, current_context, with_current};

use crate::common::{Memory, attribute, find};

/// Pending once.
async fn yield_now() {
    let mut yielded = false;
    poll_fn(|_| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        Poll::Pending
    })
    .await;
}

#[test]
fn a_span_follows_its_future_over_threads_and_tasks_do_not_mix() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let tracer = tracing.tracer("t");
    let task = |name: &'static str| {
        let tracer = tracer.clone();
        let span = tracer.start(name);
        async move {
            for _ in 0..3 {
                tracer.start("step").end();
                yield_now().await;
            }
            with_current(|span| span.set_attribute("done", true).is_recording());
        }
        .in_span(span)
    };
    let mut tasks: Vec<_> = ["a", "b"].into_iter().map(|name| Box::pin(task(name))).collect();
    // Each round polls both tasks on a thread of its own.
    while !tasks.is_empty() {
        tasks = thread::spawn(move || {
            tasks.retain_mut(|task| task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            assert_eq!(current_context(), None);
            tasks
        })
        .join()
        .expect("no panic");
    }

    let spans = memory.spans(&tracing);
    assert_eq!(spans.len(), 8);
    for name in ["a", "b"] {
        let parent = find(&spans, name);
        assert!(attribute(parent, "done").is_some());
        assert_eq!(spans.iter().filter(|span| span.parent_span_id == parent.span_id).count(), 3, "{name}");
    }
}

#[test]
fn a_span_ends_when_its_future_is_ready_or_dropped() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let tracer = tracing.tracer("t");
    let mut ready = pin!(async {}.in_span(tracer.start("ready")));
    assert!(ready.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    assert_eq!(memory.spans(&tracing).len(), 1);
    drop(yield_now().in_span(tracer.start("dropped")));
    assert_eq!(memory.spans(&tracing).len(), 2);
}

#[test]
fn what_a_cancelled_future_does_belongs_to_its_span() {
    struct RollBack(telespan_trace::Tracer);
    impl Drop for RollBack {
        fn drop(&mut self) {
            self.0.start("roll back").end();
        }
    }
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let tracer = tracing.tracer("t");
    let guard = RollBack(tracer.clone());
    let request = async move {
        let _guard = guard;
        yield_now().await;
    };
    let mut request = Box::pin(request.in_span(tracer.start("request")));
    assert!(request.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(request);
    assert_eq!(current_context(), None);
    let spans = memory.spans(&tracing);
    assert_eq!(find(&spans, "roll back").parent_span_id, find(&spans, "request").span_id);
}
