#![doc = include_str!("../README.md")]

mod attributes;
mod batch;
mod encoder;
mod error;
mod limits;
mod reply;
mod span;
mod value;
mod wire;

pub use batch::Batch;
pub use encoder::{BatchEncoder, Resource, Scope};
pub use error::WireError;
pub use limits::Limits;
pub use reply::{PartialSuccess, RpcStatus};
pub use span::{Link, SpanEncoder, SpanHead, SpanKind, Status};
pub use value::Value;
