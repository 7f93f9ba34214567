//! Headers, and that nobody sees their values.

use crate::{errors, file, parse, section};

fn pairs(lines: &[&str]) -> Vec<(String, String)> {
    let headers = section(lines).unwrap().tracing_service.headers;
    headers.iter().map(|header| (header.name.clone(), header.value.expose().to_owned())).collect()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn values_are_taken_as_written_and_variables_put_in() {
    let lines = [
        "headers:",
        "  Authorization: Bearer ${env:TOKEN}",
        "  x-number: 0042",
        "  x-flag: yes",
        "  x-many: \"${env:TOKEN}-${env:TOKEN}$\"",
        "  x-empty: ''",
    ];
    let expected = [
        ("authorization", "Bearer t0ken"),
        ("x-number", "0042"),
        ("x-flag", "yes"),
        ("x-many", "t0ken-t0ken$"),
        ("x-empty", ""),
    ];
    assert_eq!(pairs(&lines), owned(&expected));
}

#[test]
fn a_headers_file_holds_lines_whose_values_are_taken_as_they_are() {
    let directory = tempfile::tempdir().unwrap();
    let path =
        file(directory.path(), "headers", "# ours\n\nX-Key:  a:b ${env:TOKEN} \r\n  # more\nx-two: \"2\"\n");
    let lines = ["headers: {x-one: 1}", &format!("headers_file: {path}")];
    let expected = [("x-one", "1"), ("x-key", "a:b ${env:TOKEN}"), ("x-two", "\"2\"")];
    assert_eq!(pairs(&lines), owned(&expected));
}

#[test]
fn mistakes_in_a_headers_file_have_their_place_in_it() {
    let directory = tempfile::tempdir().unwrap();
    let path =
        file(directory.path(), "headers", "x-one: 1\nnonsense hunter2\nx-ö: hunter2\nx-two: h\u{fc}nter2\n");
    assert_eq!(
        errors(section(&["headers: {X-One: 1}", &format!("headers_file: {path}")])),
        [
            format!("{path}:1:1: `headers`: `x-one` is given twice"),
            format!("{path}:2:1: `headers_file`: expected `name: value`"),
            format!("{path}:3:1: `headers`: no valid header name (write `name: value`)"),
            format!("{path}:4:1: `headers`: the value of `x-two` holds a character other than visible ASCII"),
        ]
    );
}

#[test]
fn header_values_are_neither_in_errors_nor_in_debug_output() {
    let valid = section(&["headers: {authorization: hunter2}"]).unwrap();
    let shown = format!("{valid:?}");
    assert!(
        shown.contains("authorization") && shown.contains("***") && !shown.contains("hunter2"),
        "{shown}"
    );
    for value in [
        "hunter2 ${env:MISSING}",
        "hunter2 ${hunter2}",
        "[hunter2]",
        "{hunter2: hunter2}",
        "!own hunter2",
        "\"hunter2\\n\"",
        "\"hunter2\\q\"",
        "*hunter2",
        "\"hunter2",
        "@hunter2",
        "hunter2: hunter2",
    ] {
        for error in errors(section(&[&format!("headers: {{authorization: {value}}}")])) {
            assert!(!error.contains("hunter2"), "{value}: {error}");
        }
    }
}

#[test]
fn a_value_in_the_place_of_a_name_is_not_in_errors() {
    let directory = tempfile::tempdir().unwrap();
    let path = file(directory.path(), "headers", "x-api-key=hunter2:tail\n");
    let expected = "`headers`: no valid header name (write `name: value`)";
    assert_eq!(errors(section(&[&format!("headers_file: {path}")])), [format!("{path}:1:1: {expected}")]);
    assert_eq!(errors(section(&["headers: {\"Bearer hunter2\": x}"])), [format!("2:13: {expected}")]);
}

#[test]
fn names_and_values_that_cannot_be_sent_are_refused_with_their_place() {
    let text = "tracing_service:\n  headers:\n    a b: 1\n    '': 1\n    Host: h\n    grpc-timeout: 1\n    x-bin: 1\n    x: 1\n    \
                X: 2\n    y:\n    z: ${env:MISSING}\n    w: ${env:TWO_LINES}\n    v: ${env:}\n    [l]: 1\n";
    assert_eq!(
        errors(parse(text)),
        [
            "3:5: `headers`: no valid header name (write `name: value`)",
            "4:5: `headers`: no valid header name (write `name: value`)",
            "5:5: `headers`: `Host` is a header that the exporter sets itself",
            "6:5: `headers`: `grpc-timeout` is a header that the exporter sets itself",
            "7:5: `headers`: `x-bin` is a binary header of gRPC, which cannot be given as text",
            "9:5: `headers`: `X` is given twice",
            "10:6: `headers`: the value of `y` is no text",
            "11:8: `headers`: the environment variable `MISSING` of `z` is not set",
            "12:8: `headers`: the value of `w` holds a character other than visible ASCII",
            "13:8: `headers`: the value of `v` holds a `${` that begins no `${env:NAME}` \
             (`headers_file` takes values as they are)",
            "14:5: `headers`: expected a name as key, found a list",
        ]
    );
}
