//! [`Pipeline`]: the owner's handle.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use telespan_export::{DropReason, Exporter};
use telespan_otlp::Batch;

use crate::block_on::after;
use crate::builder::Settings;
use crate::queue::{Flush, Outcome};
use crate::shared::Shared;
use crate::worker::Worker;
use crate::{BuildError, Builder, FlushError, Inlet, ShutdownError, Source, Stats};

/// A bounded queue in front of an exporter, with one worker thread and an exact account. Cheap to clone.
///
/// When the last clone is dropped without a [`shutdown`](Pipeline::shutdown), nobody waits: in the
/// background the worker still sends what it can within one
/// [`attempt_timeout`](Builder::attempt_timeout), counts the rest as lost and ends.
#[derive(Clone)]
pub struct Pipeline {
    owner: Arc<Owner>,
}

/// What the clones of a pipeline have in common; the worker has no part in it.
struct Owner {
    shared: Arc<Shared>,
    worker: JoinHandle<()>,
}

impl Pipeline {
    /// Starts the description of a pipeline that sends to `exporter`.
    pub fn builder(exporter: Arc<dyn Exporter>) -> Builder {
        Builder::new(exporter)
    }

    pub(crate) fn start(settings: Settings) -> Result<Pipeline, BuildError> {
        let shared = Arc::new(Shared::new(settings));
        let worker = Worker::new(Arc::clone(&shared));
        let worker = thread::Builder::new()
            .name("telespan-export".to_owned())
            .spawn(move || worker.run())
            .map_err(BuildError::Thread)?;
        Ok(Pipeline { owner: Arc::new(Owner { shared, worker }) })
    }

    /// The end that producers keep.
    pub fn inlet(&self) -> Inlet {
        Inlet { shared: Arc::clone(&self.owner.shared) }
    }

    /// Has the worker empty `source` from now on, for as long as there is a pipeline: its spans stay in
    /// the account even when nobody else keeps the source.
    pub fn attach(&self, source: Arc<dyn Source>) {
        self.owner.shared.sources.attach(source);
    }

    /// Queues spans that ended somewhere else, and counts them as ended. Under overload the policy
    /// applies, so this blocks only with [`Overload::Block`](crate::Overload::Block).
    ///
    /// # Errors
    /// Why the spans were not queued. They are already counted under that reason.
    pub fn submit(&self, batch: Batch) -> Result<(), DropReason> {
        let shared = &self.owner.shared;
        let spans = batch.spans() as u64;
        shared.counters.submit(spans);
        match shared.reserve(batch.len()) {
            Ok(reservation) => {
                shared.push(batch, reservation);
                Ok(())
            }
            Err(reason) => {
                shared.counters.lose(reason, spans);
                Err(reason)
            }
        }
    }

    /// The account so far.
    pub fn stats(&self) -> Stats {
        self.owner.shared.stats()
    }

    /// Waits until everything that ended before the call was exported or dropped, and what was exported is
    /// durable as far as that is the exporter's business.
    ///
    /// Needs no async runtime, and blocks the calling thread for at most `timeout`. A batch that waits
    /// for its retry beyond that is tried at once, unless the destination itself asked for the wait. In an
    /// event hook it does not wait.
    ///
    /// # Errors
    /// [`FlushError`] with the number of spans still queued, or what kept them from stable storage.
    pub fn flush(&self, timeout: Duration) -> Result<(), FlushError> {
        let deadline = after(timeout);
        let shared = &self.owner.shared;
        shared.drain();
        let (reply, answer) = sync_channel(1);
        let mut queue = shared.queue();
        if queue.ended {
            return Ok(());
        }
        let id = queue.next_flush();
        let mark = queue.mark();
        queue.flushes.push(Flush { id, mark, deadline, hurried: false, reply });
        drop(queue);
        shared.work.notify_one();
        let wait = if self.owner.is_current_thread() {
            Duration::ZERO
        } else {
            deadline.saturating_duration_since(Instant::now())
        };
        answer.recv_timeout(wait).unwrap_or_else(|_| {
            shared.queue().flushes.retain(|flush| flush.id != id);
            Err(FlushError::TimedOut { queued: shared.stats().queued })
        })
    }

    /// Sends what can be sent, closes the exporter and ends the worker, all within `timeout`; what is left
    /// then is counted under [`DropReason::Shutdown`], and so is everything that ends later.
    ///
    /// A batch that waits for its retry is tried once more at once, unless the destination asked for the
    /// wait. Needs no async runtime, and may be called from anywhere, in `Drop` and on a runtime's thread
    /// too. An exporter that hangs is left behind. Of concurrent calls the earliest deadline counts, and
    /// all get the same answer, as do later calls.
    ///
    /// # Errors
    /// [`ShutdownError`] says what was lost or did not close. There is nothing to repeat.
    pub fn shutdown(&self, timeout: Duration) -> Result<(), ShutdownError> {
        let shared = &self.owner.shared;
        self.owner.begin_shutdown(after(timeout));
        if self.owner.is_current_thread() {
            return shared.queue().verdict().unwrap_or(Err(ShutdownError::OwnThread));
        }
        let mut queue = shared.queue();
        loop {
            if let Some(verdict) = queue.verdict() {
                return verdict;
            }
            let left = queue.time_left();
            if left.is_zero() {
                break;
            }
            queue = shared.ended.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(queue);
        shared.give_up();
        shared.finish(Outcome::TimedOut);
        shared.queue().verdict().unwrap_or(Err(ShutdownError::TimedOut))
    }
}

// No panic leaves a pipeline half changed: see `Shared::queue`.
impl UnwindSafe for Pipeline {}
impl RefUnwindSafe for Pipeline {}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").finish_non_exhaustive()
    }
}

impl Owner {
    fn is_current_thread(&self) -> bool {
        self.worker.thread().id() == thread::current().id()
    }

    fn begin_shutdown(&self, deadline: Instant) {
        self.shared.begin_shutdown(deadline);
        // In an attempt the worker is parked, not waiting for work.
        self.worker.thread().unpark();
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let mut queue = self.shared.queue();
        queue.orphaned = true;
        let over = queue.outcome.is_some();
        drop(queue);
        if over {
            self.shared.sources.clear();
        } else {
            self.begin_shutdown(after(self.shared.settings.attempt_timeout));
        }
    }
}
