//! The global tracing, in a process of its own.

mod common;

use common::Memory;
use telespan_trace::{AlreadyInstalled, Span, Tracer, Tracing, tracer};

#[test]
fn a_tracer_made_before_the_installation_records_after_it() {
    let tracer = tracer("library");
    assert!(!tracer.is_enabled() && Tracing::global().is_none());
    let span = tracer.start("before");
    assert!(!span.is_recording() && span.context().is_none());
    drop(span);

    let memory = Memory::default();
    let tracing = memory.tracing(1_000_000).build();
    tracing.install().expect("the first");
    assert_eq!(tracing.install(), Err(AlreadyInstalled));
    assert!(tracer.is_enabled());
    tracer.start("after").end();
    assert!(!Tracer::none().is_enabled() && !Tracer::none().start("nowhere").is_recording());
    let spans = memory.spans(&tracing);
    assert_eq!(spans.iter().map(|span| span.name.as_str()).collect::<Vec<_>>(), ["after"]);
    drop(Span::none());
}
