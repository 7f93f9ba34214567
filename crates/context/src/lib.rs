#![doc = include_str!("../README.md")]

mod baggage;
mod carrier;
mod environment;
mod flags;
mod hex;
mod ids;
mod percent;
mod propagation;
mod span_context;
mod trace_state;
mod traceparent;

pub use baggage::{Baggage, BaggageEntry, BaggageError, MAX_BAGGAGE_BYTES, MAX_BAGGAGE_MEMBERS};
pub use carrier::{Carrier, CarrierMut};
pub use environment::{ChildEnvironment, Environment, normalize_name};
pub use flags::TraceFlags;
pub use ids::{ParseIdError, SpanId, TraceId};
pub use propagation::{BAGGAGE, Propagated, TRACEPARENT, TRACESTATE, extract, inject};
pub use span_context::SpanContext;
pub use trace_state::{MAX_TRACE_STATE_MEMBERS, ParseTraceStateError, TraceState, TraceStateError};
pub use traceparent::{Traceparent, TraceparentError};
