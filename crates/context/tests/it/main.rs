//! The rules of W3C Trace Context, W3C Baggage and of carriers, through the public API.

mod baggage;
mod carriers;
mod environment;
mod ids;
mod propagation;
mod trace_state;
mod traceparent;

use telespan_context::{SpanContext, SpanId, TraceFlags, TraceId};

/// A local, sampled span that several tests know.
fn span() -> SpanContext {
    let trace_id = TraceId::new(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736).expect("not zero");
    let span_id = SpanId::new(0x00f0_67aa_0ba9_02b7).expect("not zero");
    SpanContext::new(trace_id, span_id, TraceFlags::SAMPLED)
}
