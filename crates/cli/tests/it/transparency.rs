//! The command gets what it would get without telespan, byte for byte.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use telespan_testkit::closed_port;

use crate::support::{Scratch, TELESPAN, clean, run, run_with_input, telespan, trace_to};

/// Prints each argument in brackets.
const SHOW: &str = r#"#!/bin/sh
for argument; do printf '[%s]' "$argument"; done
"#;

#[test]
fn arguments_reach_the_command_as_they_are() {
    let scratch = Scratch::new();
    let show = scratch.script("show", SHOW);
    let cases: [&[&[u8]]; 8] = [
        &[b"a b", b"", b" "],
        &[b"it's", b"\"quoted\"", b"$HOME", b"*", b"\\n", b"a\nb"],
        &[b"-l", b"--all", b"--trace", b"--trace-exporter", b"file:x", b"--help", b"--version"],
        &[b"--", b"x", b"--"],
        &[b"--"],
        &[b"-"],
        &[b"caf\xc3\xa9", b"\xff\xfe", b"a\x01b"],
        &[b"exec", b"check"],
    ];
    for arguments in cases {
        let arguments: Vec<OsString> =
            arguments.iter().map(|bytes| OsString::from_vec(bytes.to_vec())).collect();
        let expected: Vec<u8> = arguments.iter().flat_map(|a| [b"[", a.as_bytes(), b"]"].concat()).collect();
        for form in
            [&["--trace"][..], &["--trace", "--"], &["--trace", "exec", "--"], &["exec"], &["exec", "--"]]
        {
            let mut command = telespan();
            command.env("TELESPAN_FORWARDER", scratch.exporter()).args(form).arg(&show);
            let ended = run(command.args(&arguments));
            assert_eq!(ended.bytes, expected, "{form:?} {arguments:?}: {}", ended.stderr);
        }
    }
}

#[test]
fn the_literal_forms_work() {
    let scratch = Scratch::new();
    let port = closed_port();
    let mut ls = telespan();
    ls.env("TELESPAN_FORWARDER", port.address().to_string()).args(["--trace", "ls", "-a"]);
    assert_eq!(run(ls.current_dir(scratch.path())).stdout, ".\n..\n");
    let dashes = run(telespan().args(["exec", "--", "printf", "%s", "--flag"]));
    assert_eq!(dashes.stdout, "--flag");
}

#[test]
fn a_command_named_like_a_subcommand_can_be_traced() {
    let scratch = Scratch::new();
    scratch.script("check", SHOW);
    let mut command = scratch.trace();
    command.env("PATH", scratch.path()).args(["exec", "check", "--json"]);
    assert_eq!(run(&mut command).stdout, "[--json]");
}

#[test]
fn standard_input_and_output_pass_any_bytes() {
    let scratch = Scratch::new();
    let input: Vec<u8> = (0..300_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let ended = run_with_input(scratch.trace().arg("cat"), input.clone());
    assert!(ended.bytes == input, "{} bytes came back", ended.bytes.len());
    let ended = run(telespan().args(["--trace", "--trace-exporter", &scratch.exporter(), "cat"]));
    assert_eq!((ended.code, ended.bytes.len()), (0, 0), "an empty input ends at once");
}

#[test]
fn a_reader_that_goes_away_ends_the_command_as_usual() {
    let scratch = Scratch::new();
    let script = r#""$0" --trace --trace-exporter "$1" --trace-quiet sh -c 'while echo y; do :; done; exit 0' | head -n 1"#;
    let ended = run(clean("sh").args(["-c", script, TELESPAN, &scratch.exporter()]));
    assert_eq!(ended.stdout, "y\n");
    assert_eq!(scratch.span().status.clone().unwrap().message, "ended by signal 13");
}

#[test]
fn closed_standard_streams_hurt_nobody() {
    let scratch = Scratch::new();
    let port = closed_port();
    let dead = format!("grpc://{}", port.address());
    for (exporter, redirection) in [
        (scratch.exporter(), "2>&-"),
        (scratch.exporter(), ">&- 2>&-"),
        (scratch.exporter(), "<&- >&- 2>&-"),
        (dead, "2>&-"),
    ] {
        let script = format!(r#""$0" --trace --trace-exporter "$1" sh -c 'exit 4' {redirection}"#);
        let ended = run(clean("sh").args(["-c", &script, TELESPAN, &exporter]));
        assert_eq!((ended.code, ended.stderr.as_str()), (4, ""), "{redirection}");
    }
    assert_eq!(scratch.spans().len(), 3);
    let full = r#""$0" --trace --trace-exporter "$1" echo hi 2>/dev/full"#;
    let ended = run(clean("sh").args(["-c", full, TELESPAN, &scratch.exporter()]));
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "hi\n"));
}

#[test]
fn the_command_inherits_directory_environment_and_no_open_file() {
    let scratch = Scratch::new();
    let script = "pwd; echo $ODD; umask; echo /proc/$$/fd/*; ulimit -n; ps -o pgid= -p $$ | tr -d ' '";
    let script = script.replace("/proc/$$", "/proc/self");
    let odd = OsStr::from_bytes(b"\xff odd");
    let mut results = Vec::new();
    for mut command in [clean("sh"), {
        let mut c = scratch.trace();
        c.arg("sh");
        c
    }] {
        results.push(run(command.current_dir(scratch.path()).env("ODD", odd).args(["-c", &script])).bytes);
    }
    assert_eq!(String::from_utf8_lossy(&results[0]), String::from_utf8_lossy(&results[1]));
    assert_eq!(results[0], results[1]);
}

#[test]
fn spans_on_standard_output_come_after_what_the_command_printed() {
    let ended = run(trace_to("stdout:").args(["--trace-quiet", "echo", "hi"]));
    let (first, rest) = ended.stdout.split_once('\n').unwrap();
    assert_eq!(first, "hi");
    assert!(rest.starts_with("{\"resourceSpans\":") && rest.ends_with("}\n"), "{rest}");
}
