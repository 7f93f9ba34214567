#![doc = include_str!("../README.md")]

mod builder;
mod codec;
mod error;
mod exporter;
mod status;
#[path = "gen/trace_service.rs"]
mod trace_service;
mod watch;

pub use builder::GrpcBuilder;
pub use error::BuildError;
pub use exporter::GrpcExporter;
pub use telespan_net::{
    ClientTls, Compression, Endpoint, EndpointError, HeaderError, Headers, KeyPair, TlsError, TlsFiles,
};
