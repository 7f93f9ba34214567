//! What the collector received, as it was sent and decoded.

use std::io::Read;

use bytes::{Buf, Bytes};
use flate2::read::MultiGzDecoder;
use hyper::http::request::Parts;
use hyper::http::uri::Authority;
use hyper::{HeaderMap, Method, Version};
use prost::Message;
use rustls::pki_types::CertificateDer;
use telespan_proto::collector::trace::v1::ExportTraceServiceRequest;

use crate::DeliveredSpan;
use crate::server::Connection;

/// One request that arrived whole.
#[derive(Clone, Debug)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// The host that the client asked for: `:authority` or `host`.
    pub authority: String,
    /// HTTP/1.1 or HTTP/2.
    pub version: Version,
    /// All headers.
    pub headers: HeaderMap,
    /// The compression in use: of the gRPC message or the content encoding. None for `identity`.
    pub encoding: Option<String>,
    /// Length of the body before decompression, a gRPC frame's head included.
    pub wire_length: usize,
    /// The message: without gRPC frame and gzip compression. Other compressions are left as they are.
    pub body: Bytes,
    /// The message decoded, if it is valid protobuf.
    pub message: Option<ExportTraceServiceRequest>,
    /// Which connection it came over, counted from 1.
    pub connection: usize,
    /// The certificate that the client identified itself with.
    pub client_certificate: Option<CertificateDer<'static>>,
    /// Whether the scripted reply took the spans over.
    pub accepted: bool,
}

impl Request {
    pub(crate) fn new(head: Parts, wire: &Bytes, connection: &Connection) -> Self {
        let is_grpc = content_type(&head.headers).starts_with("application/grpc");
        let (encoding, payload) = if is_grpc {
            grpc_payload(&head.headers, wire.clone())
        } else {
            http_payload(&head.headers, wire)
        };
        let body = if encoding.as_deref() == Some("gzip") { gunzip(&payload) } else { payload };
        let is_protobuf = is_grpc || content_type(&head.headers) == "application/x-protobuf";
        let message = is_protobuf.then(|| ExportTraceServiceRequest::decode(body.clone()).ok()).flatten();
        Self {
            path: head.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            authority: authority(&head),
            method: head.method,
            version: head.version,
            headers: head.headers,
            encoding,
            wire_length: wire.len(),
            body,
            message,
            connection: connection.number,
            client_certificate: connection.client_certificate.clone(),
            accepted: false,
        }
    }

    /// A header's value, if it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The media type of the body, empty if there is none.
    pub fn content_type(&self) -> &str {
        content_type(&self.headers)
    }

    /// Whether it is a gRPC call.
    pub fn is_grpc(&self) -> bool {
        self.content_type().starts_with("application/grpc")
    }

    /// The spans of a protobuf message, in order.
    pub fn spans(&self) -> impl Iterator<Item = DeliveredSpan> {
        let resource_spans = self.message.as_ref().map(|message| message.resource_spans.as_slice());
        DeliveredSpan::flatten(resource_spans.unwrap_or_default())
    }

    /// The common name of the client certificate's subject.
    pub fn client_name(&self) -> Option<String> {
        common_name(self.client_certificate.as_ref()?)
    }

    pub(crate) fn span_count(&self) -> usize {
        let resource_spans = self.message.iter().flat_map(|message| &message.resource_spans);
        resource_spans.flat_map(|resource| &resource.scope_spans).map(|scope| scope.spans.len()).sum()
    }
}

fn content_type(headers: &HeaderMap) -> &str {
    text(headers, "content-type").unwrap_or_default()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn authority(head: &Parts) -> String {
    let uri = head.uri.authority().map(Authority::as_str);
    uri.or_else(|| text(&head.headers, "host")).unwrap_or_default().to_owned()
}

fn http_payload(headers: &HeaderMap, wire: &Bytes) -> (Option<String>, Bytes) {
    (encoding(headers, "content-encoding"), wire.clone())
}

/// Takes the frame off the only message of a unary call: compressed flag, length in four bytes, message.
fn grpc_payload(headers: &HeaderMap, mut wire: Bytes) -> (Option<String>, Bytes) {
    let (Ok(compressed), Ok(length)) = (wire.try_get_u8(), wire.try_get_u32()) else {
        return (None, Bytes::new());
    };
    wire.truncate(length as usize);
    let encoding = if compressed == 1 { encoding(headers, "grpc-encoding") } else { None };
    (encoding, wire)
}

fn encoding(headers: &HeaderMap, name: &str) -> Option<String> {
    text(headers, name).filter(|&encoding| encoding != "identity").map(str::to_owned)
}

/// Whatever can be decompressed; a damaged stream shows as a message that does not decode.
fn gunzip(payload: &[u8]) -> Bytes {
    let mut body = Vec::new();
    let _ = MultiGzDecoder::new(payload).read_to_end(&mut body);
    body.into()
}

/// Takes the last common name in the certificate: the issuer's comes before the subject's, and extensions hold none.
fn common_name(certificate: &[u8]) -> Option<String> {
    const COMMON_NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x03];
    let at = certificate.windows(COMMON_NAME.len()).rposition(|window| window == COMMON_NAME)?;
    let [_string_tag, length, value @ ..] = &certificate[at + COMMON_NAME.len()..] else { return None };
    String::from_utf8(value.get(..usize::from(*length))?.to_vec()).ok()
}
