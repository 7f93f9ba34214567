//! How a pipeline is put together.

use std::sync::Arc;
use std::time::Duration;

use telespan_export::{Backoff, EventHook, Exporter};

use crate::{BuildError, Overload, Pipeline};

/// Memory for spans that wait, unless said otherwise: 32 MiB.
const BUDGET: usize = 32 * 1024 * 1024;
/// What one request gathers, unless said otherwise: some 900 spans of ordinary size, large enough that the
/// cost of a request no longer shows, an eighth of the 4 MiB that collectors take by default.
const BATCH_BYTES: usize = 512 * 1024;

/// The settings of a [`Pipeline`] to be.
#[must_use]
pub struct Builder {
    pub(crate) settings: Settings,
}

/// The settings of a pipeline.
pub(crate) struct Settings {
    pub(crate) exporter: Arc<dyn Exporter>,
    pub(crate) budget: usize,
    pub(crate) overload: Overload,
    pub(crate) batch_bytes: usize,
    pub(crate) interval: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) backoff: Backoff,
    pub(crate) on_event: Option<EventHook>,
}

impl Builder {
    pub(crate) fn new(exporter: Arc<dyn Exporter>) -> Builder {
        Builder {
            settings: Settings {
                exporter,
                budget: BUDGET,
                overload: Overload::default(),
                batch_bytes: BATCH_BYTES,
                interval: Duration::from_secs(1),
                attempt_timeout: Duration::from_secs(10),
                backoff: Backoff::default(),
                on_event: None,
            },
        }
    }

    /// Bytes that all waiting spans together may take, those in the sources and in the batch being sent
    /// included. 32 MiB unless said otherwise. While a batch is put together, its copy comes on top: at
    /// most [`batch_bytes`](Builder::batch_bytes).
    pub fn budget(mut self, bytes: usize) -> Self {
        self.settings.budget = bytes;
        self
    }

    /// What to do when the budget is used up. [`Overload::DropNewest`] unless said otherwise.
    pub fn overload(mut self, overload: Overload) -> Self {
        self.settings.overload = overload;
        self
    }

    /// Waiting batches are put together up to this many bytes, and sent before the interval is over when
    /// there are that many, or when they fill half of the budget. 512 KiB unless said otherwise. A single
    /// batch above it is sent as it is.
    pub fn batch_bytes(mut self, bytes: usize) -> Self {
        self.settings.batch_bytes = bytes;
        self
    }

    /// The longest time that a span waits before it is sent for the first time, if nothing is ahead of
    /// it. 1 s unless said otherwise.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.settings.interval = interval;
        self
    }

    /// The longest time of one attempt to send a batch. 10 s unless said otherwise.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.settings.attempt_timeout = timeout;
        self
    }

    /// The waits between attempts. [`Backoff::default`] unless said otherwise.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.settings.backoff = backoff;
        self
    }

    /// Who hears of retries, losses and warnings. Called on the thread of the pipeline and nowhere else,
    /// with no lock held. Losses of producers (a full queue) are summed up and told once per interval; those
    /// after the end of the shutdown are only counted.
    pub fn on_event(mut self, hook: EventHook) -> Self {
        self.settings.on_event = Some(hook);
        self
    }

    /// Starts the worker thread.
    ///
    /// # Errors
    /// A setting that makes no sense, or no thread to be had.
    pub fn build(self) -> Result<Pipeline, BuildError> {
        self.settings.check()?;
        Pipeline::start(self.settings)
    }
}

impl Settings {
    fn check(&self) -> Result<(), BuildError> {
        let nonzero = [
            ("budget", self.budget > 0),
            ("batch_bytes", self.batch_bytes > 0),
            ("interval", !self.interval.is_zero()),
            ("attempt_timeout", !self.attempt_timeout.is_zero()),
        ];
        if let Some((name, _)) = nonzero.iter().find(|(_, ok)| !ok) {
            return Err(BuildError::Zero(name));
        }
        Ok(())
    }

    /// The number of waiting bytes at which a batch is sent without waiting for the interval. Half of a
    /// small budget, so that it is not used up before anything is sent.
    pub(crate) fn send_at(&self) -> usize {
        self.batch_bytes.min(self.budget / 2).max(1)
    }
}
