//! Attempts against one endpoint, each with its deadline.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use hyper::body::Body;
use telespan_export::ExportError;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::timeout_at;

use crate::Endpoint;
use crate::client::{HttpClient, Pool, Protocol};
use crate::connect::Connector;
use crate::worker::Worker;

/// A thread, a client and its connections, for attempts against one endpoint.
///
/// Connections are opened when an attempt needs them and kept for the next.
pub struct Transport<B> {
    endpoint: Endpoint,
    worker: Worker,
    pool: Arc<Pool<B>>,
}

impl<B> Transport<B>
where
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static,
{
    /// Starts the thread. Nothing is connected or looked up yet.
    ///
    /// # Errors
    /// If the system gives no thread or no file descriptors for it.
    pub fn start(endpoint: Endpoint, protocol: Protocol) -> io::Result<Transport<B>> {
        let worker = Worker::start()?;
        let pool = Arc::new(Pool::new(Connector::new(endpoint.clone()), protocol));
        Ok(Transport { endpoint, worker, pool })
    }

    /// Where the attempts go.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Runs one attempt on the thread. The future may be polled from anywhere; dropping it ends the attempt.
    ///
    /// # Errors
    /// Those of the attempt; retryable if it has not ended by `deadline`; `Closed` after a shutdown.
    pub async fn attempt<T, F>(
        &self,
        deadline: Instant,
        attempt: impl FnOnce(HttpClient<B>) -> F + Send,
    ) -> Result<T, ExportError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, ExportError>> + Send + 'static,
    {
        let pool = self.pool.clone();
        let attempt = attempt(pool.client());
        let started = Instant::now();
        let timed = async move {
            let ended = timeout_at(deadline.into(), attempt).await;
            if ended.is_err() {
                pool.renew();
            }
            ended.ok()
        };
        match Job(self.worker.spawn(timed)?).wait().await {
            Ok(Some(ended)) => ended,
            Ok(None) => Err(ExportError::retryable(format!(
                "{} did not answer within {:.1?}",
                self.endpoint,
                started.elapsed()
            ))),
            Err(error) if error.is_cancelled() => Err(ExportError::closed()),
            Err(error) => {
                Err(ExportError::permanent(format!("sending to {} failed", self.endpoint)).with_source(error))
            }
        }
    }

    /// Lets attempts under way end until `deadline`, then closes connections and thread. Attempts made from now on
    /// fail with `Closed`.
    pub fn shutdown(&self, deadline: Instant) -> impl Future<Output = ()> + Send + 'static {
        self.worker.shutdown(deadline)
    }
}

impl<B> fmt::Debug for Transport<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// A job on the thread that ends when nobody waits for it any more.
struct Job<T>(JoinHandle<T>);

impl<T> Job<T> {
    async fn wait(mut self) -> Result<T, JoinError> {
        (&mut self.0).await
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
