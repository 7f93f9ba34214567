//! `telespan check`: every problem at once, else the effective settings.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};
use telespan::{ConfigErrors, ExporterSettings, ExporterUrl, FileOptions, ParseUrlError, PerMillion};

use crate::args::Check;
use crate::say;

/// Checks what was asked for; exits with 0 or 1.
pub(crate) fn check(arguments: &Check) -> ExitCode {
    let result = match &arguments.url {
        Some(url) => check_url(url),
        None => check_file(&arguments.config.clone().unwrap_or_else(telespan::config_path)),
    };
    let ok = result.is_ok();
    let written = match (result, arguments.json) {
        (Ok(settings), true) => print(&settings.to_json()),
        (Ok(settings), false) => print(&settings.to_text()),
        (Err(problems), true) => print(&json!({"ok": false, "errors": to_json(&problems)})),
        (Err(problems), false) => {
            problems.iter().for_each(|problem| say::line(problem.to_text()));
            Ok(())
        }
    };
    if let Err(error) = written {
        say::line(format_args!("telespan: cannot write the result: {error}"));
        return ExitCode::FAILURE;
    }
    if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn print(text: &impl std::fmt::Display) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

/// What applies when nothing is wrong.
struct Settings {
    source: String,
    /// Where spans go, or would go if tracing were on.
    exporter: Option<ExporterSettings>,
    rate: PerMillion,
    enabled: bool,
}

/// One thing that is wrong, and where.
struct Problem {
    message: String,
    hint: Option<String>,
    file: Option<PathBuf>,
    line: u32,
    column: u32,
}

fn check_url(url: &str) -> Result<Settings, Vec<Problem>> {
    let exporter: ExporterUrl = url.parse().map_err(|error| vec![Problem::in_url(url, &error)])?;
    let source = exporter.redacted().to_string();
    Ok(Settings { source, exporter: Some(exporter.into()), rate: PerMillion::ALL, enabled: true })
}

fn check_file(path: &Path) -> Result<Settings, Vec<Problem>> {
    let config = telespan::load_config(path).map_err(Problem::in_file)?;
    let service = config.tracing_service;
    Ok(Settings {
        source: path.display().to_string(),
        exporter: ExporterSettings::from_config(&service),
        rate: service.sampling_rate,
        enabled: service.enabled_url().is_some(),
    })
}

impl Settings {
    fn to_json(&self) -> Value {
        json!({
            "ok": true,
            "exporter": self.exporter.as_ref().map(exporter_json),
            "sampling_rate_per_million": self.rate.to_u32(),
            "enabled": self.enabled,
        })
    }

    fn to_text(&self) -> String {
        let mut rows = vec![("enabled", if self.enabled { "yes" } else { "no" }.to_owned())];
        if let Some(exporter) = &self.exporter {
            rows.push(("exporter", exporter.url.redacted().to_string()));
            rows.push(("protocol", protocol_text(exporter).to_owned()));
            rows.push(("sampling_rate_per_million", self.rate.to_u32().to_string()));
            rows.extend(exporter.ca_certs.iter().map(|path| ("ca_certs", path.display().to_string())));
            rows.extend(exporter.key_pairs.iter().map(|pair| {
                ("https_keypairs", format!("{} + {}", pair.key_file.display(), pair.cert_file.display()))
            }));
            rows.extend(exporter.headers.iter().map(|(name, _)| ("headers", format!("{name}: ***"))));
        }
        let rows: String = rows.iter().map(|(name, value)| format!("\n  {name:<26} {value}")).collect();
        format!("{}: ok{rows}", self.source)
    }
}

fn exporter_json(exporter: &ExporterSettings) -> Value {
    let url = exporter.url.redacted().to_string();
    let tls = exporter.is_tls();
    match &exporter.url {
        ExporterUrl::Grpc(grpc) => json!({
            "protocol": "grpc", "url": url, "host": grpc.host().to_string(), "port": grpc.port(), "tls": tls,
        }),
        ExporterUrl::Http(http) => json!({
            "protocol": "http", "url": url, "host": http.host().to_string(), "port": http.port(), "tls": tls,
            "path": http.path(),
        }),
        ExporterUrl::File(file) => file_json(&url, file),
        ExporterUrl::Unix(unix) => {
            json!({"protocol": "unix", "url": url, "path": unix.path().to_string_lossy()})
        }
        _ => json!({"protocol": "stdout", "url": url}),
    }
}

fn file_json(url: &str, file: &FileOptions) -> Value {
    json!({
        "protocol": "file", "url": url, "directory": file.directory().to_string_lossy(),
        "limit": file.limit(), "max_files": file.max_files(), "max_bytes": file.max_bytes(),
    })
}

fn protocol_text(exporter: &ExporterSettings) -> &'static str {
    match (&exporter.url, exporter.is_tls()) {
        (ExporterUrl::Grpc(_), false) => "OTLP/gRPC, plaintext",
        (ExporterUrl::Grpc(_), true) => "OTLP/gRPC over TLS",
        (ExporterUrl::Http(_), false) => "OTLP/HTTP, plaintext",
        (ExporterUrl::Http(_), true) => "OTLP/HTTP over TLS",
        (ExporterUrl::Unix(_), _) => "OTLP/gRPC over a unix socket",
        (ExporterUrl::File(_), _) => "rotating files of OTLP/JSON lines",
        _ => "OTLP/JSON lines on standard output",
    }
}

impl Problem {
    fn in_url(url: &str, error: &ParseUrlError) -> Problem {
        let before = url.get(..error.span().start).unwrap_or_default();
        Problem {
            message: error.problem().to_string(),
            hint: Some(error.hint().to_owned()),
            file: None,
            line: 1,
            column: u32::try_from(before.chars().count()).map_or(u32::MAX, |column| column.saturating_add(1)),
        }
    }

    fn in_file(errors: ConfigErrors) -> Vec<Problem> {
        let problem = |error: telespan::ConfigError| Problem {
            message: error.message,
            hint: error.hint,
            file: error.place.file.map(|file| file.to_path_buf()),
            line: error.place.line,
            column: error.place.column,
        };
        errors.into_iter().map(problem).collect()
    }

    fn to_text(&self) -> String {
        let hint = self.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        let place = match &self.file {
            Some(file) => format!("{}:{}:{}", file.display(), self.line, self.column),
            None => format!("URL:{}", self.column),
        };
        format!("{place}: {}{hint}", self.message)
    }
}

fn to_json(problems: &[Problem]) -> Value {
    let problem = |problem: &Problem| {
        json!({
            "message": problem.message, "hint": problem.hint,
            "file": problem.file.as_ref().map(|file| file.to_string_lossy()),
            "line": problem.line, "column": problem.column,
        })
    };
    problems.iter().map(problem).collect()
}
