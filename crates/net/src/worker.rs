//! The thread that network exporters work on.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::process;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use telespan_export::{ExportError, Failure};
use tokio::runtime::{self, Handle, Runtime};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout_at;
use tracing_core::dispatcher;

/// A thread with a runtime of its own, so that nobody else needs one.
///
/// Dropping it ends the thread at once, and with it whatever still runs there.
#[derive(Debug)]
pub(crate) struct Worker {
    /// The process that has the thread: a fork does not inherit it.
    process: u32,
    running: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    runtime: Handle,
    /// Every job holds a clone; when the last is gone, nothing is under way.
    busy: mpsc::Sender<Infallible>,
    stop: oneshot::Sender<Instant>,
    ended: oneshot::Receiver<()>,
}

impl Worker {
    /// Starts the thread.
    pub(crate) fn start() -> io::Result<Worker> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .thread_name("telespan-dns")
            .build()?;
        let handle = runtime.handle().clone();
        let (busy, idle) = mpsc::channel(1);
        let (stop, stopped) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        thread::Builder::new().name("telespan-net".to_owned()).spawn(move || {
            run(runtime, stopped, idle);
            // The receiver may be gone, then nobody waits for the end.
            let _ = end.send(());
        })?;
        let running = Running { runtime: handle, busy, stop, ended };
        Ok(Worker { process: process::id(), running: Mutex::new(Some(running)) })
    }

    /// Starts `job` on the thread.
    ///
    /// # Errors
    /// [`Failure::Closed`] after a shutdown, and in a process forked from the one that started the thread.
    pub(crate) fn spawn<F>(&self, job: F) -> Result<JoinHandle<F::Output>, ExportError>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        // Before the lock: a fork may have copied it locked.
        if self.process != process::id() {
            return Err(ExportError::new(
                Failure::Closed,
                "the exporter did not survive the fork of its process: make another after forking",
            ));
        }
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(running) = &*running else { return Err(ExportError::closed()) };
        let busy = running.busy.clone();
        Ok(running.runtime.spawn(async move {
            let _busy = busy;
            job.await
        }))
    }

    /// Lets jobs under way end until `deadline`, then ends the thread. Later jobs are refused from now on.
    pub(crate) fn shutdown(&self, deadline: Instant) -> impl Future<Output = ()> + Send + 'static {
        let running = if self.process == process::id() {
            self.running.lock().unwrap_or_else(PoisonError::into_inner).take()
        } else {
            None
        };
        async move {
            if let Some(Running { busy, stop, ended, .. }) = running {
                drop(busy);
                // The other ends go when the thread does, which is all that is wanted.
                let _ = stop.send(deadline);
                let _ = ended.await;
            }
        }
    }
}

fn run(runtime: Runtime, stopped: oneshot::Receiver<Instant>, mut idle: mpsc::Receiver<Infallible>) {
    // What the HTTP libraries would record about an export must not become spans to export.
    let _silent = dispatcher::set_default(&dispatcher::Dispatch::none());
    runtime.block_on(async {
        if let Ok(deadline) = stopped.await {
            // Ready when no job is left; at the deadline the rest is dropped with the runtime.
            let _ = timeout_at(deadline.into(), idle.recv()).await;
        }
    });
    // Unlike a plain drop this does not wait for name lookups, which cannot be cancelled.
    runtime.shutdown_background();
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::ready;

    #[test]
    fn a_forked_process_gets_an_error_instead_of_waiting_for_a_thread_that_it_does_not_have() {
        let mut worker = Worker::start().unwrap();
        worker.process = worker.process.wrapping_add(1);
        let error = worker.spawn(ready(())).unwrap_err();
        assert_eq!(error.failure(), Failure::Closed);
        assert!(error.to_string().contains("fork"), "{error}");
    }
}
