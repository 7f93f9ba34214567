//! Parents, the current span, and what is passed on.

use telespan_context::{SpanContext, TraceState, extract};
use telespan_trace::{Span, current_context, with_current};

use crate::common::{Memory, attribute, find};

const SAMPLED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const UNSAMPLED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

fn remote(traceparent: &str) -> Option<SpanContext> {
    extract(&vec![("traceparent", traceparent), ("tracestate", "vendor=7")]).parent
}

#[test]
fn children_go_below_the_current_span() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let tracer = tracing.tracer("t");
    assert_eq!(current_context(), None);
    {
        let _outer = tracer.start("outer").enter();
        {
            let _inner = tracer.start("inner").enter();
            tracer.start("leaf").end();
        }
        tracer.start("second").end();
        tracer.span("alone").root().start().end();
    }
    assert_eq!(current_context(), None);

    let spans = memory.spans(&tracing);
    let of = |name| find(&spans, name);
    assert!(of("outer").parent_span_id.is_empty());
    assert_eq!(of("inner").parent_span_id, of("outer").span_id);
    assert_eq!(of("leaf").parent_span_id, of("inner").span_id);
    assert_eq!(of("second").parent_span_id, of("outer").span_id);
    assert!(["inner", "leaf", "second"].iter().all(|name| of(name).trace_id == of("outer").trace_id));
    assert!(of("alone").parent_span_id.is_empty());
    assert_ne!(of("alone").trace_id, of("outer").trace_id);
}

#[test]
fn a_sampled_remote_parent_is_recorded_whole_at_rate_0() {
    let memory = Memory::default();
    let tracing = memory.tracing(0).build();
    let tracer = tracing.tracer("t");
    tracer.start("root, not sampled").end();
    let request = tracer.span("request").parent(remote(SAMPLED)).start();
    {
        let _request = request.enter();
        let _query = tracer.start("query").enter();
        tracer.start("row").end();
    }
    let spans = memory.spans(&tracing);
    assert_eq!(spans.len(), 3);
    let request = find(&spans, "request");
    assert_eq!(request.parent_span_id, 0xb7ad_6b71_6920_3331_u64.to_be_bytes());
    // Sampled, not known to be random, and the parent is remote.
    assert_eq!(request.flags, 0x301);
    assert_eq!(find(&spans, "row").flags, 0x101);
    for span in &spans {
        assert_eq!(span.trace_id, 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128.to_be_bytes());
        assert_eq!(span.trace_state, "vendor=7");
    }
}

#[test]
fn an_unsampled_remote_parent_records_nothing_at_full_rate_and_is_passed_on() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let tracer = tracing.tracer("t");
    let span = tracer.span("request").parent(remote(UNSAMPLED)).start();
    assert!(!span.is_recording());
    let context = span.context().expect("a context").clone();
    assert!(!context.is_sampled() && !context.is_remote());
    assert_eq!(context.trace_state().as_str(), "vendor=7");
    assert_eq!(context.trace_id(), remote(UNSAMPLED).expect("valid").trace_id());
    assert_ne!(context.span_id(), remote(UNSAMPLED).expect("valid").span_id());
    {
        let _span = span.enter();
        let child = tracer.start("child");
        assert!(!child.is_recording());
        assert_eq!(child.context().map(SpanContext::trace_id), Some(context.trace_id()));
    }
    assert_eq!(memory.spans(&tracing).len(), 0);
    assert_eq!(tracing.stats().ended, 0);
}

#[test]
fn no_parent_found_begins_a_new_trace() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let tracer = tracing.tracer("t");
    let _current = tracer.start("current").enter();
    let span = tracer.span("request").parent(remote("nonsense")).start();
    assert_ne!(span.context().map(SpanContext::trace_id), current_context().map(|c| c.trace_id()));
}

#[test]
fn a_context_can_be_current_without_a_span_of_ours() {
    let memory = Memory::default();
    let tracing = memory.tracing(0).build();
    {
        let _remote = Span::from_context(remote(SAMPLED).expect("valid")).enter();
        tracing.tracer("t").start("child").end();
    }
    let spans = memory.spans(&tracing);
    assert_eq!(spans[0].parent_span_id, 0xb7ad_6b71_6920_3331_u64.to_be_bytes());
    assert_eq!(spans[0].flags & 0x300, 0x300);
}

#[test]
fn guards_may_be_dropped_in_any_order() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let tracer = tracing.tracer("t");
    let (a, b) = (tracer.start("a").enter(), tracer.start("b").enter());
    let inner = current_context();
    drop(a);
    assert_eq!(current_context(), inner);
    drop(b);
    assert_eq!(current_context(), None);
    assert_eq!(memory.spans(&tracing).len(), 2);
}

#[test]
fn the_current_span_can_be_added_to_and_stays_current_meanwhile() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let tracer = tracing.tracer("t");
    assert_eq!(with_current(|_| ()), None);
    {
        let entered = tracer.start("outer").enter();
        let inner = with_current(|span| {
            span.set_attribute("a", 1);
            with_current(|_| ())
        });
        assert_eq!(inner, Some(None), "a span is lent out once at a time");
        entered.with(|span| {
            span.set_attribute("b", 2);
            tracer.start("inside").end();
        });
        let span = entered.exit();
        assert_eq!(current_context(), None);
        span.end();
    }
    let spans = memory.spans(&tracing);
    let outer = find(&spans, "outer");
    assert!(attribute(outer, "a").is_some() && attribute(outer, "b").is_some());
    assert_eq!(find(&spans, "inside").parent_span_id, outer.span_id);
}

#[test]
fn a_panic_in_a_scope_leaves_nothing_current_and_the_span_as_it_was() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let mut span = tracing.tracer("t").start("s");
    let panic = || std::panic::resume_unwind(Box::new("stop"));
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| span.in_scope(panic)));
    assert!(result.is_err());
    assert_eq!(current_context(), None);
    span.set_attribute("after", true);
    span.end();
    assert!(attribute(&memory.spans(&tracing)[0], "after").is_some());
}

#[test]
fn a_tracer_may_be_used_where_panics_are_caught() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let tracer = tracing.tracer("t");
    let result = std::panic::catch_unwind(|| {
        let _entered = tracer.start("s").enter();
        std::panic::resume_unwind(Box::new("stop"));
    });
    assert!(result.is_err());
    assert_eq!(current_context(), None);
    assert_eq!(memory.spans(&tracing).len(), 1);
}

#[test]
fn a_guard_dropped_while_its_span_is_lent_out_ends_the_span_afterwards() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let entered = tracing.tracer("t").start("s").enter();
    with_current(|span| {
        drop(entered);
        span.set_attribute("still", true);
    });
    assert_eq!(current_context(), None);
    assert!(attribute(&memory.spans(&tracing)[0], "still").is_some());
}

#[test]
fn trace_state_of_the_parent_is_kept_below() {
    let parent = remote(SAMPLED).expect("valid");
    assert_eq!(parent.trace_state(), &TraceState::from_fields(["vendor=7"]).expect("valid"));
    let memory = Memory::default();
    let tracing = memory.tracing(0).build();
    let span = tracing.tracer("t").span("s").parent(parent.clone()).start();
    assert_eq!(span.context().map(SpanContext::trace_state), Some(parent.trace_state()));
}
