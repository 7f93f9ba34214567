//! What is said about command lines that make no sense, and the help.

use telespan_testkit::closed_port;

use crate::support::{run, telespan, trace_to};

#[test]
fn mistakes_on_the_command_line_exit_with_2_and_say_how_to_mend_it() {
    let cases: &[(&[&str], &str)] = &[
        (&["ls"], "`ls` is no subcommand of telespan; to trace a command, run: telespan --trace ls"),
        (&["ls", "--trace"], "to trace a command, run: telespan --trace ls"),
        (&["--trace"], "a command is missing: telespan --trace COMMAND"),
        (
            &["--trace-exporter", "file:x", "ls"],
            "--trace-exporter has no effect without --trace: add --trace",
        ),
        (&["--trace-exporter=file:x"], "--trace-exporter has no effect without --trace"),
        (&["--forwarder=h:1", "exec", "ls"], "--forwarder has no effect without --trace"),
        (&["exec", "--trace-args", "ls"], "--trace-args has no effect without --trace"),
        (&["--trace-timeout=1s", "ls"], "--trace-timeout has no effect without --trace"),
        (&["--trace-header=a: b", "check"], "--trace-header has no effect without --trace"),
        (&["--trace", "check"], "to trace a command of this name, run: telespan --trace exec check"),
        (&["exec"], "<COMMAND>..."),
        (&["exec", "--flag", "ls"], "unexpected argument '--flag'"),
        (&["--no-such-option", "ls"], "unexpected argument '--no-such-option'"),
        (&["--trace", "--trace-cert", "x", "ls"], "--trace-key <FILE>"),
        (&["--trace", "--trace-key", "x", "ls"], "--trace-cert <FILE>"),
        (&["--trace", "--trace-timeout", "5", "ls"], "write a whole number and ms, s, m or h"),
        (&["--trace", "--forwarder=h:1", "--trace-exporter=file:x", "ls"], "cannot be used with"),
        (&["--trace", "--trace-exporter", "tcp://x", "ls"], "--trace-exporter: unsupported scheme"),
        (&["--trace", "--trace-exporter", "", "ls"], "--trace-exporter: empty exporter URL"),
        (&["--trace", "--forwarder", "host:0", "ls"], "--forwarder: invalid port"),
        (&["--trace", "--trace-header", "no colon", "ls"], "--trace-header: write it as `name: value`"),
        (&["check", "--config", "x", "h:1"], "cannot be used with"),
    ];
    for (arguments, message) in cases {
        let ended = run(telespan().args(*arguments));
        assert_eq!(ended.code, 2, "{arguments:?}");
        assert!(ended.stderr.contains(message), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.starts_with("error: "), "{arguments:?}: {}", ended.stderr);
        assert_eq!(ended.stdout, "", "{arguments:?}");
    }
}

#[test]
fn no_arguments_show_the_help() {
    let ended = run(&mut telespan());
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    assert!(ended.stderr.contains("Usage: telespan --trace [OPTIONS] COMMAND [ARGS]..."), "{}", ended.stderr);
}

#[test]
fn help_is_asked_for_before_the_command_and_not_behind_it() {
    for arguments in [&["--help"][..], &["--trace", "--help"], &["-h"]] {
        let ended = run(telespan().args(arguments));
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(ended.stdout.contains("--trace-exporter <URL>"), "{arguments:?}");
    }
    let theirs = run(trace_to("stdout:").args(["--trace-quiet", "printf", "%s ", "--help"]));
    assert!(theirs.stdout.starts_with("--help "), "{}", theirs.stdout);
}

#[test]
fn help_names_what_exists_and_nothing_else() {
    let help = run(telespan().arg("--help")).stdout;
    let subcommands: Vec<_> = help.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    assert!(subcommands.iter().any(|line| line.starts_with("exec ")), "{help}");
    assert!(subcommands.iter().any(|line| line.starts_with("check ")), "{help}");
    assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    let check = run(telespan().args(["check", "--help"])).stdout;
    assert!(check.contains("--json") && !check.contains("--trace"), "{check}");
    let exec = run(telespan().args(["exec", "--help"])).stdout;
    assert!(exec.contains("--trace-args"), "{exec}");
}

#[test]
fn the_version_is_told() {
    let ended = run(telespan().arg("--version"));
    assert_eq!(ended.stdout, format!("telespan {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn options_stand_before_exec_or_behind_it() {
    let port = closed_port();
    let exporter = format!("--trace-exporter=grpc://{}", port.address());
    for arguments in [["--trace", &exporter, "exec", "--"], ["exec", "--trace", &exporter, "--"]] {
        let ended = run(telespan().args(arguments).args(["echo", "--flag", "--", "x"]));
        assert_eq!((ended.code, ended.stdout.as_str()), (0, "--flag -- x\n"), "{arguments:?}");
        assert!(ended.stderr.contains(&port.address().to_string()), "{}", ended.stderr);
    }
    let split = run(telespan().args(["--trace", "exec", &exporter, "true"]));
    assert!(split.stderr.contains(&port.address().to_string()), "{}", split.stderr);
}
