//! One hop of a request: read the context of the sender, print it, and show what the next request carries.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use telespan_context::{SpanContext, SpanId, extract, inject};

fn main() {
    let incoming = vec![
        ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        ("tracestate", "rojo=00f067aa0ba902b7"),
        ("baggage", "tenant=blue,feature=search%20box;ttl=1"),
    ];
    let received = extract(&incoming);
    for entry in &received.baggage {
        println!("baggage {} = {:?} {}", entry.name(), entry.value(), entry.metadata());
    }
    let Some(parent) = received.parent else {
        println!("no parent: this span begins a trace");
        return;
    };
    println!("trace {} span {} sampled {}", parent.trace_id(), parent.span_id(), parent.is_sampled());

    let Some(span_id) = SpanId::new(0x53ce_929d_0e0e_4736) else { return };
    let span = SpanContext::new(parent.trace_id(), span_id, parent.flags())
        .with_trace_state(parent.trace_state().clone());
    let mut outgoing: Vec<(String, String)> = Vec::new();
    inject(Some(&span), &received.baggage, &mut outgoing);
    for (name, value) in outgoing {
        println!("{name}: {value}");
    }
}
