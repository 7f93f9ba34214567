//! Every error with its message, its hint and its place.

use crate::{errors, file, parse, section};

const WORDS: &str = "(write one of true, yes, y, on, 1, false, no, n, off, 0)";
const KEYS: &str = "(known keys are enabled, exporter_url, sampling_rate_per_million, ca_certs, https_keypairs, \
                    headers, headers_file, compression, encoding, timeout, keypairs)";
const DURATION: &str = "(write a whole number and ms, s, m or h, for example 10s)";

#[test]
fn one_wrong_line_is_one_error_at_its_place() {
    let rate = "`sampling_rate_per_million`: expected an integer from 0 to 1000000, found";
    let rate_hint = "(0 keeps no trace, 1000000 keeps all)";
    let timeout = "`timeout`: expected a duration from 1ms to 1h, found";
    let quotes = "(write the URL in quotes)";
    for (line, expected) in [
        ("enabled: ja", format!("2:12: `enabled`: expected true or false, found `ja` {WORDS}")),
        ("enabled: 2", format!("2:12: `enabled`: expected true or false, found `2` {WORDS}")),
        ("enabled: [yes]", format!("2:12: `enabled`: expected true or false, found a list {WORDS}")),
        ("enabled: \"o\\nn\"", format!("2:12: `enabled`: expected true or false, found `o\\nn` {WORDS}")),
        ("sampling_rate_per_million: 1000001", format!("2:30: {rate} the integer `1000001` {rate_hint}")),
        ("sampling_rate_per_million: -1", format!("2:30: {rate} the integer `-1` {rate_hint}")),
        ("sampling_rate_per_million: 0.5", format!("2:30: {rate} the number `0.5` {rate_hint}")),
        ("sampling_rate_per_million: '5'", format!("2:30: {rate} a string {rate_hint}")),
        ("sampling_rate_per_million: true", format!("2:30: {rate} the boolean `true` {rate_hint}")),
        (
            "exporter_url: 4317",
            format!("2:17: `exporter_url`: expected a URL, found the integer `4317` {quotes}"),
        ),
        ("exporter_url: [::1]", format!("2:17: `exporter_url`: expected a URL, found a list {quotes}")),
        (
            "exporter_url: !env URL",
            format!(
                "2:22: `exporter_url`: expected a URL, found a value with the unsupported tag `!env` {quotes}"
            ),
        ),
        (
            "exporter_url: grpc://collector:99999",
            "2:34: `exporter_url`: invalid port (a port is a number from 1 to 65535)".to_owned(),
        ),
        (
            "exporter_url: \"grpc://collector:99999\"",
            "2:35: `exporter_url`: invalid port (a port is a number from 1 to 65535)".to_owned(),
        ),
        (
            "exporter_url: \"grpc://collector\\x3a99999\"",
            "2:17: `exporter_url`: invalid port (a port is a number from 1 to 65535)".to_owned(),
        ),
        ("ca_certs: /ca.pem", {
            let hint = "(begin each entry with `- ` on a line of its own)";
            format!("2:13: `ca_certs`: expected a list of paths, found a string {hint}")
        }),
        ("ca_certs: [5]", "2:14: `ca_certs`: expected a path, found the integer `5`".to_owned()),
        ("ca_certs: ['']", "2:14: `ca_certs`: `` does not exist".to_owned()),
        ("https_keypairs: {}", {
            let hint = "(begin each entry with `- ` on a line of its own)";
            format!("2:19: `https_keypairs`: expected a list of key pairs, found a mapping {hint}")
        }),
        ("https_keypairs: [k]", "2:20: `https_keypairs`: expected a mapping, found a string".to_owned()),
        ("headers: [a]", "2:12: `headers`: expected a mapping of names to values, found a list".to_owned()),
        ("headers_file: [a]", "2:17: `headers_file`: expected a path, found a list".to_owned()),
        (
            "compression: gzp",
            "2:16: `compression`: expected one of none, gzip, zstd, found `gzp` (did you mean `gzip`?)"
                .to_owned(),
        ),
        ("compression: lz4", "2:16: `compression`: expected one of none, gzip, zstd, found `lz4`".to_owned()),
        ("encoding: 1", "2:13: `encoding`: expected one of protobuf, json, found the integer `1`".to_owned()),
        ("timeout: 10", format!("2:12: {timeout} `10` {DURATION}")),
        ("timeout: 0s", format!("2:12: {timeout} `0s` {DURATION}")),
        ("timeout: 61m", format!("2:12: {timeout} `61m` {DURATION}")),
        ("timeout: [1s]", format!("2:12: {timeout} a list")),
        ("Exporter-URL: x", {
            "2:3: unknown key `Exporter-URL` in `tracing_service` (did you mean `exporter_url`?)".to_owned()
        }),
        ("spool: off", format!("2:3: unknown key `spool` in `tracing_service` {KEYS}")),
        ("1: 2", format!("2:3: unknown key `1` in `tracing_service` {KEYS}")),
        ("[a]: 2", "2:3: `tracing_service`: expected a name as key, found a list".to_owned()),
    ] {
        assert_eq!(errors(section(&[line])), [expected], "{line}");
    }
}

