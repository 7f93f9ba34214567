//! What a reply means for the batch.

use std::time::SystemTime;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::response::Parts;
use http::{HeaderMap, HeaderName, StatusCode};
use telespan_export::{Accepted, ExportError, Failure};
use telespan_net::{Endpoint, accepted, accepted_with_doubt, one_line};
use telespan_otlp::{PartialSuccess, RpcStatus};

use crate::Encoding;
use crate::retry_after::retry_after;

/// Where the request went and what it held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent<'a> {
    pub(crate) endpoint: &'a Endpoint,
    /// Without its query.
    pub(crate) path: &'a str,
    pub(crate) spans: usize,
}

/// What a whole reply means.
pub(crate) fn understand(sent: Sent<'_>, head: &Parts, body: &Bytes) -> Result<Accepted, ExportError> {
    if head.status.is_success() {
        Ok(success(sent, &head.headers, body))
    } else if head.status.is_redirection() {
        Err(redirected(sent, head))
    } else {
        Err(refused(sent, head, body))
    }
}

/// A success, partial or whole. Whatever the body is, the receiver said that it took the spans.
fn success(sent: Sent<'_>, headers: &HeaderMap, body: &Bytes) -> Accepted {
    if body.is_empty() {
        return Accepted::default();
    }
    let content_type = text(headers, CONTENT_TYPE);
    let partial = match Encoding::of(content_type) {
        Some(Encoding::Protobuf) => PartialSuccess::decode(body).map_err(|error| error.to_string()),
        Some(Encoding::Json) => PartialSuccess::from_json(body).map_err(|error| error.to_string()),
        None => Err(format!("content type `{}`", one_line(content_type))),
    };
    match partial {
        Ok(partial) => accepted(&partial, sent.spans),
        Err(problem) => accepted_with_doubt(sent.endpoint, problem),
    }
}

/// A redirect is not followed: it would send spans and headers to a place that nobody configured.
fn redirected(sent: Sent<'_>, head: &Parts) -> ExportError {
    // What follows the path may hold secrets.
    let target = text(&head.headers, LOCATION).split(['?', '#']).next().unwrap_or_default();
    ExportError::permanent(format!(
        "{}{} answered {}, a redirect to `{}`: configure that URL if it is right",
        sent.endpoint,
        sent.path,
        head.status,
        one_line(target)
    ))
}

fn refused(sent: Sent<'_>, head: &Parts, body: &Bytes) -> ExportError {
    let mut text = format!("{}{} answered {}", sent.endpoint, sent.path, head.status);
    let message = message(&head.headers, body);
    if !message.is_empty() {
        text.push_str(": ");
        text.push_str(&message);
    }
    if let Some(hint) = hint(sent, head.status) {
        text.push_str("; ");
        text.push_str(&hint);
    }
    ExportError::new(failure(head), text)
}

/// The table of the OTLP specification ("OTLP/HTTP response", "Retryable response codes").
fn failure(head: &Parts) -> Failure {
    match head.status {
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => {
            Failure::Retryable { after: retry_after(&head.headers, SystemTime::now()) }
        }
        _ => Failure::Permanent,
    }
}

/// What the receiver says went wrong: `google.rpc.Status.message`, or its plain text.
fn message(headers: &HeaderMap, body: &Bytes) -> String {
    let content_type = text(headers, CONTENT_TYPE);
    let message = match Encoding::of(content_type) {
        Some(Encoding::Protobuf) => RpcStatus::decode(body).map(|status| status.message).unwrap_or_default(),
        Some(Encoding::Json) => RpcStatus::from_json(body).map(|status| status.message).unwrap_or_default(),
        None if content_type.starts_with("text/plain") => String::from_utf8_lossy(body).into_owned(),
        None => String::new(),
    };
    one_line(&message)
}

fn hint(sent: Sent<'_>, status: StatusCode) -> Option<String> {
    const TRACES: &str = "/v1/traces";
    Some(match status {
        StatusCode::NOT_FOUND if !sent.path.ends_with(TRACES) => {
            format!("did you mean the path {}{TRACES}?", sent.path.trim_end_matches('/'))
        }
        StatusCode::NOT_FOUND => "is it an OTLP/HTTP receiver for traces?".to_owned(),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "check the headers and certificates that identify this client".to_owned()
        }
        StatusCode::PAYLOAD_TOO_LARGE => "raise the largest request that the receiver takes".to_owned(),
        _ => return None,
    })
}

fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
