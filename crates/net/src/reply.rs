//! What exporters make of replies, whatever the protocol.

use std::fmt::Display;

use telespan_export::{Accepted, ExportError};
use telespan_otlp::PartialSuccess;

use crate::{Endpoint, one_line};

/// The largest reply that is read unless an exporter is told otherwise: 4 MiB, as the OTLP specification recommends.
pub const DEFAULT_MAX_REPLY_BYTES: usize = 4 * 1024 * 1024;

/// The error of an attempt whose reply is above `limit` bytes. Permanent, as the OTLP specification wants
/// it: the receiver may well have taken the batch, and would answer a second time as it did the first.
pub fn reply_too_large(endpoint: &Endpoint, limit: usize) -> ExportError {
    ExportError::permanent(format!(
        "the reply of {endpoint} is larger than {limit} bytes: is it an OTLP receiver?"
    ))
}

/// What an exporter reports when the receiver took a request of `spans` spans and answered `partial`.
///
/// A receiver that claims to have rejected more than it was sent is taken to have rejected all.
pub fn accepted(partial: &PartialSuccess, spans: usize) -> Accepted {
    let message = one_line(&partial.error_message);
    Accepted {
        rejected: partial.rejected_spans.min(spans as u64),
        message: (!message.is_empty()).then_some(message),
    }
}

/// What an exporter reports when the receiver said that it took the request, but `problem` is wrong with its reply.
/// The spans count as accepted: sent again, they would be there twice.
pub fn accepted_with_doubt(endpoint: &Endpoint, problem: impl Display) -> Accepted {
    let message = format!(
        "{endpoint} accepted the spans, but its reply is no OTLP ({problem}): is it an OTLP receiver?"
    );
    Accepted { rejected: 0, message: Some(message) }
}
