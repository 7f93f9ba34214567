#![doc = include_str!("../README.md")]

mod attributes;
mod batch;
mod canonical;
mod encoder;
mod error;
pub mod json;
mod limits;
mod nested;
mod reply;
mod schema;
mod span;
mod value;
mod wire;

pub use batch::Batch;
pub use encoder::{BatchEncoder, Resource, Scope};
pub use error::WireError;
pub use json::{JsonError, JsonLines};
pub use limits::Limits;
pub use reply::{PartialSuccess, RpcStatus};
pub use span::{Link, SpanEncoder, SpanHead, SpanKind, Status};
pub use value::Value;
