//! [`Guard`]: tracing for as long as it lives.

use std::time::Duration;

use telespan_pipeline::{FlushError, ShutdownError, Stats};
use telespan_trace::{Tracer, Tracing};

use crate::Destination;

/// How long [`Guard::flush`] and [`Guard::shutdown`] wait at most.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long dropping a guard waits at most.
const DROP_PATIENCE: Duration = Duration::from_secs(1);

/// Keeps tracing going. Dropping it sends what there is, for at most a second, and ends tracing;
/// [`shutdown`](Self::shutdown) waits longer and says how it went.
///
/// Where a configuration turns tracing off there is a guard too, and everything here does nothing.
/// None of this needs an async runtime, and all of it may be called inside one.
#[derive(Debug)]
#[must_use = "tracing ends when the guard is dropped"]
pub struct Guard {
    running: Option<(Tracing, Destination)>,
}

impl Guard {
    pub(crate) fn new(tracing: Tracing, destination: Destination) -> Self {
        Guard { running: Some((tracing, destination)) }
    }

    pub(crate) fn disabled() -> Self {
        Guard { running: None }
    }

    /// What records, unless tracing is off.
    pub fn tracing(&self) -> Option<&Tracing> {
        self.running.as_ref().map(|(tracing, _)| tracing)
    }

    /// Where the spans go, unless tracing is off.
    pub fn destination(&self) -> Option<&Destination> {
        self.running.as_ref().map(|(_, destination)| destination)
    }

    /// A tracer for the library or module called `name`, which records here even if nothing is installed,
    /// and nowhere if tracing is off.
    pub fn tracer(&self, name: &str) -> Tracer {
        self.tracing().map_or_else(Tracer::none, |tracing| tracing.tracer(name))
    }

    /// What became of all spans that ended so far: exported, dropped for a reason, or queued.
    pub fn stats(&self) -> Stats {
        self.tracing().map(Tracing::stats).unwrap_or_default()
    }

    /// Sends everything that ended before this call, within 5 seconds.
    ///
    /// # Errors
    /// The time ran out first; the rest stays queued.
    pub fn flush(&self) -> Result<(), FlushError> {
        self.flush_within(PATIENCE)
    }

    /// As [`flush`](Self::flush), within `timeout`.
    ///
    /// # Errors
    /// The time ran out first; the rest stays queued.
    pub fn flush_within(&self, timeout: Duration) -> Result<(), FlushError> {
        self.tracing().map_or(Ok(()), |tracing| tracing.flush(timeout))
    }

    /// Sends what there is within 5 seconds and ends tracing. Returns the final account; spans that end
    /// later are counted as dropped. To read the account after a failure too, keep a clone of
    /// [`tracing`](Self::tracing).
    ///
    /// # Errors
    /// Spans were lost in the shutdown, or the exporter did not close in order.
    pub fn shutdown(self) -> Result<Stats, ShutdownError> {
        self.shutdown_within(PATIENCE)
    }

    /// As [`shutdown`](Self::shutdown), within `timeout`.
    ///
    /// # Errors
    /// Spans were lost in the shutdown, or the exporter did not close in order.
    pub fn shutdown_within(mut self, timeout: Duration) -> Result<Stats, ShutdownError> {
        match self.running.take() {
            Some((tracing, _)) => tracing.shutdown(timeout).map(|()| tracing.stats()),
            None => Ok(Stats::default()),
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some((tracing, _)) = self.running.take() {
            // There is nobody to tell; losses were counted and told to the event hook.
            let _ = tracing.shutdown(DROP_PATIENCE);
        }
    }
}
