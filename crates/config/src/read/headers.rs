//! The headers of network exports, from the configuration and from a file of their own.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use crate::node::{Node, Value, quoted};
use crate::{ConfigError, Header, Place, Secret};

use super::entries::Entries;
use super::{Reader, read_text};

/// Headers that the exporters or the protocols beneath them set themselves.
const RESERVED: [&str; 13] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

impl Reader<'_> {
    /// `headers`, then the lines of `headers_file`.
    pub(super) fn headers(&mut self, entries: &Entries<'_>) -> Vec<Header> {
        let mut names = HashSet::new();
        let mut headers = Vec::new();
        if let Some(node) = entries.value("headers") {
            headers.extend(self.inline_headers(node, &mut names));
        }
        if let Some(node) = entries.value("headers_file")
            && let Some(path) = self.path("headers_file", node)
        {
            headers.extend(self.file_headers(&path.value, node, &mut names));
        }
        headers
    }

    fn inline_headers(&mut self, node: &Node, names: &mut HashSet<String>) -> Vec<Header> {
        let Value::Map(pairs) = &node.value else {
            self.mismatch("headers", "a mapping of names to values", node);
            return Vec::new();
        };
        pairs.iter().filter_map(|(key, value)| self.inline_header(key, value, names)).collect()
    }

    fn inline_header(&mut self, key: &Node, value: &Node, names: &mut HashSet<String>) -> Option<Header> {
        let Some(name) = key.scalar() else {
            self.mismatch("headers", "a name as key", key);
            return None;
        };
        let name = self.header_name(&name.text, self.place(key.position), names)?;
        let Some(text) = value.scalar() else {
            // Never through `describe`, which may quote the value.
            self.report(self.error(value, format!("`headers`: the value of `{name}` is no text")));
            return None;
        };
        let expanded = self.expand(&name, &text.text, value)?;
        self.header(name, &expanded, self.place(value.position))
    }

    /// Lines `name: value`. Blank lines and lines that begin with `#` say nothing.
    fn file_headers(&mut self, path: &Path, node: &Node, names: &mut HashSet<String>) -> Vec<Header> {
        let subject = format!("`headers_file`: {}", quoted(&path.to_string_lossy()));
        let text = match read_text(path, &subject, &self.place(node.position)) {
            Ok(text) => text,
            Err(error) => {
                self.report(error);
                return Vec::new();
            }
        };
        let file: Arc<Path> = Arc::from(path);
        let lines = text.lines().zip(1..).filter(|(line, _)| {
            let line = line.trim_start();
            !line.is_empty() && !line.starts_with('#')
        });
        lines
            .filter_map(|(text, line)| {
                self.line(text, Place { file: Some(Arc::clone(&file)), line, column: 1 }, names)
            })
            .collect()
    }

    fn line(&mut self, line: &str, place: Place, names: &mut HashSet<String>) -> Option<Header> {
        let Some((name, value)) = line.split_once(':') else {
            self.report(ConfigError::new(place, "`headers_file`: expected `name: value`"));
            return None;
        };
        let name = self.header_name(name.trim(), place.clone(), names)?;
        self.header(name, value.trim(), place)
    }

    /// The name in lower case, if it is a valid one that is free.
    fn header_name(&mut self, name: &str, place: Place, names: &mut HashSet<String>) -> Option<String> {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(token) {
            // Not quoted: it may hold a value, such as that of `x-key=secret:more`.
            let error = ConfigError::new(place, "`headers`: no valid header name");
            self.report(error.with_hint("write `name: value`"));
            return None;
        }
        let lower = name.to_ascii_lowercase();
        let problem = if RESERVED.contains(&lower.as_str()) || lower.starts_with("grpc-") {
            "is a header that the exporter sets itself"
        } else if lower.ends_with("-bin") {
            "is a binary header of gRPC, which cannot be given as text"
        } else if !names.insert(lower.clone()) {
            "is given twice"
        } else {
            return Some(lower);
        };
        self.report(ConfigError::new(place, format!("`headers`: {} {problem}", quoted(name))));
        None
    }

    fn header(&mut self, name: String, value: &str, place: Place) -> Option<Header> {
        let printable = |byte: u8| byte.is_ascii_graphic() || byte == b' ' || byte == b'\t';
        if value.bytes().all(printable) {
            return Some(Header { name, value: Secret::new(value) });
        }
        let message = format!("`headers`: the value of `{name}` holds a character other than visible ASCII");
        self.report(ConfigError::new(place, message));
        None
    }

    /// Puts environment variables in the place of every `${env:NAME}`.
    fn expand(&mut self, name: &str, value: &str, node: &Node) -> Option<String> {
        let mut expanded = String::with_capacity(value.len());
        let mut rest = value;
        while let Some((before, reference)) = rest.split_once("${") {
            let variable = reference.strip_prefix("env:").and_then(|after| after.split_once('}'));
            let Some((variable, after)) = variable.filter(|(variable, _)| is_variable(variable)) else {
                let message =
                    format!("`headers`: the value of `{name}` holds a `${{` that begins no `${{env:NAME}}`");
                self.report(self.error(node, message).with_hint("`headers_file` takes values as they are"));
                return None;
            };
            let Some(text) = (self.loader.environment)(variable) else {
                let message =
                    format!("`headers`: the environment variable `{variable}` of `{name}` is not set");
                self.report(self.error(node, message));
                return None;
            };
            expanded.push_str(before);
            expanded.push_str(&text);
            rest = after;
        }
        expanded.push_str(rest);
        Some(expanded)
    }
}

fn is_variable(name: &str) -> bool {
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.bytes().all(valid)
}
