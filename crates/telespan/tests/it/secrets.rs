//! Nothing that goes to logs shows a secret.

use std::fmt::Debug;

use telespan::{ExporterSettings, Telespan, load_config};

use crate::support::{Heard, send_in_vain, two_spans};

const SECRET: &str = "s3cret";

fn assert_hidden(shown: &impl Debug) {
    let shown = format!("{shown:?} {shown:#?}");
    assert!(!shown.contains(SECRET), "{shown}");
}

#[test]
fn no_debug_form_shows_a_header_or_a_query() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("telespan.yaml");
    let port = telespan_testkit::closed_port();
    let url = format!("http://{}/v1/traces?token={SECRET}", port.address());
    let text = format!(
        "tracing_service:\n  enabled: yes\n  exporter_url: {url}\n  headers:\n    authorization: Bearer {SECRET}\n"
    );
    std::fs::write(&path, text).unwrap();

    let config = load_config(&path).unwrap();
    assert_hidden(&config);
    let settings = ExporterSettings::from_config(&config.tracing_service).unwrap();
    assert_eq!(settings.headers[0].1.expose(), format!("Bearer {SECRET}"));
    assert_hidden(&settings);
    let (exporter, destination) = settings.build().unwrap();
    drop(exporter);
    assert_hidden(&destination);
    assert!(!destination.to_string().contains(SECRET), "{destination}");

    let heard = Heard::default();
    let telespan = heard.listen(Telespan::from_config(&config.tracing_service)).header("x-key", SECRET);
    assert_hidden(&telespan);
    let guard = telespan.sampling_rate(telespan::PerMillion::ALL).start().unwrap();
    assert_hidden(&guard);
    assert_hidden(&guard.tracing());
    two_spans(&guard, None);
    send_in_vain(&guard);
    let events = heard.wait_for("cannot connect");
    assert!(!events.contains(SECRET), "{events}");
    let error = guard.shutdown_within(std::time::Duration::ZERO).unwrap_err();
    assert_hidden(&error);
}

#[test]
fn no_error_shows_a_header_or_a_query() {
    let bad = Telespan::from_url(&format!("http://h/p?token={SECRET}")).unwrap().header("a b", SECRET);
    let error = bad.start().unwrap_err();
    assert_hidden(&error);
    assert!(error.to_string().contains("token=***"), "{error}");
}
