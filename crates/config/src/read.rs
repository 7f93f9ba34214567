//! From the tree to settings, collecting every mistake on the way.

mod entries;
mod files;
mod headers;
mod nearest;
mod rules;
mod values;

use std::path::Path;
use std::sync::Arc;

use crate::compose::SyntaxError;
use crate::node::{Node, Position, Value, quoted};
use crate::{Config, ConfigError, Loader, Located, Place, Switch, TracingService};

use entries::Entries;
pub(crate) use files::read_text;
use nearest::edits;

/// The keys of `tracing_service`.
const KEYS: [&str; 10] = [
    "enabled",
    "exporter_url",
    "sampling_rate_per_million",
    "ca_certs",
    "https_keypairs",
    "headers",
    "headers_file",
    "compression",
    "encoding",
    "timeout",
];

/// Our section of a file.
const SECTION: &str = "tracing_service";

/// An older name of `https_keypairs`.
const KEYPAIRS_ALIAS: &str = "keypairs";

/// Reads one document. A mistake is reported and reading goes on, with a default in its place.
pub(crate) struct Reader<'a> {
    loader: &'a Loader<'a>,
    file: Option<Arc<Path>>,
    errors: Vec<ConfigError>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(loader: &'a Loader<'a>, file: Option<&Path>) -> Reader<'a> {
        Reader { loader, file: file.map(Arc::from), errors: Vec::new() }
    }

    pub(crate) fn into_errors(self) -> Vec<ConfigError> {
        self.errors
    }

    /// Reads a document: a mapping of sections, of which one is ours.
    pub(crate) fn config(&mut self, document: Option<&Node>) -> Config {
        let Some(root) = document.filter(|root| !root.is_null()) else { return Config::default() };
        let Value::Map(sections) = &root.value else {
            self.report(
                self.error(root, format!("expected a mapping of sections, found {}", root.describe())),
            );
            return Config::default();
        };
        let mut ours = sections.iter().filter(|(key, _)| key.string() == Some(SECTION));
        let Some((first, section)) = ours.next() else {
            self.report_near_section(sections.iter().map(|(key, _)| &**key));
            return Config::default();
        };
        for (again, _) in ours {
            self.report_duplicate(SECTION, first, again);
        }
        Config { tracing_service: self.tracing_service(section) }
    }

    /// Sections of others are none of our business, but one that is nearly ours would be missed in silence, and
    /// so would its keys without it.
    fn report_near_section<'n>(&mut self, keys: impl Iterator<Item = &'n Node>) {
        for key in keys {
            let Some(name) = key.string() else { continue };
            let error = if edits(&name.to_ascii_lowercase(), SECTION) <= 1 {
                let unknown = format!("there is no section `{SECTION}`, but one called {}", quoted(name));
                self.error(key, unknown).with_hint(format!("did you mean `{SECTION}`?"))
            } else if ["exporter_url", "sampling_rate_per_million"].contains(&name) {
                let outside = format!("`{name}` stands outside of the section `{SECTION}`");
                self.error(key, outside).with_hint(format!("write `{SECTION}:` above it and indent it"))
            } else {
                continue;
            };
            self.report(error);
        }
    }

    fn tracing_service(&mut self, section: &Node) -> TracingService {
        if section.is_null() {
            return TracingService::default();
        }
        let known: Vec<&str> = KEYS.into_iter().chain([KEYPAIRS_ALIAS]).collect();
        let Some(entries) = self.entries(section, "tracing_service", &known) else {
            return TracingService::default();
        };
        self.check_alias(&entries);
        let default = TracingService::default();
        let service = TracingService {
            switch: self.switch(&entries),
            sampling_rate: self.optional(&entries, "sampling_rate_per_million", Reader::sampling_rate),
            tls: self.tls_paths(&entries),
            headers: self.headers(&entries),
            compression: self.optional(&entries, "compression", Reader::compression),
            encoding: self.optional(&entries, "encoding", Reader::encoding),
            timeout: entries
                .value("timeout")
                .and_then(|node| self.timeout("timeout", node))
                .unwrap_or(default.timeout),
        };
        self.check_rules(&service, &entries);
        self.errors.extend((self.loader.tls_check)(&service.tls));
        service
    }

    /// The value of a key, or the default of its type if the key is absent or its value a mistake.
    fn optional<T: Default>(
        &mut self,
        entries: &Entries<'_>,
        key: &'static str,
        read: impl FnOnce(&mut Self, &'static str, &Node) -> Option<T>,
    ) -> T {
        entries.value(key).and_then(|node| read(self, key, node)).unwrap_or_default()
    }

    fn switch(&mut self, entries: &Entries<'_>) -> Switch {
        let url = entries.value("exporter_url").and_then(|node| self.exporter_url("exporter_url", node));
        let enabled = entries.value("enabled").map(|node| (node, self.word("enabled", node)));
        match (enabled, url) {
            (Some((_, Some(true))), Some(url)) => Switch::On(url),
            (Some((node, Some(true))), None) => {
                if entries.value("exporter_url").is_none() {
                    self.report(
                        self.error(node, "`exporter_url` is missing, and tracing is enabled")
                            .with_hint("add `exporter_url: grpc://HOST:4317`, or set `enabled: false`"),
                    );
                }
                Switch::Off(None)
            }
            (_, url) => Switch::Off(url),
        }
    }

    fn check_alias(&mut self, entries: &Entries<'_>) {
        if let (Some(_), Some(alias)) = (entries.key("https_keypairs"), entries.key(KEYPAIRS_ALIAS)) {
            self.report(
                self.error(alias, "`keypairs` is another name of `https_keypairs`, and both are there")
                    .with_hint("keep `https_keypairs`"),
            );
        }
    }

    /// Reports what is no YAML.
    pub(crate) fn syntax_error(&mut self, text: &str, error: &SyntaxError) {
        let line = text.lines().nth(error.position.line.saturating_sub(1) as usize).unwrap_or_default();
        let mistake =
            ConfigError::new(self.place(error.position), format!("no valid YAML: {}", error.message));
        // A URL with brackets, or one that ends in a colon, is no plain scalar: the likely cause.
        let unquoted = line.trim_start().strip_prefix("exporter_url:").map(str::trim_start);
        if unquoted.is_some_and(|url| !url.starts_with(['"', '\''])) {
            self.report(mistake.with_hint("write the URL in quotes"));
        } else {
            self.report(mistake);
        }
    }

    fn report(&mut self, error: ConfigError) {
        self.errors.push(error);
    }

    fn report_duplicate(&mut self, key: &str, first: &Node, again: &Node) {
        let hint = format!("it is there already on line {}", first.position.line);
        self.report(self.error(again, format!("duplicate key `{key}`")).with_hint(hint));
    }

    /// Reports that `what` is of another type than it has to be.
    fn mismatch(&mut self, what: &str, expected: &str, node: &Node) {
        self.report(self.unexpected(what, expected, node));
    }

    fn unexpected(&self, what: &str, expected: &str, node: &Node) -> ConfigError {
        self.error(node, format!("`{what}`: expected {expected}, found {}", node.describe()))
    }

    fn error(&self, node: &Node, message: impl Into<String>) -> ConfigError {
        ConfigError::new(self.place(node.position), message)
    }

    fn place(&self, position: Position) -> Place {
        Place { file: self.file.clone(), line: position.line, column: position.column }
    }

    fn located<T>(&self, node: &Node, value: T) -> Located<T> {
        Located { value, place: self.place(node.position) }
    }
}
