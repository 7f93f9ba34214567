//! The exit code is that of the command, or what a shell would say.

use std::fs;

use telespan_testkit::closed_port;

use crate::support::{Scratch, run, telespan, trace_to};

#[test]
fn the_exit_code_of_the_command_is_passed_on() {
    for (script, code) in [("true", 0), ("false", 1), ("exit 7", 7), ("exit 255", 255)] {
        let scratch = Scratch::new();
        assert_eq!(run(scratch.trace().args(["sh", "-c", script])).code, code, "{script}");
        assert_eq!(run(telespan().args(["exec", "--", "sh", "-c", script])).code, code, "exec {script}");
    }
}

#[test]
fn death_by_a_signal_gives_128_and_its_number() {
    for (signal, code) in [("KILL", 137), ("TERM", 143), ("HUP", 129), ("ABRT", 134), ("PIPE", 141)] {
        let scratch = Scratch::new();
        let ended = run(scratch.trace().args(["sh", "-c", &format!("kill -{signal} $$")]));
        assert_eq!(ended.code, code, "{signal}");
    }
}

#[test]
fn without_tracing_the_command_replaces_telespan() {
    let ended = run(telespan().args(["exec", "sh", "-c", "kill -TERM $$"]));
    assert_eq!(ended.code, -15);
}

#[test]
fn what_cannot_be_started_is_told_as_shells_tell_it() {
    let scratch = Scratch::new();
    let path = |name: &str| scratch.file(name).display().to_string();
    fs::write(scratch.file("plain"), "").unwrap();
    fs::create_dir(scratch.file("directory")).unwrap();
    scratch.script("lost", "#!/nonexistent/interpreter\n");
    let cases = [
        ("no-such-command-here".to_owned(), 127, "command not found"),
        (path("missing"), 127, "command not found"),
        (String::new(), 127, "command not found"),
        (path("lost"), 127, "the interpreter named in its first line is missing"),
        (path("directory"), 126, "is a directory"),
        (path("plain"), 126, "Permission denied (os error 13)"),
    ];
    for (command, code, message) in cases {
        let expected = format!("telespan: {command}: {message}\n");
        let traced = run(scratch.trace().args(["--trace-quiet", &command, "argument"]));
        assert_eq!((traced.code, &traced.stderr), (code, &expected));
        let plain = run(telespan().args(["exec", &command, "argument"]));
        assert_eq!((plain.code, &plain.stderr), (code, &expected));
    }
    assert_eq!(scratch.spans().len(), 6, "each of them has a span");
}

#[test]
fn a_script_without_a_first_line_is_run_by_the_shell_as_everywhere() {
    let scratch = Scratch::new();
    let script = scratch.script("bin/greet", "echo \"hello $1 $TRACESTATE\"\nexit 3\n");
    let by_path = run(scratch.trace().arg(&script).arg("you"));
    assert_eq!((by_path.code, by_path.stdout.as_str()), (3, "hello you \n"));
    let path = format!("/nonexistent:{}:{}", scratch.file("bin").display(), std::env::var("PATH").unwrap());
    let mut by_name = scratch.trace();
    by_name.env("PATH", &path).env("TRACEPARENT", PARENT).env("TRACESTATE", "a=b").args(["greet", "me"]);
    let by_name = run(&mut by_name);
    assert_eq!((by_name.code, by_name.stdout.as_str()), (3, "hello me a=b\n"));
    let plain = run(telespan().env("PATH", &path).args(["exec", "greet", "all"]));
    assert_eq!((plain.code, plain.stdout.as_str()), (3, "hello all \n"));
}

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[test]
fn a_dead_collector_changes_no_exit_code() {
    let port = closed_port();
    let exporter = format!("grpc://{}", port.address());
    for (script, code) in [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", 137)] {
        assert_eq!(run(trace_to(&exporter).args(["sh", "-c", script])).code, code, "{script}");
    }
    assert_eq!(run(trace_to(&exporter).arg("no-such-command-here")).code, 127);
}
