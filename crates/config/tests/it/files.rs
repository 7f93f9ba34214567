//! Files that a configuration names, and the check of what they hold.

use std::cell::Cell;
use std::path::Path;

use telespan_config::{Config, ConfigError, Loader};

use crate::{errors, file, section_text};

#[test]
fn a_file_that_cannot_be_read_is_reported_at_the_line_that_names_it() {
    let directory = tempfile::tempdir().unwrap();
    let dir = directory.path().to_str().unwrap();
    let good = file(directory.path(), "good.pem", "");
    let text = section_text(&[
        "exporter_url: https://host",
        &format!("ca_certs: [{good}, {dir}/missing.pem]"),
        "https_keypairs:",
        &format!("- {{key_file: {dir}, cert_file: /dev/null}}"),
        &format!("headers_file: {dir}/missing"),
    ]);
    let column = 16 + good.len();
    assert_eq!(
        errors(Config::parse(&text, Some(Path::new("t.yaml")))),
        [
            format!("t.yaml:3:{column}: `ca_certs`: `{dir}/missing.pem` does not exist"),
            format!("t.yaml:5:16: `key_file`: `{dir}` is a directory, not a file"),
            format!("t.yaml:5:{}: `cert_file`: `/dev/null` is no regular file", 29 + dir.len()),
            format!("t.yaml:6:17: `headers_file`: `{dir}/missing` does not exist"),
        ]
    );
}

#[test]
fn the_tls_check_reports_among_all_other_errors() {
    let directory = tempfile::tempdir().unwrap();
    let ca = file(directory.path(), "ca.pem", "nonsense");
    let text = section_text(&[&format!("ca_certs: ['{ca}']"), "timeout: never"]);
    let calls = Cell::new(0);
    let loader = Loader::new().with_tls_check(|files| {
        calls.set(calls.get() + 1);
        let place = files.place_of(Path::new(&ca)).unwrap().clone();
        vec![ConfigError::new(place, "no certificate in it").with_hint("PEM is expected")]
    });
    assert_eq!(
        errors(loader.parse(&text, None)),
        [
            "2:14: no certificate in it (PEM is expected)",
            "3:12: `timeout`: expected a duration from 1ms to 1h, found `never` \
             (write a whole number and ms, s, m or h, for example 10s)",
        ]
    );
    assert_eq!(calls.get(), 1);
}

#[test]
fn a_configuration_file_that_cannot_be_read_is_an_error_of_its_first_line() {
    let directory = tempfile::tempdir().unwrap();
    let dir = directory.path().to_str().unwrap();
    let large = file(directory.path(), "large.yaml", &"#".repeat(1024 * 1024 + 1));
    for (path, expected) in [
        (format!("{dir}/missing"), "does not exist"),
        (dir.to_owned(), "is a directory, not a file"),
        (large, "is larger than 1 MiB"),
    ] {
        assert_eq!(errors(Config::load(Path::new(&path))), [format!("{path}:1:1: this file {expected}")]);
    }
}

#[test]
fn a_key_pair_may_stand_under_the_older_name() {
    let directory = tempfile::tempdir().unwrap();
    let (key, cert) = (file(directory.path(), "k", ""), file(directory.path(), "c", ""));
    let lines = [&format!("keypairs: [{{key_file: {key}, cert_file: {cert}}}]") as &str];
    let service = crate::section(&lines).unwrap().tracing_service;
    assert_eq!(service.tls.https_keypairs[0].cert_file.value, Path::new(&cert));
}

#[test]
fn a_byte_that_is_no_utf_8_has_its_place_in_whichever_file_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = file(directory.path(), "latin1", "");
    std::fs::write(&path, b"# 1\n# \xc3\xa4 \xe9\n").unwrap();
    let expected = [format!("{path}:2:5: no UTF-8 text: invalid byte")];
    assert_eq!(errors(Config::load(Path::new(&path))), expected);
    assert_eq!(errors(crate::section(&[&format!("headers_file: {path}")])), expected);
}
