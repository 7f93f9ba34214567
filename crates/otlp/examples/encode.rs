//! Encodes two spans into OTLP bytes and shows them as OTLP/JSON lines.
//!
//! Run it with `cargo run -p telespan-otlp --example encode`.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use telespan_otlp::{
    BatchEncoder, JsonLines, Limits, Resource, Scope, SpanEncoder, SpanHead, SpanKind, Status, Value,
};

fn main() {
    let (limits, scope) = (Limits::default(), Scope::new("example", "", "", []));
    let mut encoder = BatchEncoder::new(Resource::new([("service.name", "shop".into())]));
    // One encoder serves all spans, one after the other.
    let mut span = SpanEncoder::new();
    for (id, name) in [(1, "GET /"), (2, "SELECT")] {
        span.clear();
        span.set_attribute(&limits, "example.id", &Value::from(id));
        span.add_event(&limits, "cache miss", 1_500, &[("key", "tea".into())]);
        let head = SpanHead {
            trace_id: [7; 16],
            span_id: [id; 8],
            trace_state: "",
            parent_span_id: (id > 1).then_some([1; 8]),
            name,
            kind: SpanKind::Internal,
            start_time_unix_nano: 1_000,
            end_time_unix_nano: 2_000,
            status: &Status::Unset,
            flags: 0x101,
        };
        encoder.push(&scope, &head, &span);
    }
    let batch = encoder.finish().expect("two spans were pushed");
    println!("{} spans in {} bytes", batch.spans(), batch.len());

    let mut text = Vec::new();
    let mut lines = JsonLines::new(&batch);
    while lines.write_next(&mut text) {}
    print!("{}", String::from_utf8_lossy(&text));
}
