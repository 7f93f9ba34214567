//! The canonical form parses to the same value, and no text panics.

use std::ffi::OsString;
use std::num::NonZeroU64;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use proptest::prelude::*;
use telespan_url::{ExporterUrl, FileOptions};

fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,10}[a-zA-Z0-9_])?(\\.[a-zA-Z][a-z0-9]{0,10}){1,3}\\.?",
        any::<std::net::Ipv4Addr>().prop_map(|address| address.to_string()),
        any::<std::net::Ipv6Addr>().prop_map(|address| format!("[{address}]")),
    ]
}

fn network_url() -> impl Strategy<Value = String> {
    let port = prop_oneof![Just(String::new()), (1..=u16::MAX).prop_map(|port| format!(":{port}"))];
    let target = "(/([a-zA-Z0-9._~!$&'()*+,;=:@/-]|%[0-9a-fA-F]{2}){0,20})?(\\?([a-z0-9=&/?@]|%[0-9a-fA-F]{2}){0,20})?";
    (host(), port, target, any::<bool>(), any::<bool>()).prop_map(|(host, port, target, http, tls)| {
        let tls = if tls { "s" } else { "" };
        if http { format!("http{tls}://{host}{port}{target}") } else { format!("grpc{tls}://{host}{port}") }
    })
}

fn file_options() -> impl Strategy<Value = FileOptions> {
    let byte = prop_oneof![1..=u8::MAX, proptest::sample::select(b"/%?#.:@ ".to_vec())];
    let path = proptest::collection::vec(byte, 1..30);
    let number = || proptest::option::of((1..=u64::MAX).prop_map(|n| NonZeroU64::new(n).expect("n >= 1")));
    (path, number(), number(), number()).prop_map(|(path, limit, max_files, max_bytes)| {
        let mut options = FileOptions::new(PathBuf::from(OsString::from_vec(path))).expect("no NUL in path");
        if let Some(limit) = limit {
            options = options.with_limit(limit);
        }
        if let Some(max_files) = max_files {
            options = options.with_max_files(max_files);
        }
        if let Some(max_bytes) = max_bytes {
            options = options.with_max_bytes(max_bytes);
        }
        options
    })
}

/// Texts that come near a URL more often than chance would.
fn nearly_a_url() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "grpc",
            "grpcs",
            "http",
            "https",
            "file",
            "unix",
            "stdout",
            "://",
            ":",
            "//",
            "/",
            "localhost",
            "[::1]",
            "::1",
            "1.2.3.4",
            ":4317",
            "?",
            "limit=",
            "max_files=3",
            "&",
            "#",
            "%",
            "%41",
            "%00",
            "@",
            " ",
            "[",
            "]",
            "\u{fc}",
            "\u{a0}",
            "0",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
        "[a-z0-9]{1,3}",
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn assert_round_trip(url: &ExporterUrl) {
    let canonical = url.to_string();
    assert_eq!(canonical.parse().as_ref(), Ok(url), "{canonical}");
    assert!(canonical.bytes().all(|byte| byte.is_ascii_graphic()), "{canonical}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn network_urls_survive_display(text in network_url()) {
        assert_round_trip(&text.parse().unwrap());
    }

    #[test]
    fn file_urls_survive_display_byte_by_byte(options in file_options()) {
        let url: ExporterUrl = options.to_string().parse().unwrap();
        let ExporterUrl::File(parsed) = &url else { panic!("{url}") };
        // Paths compare by component, so their bytes are compared too.
        prop_assert_eq!(parsed.directory().as_os_str(), options.directory().as_os_str());
        prop_assert_eq!(parsed, &options);
        assert_round_trip(&url);
    }

    #[test]
    fn no_text_panics_and_what_parses_survives_display(text in prop_oneof![any::<String>(), nearly_a_url()]) {
        match text.parse::<ExporterUrl>() {
            Ok(url) => assert_round_trip(&url),
            Err(error) => prop_assert!(text.get(error.span()).is_some() && !error.hint().is_empty()),
        }
    }
}
