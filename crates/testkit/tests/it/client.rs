//! A client that sends one request over one connection, blocking.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

pub(crate) const GRPC_PATH: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) trailers: HeaderMap,
}

/// Runs one future to its end.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

pub(crate) fn http_request(content_type: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    let builder = Request::post("/v1/traces").header("host", "collector.test");
    builder.header("content-type", content_type).body(Full::new(body.into())).unwrap()
}

/// A call with `message` in a frame.
pub(crate) fn grpc_request(message: &[u8], compressed: bool) -> Request<Full<Bytes>> {
    let mut frame = vec![u8::from(compressed)];
    frame.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    frame.extend(message);
    let builder = Request::post(format!("http://collector.test{GRPC_PATH}")).header("te", "trailers");
    builder.header("content-type", "application/grpc").body(Full::new(frame.into())).unwrap()
}

pub(crate) fn send(address: SocketAddr, request: Request<Full<Bytes>>) -> hyper::Result<Answer> {
    block_on(async { exchange(TcpStream::connect(address).await.unwrap(), request).await })
}

pub(crate) fn send_unix(path: &std::path::Path, request: Request<Full<Bytes>>) -> hyper::Result<Answer> {
    block_on(async { exchange(UnixStream::connect(path).await.unwrap(), request).await })
}

/// Over TLS to `localhost`; the error is that of the handshake.
pub(crate) fn send_tls(
    address: SocketAddr,
    config: rustls::ClientConfig,
    request: Request<Full<Bytes>>,
) -> std::io::Result<Answer> {
    block_on(async {
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let stream = TcpStream::connect(address).await?;
        let stream = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await?;
        exchange(stream, request).await.map_err(std::io::Error::other)
    })
}

/// The status of an answer whose body breaks off, and how many bytes of the body came.
pub(crate) fn send_until_error(address: SocketAddr, request: Request<Full<Bytes>>) -> (u16, usize) {
    block_on(async {
        let response = respond(TcpStream::connect(address).await.unwrap(), request).await.unwrap();
        let status = response.status().as_u16();
        let (mut body, mut length) = (response.into_body(), 0);
        while let Ok(frame) = body.frame().await.expect("the body does not end well") {
            length += frame.data_ref().map_or(0, Bytes::len);
        }
        (status, length)
    })
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: Request<Full<Bytes>>,
) -> hyper::Result<Answer> {
    let (head, body) = respond(stream, request).await?.into_parts();
    let body = body.collect().await?;
    let trailers = body.trailers().cloned().unwrap_or_default();
    Ok(Answer { status: head.status.as_u16(), headers: head.headers, body: body.to_bytes(), trailers })
}

/// gRPC goes over HTTP/2, everything else over HTTP/1.1.
async fn respond(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: Request<Full<Bytes>>,
) -> hyper::Result<Response<Incoming>> {
    let io = TokioIo::new(stream);
    if request.headers()["content-type"] == "application/grpc" {
        let (mut sender, connection) = http2::handshake(TokioExecutor::new(), io).await?;
        tokio::spawn(connection);
        sender.send_request(request).await
    } else {
        let (mut sender, connection) = http1::handshake(io).await?;
        tokio::spawn(connection);
        sender.send_request(request).await
    }
}
