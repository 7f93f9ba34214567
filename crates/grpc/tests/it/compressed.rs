//! A server that compresses its replies as the requests were, which grpc-go does unasked.

use std::net::TcpListener;
use std::thread;

use bytes::Bytes;
use http::{HeaderMap, Response};
use telespan_grpc::{Compression, Endpoint, GrpcExporter};
use tokio::runtime;

use crate::exporters::send;

/// gzip of a response with the warning "hi".
const HI: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\xe3\x62\x11\x62\xca\xc8\x04\0\x2c\x57\x07\x85\x06\0\0\0";

/// Answers one request with [`HI`] and returns the encodings that the client accepts.
fn answer_one(listener: TcpListener) -> String {
    listener.set_nonblocking(true).unwrap();
    let runtime = runtime::Builder::new_current_thread().enable_io().build().unwrap();
    runtime.block_on(async {
        let (stream, _) = tokio::net::TcpListener::from_std(listener).unwrap().accept().await.unwrap();
        let mut connection = h2::server::handshake(stream).await.unwrap();
        let (request, mut respond) = connection.accept().await.unwrap().unwrap();
        let accepted = request.headers()["grpc-accept-encoding"].to_str().unwrap().to_owned();
        let head = Response::builder()
            .header("content-type", "application/grpc")
            .header("grpc-encoding", "gzip")
            .body(())
            .unwrap();
        let mut reply = respond.send_response(head, false).unwrap();
        let frame = [&[1, 0, 0, 0, HI.len() as u8][..], HI].concat();
        reply.send_data(Bytes::from(frame), false).unwrap();
        let ok = HeaderMap::from_iter([("grpc-status".parse().unwrap(), "0".parse().unwrap())]);
        reply.send_trailers(ok).unwrap();
        // Until the exporter hangs up.
        while let Some(Ok(_)) = connection.accept().await {}
        accepted
    })
}

#[test]
fn a_reply_compressed_like_the_request_is_read() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let endpoint = Endpoint::tcp("127.0.0.1", listener.local_addr().unwrap().port()).unwrap();
    let server = thread::spawn(|| answer_one(listener));
    let exporter = GrpcExporter::builder(endpoint).compression(Compression::Gzip).build().unwrap();
    assert_eq!(send(&exporter).unwrap().message.as_deref(), Some("hi"));
    drop(exporter);
    assert!(server.join().unwrap().contains("gzip"));
}
