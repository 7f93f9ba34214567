//! What belongs to a whole process: its environment, its global tracing, its standard output. Each test
//! runs itself again as a child.

#![allow(clippy::unwrap_used, reason = "a panic is the report of a test")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::mpsc;
use std::time::Duration;

use telespan::{Environment, InitError, PerMillion, Telespan, extract, tracer};
use telespan_testkit::certs::{TestPki, server_config};
use telespan_testkit::{DeliveredSpan, MockCollector};

/// Set in children only.
const CHILD: &str = "TELESPAN_TEST_CHILD";

fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// Runs `test` again with these variables and none of ours from outside; it must pass there.
fn child(test: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(CHILD, "1");
    for inherited in ["TELESPAN_CONFIG", "TRACEPARENT", "TRACESTATE", "BAGGAGE"] {
        command.env_remove(inherited);
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn write_config(directory: &Path, exporter_url: &str, rest: &str) -> String {
    let path = directory.join("telespan.yaml");
    let text = format!(
        "tracing_service:\n  enabled: yes\n  exporter_url: {exporter_url}\n  sampling_rate_per_million: 1000000\n{rest}"
    );
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn names(spans: &[DeliveredSpan]) -> Vec<&str> {
    spans.iter().map(|span| span.name.as_str()).collect()
}

#[test]
fn init_starts_what_the_named_file_says_for_the_whole_program() {
    if is_child() {
        let early = tracer("library");
        let guard = telespan::init().unwrap();
        early.start("from a library").end();
        guard.tracer("application").start("from the application").end();
        assert_eq!(guard.shutdown().unwrap().exported, 2);
        return;
    }
    let collector = MockCollector::start();
    let directory = tempfile::tempdir().unwrap();
    let config = write_config(directory.path(), &collector.address().to_string(), "");
    child("init_starts_what_the_named_file_says_for_the_whole_program", &[("TELESPAN_CONFIG", &config)]);
    assert_eq!(names(&collector.spans()), ["from a library", "from the application"]);
}

#[test]
fn the_file_of_the_environment_can_be_added_to_in_code() {
    if is_child() {
        let guard = Telespan::from_default_file().unwrap().service_name("shop").install().unwrap();
        tracer("test").start("span").end();
        guard.shutdown().unwrap();
        return;
    }
    let collector = MockCollector::start();
    let directory = tempfile::tempdir().unwrap();
    let config = write_config(directory.path(), &collector.address().to_string(), "");
    child("the_file_of_the_environment_can_be_added_to_in_code", &[("TELESPAN_CONFIG", &config)]);
    let name = collector.spans()[0].resource_attribute("service.name").cloned().unwrap();
    assert_eq!(name, telespan_proto::common::v1::any_value::Value::StringValue("shop".to_owned()));
}

#[test]
fn a_named_file_that_does_not_exist_is_an_error() {
    if is_child() {
        let error = telespan::init().unwrap_err();
        assert!(matches!(error, InitError::Config(_)));
        assert!(error.to_string().starts_with("/nowhere/telespan.yaml:1:1: "), "{error}");
        return;
    }
    let variables = [("TELESPAN_CONFIG", "/nowhere/telespan.yaml")];
    child("a_named_file_that_does_not_exist_is_an_error", &variables);
}

#[test]
fn tracing_is_installed_once_and_the_first_stays() {
    if is_child() {
        let start = || Telespan::from_url("stdout:").unwrap();
        let first = start().install().unwrap();
        assert!(matches!(start().install(), Err(InitError::AlreadyInstalled(_))));
        // Beside it, others may run that nobody installs.
        let beside = start().start().unwrap();
        beside.shutdown().unwrap();
        tracer("test").start("span").end();
        assert_eq!(first.shutdown().unwrap().exported, 1);
        return;
    }
    child("tracing_is_installed_once_and_the_first_stays", &[]);
}

#[test]
fn a_guard_of_tracing_that_is_off_records_nowhere_though_other_tracing_is_installed() {
    if is_child() {
        let installed = Telespan::from_url("stdout:").unwrap().install().unwrap();
        let off = Telespan::from_config(&telespan::TracingService::default()).start().unwrap();
        off.tracer("test").start("span").end();
        assert_eq!(installed.shutdown().unwrap().ended, 0);
        return;
    }
    child("a_guard_of_tracing_that_is_off_records_nowhere_though_other_tracing_is_installed", &[]);
}

#[test]
fn standard_output_gets_a_line_for_each_span() {
    if is_child() {
        let guard = Telespan::from_url("stdout:").unwrap().install().unwrap();
        assert_eq!(guard.destination().unwrap().to_string(), "stdout:");
        tracer("test").start("first").end();
        tracer("test").start("second").end();
        guard.shutdown().unwrap();
        return;
    }
    let output = child("standard_output_gets_a_line_for_each_span", &[]);
    let output = String::from_utf8(output.stdout).unwrap();
    // The test runner writes to the same stream, also in front of the first span.
    let lines = output.lines().filter_map(|line| Some(&line[line.find("{\"resourceSpans\"")?..]));
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("stdout.jsonl");
    fs::write(&file, lines.map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    let batches = telespan_file::TraceFiles::open([&file]).unwrap().map(Result::unwrap);
    let names: Vec<_> = batches.map(|line| decode(line.batch.bytes())).collect();
    assert_eq!(names, ["first", "second"]);
}

fn decode(bytes: &[u8]) -> String {
    let data: telespan_proto::trace::v1::TracesData = prost::Message::decode(bytes).unwrap();
    let spans: Vec<_> = DeliveredSpan::flatten(&data.resource_spans).collect();
    names(&spans).concat()
}

#[test]
fn a_parent_in_the_environment_of_the_process_decides() {
    if is_child() {
        let caller = extract(&std::env::vars_os().collect::<Environment>());
        let guard = Telespan::from_default_file().unwrap().sampling_rate(PerMillion::ZERO).install().unwrap();
        let command = tracer("test").span("command").parent(caller.parent).start().enter();
        tracer("test").start("step").end();
        drop(command);
        guard.shutdown().unwrap();
        return;
    }
    for (flags, expected) in [("01", &["step", "command"][..]), ("00", &[])] {
        let collector = MockCollector::start();
        let directory = tempfile::tempdir().unwrap();
        let config = write_config(directory.path(), &format!("http://{}", collector.address()), "");
        let traceparent = format!("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-{flags}");
        let variables = [("TELESPAN_CONFIG", config.as_str()), ("TRACEPARENT", &traceparent)];
        child("a_parent_in_the_environment_of_the_process_decides", &variables);
        assert_eq!(names(&collector.spans()), expected);
    }
}

#[test]
fn without_ca_certs_the_roots_of_the_system_decide() {
    if is_child() {
        let (sender, events) = mpsc::channel();
        let telespan = Telespan::from_default_file().unwrap();
        let guard = telespan.on_event(move |event| drop(sender.send(event.to_string()))).install().unwrap();
        tracer("test").start("span").end();
        if std::env::var_os("TRUSTED").is_some() {
            assert_eq!(guard.shutdown().unwrap().exported, 1);
        } else {
            guard.flush_within(Duration::from_millis(50)).unwrap_err();
            let event = events.recv_timeout(Duration::from_secs(20)).unwrap();
            assert!(event.contains("UnknownIssuer"), "{event}");
        }
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (known, stranger) = (TestPki::new(directory.path()), TestPki::named(directory.path(), "stranger"));
    let client = known.client("alice");
    let pair = format!(
        "  https_keypairs:\n    - {{key_file: {}, cert_file: {}}}\n",
        client.key_file.display(),
        client.cert_file.display()
    );
    for (roots, trusted) in [(&known, Some(("TRUSTED", "yes"))), (&stranger, None)] {
        let collector = MockCollector::builder().tls(server_config(&known.server(), &[&known])).start();
        let config = write_config(directory.path(), &format!("grpc://{}", collector.address()), &pair);
        let roots = roots.ca_file().to_str().unwrap();
        // What the system trusts, for this child.
        let variables = [("TELESPAN_CONFIG", config.as_str()), ("SSL_CERT_FILE", roots)];
        let variables: Vec<_> = variables.into_iter().chain(trusted).collect();
        child("without_ca_certs_the_roots_of_the_system_decide", &variables);
        assert_eq!(collector.spans().len(), usize::from(trusted.is_some()));
    }
}

#[test]
fn a_system_without_roots_does_not_keep_plaintext_or_files_from_starting() {
    if is_child() {
        telespan::init().unwrap().shutdown().unwrap();
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let empty = directory.path().join("no-roots.pem");
    fs::write(&empty, "").unwrap();
    let traces = format!("file:{}", directory.path().join("traces").display());
    for url in ["grpc://127.0.0.1:1", "http://127.0.0.1:1", traces.as_str()] {
        let config = write_config(directory.path(), url, "");
        let variables = [
            ("TELESPAN_CONFIG", config.as_str()),
            ("SSL_CERT_FILE", empty.to_str().unwrap()),
            ("SSL_CERT_DIR", "/nowhere"),
        ];
        child("a_system_without_roots_does_not_keep_plaintext_or_files_from_starting", &variables);
    }
}
