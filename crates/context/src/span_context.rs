//! What identifies a span to others.

use crate::{SpanId, TraceFlags, TraceId, TraceState};

/// What identifies a span to its children, here and in other processes. Immutable and always valid: where
/// there is no span, there is no value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpanContext {
    trace_id: TraceId,
    span_id: SpanId,
    flags: TraceFlags,
    remote: bool,
    trace_state: TraceState,
}

impl SpanContext {
    /// The context of a span of this process, without trace state.
    #[inline]
    pub const fn new(trace_id: TraceId, span_id: SpanId, flags: TraceFlags) -> SpanContext {
        SpanContext { trace_id, span_id, flags, remote: false, trace_state: TraceState::EMPTY }
    }

    /// The context of a span of this process below this one: the same trace, trace state and random flag
    /// (W3C: the random flag belongs to the trace id).
    #[inline]
    #[must_use]
    pub fn child(&self, span_id: SpanId, sampled: bool) -> SpanContext {
        SpanContext {
            trace_id: self.trace_id,
            span_id,
            flags: self.flags.with_sampled(sampled),
            remote: false,
            trace_state: self.trace_state.clone(),
        }
    }

    /// The same context with this trace state.
    #[inline]
    #[must_use]
    pub fn with_trace_state(self, trace_state: TraceState) -> SpanContext {
        SpanContext { trace_state, ..self }
    }

    /// The same context, received from another process or not.
    #[inline]
    #[must_use]
    pub fn with_remote(self, remote: bool) -> SpanContext {
        SpanContext { remote, ..self }
    }

    /// The trace that the span belongs to.
    #[inline]
    pub fn trace_id(&self) -> TraceId {
        self.trace_id
    }

    /// The span.
    #[inline]
    pub fn span_id(&self) -> SpanId {
        self.span_id
    }

    /// The flags of the trace as the span sends them on.
    #[inline]
    pub fn flags(&self) -> TraceFlags {
        self.flags
    }

    /// Whether the span may have been recorded.
    #[inline]
    pub fn is_sampled(&self) -> bool {
        self.flags.is_sampled()
    }

    /// Whether the context came from another process.
    #[inline]
    pub fn is_remote(&self) -> bool {
        self.remote
    }

    /// What vendors send along with the trace.
    #[inline]
    pub fn trace_state(&self) -> &TraceState {
        &self.trace_state
    }
}
