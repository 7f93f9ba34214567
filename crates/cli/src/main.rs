//! The `telespan` command line.

mod args;
mod check;
mod child;
mod destination;
mod run;
mod say;
mod ssh;
mod traced;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::args::{Action, Cli, Exec, TraceOptions};

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Some(option) = cli.trace.useless_without_trace() {
        return usage(&format!("{option} has no effect without --trace: add --trace, or leave it out"));
    }
    match cli.action {
        Some(Action::Check(check)) => check::check(&check),
        Some(Action::Exec(Exec { command })) => run(&cli.trace, &command),
        Some(Action::Command(command)) if cli.trace.trace => run(&cli.trace, &command),
        Some(Action::Command(command)) => unknown(&command[0]),
        None => usage("a command is missing: telespan --trace COMMAND"),
    }
}

fn run(options: &TraceOptions, command: &[OsString]) -> ExitCode {
    if options.trace { traced::run(options, command) } else { run::replace(command) }
}

/// A word that is no subcommand.
fn unknown(word: &OsString) -> ExitCode {
    let word = word.to_string_lossy();
    usage(&format!("`{word}` is no subcommand of telespan; to trace a command, run: telespan --trace {word}"))
}

/// Ends like clap does when the command line makes no sense.
fn usage(message: &str) -> ExitCode {
    let usage = Cli::command().render_usage();
    say::line(format_args!("error: {message}\n\n{usage}\n\nFor more information, try '--help'."));
    ExitCode::from(2)
}
