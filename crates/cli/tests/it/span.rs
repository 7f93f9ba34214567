//! What the span of a command tells.

use telespan_proto::trace::v1::span::SpanKind;
use telespan_proto::trace::v1::status::StatusCode;

use crate::support::{Scratch, integer, run, text};

#[test]
fn the_span_is_named_after_the_program_and_tells_of_its_process() {
    let scratch = Scratch::new();
    let script = scratch.script("bin/greet", "#!/bin/sh\necho $$\n");
    let ended = run(scratch.trace().arg(&script).args(["--password", "hunter2"]));
    let span = scratch.span();
    assert_eq!(span.name, "greet");
    assert_eq!(span.kind(), SpanKind::Internal);
    assert_eq!(span.attribute("process.executable.name").cloned(), text("greet"));
    assert_eq!(span.attribute("process.command").cloned(), text(script.to_str().unwrap()));
    assert_eq!(span.attribute("process.pid").cloned(), integer(ended.stdout.trim().parse().unwrap()));
    assert_eq!(span.attribute("process.exit.code").cloned(), integer(0));
    assert_eq!(span.status.clone().unwrap_or_default().code(), StatusCode::Unset);
    assert_eq!(span.resource_attribute("service.name").cloned(), text("telespan"));
    assert_eq!(span.scope.name, "telespan");
    assert!(span.start_time_unix_nano < span.end_time_unix_nano);
    assert!(span.parent_span_id.is_empty());
}

#[test]
fn arguments_are_recorded_only_if_asked_for() {
    let scratch = Scratch::new();
    run(scratch.trace().args(["echo", "hunter2"]));
    assert!(!format!("{:?}", scratch.span()).contains("hunter2"));

    let scratch = Scratch::new();
    run(scratch.trace().args(["--trace-args", "echo", "a b", "", "-n"]));
    let recorded = format!("{:?}", scratch.span().attribute("process.command_args").unwrap());
    let texts: Vec<_> =
        recorded.split("StringValue(").skip(1).map(|rest| rest.split(')').next().unwrap()).collect();
    assert_eq!(texts, ["\"echo\"", "\"a b\"", "\"\"", "\"-n\""]);
}

#[test]
fn a_failure_is_an_error_with_its_code_or_signal() {
    let cases = [("exit 3", 3, "exit code 3"), ("kill -TERM $$", 143, "ended by signal 15")];
    for (script, code, message) in cases {
        let scratch = Scratch::new();
        run(scratch.trace().args(["sh", "-c", script]));
        let span = scratch.span();
        let status = span.status.clone().unwrap();
        assert_eq!((status.code(), status.message.as_str()), (StatusCode::Error, message));
        assert_eq!(span.attribute("process.exit.code").cloned(), integer(code));
    }
}

#[test]
fn a_command_that_cannot_start_is_an_error_too() {
    let scratch = Scratch::new();
    run(scratch.trace().arg("no-such-command-here"));
    let span = scratch.span();
    assert_eq!(span.name, "no-such-command-here");
    assert_eq!(span.status.clone().unwrap().code(), StatusCode::Error);
    assert_eq!(span.attribute("process.exit.code").cloned(), integer(127));
    assert_eq!(span.attribute("process.pid"), None);
    assert_eq!(span.events.len(), 1);
}
