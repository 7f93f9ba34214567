//! `telespan check`: every problem at once, else the settings in effect.

mod exporter;
mod report;

use std::fmt;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::process::ExitCode;

use telespan::{ExporterSettings, ExporterUrl, PerMillion};

use self::report::{Problem, Problems, Settings};
use crate::args::Check;
use crate::say;

/// Checks what was asked for; exits with 0 or 1.
pub(crate) fn check(arguments: &Check) -> ExitCode {
    let result = match (&arguments.url, &arguments.config) {
        (Some(url), _) => check_url(url),
        (None, Some(path)) => check_file(path),
        (None, None) => check_file(&telespan::config_path()),
    };
    let ok = result.is_ok();
    let written = match (&result, arguments.json) {
        (Ok(settings), true) => print(report::json(settings)),
        (Ok(settings), false) => print(settings),
        (Err(problems), true) => print(report::json(problems)),
        (Err(problems), false) => {
            say::line(problems);
            Ok(())
        }
    };
    match written {
        // Who reads no further has seen enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            say::line(format_args!("telespan: cannot write the result: {error}"));
            ExitCode::FAILURE
        }
        _ if ok => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn print(text: impl fmt::Display) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

fn check_url(url: &str) -> Result<Settings, Problems> {
    if is_path(url) {
        return Err(Problem::path_as_url(url).into());
    }
    let exporter: ExporterUrl = url.parse().map_err(|error| Problem::in_url(url, &error))?;
    Ok(Settings::new(exporter.redacted().to_string(), Some(&exporter.into()), PerMillion::ALL))
}

fn check_file(path: &Path) -> Result<Settings, Problems> {
    let service = telespan::load_config(path)?.tracing_service;
    let exporter = ExporterSettings::from_config(&service);
    Ok(Settings::new(path.display().to_string(), exporter.as_ref(), service.sampling_rate))
}

/// Whether a word where a URL is expected names a file: `telespan.yaml` could be a host, but is none.
fn is_path(word: &str) -> bool {
    let yaml = [".yaml", ".yml"].iter().any(|extension| word.ends_with(extension));
    let absolute_or_dotted = word.starts_with('/') || word.starts_with('.');
    !word.contains("://") && (yaml || absolute_or_dotted || Path::new(word).is_file())
}
