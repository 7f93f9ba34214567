//! The contract between whoever has batches and whoever can send them.

use std::future::{Future, ready};
use std::pin::Pin;
use std::time::Instant;

use telespan_otlp::Batch;

use crate::ExportError;

/// A boxed future that can move between threads: what keeps [`Exporter`] usable as `dyn Exporter`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sends batches to one destination.
///
/// An exporter makes one attempt and reports how it ended. It does not retry ([`Delivery`](crate::Delivery)
/// says when to), does not queue and does not cut batches. Its futures need no particular async runtime:
/// whoever polls them may be a plain thread.
pub trait Exporter: Send + Sync + 'static {
    /// Makes one attempt to hand over `batch`, and gives up at `deadline`.
    ///
    /// `Ok` means accepted: a network peer said so, or the kernel has the whole lines, so that they
    /// survive the end of this process. Power loss is [`sync`](Exporter::sync)'s business. Calls may
    /// overlap; an exporter that cannot work on two batches at once makes the second wait.
    ///
    /// # Errors
    /// [`ExportError`], whose [`Failure`](crate::Failure) says whether the same bytes may be sent again.
    fn export<'a>(
        &'a self,
        batch: &'a Batch,
        deadline: Instant,
    ) -> BoxFuture<'a, Result<Accepted, ExportError>>;

    /// Makes everything accepted so far survive power loss, as far as that is this exporter's business.
    /// A network exporter has nothing to do.
    ///
    /// # Errors
    /// What kept the data from stable storage.
    fn sync(&self, deadline: Instant) -> BoxFuture<'_, Result<(), ExportError>> {
        let _ = deadline;
        Box::pin(ready(Ok(())))
    }

    /// Lets go of connections, files and threads. Afterwards `export` fails with
    /// [`Failure::Closed`](crate::Failure::Closed). Calling it again does nothing.
    ///
    /// # Errors
    /// What could not be closed in order.
    fn shutdown(&self, deadline: Instant) -> BoxFuture<'_, Result<(), ExportError>>;
}

/// What a destination said to a batch that it took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Spans that the destination refused for good while it took the others (OTLP `partial_success`).
    /// They must not be sent again.
    pub rejected: u64,
    /// The destination's words: why it rejected spans, or a warning when it rejected none.
    pub message: Option<String>,
}