#[test]
fn a_text_that_is_no_configuration_says_so() {
    for (text, expected) in [
        ("42", "1:1: expected a mapping of sections, found the integer `42`"),
        ("- a\n- b\n", "1:1: expected a mapping of sections, found a list"),
        ("tracing_service: on\n", "1:18: `tracing_service`: expected a mapping, found a string"),
        (
            "a: 1\ntracing_service: {}\ntracing_service: {}\n",
            "3:1: duplicate key `tracing_service` (it is there already on line 2)",
        ),
        (
            "tracing_service:\n  exporter_url: [::1]:4317\n",
            "2:22: no valid YAML: while parsing a block mapping, did not find expected key (write the URL in quotes)",
        ),
        (
            "tracing_service:\n  exporter_url: stdout:\n",
            "2:23: no valid YAML: mapping values are not allowed in this context (write the URL in quotes)",
        ),
        (
            "tracing_service:\n  enabled: stdout:\n",
            "2:18: no valid YAML: mapping values are not allowed in this context",
        ),
    ] {
        assert_eq!(errors(parse(text)), [expected], "{text}");
    }
}

#[test]
fn every_error_of_a_file_is_reported_at_once_in_its_order() {
    let text = "tracing_service:\n  timeout: soon\n  enabled: yes\n  sampling_rate_per_milion: 5\n  timeout: 1s\n  \
                https_keypairs:\n  - key: /k\n  keypairs: []\n";
    assert_eq!(
        errors(parse(text)),
        [
            &format!("2:12: `timeout`: expected a duration from 1ms to 1h, found `soon` {DURATION}"),
            "3:12: `exporter_url` is missing, and tracing is enabled \
             (add `exporter_url: grpc://HOST:4317`, or set `enabled: false`)",
            "4:3: unknown key `sampling_rate_per_milion` in `tracing_service` \
             (did you mean `sampling_rate_per_million`?)",
            "5:3: duplicate key `timeout` (it is there already on line 2)",
            "7:5: unknown key `key` in `https_keypairs` (known keys are key_file, cert_file)",
            "7:5: `https_keypairs`: a key pair without `key_file`",
            "7:5: `https_keypairs`: a key pair without `cert_file`",
            "8:3: `keypairs` is another name of `https_keypairs`, and both are there (keep `https_keypairs`)",
        ]
    );
}

#[test]
fn a_setting_that_the_exporter_of_the_url_would_ignore_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let pem = file(directory.path(), "a.pem", "");
    let ca_certs = format!("ca_certs: [{pem}]");
    let pair = format!("https_keypairs: [{{key_file: {pem}, cert_file: {pem}}}]");
    let network = "(only exporters to the network use it)";
    let http = "(only http:// and https:// have a choice of encodings)";
    for (url, line, expected) in [
        (
            "http://h",
            &ca_certs as &str,
            Some("`ca_certs` has no effect with http:// (use https://)".to_owned()),
        ),
        ("http://h", &pair, Some("`https_keypairs` has no effect with http:// (use https://)".to_owned())),
        ("https://h", &ca_certs, None),
        ("grpc://h", &ca_certs, None),
        ("grpcs://h", &pair, None),
        (
            "unix:/s",
            &ca_certs,
            Some("`ca_certs` has no effect with unix: (a unix socket has no TLS)".to_owned()),
        ),
        ("file:/d", &pair, Some(format!("`https_keypairs` has no effect with file: {network}"))),
        ("'stdout:'", &ca_certs, Some(format!("`ca_certs` has no effect with stdout: {network}"))),
        ("http://h", "ca_certs: []", None),
        ("unix:/s", "headers: {a: b}", None),
        ("file:/d", "headers: {a: b}", Some(format!("`headers` has no effect with file: {network}"))),
        ("file:/d", "headers: {}", None),
        ("file:/d", "compression: gzip", Some(format!("`compression` has no effect with file: {network}"))),
        ("file:/d", "compression: none", None),
        ("grpc://h", "compression: gzip", None),
        ("grpc://h", "encoding: json", Some(format!("`encoding` has no effect with grpc:// {http}"))),
        ("grpcs://h", "encoding: protobuf", None),
        ("http://h", "encoding: json", None),
    ] {
        for enabled in ["enabled: on", "enabled: off"] {
            let result = section(&[enabled, &format!("exporter_url: {url}"), line]);
            match &expected {
                Some(expected) => assert_eq!(errors(result), [format!("4:3: {expected}")], "{url} {line}"),
                None => assert!(result.is_ok(), "{url} {line}: {result:?}"),
            }
        }
    }
}

#[test]
fn a_disabled_section_is_still_checked() {
    assert_eq!(errors(section(&["enabled: off", "timeout: x", "exporter_url: tcp://h"])).len(), 2);
}

#[test]
fn a_section_that_is_nearly_ours_is_not_passed_over_in_silence() {
    let meant = "(did you mean `tracing_service`?)";
    let called = "there is no section `tracing_service`, but one called";
    let outside =
        "stands outside of the section `tracing_service` (write `tracing_service:` above it and indent it)";
    for (text, expected) in [
        ("tracing_servce:\n  enabled: true\n", format!("1:1: {called} `tracing_servce` {meant}")),
        ("a: 1\nTracing-Service: {}\n", format!("2:1: {called} `Tracing-Service` {meant}")),
        ("enabled: true\nexporter_url: grpc://h\n", format!("2:1: `exporter_url` {outside}")),
    ] {
        assert_eq!(errors(parse(text)), [expected], "{text}");
    }
    // Sections of others, and anything beside a section of ours.
    for text in [
        "testing_service: {}\nproxy_service: {}\n",
        "tracing_service:\ntracing_servce: {}\nexporter_url: x\n",
    ] {
        assert!(parse(text).is_ok(), "{text}");
    }
}
