//! The trace that goes through: from the environment of telespan into that of the command.

use std::process::Command;

use crate::support::{Scratch, hex, run, telespan};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// Has the command say what it got.
fn show(command: &mut Command) -> [String; 3] {
    let script = r#"echo "$TRACEPARENT"; echo "$TRACESTATE"; echo "${BAGGAGE-unset}""#;
    let ended = run(command.args(["sh", "-c", script]));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let lines: Vec<_> = ended.stdout.lines().map(str::to_owned).collect();
    lines.try_into().unwrap()
}

#[test]
fn a_command_is_told_of_the_new_trace() {
    let scratch = Scratch::new();
    let [traceparent, tracestate, baggage] = show(&mut scratch.trace());
    let span = scratch.span();
    let expected = format!("00-{}-{}-", hex(&span.trace_id), hex(&span.span_id));
    let flags = traceparent.strip_prefix(&expected).expect(&traceparent);
    assert_eq!(u8::from_str_radix(flags, 16).unwrap() & 1, 1, "sampled");
    assert_eq!((tracestate.as_str(), baggage.as_str()), ("", "unset"));
}

#[test]
fn a_sampled_parent_is_continued() {
    let scratch = Scratch::new();
    let mut command = scratch.trace();
    command.env("TRACEPARENT", format!("00-{TRACE}-{PARENT}-01"));
    command.env("TRACESTATE", "vendor=1,other=x").env("BAGGAGE", "user=alice,tenant=a%20b");
    let [traceparent, tracestate, baggage] = show(&mut command);
    let span = scratch.span();
    assert_eq!((hex(&span.trace_id).as_str(), hex(&span.parent_span_id).as_str()), (TRACE, PARENT));
    assert_eq!(span.trace_state, "vendor=1,other=x");
    assert_eq!(traceparent, format!("00-{TRACE}-{}-01", hex(&span.span_id)));
    assert_eq!(tracestate, "vendor=1,other=x");
    assert_eq!(baggage, "user=alice,tenant=a%20b");
}

#[test]
fn a_parent_that_is_not_sampled_is_passed_on_and_nothing_recorded() {
    let scratch = Scratch::new();
    let mut command = scratch.trace();
    command.env("TRACEPARENT", format!("00-{TRACE}-{PARENT}-00")).env("TRACESTATE", "vendor=1");
    let script = "echo $TRACEPARENT $TRACESTATE; exit 3";
    let ended = run(command.args(["sh", "-c", script]));
    assert_eq!(ended.code, 3);
    let shown = ended.stdout.strip_prefix(&format!("00-{TRACE}-")).expect(&ended.stdout);
    assert!(shown.ends_with("-00 vendor=1\n"), "{shown}");
    assert!(scratch.spans().is_empty());
    let expected = format!("telespan: trace {TRACE} is not recorded: its parent is not sampled\n");
    assert_eq!(ended.stderr, expected);
}

#[test]
fn a_parent_that_cannot_be_read_is_no_parent() {
    let bad = [
        "garbage".to_owned(),
        String::new(),
        format!("00-{}-{PARENT}-01", "0".repeat(32)),
        format!("00-{TRACE}-{PARENT}"),
        format!("ff-{TRACE}-{PARENT}-01"),
        format!("00-{}-{PARENT}-01", TRACE.to_uppercase()),
    ];
    for parent in bad {
        let scratch = Scratch::new();
        let [traceparent, ..] = show(scratch.trace().env("TRACEPARENT", &parent));
        let span = scratch.span();
        assert_ne!(hex(&span.trace_id), TRACE, "{parent}");
        assert!(span.parent_span_id.is_empty(), "{parent}");
        assert!(traceparent.starts_with(&format!("00-{}-", hex(&span.trace_id))), "{parent}: {traceparent}");
    }
}

#[test]
fn traced_commands_inside_each_other_make_one_trace() {
    let scratch = Scratch::new();
    let mut outer = scratch.trace();
    outer.args(["sh", "-c", r#""$0" --trace --trace-exporter "$1" --trace-quiet true"#]);
    run(outer.args([crate::support::TELESPAN, &scratch.exporter()]));
    let spans = scratch.spans();
    let inner = spans.iter().find(|span| span.name == "true").unwrap();
    let outer = spans.iter().find(|span| span.name == "sh").unwrap();
    assert_eq!((&inner.trace_id, &inner.parent_span_id), (&outer.trace_id, &outer.span_id));
    assert!(outer.parent_span_id.is_empty());
}

#[test]
fn without_tracing_the_environment_stays_as_it_is() {
    let mut command = telespan();
    command.env("TRACEPARENT", "garbage").env("TRACESTATE", "x").env("BAGGAGE", "");
    assert_eq!(show(command.arg("exec")), ["garbage", "x", ""]);
}
