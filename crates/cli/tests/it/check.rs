//! `telespan check`: for people and for programs.

use std::fs;
use std::process::Command;

use telespan_testkit::certs::TestPki;

use crate::support::{Ended, Scratch, TELESPAN, clean, run, telespan};

fn check(arguments: &[&str]) -> Ended {
    run(telespan().arg("check").args(arguments))
}

#[test]
fn a_good_url_as_json() {
    let cases = [
        (
            "grpc://collector.example.com:4317",
            r#"{"protocol":"grpc","url":"grpc://collector.example.com:4317","host":"collector.example.com","port":4317,"tls":false}"#,
        ),
        ("grpcs://h", r#"{"protocol":"grpc","url":"grpcs://h:4317","host":"h","port":4317,"tls":true}"#),
        (
            "http://h:4318?key=s3cret",
            r#"{"protocol":"http","url":"http://h:4318/v1/traces?key=***","host":"h","port":4318,"tls":false,"path":"/v1/traces"}"#,
        ),
        (
            "https://h/own",
            r#"{"protocol":"http","url":"https://h/own","host":"h","port":443,"tls":true,"path":"/own"}"#,
        ),
        (
            "file:///var/traces?limit=1000&max_files=3",
            r#"{"protocol":"file","url":"file:///var/traces?limit=1000&max_files=3","directory":"/var/traces","limit":1000,"max_files":3,"max_bytes":null}"#,
        ),
        ("unix:/run/x.sock", r#"{"protocol":"unix","url":"unix:///run/x.sock","path":"/run/x.sock"}"#),
        ("stdout:", r#"{"protocol":"stdout","url":"stdout:"}"#),
    ];
    for (url, exporter) in cases {
        let ended = check(&["--json", url]);
        let expected = format!(
            "{{\"ok\":true,\"exporter\":{exporter},\"sampling_rate_per_million\":1000000,\"enabled\":true}}\n"
        );
        assert_eq!((ended.code, ended.stdout, ended.stderr.as_str()), (0, expected, ""), "{url}");
    }
}

#[test]
fn a_bad_url_as_json_and_as_text() {
    let json = check(&["--json", "grpc://u:s3cret@h"]);
    assert_eq!(json.code, 1);
    assert_eq!(
        json.stdout,
        "{\"ok\":false,\"errors\":[{\"message\":\"user name or password\",\"hint\":\"a URL takes no user name and no \
         password; send credentials with `headers`\",\"file\":null,\"line\":1,\"column\":8}]}\n"
    );
    let text = check(&["grpc://u:s3cret@h"]);
    assert_eq!((text.code, text.stdout.as_str()), (1, ""));
    assert_eq!(
        text.stderr,
        "URL:8: user name or password (a URL takes no user name and no password; send credentials with `headers`)\n"
    );
}

/// A file with everything, and its certificates.
fn full(scratch: &Scratch, url: &str) -> Vec<String> {
    let pki = TestPki::new(scratch.path());
    let client = pki.client("alice");
    let paths = [pki.ca_file(), &client.key_file, &client.cert_file].map(|path| path.display().to_string());
    let [ca, key, cert] = &paths;
    let text = format!(
        "other_section: {{a: b}}\ntracing_service:\n  enabled: yes\n  exporter_url: {url}\n  sampling_rate_per_million: 2500\n  \
         ca_certs: [{ca}]\n  https_keypairs:\n    - key_file: {key}\n      cert_file: {cert}\n  \
         headers:\n    authorization: Bearer s3cret\n  compression: zstd\n  timeout: 3s\n"
    );
    fs::write(scratch.file("telespan.yaml"), text).unwrap();
    paths.into()
}

#[test]
fn a_good_file_as_json() {
    let scratch = Scratch::new();
    full(&scratch, "grpc://collector.example.com");
    let file = scratch.file("telespan.yaml");
    let ended = check(&["--json", "--config", file.to_str().unwrap()]);
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (
            0,
            "{\"ok\":true,\"exporter\":{\"protocol\":\"grpc\",\"url\":\"grpc://collector.example.com:4317\",\
             \"host\":\"collector.example.com\",\"port\":4317,\"tls\":true},\
             \"sampling_rate_per_million\":2500,\"enabled\":true}\n"
        )
    );
}

#[test]
fn a_good_file_as_text_shows_everything_but_secrets() {
    let scratch = Scratch::new();
    let paths = full(&scratch, "https://collector.example.com?key=s3cret");
    let file = scratch.file("telespan.yaml");
    let ended = check(&["--config", file.to_str().unwrap()]);
    let [ca, key, cert] = &paths[..] else { panic!() };
    let expected = format!(
        "{}: ok
  enabled                    yes
  sampling_rate_per_million  2500
  exporter                   https://collector.example.com/v1/traces?key=***
  protocol                   OTLP/HTTP over TLS
  ca_certs                   {ca}
  https_keypairs             {key} + {cert}
  headers                    authorization: ***
  compression                zstd
  timeout                    3s
",
        file.display()
    );
    assert_eq!((ended.code, ended.stdout, ended.stderr.as_str()), (0, expected, ""));
}

#[test]
fn files_as_exporter_are_shown_with_their_limits() {
    let ended = check(&["file:traces?max_bytes=5000"]);
    let expected = "file:traces?max_bytes=5000: ok
  enabled                    yes
  sampling_rate_per_million  1000000
  exporter                   file:traces?max_bytes=5000
  protocol                   rotating files of OTLP/JSON lines
  directory                  traces
  limit                      104857600 bytes a file
  max_bytes                  5000
";
    assert_eq!(ended.stdout, expected);
}

#[test]
fn tracing_that_is_off_is_all_right() {
    let scratch = Scratch::new();
    fs::write(scratch.file("off.yaml"), "tracing_service:\n  enabled: no\n").unwrap();
    let file = scratch.file("off.yaml").display().to_string();
    let json = check(&["--json", "--config", &file]);
    assert_eq!(
        json.stdout,
        "{\"ok\":true,\"exporter\":null,\"sampling_rate_per_million\":0,\"enabled\":false}\n"
    );
    let text = check(&["--config", &file]);
    let expected = format!("{file}: ok\n  enabled                    no\n  sampling_rate_per_million  0\n");
    assert_eq!((text.code, text.stdout), (0, expected));
}

#[test]
fn every_problem_of_a_file_is_told_at_once_with_its_place() {
    let scratch = Scratch::new();
    let file = scratch.file("bad.yaml");
    let text = "tracing_service:\n  enabled: true\n  exporter_url: grpc://h:99999\n  \
                sampling_rate_per_million: 2000000\n  ca_cert: [x]\n  ca_certs:\n    - /nonexistent/ca.pem\n";
    fs::write(&file, text).unwrap();
    let path = file.to_str().unwrap();
    let text = check(&["--config", path]);
    assert_eq!((text.code, text.stdout.as_str()), (1, ""));
    let places: Vec<_> =
        text.stderr.lines().map(|line| line.split(": ").next().unwrap().to_owned()).collect();
    let at = |line: u32, column: u32| format!("{path}:{line}:{column}");
    assert_eq!(places, [at(3, 26), at(4, 30), at(5, 3), at(7, 7)], "{}", text.stderr);
    assert!(text.stderr.contains("(did you mean `ca_certs`?)"), "{}", text.stderr);

    let json = check(&["--json", "--config", path]);
    assert_eq!((json.code, json.stderr.as_str()), (1, ""));
    assert!(json.stdout.starts_with("{\"ok\":false,\"errors\":[{\"message\":\""), "{}", json.stdout);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let errors = json["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 4);
    assert_eq!(errors[2]["hint"], "did you mean `ca_certs`?");
    for (error, (line, column)) in errors.iter().zip([(3, 26), (4, 30), (5, 3), (7, 7)]) {
        assert_eq!(
            (&error["file"], &error["line"], &error["column"]),
            (&path.into(), &line.into(), &column.into())
        );
    }
}

#[test]
fn certificates_are_looked_into() {
    let scratch = Scratch::new();
    let pki = TestPki::new(scratch.path());
    let (alice, bob) = (pki.client("alice"), pki.client("bob"));
    fs::write(scratch.file("empty.pem"), "no certificate here\n").unwrap();
    let text = format!(
        "tracing_service:\n  enabled: true\n  exporter_url: grpc://h\n  ca_certs:\n    - {}\n  https_keypairs:\n    \
         - key_file: {}\n      cert_file: {}\n",
        scratch.file("empty.pem").display(),
        alice.key_file.display(),
        bob.cert_file.display(),
    );
    fs::write(scratch.file("c.yaml"), text).unwrap();
    let ended = check(&["--config", scratch.file("c.yaml").to_str().unwrap()]);
    assert_eq!(ended.code, 1);
    assert_eq!(ended.stderr.lines().count(), 2, "{}", ended.stderr);
    assert!(ended.stderr.contains("c.yaml:5:7: "), "{}", ended.stderr);
}

#[test]
fn the_file_is_the_option_else_the_environment() {
    let scratch = Scratch::new();
    for name in ["option", "variable"] {
        let text = format!("tracing_service:\n  enabled: true\n  exporter_url: {name}.example\n");
        fs::write(scratch.file(name), text).unwrap();
    }
    let with_variable = || -> Command {
        let mut command = telespan();
        command.current_dir(scratch.path()).env("TELESPAN_CONFIG", "variable").arg("check");
        command
    };
    assert!(run(&mut with_variable()).stdout.starts_with("variable: ok\n"));
    assert!(run(with_variable().args(["--config", "option"])).stdout.starts_with("option: ok\n"));
    assert!(run(with_variable().arg("h:1")).stdout.starts_with("grpc://h:1: ok\n"));
    let missing = run(with_variable().args(["--config", "missing"]));
    assert_eq!((missing.code, missing.stderr.as_str()), (1, "missing:1:1: this file does not exist\n"));
}

#[test]
fn a_path_where_a_url_is_expected_gets_a_hint() {
    let scratch = Scratch::new();
    fs::write(scratch.file("plain"), "").unwrap();
    for path in ["/etc/telespan.yaml", "telespan.yml", "./x", "../x", "plain"] {
        let ended = run(telespan().current_dir(scratch.path()).args(["check", path]));
        assert_eq!(ended.code, 1, "{path}");
        let hint = format!("to check a configuration file, run: telespan check --config {path}");
        assert!(ended.stderr.contains(&hint), "{}", ended.stderr);
    }
    assert_eq!(run(telespan().current_dir(scratch.path()).args(["check", "host"])).code, 0);
}

#[test]
fn a_reader_that_goes_away_is_no_problem() {
    for (url, code) in [("h:1", 0), ("tcp://h", 1)] {
        // The reader ends before the writer is started.
        let script = r#"{ read go; "$0" check --json "$1"; echo $? >&2; } < "$2" | true; "#;
        let scratch = Scratch::new();
        fs::write(scratch.file("go"), "go\n").unwrap();
        let go = scratch.file("go").display().to_string();
        let ended = run(clean("sh").args(["-c", script, TELESPAN, url, &go]));
        assert_eq!(ended.stderr, format!("{code}\n"), "{url}");
    }
    let full = run(clean("sh").args(["-c", r#""$0" check h:1 > /dev/full"#, TELESPAN]));
    assert_eq!(full.code, 1);
    assert!(full.stderr.starts_with("telespan: cannot write the result: "), "{}", full.stderr);
}
