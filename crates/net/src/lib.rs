#![doc = include_str!("../README.md")]

mod client;
mod compression;
mod connect;
mod endpoint;
mod explain;
mod fault;
mod headers;
mod reply;
mod request;
mod resolve;
mod stream;
mod text;
mod transport;
mod worker;

pub use client::{HttpClient, Protocol};
pub use compression::Compression;
pub use endpoint::{Endpoint, EndpointError};
pub use headers::{HeaderError, Headers, USER_AGENT};
pub use reply::{DEFAULT_MAX_REPLY_BYTES, accepted, accepted_with_doubt, reply_too_large};
pub use request::{DEFAULT_MAX_REQUEST_BYTES, request_too_large};
pub use telespan_tls::{ClientTls, KeyPair, TlsError, TlsFiles};
pub use text::one_line;
pub use transport::Transport;
