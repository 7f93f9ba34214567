//! OTLP/JSON: batches as JSON text, and back.
//!
//! The proto3 JSON mapping with OTLP's changes: ids are hex, enum values are numbers, keys are lowerCamelCase only.
//!
//! - [`JsonLines`] writes one line a span, for files and streams.
//! - [`encode`] writes one object for a whole batch, the body of an OTLP/HTTP request.
//! - [`parse`] reads one object of either form, or a line of a Teleport trace file.
//! - [`PartialSuccess::from_json`](crate::PartialSuccess::from_json) and
//!   [`RpcStatus::from_json`](crate::RpcStatus::from_json) read what receivers answer to JSON.
//!
//! Writing never fails and never loses a span. What cannot be read inside a span, its resource or its scope is left
//! out, text that is not UTF-8 gets U+FFFD in place of what is wrong with it, and messages nested more than 100 deep
//! are written as `{}`.

mod base64;
mod decode;
mod encode;
mod error;
mod lines;
mod member;
mod number;
mod put;
mod reader;
mod reply;
#[cfg(test)]
mod tests;
mod text;

pub use decode::parse;
pub use encode::encode;
pub use error::{JsonError, JsonProblem};
pub use lines::JsonLines;
