//! No secret shows in logs and errors.

use proptest::prelude::*;
use telespan_url::ExporterUrl;

#[test]
fn query_values_are_hidden_in_logs_and_kept_for_connecting() {
    let cases = [
        ("https://h/p?key=sesame&x=1", "https://h/p?key=***&x=***"),
        ("https://h/p?key=se=sa=me", "https://h/p?key=***"),
        ("https://h/p?sesame", "https://h/p?***"),
        ("https://h/p?&key=&", "https://h/p?&key=***&"),
        ("https://h/p?", "https://h/p?"),
        ("https://h/p", "https://h/p"),
    ];
    for (text, redacted) in cases {
        let url: ExporterUrl = text.parse().unwrap();
        assert_eq!(url.redacted().to_string(), redacted, "{text}");
        assert_eq!(format!("{:?}", url.redacted()), redacted, "{text}");
        assert_eq!(format!("{url:?}"), format!("Http(HttpUrl({redacted}))"), "{text}");
        assert_eq!(url.to_string(), text);
    }
}

#[test]
fn urls_without_secrets_show_as_they_are() {
    for text in ["grpc://h:1", "file:///d?limit=1", "unix:///x", "stdout:"] {
        assert_eq!(text.parse::<ExporterUrl>().unwrap().redacted().to_string(), text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_error_shows_a_password(
        scheme in proptest::sample::select(vec!["", "grpc://", "http://", "https://", "file://", "unix://", "tcp://"]),
        before in "[a-z0-9:]{0,5}",
        between in "[:/?#%@]?",
        rest in "[a-z0-9:/?#%]{0,8}",
    ) {
        let text = format!("{scheme}{before}:SESAME{between}{rest}@host/path");
        let error = text.parse::<ExporterUrl>();
        prop_assert!(!format!("{error:?}").contains("SESAME"), "{error:?}");
        if let Err(error) = error {
            prop_assert!(!error.to_string().contains("SESAME"), "{error}");
        }
    }

    #[test]
    fn neither_debug_nor_errors_show_a_query_value(tail in "[a-z=&#<%/?]{0,6}", port in "(:80|:x|)") {
        let text = format!("https://host{port}/p?key=SESAME{tail}");
        let result = text.parse::<ExporterUrl>();
        prop_assert!(!format!("{result:?}").contains("SESAME"), "{result:?}");
    }
}
