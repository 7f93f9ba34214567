//! A traced service: spans over async tasks and threads, from a remote caller to the last receipt.
//!
//! ```text
//! cargo run -p telespan --example service -- [URL | CONFIG] [none | current_thread | multi_thread]
//! ```
//!
//! The first argument is an exporter URL, or a configuration file; `file:traces` unless given. The second
//! says how to run the futures: with threads only unless given, or with one of tokio's runtimes.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod runtime;
mod shop;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use telespan::{Guard, Telespan, tracer};

use runtime::Runtime;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("service: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let exporter = arguments.next().unwrap_or_else(|| "file:traces".to_owned());
    let runtime: Runtime = arguments.next().as_deref().unwrap_or("none").parse()?;

    let guard = start(&exporter)?;
    runtime.block_on(shop::take_orders(tracer("shop"), runtime));
    let stats = guard.shutdown()?;
    println!(
        "service: {} spans ended, {} exported, {} dropped, trace {}",
        stats.ended,
        stats.exported,
        stats.dropped_total(),
        shop::TRACE_ID
    );
    Ok(())
}

fn start(exporter: &str) -> Result<Guard, Box<dyn Error>> {
    let telespan = match Path::new(exporter) {
        config if config.is_file() => Telespan::from_file(config)?,
        _ => Telespan::from_url(exporter)?,
    };
    // Whatever goes wrong later slows nothing down; it is counted, and told here.
    let telespan = telespan.service_name("shop").on_event(|event| eprintln!("service: {event}"));
    Ok(telespan.install()?)
}
