//! What broke on the way, told so that the reader can mend it.

use std::error::Error;
use std::io;

use hyper_util::client::legacy;
use telespan_export::ExportError;

use crate::Endpoint;
use crate::connect::ConnectTimeout;
use crate::fault::TlsFault;
use crate::resolve::ResolveError;

/// The error for [`HttpClient::explain`](crate::HttpClient::explain). What TLS found wrong with a connection goes
/// before what followed from it.
pub(crate) fn explain(endpoint: &Endpoint, error: &(dyn Error + 'static), fault: &TlsFault) -> ExportError {
    let connecting = causes(error)
        .any(|cause| cause.downcast_ref::<legacy::Error>().is_some_and(legacy::Error::is_connect));
    let (what, fault) =
        if connecting { ("cannot connect to", None) } else { ("lost the connection to", fault.take()) };
    let why = fault.unwrap_or_else(|| describe(error));
    let explained = ExportError::retryable(format!("{what} {endpoint}: {why}"));
    if connecting && endpoint.is_local() && causes(error).any(nobody) {
        return explained.with_absent_peer();
    }
    explained
}

/// Whether nobody listens.
fn nobody(cause: &(dyn Error + 'static)) -> bool {
    let kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
    matches!(kind, Some(io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound))
}

/// Whether TLS is what failed.
pub(crate) fn is_tls(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(<dyn Error>::is::<rustls::Error>)
}

/// The innermost cause and, where known, what to do about it.
pub(crate) fn describe(error: &(dyn Error + 'static)) -> String {
    let root = causes(error).last().unwrap_or(error);
    match telespan_tls::explain(error).or_else(|| causes(error).find_map(hint)) {
        Some(hint) => format!("{root}; {hint}"),
        None => root.to_string(),
    }
}

fn hint(cause: &(dyn Error + 'static)) -> Option<&'static str> {
    if cause.is::<ResolveError>() {
        return Some("check the host name");
    }
    if cause.is::<ConnectTimeout>() {
        return Some("check the address, and that no firewall drops the packets");
    }
    if cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse) {
        return Some("does it speak HTTP/1.1? OTLP/gRPC has another port than OTLP/HTTP");
    }
    if let Some(error) = cause.downcast_ref::<h2::Error>() {
        return is_not_http2(error)
            .then_some("does it speak HTTP/2? OTLP/HTTP has another port than OTLP/gRPC");
    }
    match cause.downcast_ref::<io::Error>()?.kind() {
        io::ErrorKind::ConnectionRefused => Some("is a collector listening there?"),
        io::ErrorKind::NotFound => Some("is the path of the socket right, and its owner running?"),
        io::ErrorKind::PermissionDenied => Some("this user may not open the socket"),
        _ => None,
    }
}

/// Whether this side found that what the peer sent is no HTTP/2.
fn is_not_http2(error: &h2::Error) -> bool {
    error.is_library()
        && matches!(error.reason(), Some(h2::Reason::FRAME_SIZE_ERROR | h2::Reason::PROTOCOL_ERROR))
}

/// The error and all its causes. Looks into `io::Error`, whose `source` skips the error that it wraps.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}
