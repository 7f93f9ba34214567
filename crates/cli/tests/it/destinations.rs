//! Where spans go, and what is said about it.

use std::fs;
use std::time::{Duration, Instant};

use telespan_testkit::certs::{TestPki, server_config};
use telespan_testkit::{MockCollector, Reply, closed_port};

use crate::support::{Scratch, hex, run, spans_in, telespan, trace_to};

/// What starting, stopping and a busy machine may add to a timeout.
const SLACK: Duration = Duration::from_secs(4);

#[test]
fn a_file_url_gets_the_span_and_the_line_on_stderr_names_the_file() {
    let scratch = Scratch::new();
    let ended = run(scratch.trace().args(["echo", "hi"]));
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "hi\n"));
    let trace = hex(&scratch.span().trace_id);
    let (said, file) = ended.stderr.trim_end().split_once(" is in ").unwrap();
    assert_eq!(said, format!("telespan: trace {trace}"));
    assert!(file.starts_with(scratch.file("traces").to_str().unwrap()), "{file}");
    assert!(fs::read_to_string(file).unwrap().contains(&trace));
}

#[test]
fn a_relative_file_url_begins_at_the_working_directory() {
    let scratch = Scratch::new();
    let ended = run(trace_to("file:some/where").current_dir(scratch.path()).arg("true"));
    assert!(ended.stderr.contains("/some/where/"), "{}", ended.stderr);
    assert_eq!(spans_in(&scratch.file("some/where")).len(), 1);
}

#[test]
fn many_commands_share_a_directory() {
    let scratch = Scratch::new();
    for _ in 0..3 {
        run(scratch.trace().arg("true"));
    }
    assert_eq!(scratch.spans().len(), 3);
    assert_eq!(fs::read_dir(scratch.file("traces")).unwrap().count(), 3);
}

#[test]
fn collectors_get_the_span_before_telespan_ends() {
    let scratch = Scratch::new();
    let tcp = MockCollector::start();
    let socket = scratch.file("sock");
    let unix = MockCollector::builder().unix_socket(&socket).start();
    let port = tcp.address().port();
    let unix_url = format!("unix:{}", socket.display());
    let cases = [
        (
            format!("grpc://127.0.0.1:{port}"),
            &tcp,
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        ),
        (format!("127.0.0.1:{port}"), &tcp, "/opentelemetry.proto.collector.trace.v1.TraceService/Export"),
        (format!("http://127.0.0.1:{port}"), &tcp, "/v1/traces"),
        (format!("http://127.0.0.1:{port}/own?a=b"), &tcp, "/own?a=b"),
        (unix_url, &unix, "/opentelemetry.proto.collector.trace.v1.TraceService/Export"),
    ];
    for (url, collector, path) in cases {
        let before = collector.spans().len();
        let ended = run(trace_to(&url).args(["sh", "-c", "exit 4"]));
        assert_eq!(ended.code, 4, "{url}: {}", ended.stderr);
        let spans = collector.spans();
        assert_eq!(spans.len(), before + 1, "{url}: {}", ended.stderr);
        let trace = hex(&spans[before].trace_id);
        assert!(ended.stderr.starts_with(&format!("telespan: trace {trace} is in ")), "{}", ended.stderr);
        assert_eq!(collector.requests().last().unwrap().path, path);
    }
}

