//! Watches what the peer itself says.
//!
//! tonic reports every outcome as a status, those that the peer sent and those that it makes up when a connection
//! is lost or a reply is too large. The retry table of OTLP is about the former only, so they must be told apart.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body::{Body, Frame};
use tonic::Code;
use tonic::metadata::MetadataMap;
use tower_service::Service;

const STATUS: &str = "grpc-status";
const DETAILS: &str = "grpc-status-details-bin";

type BoxError = Box<dyn Error + Send + Sync>;

/// What the peer said in one call, as far as it is seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Peer(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    code: Option<Code>,
    details: Option<HeaderValue>,
    ended: bool,
}

impl Peer {
    /// The code of the status that the peer sent, if it sent one. Not always the code of tonic's status, which is
    /// `UNKNOWN` where the message cannot be read.
    pub(crate) fn code(&self) -> Option<Code> {
        self.seen().code
    }

    /// Whether that code was OK.
    pub(crate) fn said_ok(&self) -> bool {
        self.code() == Some(Code::Ok)
    }

    /// Whether the reply came to its end.
    pub(crate) fn reply_ended(&self) -> bool {
        self.seen().ended
    }

    /// The `google.rpc.Status` that came with the status, if its base64 is sound.
    pub(crate) fn details(&self) -> Option<Bytes> {
        let mut headers = HeaderMap::new();
        headers.insert(DETAILS, self.seen().details.clone()?);
        MetadataMap::from_headers(headers).get_bin(DETAILS)?.to_bytes().ok()
    }

    /// Notes the status in headers or trailers. The details are taken out: tonic would panic on bad base64.
    fn note(&self, headers: &mut HeaderMap) {
        let mut seen = self.seen();
        if let Some(details) = headers.remove(DETAILS) {
            seen.details = Some(details);
        }
        if let Some(code) = headers.get(STATUS) {
            seen.code = Some(Code::from_bytes(code.as_bytes()));
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The peer answered, but not in gRPC.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoGrpc {
    #[error("HTTP status {status}")]
    Status { status: StatusCode },
    #[error("content type `{content_type}`")]
    ContentType { content_type: String },
}

/// A client that tells a [`Peer`] what comes back.
#[derive(Clone, Debug)]
pub(crate) struct Watched<S> {
    inner: S,
    peer: Peer,
}

impl<S> Watched<S> {
    pub(crate) fn new(inner: S, peer: Peer) -> Watched<S> {
        Watched { inner, peer }
    }
}

impl<S, Q, R> Service<Request<Q>> for Watched<S>
where
    S: Service<Request<Q>, Response = Response<R>, Error: Into<BoxError>, Future: Send + 'static>,
{
    type Response = Response<WatchedBody<R>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        let calling = self.inner.call(request);
        let peer = self.peer.clone();
        Box::pin(async move {
            let mut response = calling.await.map_err(Into::into)?;
            peer.note(response.headers_mut());
            if peer.code().is_none() {
                check(&response)?;
            }
            Ok(response.map(|inner| WatchedBody { inner, peer }))
        })
    }
}

/// Whether a response without a status among its headers is one of gRPC that may have it in the trailers.
fn check<B>(response: &Response<B>) -> Result<(), NoGrpc> {
    if response.status() != StatusCode::OK {
        return Err(NoGrpc::Status { status: response.status() });
    }
    let content_type = response.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    if !content_type.starts_with(b"application/grpc") {
        return Err(NoGrpc::ContentType {
            content_type: telespan_net::one_line(&String::from_utf8_lossy(content_type)),
        });
    }
    Ok(())
}

/// A body that tells a [`Peer`] of its trailers and its end.
pub(crate) struct WatchedBody<B> {
    inner: B,
    peer: Peer,
}

impl<B: Body + Unpin> Body for WatchedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.get_mut();
        let mut frame = ready!(Pin::new(&mut this.inner).poll_frame(cx));
        match &mut frame {
            Some(Ok(frame)) => {
                if let Some(trailers) = frame.trailers_mut() {
                    this.peer.note(trailers);
                }
            }
            Some(Err(_)) => {}
            None => this.peer.seen().ended = true,
        }
        Poll::Ready(frame)
    }
}
