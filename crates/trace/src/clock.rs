//! The one clock of the workspace: everything below takes time as a parameter.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Tells the time of spans and events.
///
/// A span takes its [`epoch`](Self::epoch_unix_nano) once, when it starts, and adds monotonic readings to
/// it: a wall clock that is set meanwhile neither stretches the span nor turns it around.
///
/// Called on the hot path and on the threads of the traced program: it must be fast, and must not block.
pub trait Clock: Send + Sync + 'static {
    /// Nanoseconds since a fixed moment. Never goes back. Read once at the start of a span, once at its end
    /// and once for each event.
    fn monotonic_nano(&self) -> u64;

    /// The moment from which [`monotonic_nano`](Self::monotonic_nano) counts, in nanoseconds since the Unix
    /// epoch, as the wall clock sees it. `now` is a monotonic reading of this moment.
    fn epoch_unix_nano(&self, now: u64) -> u64;
}

/// The clock of the system: its monotonic clock, compared with its wall clock about once a second.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
    epoch_unix_nano: AtomicU64,
    /// The monotonic reading at which the wall clock is looked at again.
    compare_at: AtomicU64,
}

/// How long a comparison with the wall clock holds, in nanoseconds.
const COMPARE_EVERY: u64 = 1_000_000_000;

/// A comparison that took longer, in nanoseconds, was interrupted and says nothing.
const COMPARE_WITHIN: u64 = 100_000;

impl SystemClock {
    /// A clock that agrees with the wall clock now.
    pub fn new() -> Self {
        let clock = SystemClock {
            start: Instant::now(),
            epoch_unix_nano: AtomicU64::new(wall()),
            compare_at: AtomicU64::new(COMPARE_EVERY),
        };
        clock.compare();
        clock
    }

    #[cold]
    fn compare(&self) {
        let before = self.monotonic_nano();
        let wall = wall();
        let took = self.monotonic_nano() - before;
        if took <= COMPARE_WITHIN {
            let epoch = wall.saturating_sub(before + took / 2);
            self.epoch_unix_nano.store(epoch, Ordering::Relaxed);
        }
    }
}

/// The wall clock. Before 1970 counts as 1970; 64 bits last until 2554.
fn wall() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[inline]
    fn monotonic_nano(&self) -> u64 {
        // 584 years fit.
        self.start.elapsed().as_nanos() as u64
    }

    #[inline]
    fn epoch_unix_nano(&self, now: u64) -> u64 {
        let compare_at = self.compare_at.load(Ordering::Relaxed);
        if now >= compare_at {
            // One thread compares; the others go on with what is known.
            let next = now.saturating_add(COMPARE_EVERY);
            let (success, failure) = (Ordering::Relaxed, Ordering::Relaxed);
            if self.compare_at.compare_exchange(compare_at, next, success, failure).is_ok() {
                self.compare();
            }
        }
        self.epoch_unix_nano.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The difference between the clock and the wall clock, in nanoseconds.
    fn error(clock: &SystemClock) -> u64 {
        let now = clock.monotonic_nano();
        (clock.epoch_unix_nano(now) + now).abs_diff(wall())
    }

    #[test]
    fn a_new_clock_agrees_with_the_wall_clock() {
        assert!(error(&SystemClock::new()) < 1_000_000_000);
    }

    #[test]
    fn a_clock_that_has_gone_wrong_is_corrected_when_a_comparison_is_due() {
        let clock = SystemClock::new();
        let hour = 3_600_000_000_000;
        clock.epoch_unix_nano.fetch_sub(hour, Ordering::Relaxed);
        assert!(error(&clock) > hour / 2, "no comparison is due yet");
        // An interrupted comparison says nothing, so more than one may be needed.
        let due = || {
            clock.compare_at.store(0, Ordering::Relaxed);
            error(&clock) < 1_000_000_000
        };
        assert!((0..100).any(|_| due()));
        assert!(clock.compare_at.load(Ordering::Relaxed) > COMPARE_EVERY);
    }
}
