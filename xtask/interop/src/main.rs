//! `cargo xtask interop`: Telespan against the real OpenTelemetry Collector.
//!
//! Each scenario starts collectors on free loopback ports, sends spans through an exporter or from a program that a
//! configuration file configures, stops the collectors and compares what they wrote with what was sent, span by span and
//! attribute by attribute. The last ones run whole programs, the example service and the command line.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool speaks to its user")]

mod collector;
mod compare;
mod connection;
mod distribution;
mod program;
mod scenario;
mod sender;
mod service;
mod spans;

use std::env;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, ensure};

fn main() -> ExitCode {
    let wanted: Vec<String> = env::args().skip(1).collect();
    match run(&wanted) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("interop: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the scenarios whose names contain one of `wanted`, or all.
fn run(wanted: &[String]) -> Result<()> {
    let scenarios = scenario::all();
    let chosen: Vec<_> = scenarios
        .iter()
        .filter(|scenario| wanted.is_empty() || wanted.iter().any(|part| scenario.name.contains(part)))
        .collect();
    let names = || scenarios.iter().map(|scenario| scenario.name).collect::<Vec<_>>().join(", ");
    ensure!(!chosen.is_empty(), "no scenario is called `{}`; there are {}", wanted.join(" "), names());
    let binary = distribution::binary()?;
    let mut failed = 0;
    for scenario in &chosen {
        let start = Instant::now();
        match scenario.run(&binary) {
            Ok(spans) => {
                println!("{:<28} {spans:>5} spans  {:>5.1} s", scenario.name, start.elapsed().as_secs_f32());
            }
            Err(error) => {
                failed += 1;
                println!("{:<28} FAILED\n{error:#}\n", scenario.name);
            }
        }
    }
    ensure!(failed == 0, "{failed} of {} scenarios failed", chosen.len());
    Ok(())
}
