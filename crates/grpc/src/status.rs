//! What a failed call means for the batch.

use std::error::Error;

use telespan_export::{ExportError, Failure};
use telespan_net::{Endpoint, HttpClient, one_line, reply_too_large};
use telespan_otlp::RpcStatus;
use tonic::{Code, Status};

use crate::watch::{NoGrpc, Peer};

const OTHER_PORT: &str =
    "is it an OTLP/gRPC receiver? OTLP/HTTP has another port and the scheme http or https";

/// The error of a call that ended in `status`. One that the peer sent is classed by its code; one that was made up
/// here is classed by its cause.
pub(crate) fn explain<B>(
    client: &HttpClient<B>,
    status: &Status,
    peer: &Peer,
    max_reply: usize,
) -> ExportError {
    let endpoint = client.endpoint();
    if let Some(code) = peer.code() {
        let details = peer.details().and_then(|details| RpcStatus::decode(&details).ok());
        return answered(endpoint, code, status.message(), &details.unwrap_or_default());
    }
    match status.source() {
        Some(source) => match source.downcast_ref::<NoGrpc>() {
            Some(answer) => not_grpc(endpoint, answer),
            None => client.explain(source),
        },
        None if peer.reply_ended() => {
            ExportError::retryable(format!("the reply of {endpoint} ended without a gRPC status"))
        }
        // What tonic makes of a reply above the limit, as it comes and decompressed.
        None if matches!(status.code(), Code::OutOfRange | Code::ResourceExhausted) => {
            reply_too_large(endpoint, max_reply)
        }
        None => ExportError::permanent(format!(
            "the reply of {endpoint} is no gRPC: {}",
            one_line(status.message())
        )),
    }
}

fn answered(endpoint: &Endpoint, code: Code, message: &str, details: &RpcStatus) -> ExportError {
    let mut text = format!("{endpoint} answered {}", name(code));
    let message = one_line(message);
    if !message.is_empty() {
        text.push_str(": ");
        text.push_str(&message);
    }
    if let Some(hint) = hint(code) {
        text.push_str("; ");
        text.push_str(hint);
    }
    let after = details.retry_delay;
    let failure =
        if retryable(code, after.is_some()) { Failure::Retryable { after } } else { Failure::Permanent };
    ExportError::new(failure, text)
}

/// The table of the OTLP specification ("OTLP/gRPC response", "OTLP/gRPC throttling").
fn retryable(code: Code, has_retry_info: bool) -> bool {
    match code {
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => true,
        Code::ResourceExhausted => has_retry_info,
        Code::Ok
        | Code::Unknown
        | Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::FailedPrecondition
        | Code::Unimplemented
        | Code::Internal
        | Code::Unauthenticated => false,
    }
}

fn hint(code: Code) -> Option<&'static str> {
    match code {
        Code::Unimplemented => Some(OTHER_PORT),
        Code::Unauthenticated | Code::PermissionDenied => {
            Some("check the headers and certificates that identify this client")
        }
        _ => None,
    }
}

/// An answer without a gRPC status: of a proxy, or of a server that speaks something else. Classed as the gRPC
/// specification maps HTTP statuses.
fn not_grpc(endpoint: &Endpoint, answer: &NoGrpc) -> ExportError {
    match answer {
        NoGrpc::Status { status } if matches!(status.as_u16(), 429 | 502 | 503 | 504) => {
            ExportError::retryable(format!("{endpoint} answered {answer}"))
        }
        _ => ExportError::permanent(format!("{endpoint} answered {answer}; {OTHER_PORT}")),
    }
}

/// The code's name in the gRPC specification.
fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