#[test]
fn certificates_on_the_command_line_make_mutual_tls() {
    let scratch = Scratch::new();
    let pki = TestPki::new(scratch.path());
    let collector = MockCollector::builder().tls(server_config(&pki.server(), &[&pki])).start();
    let client = pki.client("alice");
    for scheme in ["grpc", "grpcs", "https"] {
        let mut command = trace_to(&format!("{scheme}://{}", collector.address()));
        command.arg("--trace-ca-cert").arg(pki.ca_file());
        command.arg("--trace-cert").arg(&client.cert_file).arg("--trace-key").arg(&client.key_file);
        let ended = run(command.arg("true"));
        assert!(ended.stderr.contains(" is in "), "{scheme}: {}", ended.stderr);
        let requests = collector.requests();
        assert_eq!(requests.last().unwrap().client_name().as_deref(), Some("alice"), "{scheme}");
    }
    assert_eq!(collector.spans().len(), 3);
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_not_talked_to() {
    let scratch = Scratch::new();
    let pki = TestPki::new(scratch.path());
    let other = TestPki::named(scratch.path(), "other");
    let collector = MockCollector::builder().tls(server_config(&pki.server(), &[])).start();
    let mut command = trace_to(&format!("grpc://{}", collector.address()));
    let ended = run(command.arg("--trace-ca-cert").arg(other.ca_file()).args(["sh", "-c", "exit 6"]));
    assert_eq!(ended.code, 6);
    assert!(ended.stderr.contains(" was not sent to "), "{}", ended.stderr);
    assert!(collector.requests().is_empty());
}

#[test]
fn a_header_arrives_and_is_never_shown() {
    const SECRET: &str = "s3cret-Token";
    let header = format!("Authorization: Bearer {SECRET}");
    let collector = MockCollector::start();
    for scheme in ["grpc", "http"] {
        let url = format!("{scheme}://{}", collector.address());
        let ended = run(trace_to(&url).args(["--trace-header", &header, "--trace-header=x-a:b", "true"]));
        let requests = collector.requests();
        let request = requests.last().unwrap();
        assert_eq!(request.header("authorization"), Some(&*format!("Bearer {SECRET}")), "{}", ended.stderr);
        assert_eq!(request.header("x-a"), Some("b"));
        assert!(!ended.stderr.contains(SECRET), "{}", ended.stderr);
    }

    collector.otherwise(Reply::grpc_status(16, "who are you?", None));
    let port = closed_port();
    let dead = format!("grpc://{}", port.address());
    let refusing = format!("grpc://{}", collector.address());
    let unreadable = format!("authorization {SECRET}");
    let invalid = format!("authorization: {SECRET}\u{1}");
    let bad_name = format!("bad name: {SECRET}");
    let mistyped = format!("--trace-heder={header}");
    let cases: [&[&str]; 8] = [
        &["--trace", "--trace-exporter", &refusing, "--trace-header", &header, "--trace-args", "true"],
        &["--trace", "--trace-exporter", &dead, "--trace-header", &header, "true"],
        &["--trace", "--trace-exporter", &dead, "--trace-header", &unreadable, "true"],
        &["--trace", "--trace-exporter", &dead, "--trace-header", &invalid, "true"],
        &["--trace", "--trace-exporter", &dead, "--trace-header", &bad_name, "true"],
        &["--trace", "--trace-exporter", "tcp://x", "--trace-header", &header, "true"],
        &["--trace-header", &header, "true"],
        &["--trace", &mistyped, "true"],
    ];
    for arguments in cases {
        let ended = run(telespan().args(arguments));
        assert_ne!(ended.stderr, "", "{arguments:?}");
        assert!(!ended.stderr.contains(SECRET) && !ended.stdout.contains(SECRET), "{}", ended.stderr);
    }
}

#[test]
fn secrets_in_a_url_are_not_shown() {
    let collector = MockCollector::start();
    let good = format!("http://{}/v1/traces?token=s3cret", collector.address());
    let port = closed_port();
    let dead = format!("http://{}/v1/traces?token=s3cret", port.address());
    for url in [good.as_str(), &dead, "http://user:s3cret@host", "https://host/?token=s3cret#x"] {
        let ended = run(trace_to(url).arg("true"));
        assert_ne!(ended.stderr, "", "{url}");
        assert!(!ended.stderr.contains("s3cret"), "{}", ended.stderr);
    }
    assert_eq!(collector.requests()[0].path, "/v1/traces?token=s3cret");
}

#[test]
fn the_forwarder_is_the_option_else_the_environment() {
    let option = MockCollector::start();
    let variable = MockCollector::start();
    let address = |collector: &MockCollector| collector.address().to_string();
    let mut both = telespan();
    both.env("TELESPAN_FORWARDER", address(&variable)).args(["--trace", "--forwarder", &address(&option)]);
    run(both.arg("true"));
    assert_eq!((option.spans().len(), variable.spans().len()), (1, 0));
    run(telespan().env("TELESPAN_FORWARDER", address(&variable)).args(["--trace", "true"]));
    assert_eq!((option.spans().len(), variable.spans().len()), (1, 1));
    let mut exporter = trace_to(&address(&option));
    run(exporter.env("TELESPAN_FORWARDER", address(&variable)).arg("true"));
    assert_eq!((option.spans().len(), variable.spans().len()), (2, 1));
}

#[test]
fn a_dead_collector_costs_one_line_and_no_wait() {
    let port = closed_port();
    let plain = run(telespan().args(["exec", "sh", "-c", "echo out; exit 5"]));
    for scheme in ["grpc", "http"] {
        let began = Instant::now();
        let url = format!("{scheme}://{}", port.address());
        // Nobody listens on this machine: there is no point in waiting for somebody.
        let options = ["--trace-quiet", "--trace-timeout", "10m"];
        let traced = run(trace_to(&url).args(options).args(["sh", "-c", "echo out; exit 5"]));
        assert!(began.elapsed() < SLACK, "{:?}", began.elapsed());
        assert_eq!((traced.code, &traced.bytes), (plain.code, &plain.bytes));
        assert_eq!(traced.stderr.lines().count(), 1, "{}", traced.stderr);
        assert!(traced.stderr.starts_with("telespan: trace "), "{}", traced.stderr);
        assert!(traced.stderr.contains(&format!(" was not sent to {url}")), "{}", traced.stderr);
        assert!(traced.stderr.contains("Connection refused"), "{}", traced.stderr);
    }
}

#[test]
fn a_forwarder_in_the_environment_that_makes_no_sense_leaves_the_command_untraced_but_run() {
    let ended = run(telespan().env("TELESPAN_FORWARDER", "tcp://x").args(["--trace", "sh", "-c", "exit 6"]));
    assert_eq!(ended.code, 6);
    assert!(ended.stderr.starts_with("telespan: not traced: TELESPAN_FORWARDER: "), "{}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
}

#[test]
fn a_collector_that_never_answers_is_waited_for_as_long_as_the_option_says() {
    let collector = MockCollector::builder().script([Reply::hang(), Reply::hang()]).start();
    let url = format!("grpc://{}", collector.address());
    let timeout = Duration::from_millis(300);
    let began = Instant::now();
    let ended = run(trace_to(&url).args(["--trace-timeout", "300ms", "sh", "-c", "exit 8"]));
    let elapsed = began.elapsed();
    assert_eq!(ended.code, 8);
    assert!(elapsed >= timeout && elapsed < timeout + SLACK, "{elapsed:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    assert!(ended.stderr.contains(" was not sent to "), "{}", ended.stderr);
}

#[test]
fn a_refusal_of_the_collector_is_quoted() {
    let collector = MockCollector::start();
    collector.otherwise(Reply::grpc_status(16, "who are you?", None));
    let ended = run(trace_to(&format!("grpc://{}", collector.address())).arg("true"));
    assert_eq!(ended.code, 0);
    assert!(ended.stderr.contains("who are you?"), "{}", ended.stderr);
    assert_eq!(collector.requests().len(), 1, "a refusal for good is not repeated");
}

#[test]
fn success_is_silent_if_asked_for() {
    let scratch = Scratch::new();
    let ended = run(scratch.trace().args(["--trace-quiet", "echo", "hi"]));
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("hi\n", ""));
    assert_eq!(scratch.spans().len(), 1);
}

#[test]
fn what_cannot_be_set_up_leaves_the_command_untraced_but_run() {
    let scratch = Scratch::new();
    let path = |name: &str| scratch.file(name).display().to_string();
    fs::write(scratch.file("plain"), "").unwrap();
    let cases: [&[&str]; 4] = [
        &["--trace-exporter", &format!("file://{}/below", path("plain"))],
        &["--trace-exporter=grpc://127.0.0.1:1", "--trace-ca-cert", &path("missing.pem")],
        &["--trace-exporter=grpc://127.0.0.1:1", "--trace-ca-cert", &path("plain")],
        &["--trace-exporter=http://127.0.0.1:1", "--trace-ca-cert", &path("plain")],
    ];
    for options in cases {
        let ended = run(telespan().arg("--trace").args(options).args(["sh", "-c", "echo ran; exit 9"]));
        assert_eq!((ended.code, ended.stdout.as_str()), (9, "ran\n"), "{options:?}");
        assert!(ended.stderr.starts_with("telespan: not traced: "), "{}", ended.stderr);
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    }
}
