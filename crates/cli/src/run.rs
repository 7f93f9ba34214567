//! Starting commands, and what shells say when that fails.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode};

use rustix::io::Errno;

use crate::say;

/// The exit code of a shell for a command that is not there.
const NOT_FOUND: u8 = 127;

/// The exit code of a shell for a command that cannot be started.
const NOT_EXECUTABLE: u8 = 126;

/// Becomes the command: from here on this program is not there. Returns only if that fails.
pub(crate) fn replace(command: &[OsString]) -> ExitCode {
    let mut prepared = Command::new(&command[0]);
    let mut error = prepared.args(&command[1..]).exec();
    if is_no_executable(&error) {
        error = by_shell(&prepared).exec();
    }
    ExitCode::from(cannot_start(&command[0], &error))
}

/// Starts the command.
pub(crate) fn spawn(command: &mut Command) -> io::Result<Child> {
    match command.spawn() {
        Err(error) if is_no_executable(&error) => by_shell(command).spawn(),
        result => result,
    }
}

/// Says why the command could not be started; returns the exit code.
pub(crate) fn cannot_start(command: &OsStr, error: &io::Error) -> u8 {
    let name = command.to_string_lossy();
    let missing = error.kind() == io::ErrorKind::NotFound;
    if missing && Path::new(command).is_file() {
        say::line(format_args!("telespan: {name}: the interpreter named in its first line is missing"));
    } else if missing {
        say::line(format_args!("telespan: {name}: command not found"));
    } else if Path::new(command).is_dir() {
        say::line(format_args!("telespan: {name}: is a directory"));
    } else {
        say::line(format_args!("telespan: {name}: {error}"));
    }
    if missing { NOT_FOUND } else { NOT_EXECUTABLE }
}

/// Whether the system takes the file for no program: a script without `#!`, most of the time.
fn is_no_executable(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::NOEXEC.raw_os_error())
}

/// The command as a script of the shell: what `execvp` and shells make of a file without `#!`.
fn by_shell(command: &Command) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.arg(locate(command.get_program())).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

/// The file that the system found for a program.
fn locate(program: &OsStr) -> PathBuf {
    let directories = env::var_os("PATH").filter(|_| !program.as_encoded_bytes().contains(&b'/'));
    let candidates = directories.iter().flat_map(env::split_paths).map(|directory| directory.join(program));
    candidates.into_iter().find(|file| is_executable(file)).unwrap_or_else(|| program.into())
}

fn is_executable(file: &Path) -> bool {
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}
