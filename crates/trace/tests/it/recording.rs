//! What a span holds when it arrives.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use telespan_proto::common::v1::any_value::Value as V;
use telespan_proto::trace::v1::Status as ProtoStatus;
use telespan_trace::{Clock, Limits, ResourceBuilder, Scope, SpanKind, Status, Value};

use crate::common::{Memory, attribute, find};

/// A clock that moves only by hand: the monotonic reading, and the wall clock's idea of its beginning.
#[derive(Default)]
struct Hand(AtomicU64, AtomicU64);

impl Clock for Hand {
    fn monotonic_nano(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn epoch_unix_nano(&self, now: u64) -> u64 {
        assert_eq!(now, self.monotonic_nano());
        self.1.load(Ordering::Relaxed)
    }
}

#[test]
fn attributes_events_links_status_and_times_arrive() {
    let (memory, clock) = (Memory::default(), Arc::new(Hand::default()));
    let tracing = memory.tracing(1_000_000).clock(clock.clone()).build();
    let tracer = tracing.tracer("shop");
    let other = tracer.start("other");

    clock.0.store(100, Ordering::Relaxed);
    let mut span = tracer.span("order").kind(SpanKind::Server).start();
    span.set_attribute("item", "tea")
        .set_attribute("count", 3)
        .set_attribute("item", String::from("coffee"))
        .set_attribute("price", 2.5)
        .set_attribute("gift", false);
    clock.0.store(150, Ordering::Relaxed);
    span.add_event("packed", &[("by", "ann".into()), ("weight", 7.into())]);
    span.add_event_at("ordered", 90, &[]);
    span.add_link(other.context().expect("a context"), &[("why", "batch".into())]);
    span.set_error("out of beans").rename("order coffee");
    clock.0.store(200, Ordering::Relaxed);
    span.end();

    let spans = memory.spans(&tracing);
    let span = find(&spans, "order coffee");
    assert_eq!((span.start_time_unix_nano, span.end_time_unix_nano), (100, 200));
    assert_eq!(span.kind, 2);
    assert_eq!(attribute(span, "item"), Some(V::StringValue("coffee".into())));
    assert_eq!(attribute(span, "count"), Some(V::IntValue(3)));
    assert_eq!(attribute(span, "price"), Some(V::DoubleValue(2.5)));
    assert_eq!(attribute(span, "gift"), Some(V::BoolValue(false)));
    assert_eq!(span.attributes.len(), 4);
    let events: Vec<_> =
        span.events.iter().map(|e| (e.name.as_str(), e.time_unix_nano, e.attributes.len())).collect();
    assert_eq!(events, [("packed", 150, 2), ("ordered", 90, 0)]);
    let context = other.context().expect("a context");
    assert_eq!(span.links[0].span_id, context.span_id().to_bytes());
    assert_eq!(span.links[0].trace_id, context.trace_id().to_bytes());
    assert_eq!(span.status, Some(ProtoStatus { message: "out of beans".into(), code: 2 }));
    // Sampled, random id, and it is known that the parent is not remote.
    assert_eq!(span.flags, 0x103);
}

#[test]
fn a_given_start_and_end_are_taken_as_they_are() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    tracing.tracer("t").span("past").start_time(5).start().end_at(3);
    let spans = memory.spans(&tracing);
    assert_eq!((spans[0].start_time_unix_nano, spans[0].end_time_unix_nano), (5, 3));
}

#[test]
fn a_wall_clock_that_is_set_meanwhile_neither_stretches_nor_turns_a_span() {
    for set_to in [0, 1_000_000] {
        let (memory, clock) = (Memory::default(), Arc::new(Hand::default()));
        let tracing = memory.tracing(1_000_000).clock(clock.clone()).build();
        clock.1.store(5_000, Ordering::Relaxed);
        clock.0.store(100, Ordering::Relaxed);
        let mut span = tracing.tracer("t").start("before");
        clock.1.store(set_to, Ordering::Relaxed);
        clock.0.store(150, Ordering::Relaxed);
        span.add_event("meanwhile", &[]);
        clock.0.store(200, Ordering::Relaxed);
        span.end();
        tracing.tracer("t").start("after").end();
        let spans = memory.spans(&tracing);
        let before = find(&spans, "before");
        let times = [before.start_time_unix_nano, before.events[0].time_unix_nano, before.end_time_unix_nano];
        assert_eq!(times, [5_100, 5_150, 5_200]);
        assert_eq!(find(&spans, "after").start_time_unix_nano, set_to + 200);
    }
}

#[test]
fn a_span_given_a_start_in_the_future_does_not_end_before_it() {
    let (memory, clock) = (Memory::default(), Arc::new(Hand::default()));
    let tracing = memory.tracing(1_000_000).clock(clock).build();
    tracing.tracer("t").span("s").start_time(1_000).start().end();
    let spans = memory.spans(&tracing);
    assert_eq!((spans[0].start_time_unix_nano, spans[0].end_time_unix_nano), (1_000, 1_000));
}

