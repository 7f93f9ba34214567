//! Every form that is accepted, and what it means.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU64;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use telespan_url::{
    DEFAULT_FILE_LIMIT, DEFAULT_GRPC_PORT, DEFAULT_TRACES_PATH, ExporterUrl, FileOptions, GrpcUrl, Host,
    HttpUrl,
};

fn parse(text: &str) -> ExporterUrl {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn grpc(text: &str) -> GrpcUrl {
    match parse(text) {
        ExporterUrl::Grpc(url) => url,
        other => panic!("{text}: {other:?}"),
    }
}

fn http(text: &str) -> HttpUrl {
    match parse(text) {
        ExporterUrl::Http(url) => url,
        other => panic!("{text}: {other:?}"),
    }
}

fn file(text: &str) -> FileOptions {
    match parse(text) {
        ExporterUrl::File(options) => options,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn the_defaults_are_those_of_the_documentation() {
    assert_eq!(DEFAULT_GRPC_PORT, 4317);
    assert_eq!(DEFAULT_FILE_LIMIT, 104_857_600);
    assert_eq!(DEFAULT_TRACES_PATH, "/v1/traces");
}

#[test]
fn grpc_forms() {
    let cases = [
        // (text, host, port, tls, canonical form)
        ("collector:4318", "collector", 4318, false, "grpc://collector:4318"),
        ("localhost:4317", "localhost", 4317, false, "grpc://localhost:4317"),
        ("collector", "collector", 4317, false, "grpc://collector:4317"),
        (
            "Collector.Example.COM.",
            "collector.example.com.",
            4317,
            false,
            "grpc://collector.example.com.:4317",
        ),
        ("otel_collector-1:1", "otel_collector-1", 1, false, "grpc://otel_collector-1:1"),
        ("1.2.3.4", "1.2.3.4", 4317, false, "grpc://1.2.3.4:4317"),
        ("1.2.3.4:65535", "1.2.3.4", 65535, false, "grpc://1.2.3.4:65535"),
        ("[::1]:4318", "[::1]", 4318, false, "grpc://[::1]:4318"),
        ("[::1]", "[::1]", 4317, false, "grpc://[::1]:4317"),
        ("[2001:DB8:0:0::1]:80", "[2001:db8::1]", 80, false, "grpc://[2001:db8::1]:80"),
        ("grpc://collector", "collector", 4317, false, "grpc://collector:4317"),
        ("grpc://collector/", "collector", 4317, false, "grpc://collector:4317"),
        ("grpc://collector:9/", "collector", 9, false, "grpc://collector:9"),
        ("GRPC://collector:9", "collector", 9, false, "grpc://collector:9"),
        ("grpcs://collector", "collector", 4317, true, "grpcs://collector:4317"),
        ("GrpcS://[::1]/", "[::1]", 4317, true, "grpcs://[::1]:4317"),
        (" \t\ncollector:9 \u{a0}\r\n", "collector", 9, false, "grpc://collector:9"),
        // Schemes need `://`, so these are hosts with a port.
        ("http:8080", "http", 8080, false, "grpc://http:8080"),
        ("grpc:4317/", "grpc", 4317, false, "grpc://grpc:4317"),
        ("tcp:80", "tcp", 80, false, "grpc://tcp:80"),
        ("stdout", "stdout", 4317, false, "grpc://stdout:4317"),
    ];
    for (text, host, port, tls, canonical) in cases {
        let url = grpc(text);
        assert_eq!((url.host().to_string().as_str(), url.port(), url.is_tls()), (host, port, tls), "{text}");
        assert_eq!(parse(text).to_string(), canonical, "{text}");
        assert_eq!(format!("{}://{}", url.scheme(), url.authority()), canonical, "{text}");
    }
}

#[test]
fn hosts_are_told_apart() {
    assert_eq!(grpc("127.0.0.1").host(), &Host::Ipv4(Ipv4Addr::LOCALHOST));
    assert_eq!(grpc("[::1]").host(), &Host::Ipv6(Ipv6Addr::LOCALHOST));
    assert!(matches!(grpc("a.b").host(), Host::Name(name) if name.as_str() == "a.b"));
}

#[test]
fn http_forms() {
    let cases = [
        // (text, authority, port, tls, request target)
        ("http://collector", "collector", 80, false, "/v1/traces"),
        ("http://collector/", "collector", 80, false, "/v1/traces"),
        ("http://collector:80", "collector", 80, false, "/v1/traces"),
        ("http://collector:4318", "collector:4318", 4318, false, "/v1/traces"),
        ("http://collector:443", "collector:443", 443, false, "/v1/traces"),
        ("https://collector", "collector", 443, true, "/v1/traces"),
        ("https://collector:443/", "collector", 443, true, "/v1/traces"),
        ("https://collector:80/", "collector:80", 80, true, "/v1/traces"),
        ("HTTPS://Collector/V1/Traces/", "collector", 443, true, "/V1/Traces/"),
        ("https://collector/otlp//v1/../traces", "collector", 443, true, "/otlp//v1/../traces"),
        ("https://collector/%7e%7E/a%2Fb", "collector", 443, true, "/%7e%7E/a%2Fb"),
        ("https://collector//", "collector", 443, true, "//"),
        ("https://collector?key=a%20b&c", "collector", 443, true, "/v1/traces?key=a%20b&c"),
        ("https://collector/?key=1", "collector", 443, true, "/v1/traces?key=1"),
        ("https://collector/p?a=1?b/c@d:e", "collector", 443, true, "/p?a=1?b/c@d:e"),
        ("https://collector/p?", "collector", 443, true, "/p?"),
        ("http://[::1]:4318", "[::1]:4318", 4318, false, "/v1/traces"),
        ("http://[::1]", "[::1]", 80, false, "/v1/traces"),
        ("http://1.2.3.4/x", "1.2.3.4", 80, false, "/x"),
    ];
    for (text, authority, port, tls, target) in cases {
        let url = http(text);
        assert_eq!((url.authority().as_str(), url.port(), url.is_tls()), (authority, port, tls), "{text}");
        assert_eq!(url.path_and_query(), target, "{text}");
        let canonical = format!("{}://{authority}{target}", if tls { "https" } else { "http" });
        assert_eq!(parse(text).to_string(), canonical, "{text}");
    }
}

#[test]
fn an_http_url_tells_its_path_from_its_query() {
    let url = http("http://h/p/q?a=1?2");
    assert_eq!((url.path(), url.query()), ("/p/q", Some("a=1?2")));
    let url = http("http://h");
    assert_eq!((url.path(), url.query()), ("/v1/traces", None));
}

#[test]
fn file_forms() {
    let cases = [
        // (text, directory, canonical form)
        ("file:///var/lib/traces", "/var/lib/traces", "file:///var/lib/traces"),
        ("file:/var/lib/traces", "/var/lib/traces", "file:///var/lib/traces"),
        ("file://localhost/var/lib", "/var/lib", "file:///var/lib"),
        ("file://LocalHost/var", "/var", "file:///var"),
        ("FILE:/a", "/a", "file:///a"),
        ("file:///", "/", "file:///"),
        ("file:traces", "traces", "file:traces"),
        ("file:./a/../b", "./a/../b", "file:./a/../b"),
        ("file:4317", "4317", "file:4317"),
        ("file:a:b@c", "a:b@c", "file:a:b@c"),
        ("file:////a", "//a", "file:////a"),
        ("file:///a%20b%3f%23%25", "/a b?#%", "file:///a%20b%3F%23%25"),
        ("file:a%2Fb", "a/b", "file:a/b"),
        ("file:%2Fa", "/a", "file:///a"),
        ("file:///gr\u{fc}n", "/gr\u{fc}n", "file:///gr%C3%BCn"),
        ("file:///a[b]{c}|", "/a[b]{c}|", "file:///a%5Bb%5D%7Bc%7D%7C"),
    ];
    for (text, directory, canonical) in cases {
        let options = file(text);
        assert_eq!(options.directory().as_os_str(), directory, "{text}");
        assert_eq!(options.limit(), DEFAULT_FILE_LIMIT, "{text}");
        assert_eq!((options.max_files(), options.max_bytes()), (None, None), "{text}");
        assert_eq!(options.to_string(), canonical, "{text}");
    }
}

#[test]
fn file_options_come_from_the_query() {
    let cases = [
        ("file:d?limit=1", 1, None, None, "file:d?limit=1"),
        ("file:d?limit=104857600", 104_857_600, None, None, "file:d"),
        ("file:d?max_files=3", 104_857_600, Some(3), None, "file:d?max_files=3"),
        (
            "file:/d?max_bytes=18446744073709551615&limit=007&max_files=2",
            7,
            Some(2),
            Some(u64::MAX),
            "file:///d?limit=7&max_files=2&max_bytes=18446744073709551615",
        ),
    ];
    for (text, limit, max_files, max_bytes, canonical) in cases {
        let options = file(text);
        assert_eq!(
            (options.limit(), options.max_files(), options.max_bytes()),
            (limit, max_files, max_bytes),
            "{text}"
        );
        assert_eq!(options.to_string(), canonical, "{text}");
    }
}

#[test]
fn a_directory_that_is_no_utf8_survives() {
    let options = file("file:///%ff%FE");
    assert_eq!(options.directory().as_os_str().as_bytes(), b"/\xff\xfe");
    assert_eq!(options.to_string(), "file:///%FF%FE");
}

#[test]
fn file_options_made_in_code_equal_parsed_ones() {
    let number = |n| NonZeroU64::new(n).unwrap();
    let made = FileOptions::new("/d").unwrap();
    assert_eq!(made, file("file:///d"));
    let made = made.with_limit(number(1)).with_max_files(number(2)).with_max_bytes(number(3));
    assert_eq!(made, file("file:///d?limit=1&max_files=2&max_bytes=3"));
}

#[test]
fn no_file_options_are_made_for_a_path_that_cannot_be() {
    assert_eq!(FileOptions::new(""), None);
    assert_eq!(FileOptions::new("a\0b"), None);
}

#[test]
fn unix_forms() {
    let cases = [
        ("unix:///run/x.sock", "/run/x.sock", "unix:///run/x.sock"),
        ("unix:/run/x.sock", "/run/x.sock", "unix:///run/x.sock"),
        ("UNIX:x%20y", "x y", "unix:x%20y"),
    ];
    for (text, path, canonical) in cases {
        let ExporterUrl::Unix(url) = parse(text) else { panic!("{text}") };
        assert_eq!(url.path(), Path::new(path), "{text}");
        assert_eq!(url.to_string(), canonical, "{text}");
    }
}

#[test]
fn the_stdout_form() {
    assert_eq!(parse("stdout:"), ExporterUrl::Stdout);
    assert_eq!(parse(" StdOut: ").to_string(), "stdout:");
}
