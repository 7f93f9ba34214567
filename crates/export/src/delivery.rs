//! The life of one batch on its way: pure, with time and chance as parameters.

use std::fmt;
use std::time::{Duration, Instant};

use crate::{DropReason, ExportError, Failure};

/// How long to wait between attempts: exponential, jittered, capped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    initial: Duration,
    factor: f64,
    jitter: f64,
    cap: Duration,
}

impl Backoff {
    /// Waits that begin at `initial`, grow by `factor` (1.0 ..= 100.0) with each failure, and stop growing
    /// at `cap` (a day at most). Chance makes each longer or shorter by up to its share `jitter`
    /// (0.0 ..= 1.0).
    ///
    /// # Errors
    /// [`BackoffError`] if a number is out of range.
    pub fn new(initial: Duration, factor: f64, jitter: f64, cap: Duration) -> Result<Self, BackoffError> {
        let sane = (1.0..=100.0).contains(&factor) && (0.0..=1.0).contains(&jitter) && cap <= LONGEST_DELAY;
        if sane { Ok(Backoff { initial, factor, jitter, cap }) } else { Err(BackoffError) }
    }
}

impl Default for Backoff {
    /// 0.5 s, times 1.5, plus or minus 50 %, at most 30 s.
    fn default() -> Self {
        Backoff {
            initial: Duration::from_millis(500),
            factor: 1.5,
            jitter: 0.5,
            cap: Duration::from_secs(30),
        }
    }
}

/// A backoff cannot be computed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackoffError;

impl fmt::Display for BackoffError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the backoff is out of range: its factor is 1.0 ..= 100.0, its jitter 0.0 ..= 1.0, its cap at most a day",
        )
    }
}

impl std::error::Error for BackoffError {}

/// The longest delay taken from a destination, in seconds: a day. More is a mistake of its clock or
/// an attack, and would overflow the clock here.
const LONGEST_DELAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What to do with a batch after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Send the same bytes again, not before this.
    RetryAt(Instant),
    /// Cut the batch into parts of at most `limit` bytes and send those.
    Split {
        /// The largest part in bytes.
        limit: usize,
    },
    /// Give the batch up and count its spans under this reason.
    Drop(DropReason),
}

/// The state of one batch on its way to one destination. Says what comes next; does nothing itself.
///
/// The same rules serve a pipeline, a relay and a replay. Time is a parameter, and so is chance: equal
/// seeds and equal failures give equal answers.
#[derive(Clone, Debug)]
pub struct Delivery {
    backoff: Backoff,
    wait: Duration,
    attempts: u32,
    random: u64,
}

impl Delivery {
    /// A batch that has not been tried. `seed` drives the jitter.
    pub fn new(backoff: Backoff, seed: u64) -> Self {
        Delivery { backoff, wait: backoff.initial.min(backoff.cap), attempts: 0, random: seed }
    }

    /// How many attempts have failed.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Takes note of a failed attempt that ended at `now` and says what comes next for the batch
    /// of `spans` spans.
    ///
    /// A delay that the destination named is waited out in full; further failures grow it (OTLP:
    /// throttling). Without one the wait is the backoff with jitter. A delay of zero means at once, but
    /// only the first time: a destination that keeps saying so is not asked without pause.
    pub fn failed(&mut self, error: &ExportError, spans: usize, now: Instant) -> Next {
        self.attempts = self.attempts.saturating_add(1);
        match error.failure() {
            Failure::Retryable { after } => Next::RetryAt(now + self.next_wait(after)),
            Failure::TooLarge { limit } if spans > 1 => Next::Split { limit },
            Failure::TooLarge { .. } => Next::Drop(DropReason::TooLarge),
            Failure::Permanent => Next::Drop(DropReason::Refused),
            Failure::Closed => Next::Drop(DropReason::Shutdown),
        }
    }

    fn next_wait(&mut self, after: Option<Duration>) -> Duration {
        let after = after.map(|after| after.min(LONGEST_DELAY));
        let base = self.wait;
        let jittered = base.mul_f64(1.0 + self.backoff.jitter * (2.0 * self.chance() - 1.0));
        self.wait = base.max(after.unwrap_or_default()).mul_f64(self.backoff.factor).min(self.backoff.cap);
        match after {
            Some(Duration::ZERO) if self.attempts == 1 => Duration::ZERO,
            Some(after) => after.max(jittered),
            None => jittered,
        }
    }

    /// The next number in 0.0 .. 1.0 (splitmix64, Steele et al. 2014).
    fn chance(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests;
