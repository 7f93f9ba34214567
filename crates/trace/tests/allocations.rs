//! What recording costs in allocations, in a process with a counting allocator.

mod common;

use common::Memory;
use telespan_trace::Tracer;

fn request(tracer: &Tracer) {
    let mut root = tracer.start("request");
    root.set_attribute("http.request.method", "GET").set_attribute("http.response.status_code", 200);
    let _root = root.enter();
    let mut child = tracer.start("query");
    child.set_attribute("db.system.name", "postgresql");
    child.add_event("row", &[("n", 1.into())]);
}

#[test]
fn unsampled_spans_allocate_nothing() {
    let memory = Memory::default();
    let tracing = memory.tracing(0).build();
    let tracer = tracing.tracer("t");
    request(&tracer);
    let counted = allocation_counter::measure(|| {
        for _ in 0..1_000 {
            request(&tracer);
        }
    });
    assert_eq!(counted.count_total, 0);
    assert_eq!(tracing.stats().ended, 0);
}

#[test]
fn sampled_spans_allocate_only_whole_chunks() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let tracer = tracing.tracer("t");
    for _ in 0..2_000 {
        request(&tracer);
    }
    let counted = allocation_counter::measure(|| {
        for _ in 0..5_000 {
            request(&tracer);
        }
    });
    // 10 000 spans of about 150 bytes fill some 25 chunks, each with a handful of allocations.
    assert!(counted.count_total < 300, "{counted:?}");
}

#[test]
fn an_owned_name_is_taken_and_not_copied() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let tracer = tracing.tracer("t");
    tracer.start(String::from("warm up")).end();
    let names: Vec<String> = (0..50).map(|n| format!("name {n}")).collect();
    let counted = allocation_counter::measure(|| {
        for name in names {
            tracer.start(name).end();
        }
    });
    assert!(counted.count_total < 10, "{counted:?}");
}
