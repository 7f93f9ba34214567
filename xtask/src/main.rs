//! The tasks of this repository: `cargo xtask TASK`, one file a task.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool speaks to its user")]

use std::{env, process::ExitCode};

use anyhow::{Result, bail};

mod bench;
mod ci;
mod codegen;
mod interop;
mod process;
mod tidy;
mod workspace;

const USAGE: &str = "\
usage: cargo xtask TASK

  ci [STEP]            everything that CI runs, or one step of it (`cargo xtask ci --list` names them)
  codegen [--check]    write the code generated from proto/, or say whether it is up to date
  tidy                 check what the compiler does not: manifests, READMEs, the table of crates
  bench [NAME [ARG…]]  run the benchmarks, or one of them
  interop [PART…]      exchange spans with the real OpenTelemetry Collector; only scenarios with PART in their name";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[&str]) -> Result<()> {
    match args {
        ["ci"] => ci::run_all(),
        ["ci", "--list"] => ci::list(),
        ["ci", step] => ci::run_one(step),
        ["codegen"] => codegen::write(),
        ["codegen", "--check"] => codegen::check(),
        ["tidy"] => tidy::run(),
        ["bench", rest @ ..] => bench::run(rest),
        ["interop", names @ ..] => interop::run(names),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("no such task: `{}`\n\n{USAGE}", args.join(" ")),
    }
}
