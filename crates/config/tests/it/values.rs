//! The values of single keys and the defaults of absent ones.

use std::time::Duration;

use telespan_config::{Compression, Encoding, Switch};

use crate::section;

#[test]
fn every_word_for_on_and_off_is_understood_in_any_case() {
    for (words, on) in [
        (["true", "yes", "y", "on", "1", "TRUE", "Yes", "oN", "\"1\"", "'on'"], true),
        (["false", "no", "n", "off", "0", "FALSE", "No", "oFF", "\"0\"", "'off'"], false),
    ] {
        for word in words {
            let config = section(&[&format!("enabled: {word}"), "exporter_url: host"]).unwrap();
            assert_eq!(config.tracing_service.enabled_url().is_some(), on, "{word}");
        }
    }
}

#[test]
fn off_needs_no_url_and_keeps_one_that_is_there() {
    assert_eq!(section(&["enabled: no"]).unwrap().tracing_service.switch, Switch::Off(None));
    let Switch::Off(Some(url)) = section(&["exporter_url: https://host"]).unwrap().tracing_service.switch
    else {
        panic!("the URL is lost");
    };
    assert_eq!(url.value, "https://host".parse().unwrap());
}

#[test]
fn the_whole_range_of_rates_is_accepted() {
    for (text, rate) in [("0", 0), ("1", 1), ("+5", 5), ("999999", 999_999), ("1000000", 1_000_000)] {
        let config = section(&[&format!("sampling_rate_per_million: {text}")]).unwrap();
        assert_eq!(config.tracing_service.sampling_rate.to_u32(), rate);
    }
}

#[test]
fn absent_settings_and_keys_without_a_value_are_the_defaults() {
    let keys = [
        "enabled:",
        "exporter_url:",
        "sampling_rate_per_million:",
        "ca_certs:",
        "https_keypairs: ~",
        "headers: null",
        "headers_file:",
        "compression:",
        "encoding:",
        "timeout:",
    ];
    let service = section(&keys).unwrap().tracing_service;
    assert_eq!(service, section(&["enabled: no"]).unwrap().tracing_service);
    assert_eq!(service.compression, Compression::None);
    assert_eq!(service.encoding, Encoding::Protobuf);
    assert_eq!(service.timeout, Duration::from_secs(10));
    assert!(service.tls.is_empty() && service.headers.is_empty());
}

#[test]
fn network_settings_have_their_values() {
    let lines = ["exporter_url: https://host", "compression: zstd", "encoding: json", "timeout: 500ms"];
    let service = section(&lines).unwrap().tracing_service;
    assert_eq!(service.compression, Compression::Zstd);
    assert_eq!(service.encoding, Encoding::Json);
    assert_eq!(service.timeout, Duration::from_millis(500));
    let service = section(&["compression: gzip", "timeout: '2m'"]).unwrap().tracing_service;
    assert_eq!((service.compression, service.timeout), (Compression::Gzip, Duration::from_secs(120)));
}

#[test]
fn anchors_are_followed_and_explicit_string_tags_respected() {
    let config = crate::parse(
        "teleport:\n  trace: &url grpc://host:1\ntracing_service:\n  enabled: on\n  exporter_url: *url\n  compression: !!str gzip\n",
    );
    let Switch::On(url) = config.unwrap().tracing_service.switch else { panic!("off") };
    assert_eq!((url.value.to_string().as_str(), url.place.line), ("grpc://host:1", 2));
}
