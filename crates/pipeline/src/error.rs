//! What building, flushing and shutting down can fail with.

use std::io;
use std::sync::Arc;

use telespan_export::ExportError;
use thiserror::Error;

/// Why a pipeline could not be built.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A size or duration that must not be zero is zero.
    #[error("`{0}` of the pipeline is zero; it must be larger")]
    Zero(&'static str),
    /// The worker thread could not be started.
    #[error("cannot start the worker thread of the pipeline")]
    Thread(#[source] io::Error),
}

/// Why a flush did not do all that it promises.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum FlushError {
    /// The time was up. The spans stay queued and will be sent if they can be.
    #[error("the flush timed out with {queued} spans still queued")]
    TimedOut {
        /// How many spans were queued when the flush gave up waiting.
        queued: u64,
    },
    /// The spans were handed over, but not all of them are on stable storage.
    #[error("the flushed spans were exported but may not survive a power loss")]
    Sync(#[source] Arc<ExportError>),
}

/// What went wrong in a shutdown. The pipeline is shut down nevertheless.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum ShutdownError {
    /// Spans were dropped after the shutdown had begun, because the time was up or because the
    /// destination refused them.
    #[error("{spans} spans were lost in the shutdown")]
    Lost {
        /// How many.
        spans: u64,
    },
    /// All spans were sent, but the exporter did not close in time.
    #[error("all spans were sent, but the exporter did not close in time")]
    TimedOut,
    /// All spans were sent, but the exporter could not make them durable or close in order.
    #[error("all spans were sent, but the exporter did not close in order")]
    Exporter(#[source] Arc<ExportError>),
    /// The call came from the thread of the pipeline itself, that is from an event hook. The shutdown has
    /// begun and goes on when the hook returns; its outcome cannot be waited for there.
    #[error("the shutdown goes on in the background: the pipeline's own thread cannot wait for it")]
    OwnThread,
}
