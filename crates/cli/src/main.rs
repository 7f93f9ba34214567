//! The `telespan` command line.

mod args;
mod check;
mod child;
mod destination;
mod relay;
mod run;
mod say;
mod ssh;
mod traced;

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use crate::args::{Action, Cli, Exec, TraceOptions};

fn main() -> ExitCode {
    let Cli { trace, action } = Cli::parse();
    match action {
        Some(Action::Exec(Exec { trace: options, command })) => run(&options.and(trace), &command),
        Some(Action::Check(arguments)) => {
            refuse_useless(&trace);
            if trace.trace {
                misuse(
                    "`check` is a subcommand of telespan; to trace a command of this name, run: telespan --trace exec check",
                );
            }
            check::check(&arguments)
        }
        Some(Action::Command(command)) => {
            refuse_useless(&trace);
            if !trace.trace {
                unknown(&command[0]);
            }
            run(&trace, &command)
        }
        None => {
            refuse_useless(&trace);
            misuse("a command is missing: telespan --trace COMMAND")
        }
    }
}

fn run(options: &TraceOptions, command: &[OsString]) -> ExitCode {
    refuse_useless(options);
    if options.trace { traced::run(options, command) } else { run::replace(command) }
}

fn refuse_useless(options: &TraceOptions) {
    if let Some(option) = options.useless_without_trace() {
        misuse(&format!("{option} has no effect without --trace: add --trace, or leave it out"));
    }
}

/// A word that is no subcommand.
fn unknown(word: &OsStr) -> ! {
    let word = word.to_string_lossy();
    misuse(&format!(
        "`{word}` is no subcommand of telespan; to trace a command, run: telespan --trace {word}"
    ))
}

/// Says what is wrong with the command line, and ends with exit code 2.
fn misuse(message: &str) -> ! {
    Cli::command().error(ErrorKind::InvalidSubcommand, message).exit()
}
