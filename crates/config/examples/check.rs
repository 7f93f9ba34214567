//! Checks a configuration file: `cargo run -p telespan-config --example check -- /etc/telespan.yaml`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example shows what it finds")]

use std::path::PathBuf;
use std::process::ExitCode;

use telespan_config::Config;

fn main() -> ExitCode {
    let path = std::env::args_os().nth(1).map_or_else(|| PathBuf::from(Config::DEFAULT_PATH), PathBuf::from);
    match Config::load(&path) {
        Ok(config) => {
            match config.tracing_service.enabled_url() {
                Some(url) => println!("tracing goes to {}", url.redacted()),
                None => println!("tracing is off"),
            }
            ExitCode::SUCCESS
        }
        Err(errors) => {
            eprintln!("{errors}");
            ExitCode::FAILURE
        }
    }
}
