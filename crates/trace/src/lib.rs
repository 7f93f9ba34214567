#![doc = include_str!("../README.md")]

mod chunk;
mod clock;
mod current;
mod future;
mod ids;
mod provider;
mod resource;
mod span;
mod tracer;

pub use clock::{Clock, SystemClock};
pub use current::{Entered, current_context, with_current};
pub use future::{InSpan, WithSpan};
pub use ids::{IdGenerator, RandomIds};
pub use provider::{AlreadyInstalled, Tracing, TracingBuilder};
pub use resource::ResourceBuilder;
pub use span::Span;
pub use telespan_otlp::{Limits, Scope, SpanKind, Status, Value};
pub use tracer::{SpanBuilder, Tracer, tracer, tracer_with};
