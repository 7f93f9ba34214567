//! URLs whose feature is not built in. Says most with `--no-default-features`.

#![allow(clippy::unwrap_used, reason = "a panic is the report of a test")]

use telespan::Telespan;

#[test]
fn a_url_whose_feature_is_not_built_in_is_an_error_that_names_the_feature() {
    let directory = tempfile::tempdir().unwrap();
    let traces = format!("file:{}", directory.path().display());
    let (grpc, http, file) = (cfg!(feature = "grpc"), cfg!(feature = "http"), cfg!(feature = "file"));
    let table = [
        ("localhost:4317", "grpc://", "grpc", grpc),
        ("grpc://localhost", "grpc://", "grpc", grpc),
        ("unix:/run/x.sock", "unix:", "grpc", grpc),
        ("http://localhost", "http://", "http", http),
        (traces.as_str(), "file:", "file", file),
        ("stdout:", "stdout:", "file", file),
    ];
    for (url, scheme, feature, built_in) in table {
        match Telespan::from_url(url).unwrap().start() {
            Ok(guard) => {
                assert!(built_in, "{url}");
                guard.shutdown().unwrap();
            }
            Err(error) => {
                assert!(!built_in, "{url}: {error}");
                let expected =
                    format!("`{scheme}` is not built in: enable the feature `{feature}` of telespan");
                assert_eq!(error.to_string(), expected);
            }
        }
    }
}
