#![doc = include_str!("../README.md")]

mod answer;
mod builder;
mod encoding;
mod error;
mod exporter;
mod pack;
mod retry_after;

pub use builder::HttpBuilder;
pub use encoding::Encoding;
pub use error::BuildError;
pub use exporter::HttpExporter;
pub use telespan_net::{
    ClientTls, Compression, Endpoint, EndpointError, HeaderError, Headers, KeyPair, TlsError, TlsFiles,
};
