#![doc = include_str!("../README.md")]

mod per_million;
mod randomness;
mod sampler;

pub use per_million::{PerMillion, PerMillionError};
pub use sampler::{Decision, Sampler};
pub use telespan_context::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};
