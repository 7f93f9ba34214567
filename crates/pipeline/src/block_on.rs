//! Polling one future to its end on a plain thread.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use telespan_export::ExportError;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// Polls `future` until it is ready or the time is up (`None`), but at least once. `deadline` is asked
/// again whenever the thread is unparked, so it may move.
pub(crate) fn block_on<F: Future>(future: F, deadline: impl Fn() -> Instant) -> Option<F::Output> {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
        let left = deadline().saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        thread::park_timeout(left);
    }
}

/// Has an exporter do something, within the time that [`block_on`] gives it. A panic in it is an error
/// that no retry mends.
pub(crate) fn call<T, F>(
    start: impl FnOnce() -> F,
    deadline: impl Fn() -> Instant,
) -> Option<Result<T, ExportError>>
where
    F: Future<Output = Result<T, ExportError>>,
{
    catch_unwind(AssertUnwindSafe(|| block_on(start(), deadline))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let text = text.unwrap_or("without a message");
        Some(Err(ExportError::permanent(format!("the exporter panicked: {text}"))))
    })
}

/// The moment `timeout` from now; for a timeout beyond what the clock can tell, one far away.
pub(crate) fn after(timeout: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    Instant::now() + timeout.min(FAR)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::{pending, poll_fn, ready};

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_ready_future_is_taken_even_when_the_time_is_up() {
        assert_eq!(block_on(ready(1), Instant::now), Some(1));
        assert_eq!(block_on(pending::<()>(), Instant::now), None);
    }

    #[test]
    fn a_future_is_polled_again_when_another_thread_wakes_it() {
        let mut waker_sent = false;
        let future = poll_fn(|context| {
            if std::mem::replace(&mut waker_sent, true) {
                return Poll::Ready(());
            }
            let waker = context.waker().clone();
            thread::spawn(move || waker.wake());
            Poll::Pending
        });
        let deadline = after(LONG);
        assert_eq!(block_on(future, || deadline), Some(()));
    }

    #[test]
    fn a_deadline_may_move_nearer_while_the_future_is_pending() {
        let begun = Instant::now();
        let asked = Cell::new(0);
        let own = thread::current();
        let deadline = || {
            asked.set(asked.get() + 1);
            own.unpark();
            if asked.get() < 3 { begun + LONG } else { begun }
        };
        assert_eq!(block_on(pending::<()>(), deadline), None);
        assert_eq!(asked.get(), 3);
        assert!(begun.elapsed() < LONG);
    }

    #[test]
    fn a_panic_becomes_a_permanent_error_with_its_text() {
        let cases: [(fn(), &str); 2] = [(|| panic!("plain"), "plain"), (|| panic!("with {}", 1), "with 1")];
        for (work, text) in cases {
            let start = || async move {
                work();
                Ok(())
            };
            let error = call(start, Instant::now).unwrap().unwrap_err();
            assert_eq!(error.failure(), telespan_export::Failure::Permanent);
            assert_eq!(error.to_string(), format!("the exporter panicked: {text}"));
        }
    }

    #[test]
    fn no_timeout_is_too_long_for_the_clock() {
        assert!(after(Duration::MAX) > Instant::now() + LONG);
    }
}
