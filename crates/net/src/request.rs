//! How large requests may be.

use telespan_export::{ExportError, Failure};

/// The largest request that is sent unless an exporter is told otherwise: 4 MiB, what gRPC servers take by default.
pub const DEFAULT_MAX_REQUEST_BYTES: usize = 4 * 1024 * 1024;

/// The error for a request of `size` bytes where `max` are allowed: nothing was sent, and the batch must be
/// cut into parts of at most `limit` bytes.
pub fn request_too_large(size: usize, max: usize, limit: usize) -> ExportError {
    ExportError::new(
        Failure::TooLarge { limit },
        format!("a request of {size} bytes is above the limit of {max} bytes"),
    )
}
