//! The decision.

use telespan_context::{SpanContext, TraceId, TraceState};

use crate::PerMillion;
use crate::randomness;

/// What to do with a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Record the span, export it, and tell everything below it to do the same.
    RecordAndSample,
    /// Record nothing, and tell everything below it to do the same.
    Drop,
}

impl Decision {
    /// Whether the span is recorded and exported; the sampled flag of its context.
    #[inline]
    pub const fn is_sampled(self) -> bool {
        matches!(self, Decision::RecordAndSample)
    }
}

/// Decides which spans are recorded: a parent decides alone, and of traces that begin here a share is kept.
///
/// The share is cut by a threshold: with R the last 56 bits of the trace id and n the rate, a trace is kept
/// iff R >= ceil((1 000 000 - n) * 2^56 / 1 000 000). So every process comes to the same decision about a
/// trace, and a higher rate keeps everything that a lower one keeps. The default rate is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampler {
    rate: PerMillion,
    threshold: u64,
}

impl Sampler {
    /// A sampler that keeps this share of the traces that begin here.
    pub const fn new(rate: PerMillion) -> Sampler {
        let all = PerMillion::ALL.to_u32() as u128;
        let dropped = (all - rate.to_u32() as u128) << randomness::BITS;
        // At most 2^56.
        Sampler { rate, threshold: dropped.div_ceil(all) as u64 }
    }

    /// The share of the traces that begin here.
    pub const fn rate(&self) -> PerMillion {
        self.rate
    }

    /// Decides about a span of the trace `trace_id`.
    ///
    /// With a parent, remote or local, its sampled flag is the answer and nothing else matters. Without one
    /// the span begins the trace, and `trace_state` is what the trace begins with: its explicit randomness
    /// (`rv` in the member `ot`) takes the place of the trace id. It is usually empty.
    #[inline]
    pub fn decide(
        &self,
        parent: Option<&SpanContext>,
        trace_id: TraceId,
        trace_state: &TraceState,
    ) -> Decision {
        let keep = match parent {
            Some(parent) => parent.is_sampled(),
            None => self.keeps(trace_id, trace_state),
        };
        if keep { Decision::RecordAndSample } else { Decision::Drop }
    }

    #[inline]
    fn keeps(&self, trace_id: TraceId, trace_state: &TraceState) -> bool {
        let explicit = if trace_state.is_empty() { None } else { randomness::explicit(trace_state) };
        explicit.unwrap_or_else(|| randomness::of_trace_id(trace_id)) >= self.threshold
    }
}

impl Default for Sampler {
    fn default() -> Sampler {
        Sampler::new(PerMillion::ZERO)
    }
}
