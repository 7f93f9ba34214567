//! How an attempt failed, in the terms that decide what happens next.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::time::Duration;

/// What a failed attempt means for the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The same bytes may succeed later, not before `after` if the destination named a delay.
    Retryable {
        /// The delay that the destination asked for. Zero means that it named one of zero.
        after: Option<Duration>,
    },
    /// The same bytes will never succeed here.
    Permanent,
    /// The batch is larger than the destination takes: cut it below `limit` bytes.
    TooLarge {
        /// The largest batch in bytes.
        limit: usize,
    },
    /// The exporter was shut down.
    Closed,
}

/// Why an attempt failed: the [`Failure`] for programs, the text for people.
///
/// The text names the destination, what it said and, where known, what to do. It does not repeat its
/// [`source`](Error::source).
#[derive(Debug)]
pub struct ExportError {
    failure: Failure,
    message: String,
    peer_absent: bool,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl ExportError {
    /// An error of class `failure` with a text for people.
    pub fn new(failure: Failure, message: impl Into<String>) -> Self {
        ExportError { failure, message: message.into(), peer_absent: false, source: None }
    }

    /// A retryable failure without a delay of the destination's.
    pub fn retryable(message: impl Into<String>) -> Self {
        Self::new(Failure::Retryable { after: None }, message)
    }

    /// A failure that no retry mends.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self::new(Failure::Permanent, message)
    }

    /// The error of an exporter that was shut down.
    pub fn closed() -> Self {
        Self::new(Failure::Closed, "the exporter was shut down")
    }

    /// Adds the cause, which the text then need not name.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Marks that nobody is there, as this machine knows for certain: a refused connection to itself, a
    /// socket that does not exist. As retryable as any such failure; but whoever keeps a person waiting may
    /// decide otherwise.
    #[must_use]
    pub fn with_absent_peer(mut self) -> Self {
        self.peer_absent = true;
        self
    }

    /// Whether nobody is there: see [`with_absent_peer`](Self::with_absent_peer).
    pub fn is_peer_absent(&self) -> bool {
        self.peer_absent
    }

    /// What the failure means for the batch.
    pub fn failure(&self) -> Failure {
        self.failure
    }

    /// The text with the texts of its causes behind it, for one line of a log: see [`with_causes`].
    pub fn chain(&self) -> String {
        with_causes(self)
    }
}

/// The text of any error with the texts of its causes behind it, on one line.
///
/// A text that cannot be formatted is left out where it fails, and causes that go round in a circle end.
pub fn with_causes<E: Error + ?Sized>(error: &E) -> String {
    /// More than any error has.
    const MOST_CAUSES: usize = 32;

    let mut text = String::new();
    // Unlike `to_string`, `write!` does not panic where a text cannot be formatted.
    let _ = write!(text, "{error}");
    for cause in std::iter::successors(error.source(), |&cause| cause.source()).take(MOST_CAUSES) {
        let _ = write!(text, ": {cause}");
    }
    text
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for ExportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