#[test]
fn ok_is_final_and_unset_changes_nothing() {
    let error = |text: &str| Status::Error(text.into());
    let cases = [
        (vec![], None),
        (vec![Status::Ok, error("late")], Some(("", 1))),
        (vec![error("first"), error("second")], Some(("second", 2))),
        (vec![error("first"), Status::Unset], Some(("first", 2))),
        (vec![error("first"), Status::Ok], Some(("", 1))),
    ];
    for (calls, expected) in cases {
        let memory = Memory::default();
        let tracing = memory.tracing(1_000_000).build();
        let mut span = tracing.tracer("t").start("s");
        for status in calls.clone() {
            span.set_status(status);
        }
        span.end();
        let expected = expected.map(|(message, code)| ProtoStatus { message: message.into(), code });
        assert_eq!(memory.spans(&tracing)[0].status, expected, "{calls:?}");
    }
}

#[test]
fn an_error_is_recorded_with_its_causes() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let cause = "x".parse::<i32>().expect_err("no number");
    let error = std::io::Error::other(cause);
    tracing.tracer("t").start("s").record_error(&error);
    let spans = memory.spans(&tracing);
    let event = &spans[0].events[0];
    assert_eq!(event.name, "exception");
    let text =
        |key: &str| event.attributes.iter().find(|kv| kv.key == key).and_then(|kv| kv.value.clone()?.value);
    assert_eq!(text("exception.type"), Some(V::StringValue("std::io::error::Error".into())));
    assert_eq!(text("exception.message"), Some(V::StringValue("invalid digit found in string".into())));
    assert_eq!(spans[0].status.as_ref().map(|status| status.code), Some(2));
}

/// An error whose text cannot be formatted and whose cause is itself.
#[derive(Debug)]
struct Circle;

impl std::fmt::Display for Circle {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Err(std::fmt::Error)
    }
}

impl std::error::Error for Circle {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&Circle)
    }
}

#[test]
fn errors_of_any_kind_are_recorded() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let tracer = tracing.tracer("t");
    let boxed: Box<dyn std::error::Error> = "plain text".into();
    tracer.start("dynamic").record_error(&*boxed);
    tracer.start("hostile").record_error(&Circle).set_error(Circle);
    let spans = memory.spans(&tracing);
    assert_eq!(find(&spans, "dynamic").status.as_ref().map(|s| s.message.as_str()), Some("plain text"));
    assert_eq!(find(&spans, "hostile").events.len(), 1);
}

#[test]
fn limits_count_what_they_keep_out() {
    let memory = Memory::default();
    let mut limits = Limits::default();
    (limits.attributes, limits.events, limits.value_length) = (2, 1, Some(3));
    let tracing = memory.tracing(1_000_000).limits(limits).build();
    let mut span = tracing.tracer("t").start("s");
    for key in ["a", "b", "c", "a"] {
        span.set_attribute(key, "äöüß");
    }
    for _ in 0..3 {
        span.add_event("e", &[("list", Value::from(["12345"]))]);
    }
    span.end();
    let spans = memory.spans(&tracing);
    assert_eq!((spans[0].attributes.len(), spans[0].dropped_attributes_count), (2, 1));
    assert_eq!((spans[0].events.len(), spans[0].dropped_events_count), (1, 2));
    assert_eq!(attribute(&spans[0], "a"), Some(V::StringValue("äöü".into())));
}

#[test]
fn resource_and_scope_come_with_every_span() {
    let memory = Memory::default();
    let resource =
        ResourceBuilder::new().service_name("shop").attribute("deployment.environment.name", "test");
    let tracing = memory.tracing(1_000_000).resource(resource).build();
    let scope = Scope::new("lib", "1.2.3", "https://example.org/schema", [("k", 1.into())]);
    tracing.tracer_with(scope).start("a").end();
    tracing.tracer("plain").start("b").end();
    let spans = memory.full_spans(&tracing);
    let resource = spans[0].0.resource.as_ref().expect("a resource");
    let keys: Vec<_> = resource.attributes.iter().map(|kv| kv.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "service.name",
            "telemetry.sdk.name",
            "telemetry.sdk.language",
            "telemetry.sdk.version",
            "deployment.environment.name"
        ]
    );
    let service = resource.attributes[0].value.clone().and_then(|value| value.value);
    assert_eq!(service, Some(V::StringValue("shop".into())));
    let scope = spans[0].1.scope.as_ref().expect("a scope");
    assert_eq!((scope.name.as_str(), scope.version.as_str(), scope.attributes.len()), ("lib", "1.2.3", 1));
    assert_eq!(spans[1].1.scope.as_ref().map(|scope| scope.name.as_str()), Some("plain"));
}

#[test]
fn a_large_span_arrives_whole() {
    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    let text = "x".repeat(300_000);
    tracing.tracer("t").start("large").set_attribute("text", &text);
    tracing.tracer("t").start("small").end();
    let spans = memory.spans(&tracing);
    assert_eq!(attribute(find(&spans, "large"), "text"), Some(V::StringValue(text)));
    assert_eq!(spans.len(), 2);
}
