//! What background work has to say: counted by name, told to one hook, printed by nobody here.

use std::fmt;
use std::sync::Arc;

/// Why spans were given up. Every lost span is counted under exactly one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DropReason {
    /// The queue was full, and the newest spans were not let in.
    QueueFull,
    /// The queue was full, and the oldest spans made room.
    Evicted,
    /// The queue stayed full until the deadline of a blocking producer.
    BlockTimeout,
    /// The destination refused the batch for good.
    Refused,
    /// The destination took the batch but rejected these spans of it (OTLP `partial_success`).
    Rejected,
    /// A single span is larger than the destination takes.
    TooLarge,
    /// The deadline of the shutdown passed, or spans ended after it.
    Shutdown,
}

impl DropReason {
    /// Every reason, in the order of the type.
    pub const ALL: &'static [DropReason] = &[
        DropReason::QueueFull,
        DropReason::Evicted,
        DropReason::BlockTimeout,
        DropReason::Refused,
        DropReason::Rejected,
        DropReason::TooLarge,
        DropReason::Shutdown,
    ];

    /// The name used in statistics and metrics, in snake case.
    pub const fn name(self) -> &'static str {
        match self {
            DropReason::QueueFull => "queue_full",
            DropReason::Evicted => "evicted",
            DropReason::BlockTimeout => "block_timeout",
            DropReason::Refused => "refused",
            DropReason::Rejected => "rejected",
            DropReason::TooLarge => "too_large",
            DropReason::Shutdown => "shutdown",
        }
    }
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Something that happened in the background and that a person may want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// An attempt failed and will be made again.
    Retrying {
        /// What went wrong, causes included.
        error: String,
        /// How many attempts this batch has had.
        attempts: u32,
        /// Nobody is there, as this machine knows for certain: see
        /// [`ExportError::with_absent_peer`](crate::ExportError::with_absent_peer).
        peer_absent: bool,
    },
    /// Spans were given up.
    Dropped {
        /// How many.
        spans: u64,
        /// Why.
        reason: DropReason,
        /// What the destination or the local stack said, if anything did.
        error: Option<String>,
    },
    /// The destination took everything but had something to say.
    Warning {
        /// Its words.
        message: String,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Retrying { error, attempts, .. } => {
                write!(f, "attempt {attempts} failed: {error}")
            }
            Event::Dropped { spans, reason, error: None } => write!(f, "dropped {spans} spans ({reason})"),
            Event::Dropped { spans, reason, error: Some(error) } => {
                write!(f, "dropped {spans} spans ({reason}): {error}")
            }
            Event::Warning { message } => write!(f, "warning: {message}"),
        }
    }
}

/// The one hook that hears of background [`Event`]s. It is called from background threads, must not
/// block, and must not record spans through the pipeline that calls it.
pub type EventHook = Arc<dyn Fn(&Event) + Send + Sync>;
