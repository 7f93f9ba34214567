//! Out of carriers and into them.

use crate::{Baggage, Carrier, CarrierMut, SpanContext, TraceState};

/// The name of the field with the ids and flags of a trace (W3C Trace Context).
pub const TRACEPARENT: &str = "traceparent";
/// The name of the field with what vendors send along with a trace (W3C Trace Context).
pub const TRACESTATE: &str = "tracestate";
/// The name of the field with what the application sends along (W3C Baggage).
pub const BAGGAGE: &str = "baggage";

/// What came with a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Propagated {
    /// The span of the sender; `None` if it named none, or none that is valid.
    pub parent: Option<SpanContext>,
    /// What the application sent along.
    pub baggage: Baggage,
}

/// Reads what came with a message. Malformed fields are as good as missing ones: nothing here fails.
///
/// There is a parent iff there is exactly one `traceparent` field and it is valid; a malformed `tracestate`
/// does not spoil it.
pub fn extract<C: Carrier + ?Sized>(carrier: &C) -> Propagated {
    Propagated { parent: extract_parent(carrier), baggage: Baggage::from_fields(carrier.fields(BAGGAGE)) }
}

fn extract_parent<C: Carrier + ?Sized>(carrier: &C) -> Option<SpanContext> {
    let mut fields = carrier.fields(TRACEPARENT);
    let (Some(field), None) = (fields.next(), fields.next()) else { return None };
    let parent = SpanContext::from_traceparent(field).ok()?;
    let trace_state = TraceState::from_fields(carrier.fields(TRACESTATE)).unwrap_or_default();
    Some(parent.with_trace_state(trace_state))
}

/// Writes what goes with a message: the span that sends it, sampled or not, and the baggage.
///
/// Fields that would be empty are taken out of the carrier, so that a copied message carries nothing stale.
/// Without a span `traceparent` and `tracestate` stay as they are.
pub fn inject<C: CarrierMut + ?Sized>(span: Option<&SpanContext>, baggage: &Baggage, carrier: &mut C) {
    if let Some(span) = span {
        carrier.set_field(TRACEPARENT, span.traceparent().as_str());
        set_or_remove(carrier, TRACESTATE, span.trace_state().as_str());
    }
    set_or_remove(carrier, BAGGAGE, &baggage.to_string());
}

fn set_or_remove<C: CarrierMut + ?Sized>(carrier: &mut C, name: &'static str, value: &str) {
    if value.is_empty() {
        carrier.remove_field(name);
    } else {
        carrier.set_field(name, value);
    }
}
