//! The transport against real sockets.

#![allow(clippy::unwrap_used, reason = "a panic is the report of a test")]

mod lifecycle;
mod silence;

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{Method, Request};
use http_body_util::Full;
use telespan_export::ExportError;
use telespan_net::{Endpoint, HttpClient, Protocol, Transport};
use telespan_testkit::MockCollector;
use tower_service::Service;

type Client = HttpClient<Full<Bytes>>;

/// Long enough for anything that is meant to succeed.
fn ample() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

fn transport(collector: &MockCollector, protocol: Protocol) -> Transport<Full<Bytes>> {
    let endpoint = Endpoint::tcp("127.0.0.1", collector.address().port()).unwrap();
    Transport::start(endpoint, protocol).unwrap()
}

/// Posts nothing to OTLP/HTTP and returns the status and the length of the reply.
async fn post(client: Client) -> Result<(u16, usize), ExportError> {
    let mut request = Request::new(Full::default());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = client.endpoint().uri(PathAndQuery::from_static("/v1/traces"));
    request.headers_mut().insert("content-type", "application/x-protobuf".parse().unwrap());
    let reply = client.clone().call(request).await.map_err(|error| client.explain(&error))?;
    let status = reply.status().as_u16();
    Ok((status, client.read(reply.into_body(), 100).await?.len()))
}
