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
