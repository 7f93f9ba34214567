//! What keeps tracing from starting, told so that one can mend it.

use std::fs;

use telespan::{InitError, Telespan};

use crate::support::Certificates;

/// The message of the error and those of its causes.
fn message(telespan: Telespan) -> String {
    let error = telespan.start().unwrap_err();
    let source = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
    format!("{error}{source}")
}

fn to(url: &str) -> Telespan {
    Telespan::from_url(url).unwrap()
}

#[test]
fn tls_files_that_would_be_ignored_are_refused() {
    let certificates = Certificates::new();
    let (ca, pair) = (certificates.authority.ca_file(), &certificates.client);
    let table = [
        ("http://h:4318", "`http://`: use https://"),
        ("unix:/run/x.sock", "`unix:`: leave them out"),
        ("file:nowhere", "`file:`: leave them out"),
        ("stdout:", "`stdout:`: leave them out"),
    ];
    for (url, end) in table {
        let expected = format!("CA certificates and key pairs have no effect with {end}");
        assert_eq!(message(to(url).ca_cert(ca)), expected);
        assert_eq!(message(to(url).key_pair(&pair.key_file, &pair.cert_file)), expected);
    }
    assert!(!std::path::Path::new("nowhere").exists());
}

#[test]
fn every_tls_file_that_cannot_be_used_is_named() {
    let certificates = Certificates::new();
    let telespan = to("grpc://h")
        .ca_cert("/nowhere/ca.pem")
        .key_pair(&certificates.client.key_file, &certificates.server.cert_file);
    let error = telespan.start().unwrap_err();
    assert!(matches!(&error, InitError::Tls(errors) if errors.len() == 2), "{error}");
    let lines: Vec<_> = error.to_string().lines().map(str::to_owned).collect();
    assert!(lines[0].starts_with("/nowhere/ca.pem does not exist"), "{error}");
    assert!(lines[1].starts_with("the private key in "), "{error}");
}

#[test]
fn a_directory_that_cannot_be_made_is_an_error_at_start() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let url = format!("file:{}/traces", file.display());
    let message = message(to(&url));
    assert!(
        message.starts_with(&format!("cannot export to file://{}/traces: ", file.display())),
        "{message}"
    );
}

#[test]
fn a_header_that_cannot_be_sent_is_named_and_its_value_is_not() {
    for url in ["grpc://h", "http://h", "unix:/s"] {
        let message = message(to(url).header("authorization", "s3cret\n"));
        assert!(message.contains("`authorization`") && !message.contains("s3cret"), "{message}");
    }
}

#[test]
fn a_header_that_exporters_set_themselves_is_refused_in_a_file_as_in_code() {
    let reserved = [
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "grpc-timeout",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    ];
    for name in reserved {
        let file = format!(
            "tracing_service:\n  enabled: true\n  exporter_url: grpc://h\n  headers:\n    {name}: x\n"
        );
        assert!(telespan::Config::parse(&file, None).is_err(), "{name} in a file");
        let message = message(to("grpc://h").header(name, "x"));
        assert!(message.contains(&format!("`{name}` is set by the exporter")), "{message}");
    }
}

#[test]
#[cfg(not(feature = "zstd"))]
fn a_compression_that_is_not_built_in_is_an_error_that_names_the_feature() {
    for url in ["grpc://h", "http://h"] {
        let message = message(to(url).compression(telespan::Compression::Zstd));
        assert!(message.contains("enable the feature `zstd`"), "{message}");
    }
}

#[test]
fn no_memory_or_no_time_at_all_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("file:{}", directory.path().display());
    assert!(message(to(&url).budget(0)).contains("`budget`"));
    assert!(message(to(&url).timeout(std::time::Duration::ZERO)).contains("`attempt_timeout`"));
}

#[test]
fn a_bad_url_says_how_to_mend_it() {
    let error = Telespan::from_url("tcp://h").unwrap_err();
    assert!(error.to_string().contains("grpc://"), "{error}");
}
