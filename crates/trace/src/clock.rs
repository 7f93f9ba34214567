//! The one clock of the workspace: everything below takes time as a parameter.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Tells the time of spans and events.
pub trait Clock: Send + Sync + 'static {
    /// Nanoseconds since the Unix epoch. Called once at the start of a span, once at its end and
    /// once for each event.
    fn now_unix_nano(&self) -> u64;

    /// Called about once a second from a background thread: the moment to compare a fast clock with
    /// the true one.
    fn adjust(&self) {}
}

/// The system's time, read from the monotonic clock so that steps of the wall clock do not tear
/// spans, and brought back to the wall clock by [`adjust`](Clock::adjust).
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
    /// Nanoseconds since the Unix epoch at `start`, as the wall clock sees it now.
    start_unix_nano: AtomicU64,
}

impl SystemClock {
    /// A clock that agrees with the wall clock now.
    pub fn new() -> Self {
        let clock = SystemClock { start: Instant::now(), start_unix_nano: AtomicU64::new(0) };
        clock.adjust();
        clock
    }

    fn since_start(&self) -> u64 {
        // 584 years fit.
        self.start.elapsed().as_nanos() as u64
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[inline]
    fn now_unix_nano(&self) -> u64 {
        self.start_unix_nano.load(Ordering::Relaxed).saturating_add(self.since_start())
    }

    fn adjust(&self) {
        // A wall clock before 1970 counts as 1970.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64);
        self.start_unix_nano.store(now.saturating_sub(self.since_start()), Ordering::Relaxed);
    }
}
