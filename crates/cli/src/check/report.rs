//! What `telespan check` says: JSON by `Serialize`, text by `Display`.

use std::fmt;

use serde::Serialize;
use telespan::{ConfigError, ConfigErrors, ExporterSettings, ParseUrlError, PerMillion};

use super::exporter::{self, Exporter, Row};

/// A report on one line.
pub(super) fn json(report: &impl Serialize) -> String {
    serde_json::to_string(report).expect("strings, numbers and fixed names make JSON")
}

/// What applies when nothing is wrong.
#[derive(Serialize)]
pub(super) struct Settings {
    ok: bool,
    exporter: Option<Exporter>,
    sampling_rate_per_million: u32,
    enabled: bool,
    #[serde(skip)]
    source: String,
    #[serde(skip)]
    rows: Vec<Row>,
}

impl Settings {
    /// Of what `source` says: no exporter means that tracing is off.
    pub(super) fn new(source: String, exporter: Option<&ExporterSettings>, rate: PerMillion) -> Settings {
        Settings {
            ok: true,
            exporter: exporter.map(Exporter::new),
            sampling_rate_per_million: rate.to_u32(),
            enabled: exporter.is_some(),
            source,
            rows: exporter.map(exporter::rows).unwrap_or_default(),
        }
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let enabled = if self.enabled { "yes" } else { "no" };
        let rate = match self.sampling_rate_per_million {
            0 if self.enabled => "0: no trace begins here, those sampled elsewhere go on".to_owned(),
            rate => rate.to_string(),
        };
        write!(f, "{}: ok", self.source)?;
        for (name, value) in [("enabled", enabled), ("sampling_rate_per_million", &rate)] {
            write!(f, "\n  {name:<26} {value}")?;
        }
        self.rows.iter().try_for_each(|(name, value)| write!(f, "\n  {name:<26} {value}"))
    }
}

/// Everything that is wrong.
#[derive(Serialize)]
pub(super) struct Problems {
    ok: bool,
    errors: Vec<Problem>,
}

/// One thing that is wrong, and where: in a file, or in a URL, which is one line.
#[derive(Serialize)]
pub(super) struct Problem {
    message: String,
    hint: Option<String>,
    file: Option<String>,
    line: u32,
    column: u32,
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Problems { ok: false, errors: vec![problem] }
    }
}

impl From<ConfigErrors> for Problems {
    fn from(errors: ConfigErrors) -> Self {
        Problems { ok: false, errors: errors.into_iter().map(Problem::from).collect() }
    }
}

impl From<ConfigError> for Problem {
    fn from(error: ConfigError) -> Self {
        Problem {
            message: error.message,
            hint: error.hint,
            file: error.place.file.map(|file| file.to_string_lossy().into_owned()),
            line: error.place.line,
            column: error.place.column,
        }
    }
}

impl Problem {
    pub(super) fn in_url(url: &str, error: &ParseUrlError) -> Problem {
        let before = url.get(..error.span().start).unwrap_or_default();
        Problem {
            message: error.problem().to_string(),
            hint: Some(error.hint().to_owned()),
            file: None,
            line: 1,
            column: u32::try_from(before.chars().count()).map_or(u32::MAX, |column| column.saturating_add(1)),
        }
    }

    pub(super) fn path_as_url(path: &str) -> Problem {
        Problem {
            message: format!("`{path}` is a path, not an exporter URL"),
            hint: Some(format!("to check a configuration file, run: telespan check --config {path}")),
            file: None,
            line: 1,
            column: 1,
        }
    }
}

impl fmt::Display for Problems {
    /// One line each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.errors.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}{problem}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{file}:{}:{}: {}", self.line, self.column, self.message)?,
            None => write!(f, "URL:{}: {}", self.column, self.message)?,
        }
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " ({hint})"))
    }
}
