#![doc = include_str!("../README.md")]

mod authority;
mod error;
mod exporter_url;
mod file;
mod grpc;
mod host;
mod http;
mod local;
mod part;
mod percent;
mod redacted;
mod unix;

pub use error::{ParseUrlError, UrlProblem};
pub use exporter_url::ExporterUrl;
pub use file::{DEFAULT_FILE_LIMIT, FileOptions};
pub use grpc::{DEFAULT_GRPC_PORT, GrpcUrl};
pub use host::{Host, HostName};
pub use http::{DEFAULT_TRACES_PATH, HttpUrl};
pub use redacted::Redacted;
pub use unix::UnixUrl;
