//! Starting commands, and what shells say when that fails.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use crate::say;

/// The exit code of a shell for a command that is not there.
const NOT_FOUND: u8 = 127;

/// The exit code of a shell for a command that cannot be started.
const NOT_EXECUTABLE: u8 = 126;

/// Becomes the command: from here on this program is not there. Returns only if that fails.
pub(crate) fn replace(command: &[OsString]) -> ExitCode {
    let error = Command::new(&command[0]).args(&command[1..]).exec();
    ExitCode::from(cannot_start(&command[0], &error))
}

/// Says why the command could not be started; returns the exit code.
pub(crate) fn cannot_start(command: &OsString, error: &io::Error) -> u8 {
    let command = command.to_string_lossy();
    if error.kind() == io::ErrorKind::NotFound {
        say::line(format_args!("telespan: {command}: command not found"));
        NOT_FOUND
    } else {
        say::line(format_args!("telespan: {command}: {error}"));
        NOT_EXECUTABLE
    }
}
