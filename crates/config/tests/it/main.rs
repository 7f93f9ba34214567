//! What a configuration means, and what is said about one that means nothing.

#![allow(clippy::unwrap_used, reason = "a panic is the report of a test")]

mod documented;
mod errors;
mod files;
mod headers;
mod hostile;
mod values;

use std::path::Path;

use telespan_config::{Config, ConfigErrors, Loader};

/// Parses with an environment of two variables.
fn parse(text: &str) -> Result<Config, ConfigErrors> {
    Loader::new()
        .with_environment(|name| match name {
            "TOKEN" => Some("t0ken".to_owned()),
            "TWO_LINES" => Some("one\ntwo".to_owned()),
            _ => None,
        })
        .parse(text, None)
}

/// Parses `tracing_service` with the given lines in it.
fn section(lines: &[&str]) -> Result<Config, ConfigErrors> {
    parse(&section_text(lines))
}

fn section_text(lines: &[&str]) -> String {
    format!("tracing_service:\n  {}\n", lines.join("\n  "))
}

/// All errors as they are printed.
fn errors(result: Result<Config, ConfigErrors>) -> Vec<String> {
    match result {
        Ok(config) => panic!("no error, but {config:?}"),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

/// Creates a file of that name and gives its path as text.
fn file(directory: &Path, name: &str, text: &str) -> String {
    let path = directory.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}
