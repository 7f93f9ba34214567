//! `ssh` is asked to take the trace along.

use std::fs;
use std::process::Command;

use crate::support::{Scratch, hex, run};

/// Notes its arguments, a line each, and its environment.
const FAKE: &str = r#"#!/bin/sh
directory=$(dirname "$0")
for argument; do printf '%s\n' "$argument"; done > "$directory/arguments"
env > "$directory/environment"
exit 5
"#;

fn fake(scratch: &Scratch, name: &str) -> Command {
    scratch.script(&format!("bin/{name}"), FAKE);
    let path = format!("{}:{}", scratch.file("bin").display(), std::env::var("PATH").unwrap());
    let mut command = scratch.trace();
    command.env("PATH", path);
    command
}

#[test]
fn ssh_offers_the_trace_to_the_server() {
    let scratch = Scratch::new();
    let mut command = fake(&scratch, "ssh");
    command.env("TRACEPARENT", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    command.env("TRACESTATE", "a=b").env("BAGGAGE", "c=d");
    let ended = run(command.args(["ssh", "root@myserver"]));
    assert_eq!(ended.code, 5, "{}", ended.stderr);
    assert_eq!(
        scratch.read("bin/arguments"),
        "-o\nSendEnv=TRACEPARENT\n-o\nSendEnv=TRACESTATE\nroot@myserver\n"
    );
    let span = scratch.span();
    let environment = scratch.read("bin/environment");
    let variables: Vec<_> = environment.lines().collect();
    let traceparent = format!("TRACEPARENT=00-0af7651916cd43dd8448eb211c80319c-{}-01", hex(&span.span_id));
    for expected in [&traceparent, "TRACESTATE=a=b", "BAGGAGE=c=d"] {
        assert!(variables.contains(&expected), "{expected}: {environment}");
    }
    assert_eq!(span.name, "ssh");
}

#[test]
fn what_the_user_says_to_ssh_stays_behind_it() {
    let scratch = Scratch::new();
    let mut command = fake(&scratch, "ssh");
    run(command.args(["ssh", "-o", "SetEnv=A=b", "-p", "22", "--", "host", "ls -l | wc", ""]));
    let arguments = scratch.read("bin/arguments");
    let expected = "-o\nSetEnv=A=b\n-p\n22\n--\nhost\nls -l | wc\n\n";
    assert_eq!(arguments.strip_prefix("-o\nSendEnv=TRACEPARENT\n-o\nSendEnv=TRACESTATE\n"), Some(expected));
}

#[test]
fn ssh_is_known_by_its_path_too_and_nothing_else_is_taken_for_it() {
    let scratch = Scratch::new();
    let mut command = fake(&scratch, "ssh");
    run(command.arg(scratch.file("bin/ssh")).arg("host"));
    assert!(scratch.read("bin/arguments").starts_with("-o\nSendEnv=TRACEPARENT\n"));
    for name in ["ssh-keygen", "sshd", "scp", "my.ssh"] {
        let mut command = fake(&scratch, name);
        run(command.args([name, "host"]));
        assert_eq!(scratch.read("bin/arguments"), "host\n", "{name}");
    }
}

#[test]
fn recorded_arguments_are_those_that_were_typed() {
    let scratch = Scratch::new();
    let mut command = fake(&scratch, "ssh");
    run(command.args(["--trace-args", "ssh", "host"]));
    let recorded = fs::read_dir(scratch.file("traces")).unwrap().next().unwrap().unwrap().path();
    assert!(!fs::read_to_string(recorded).unwrap().contains("SendEnv"));
}
