//! Values of one line: words, numbers, durations and URLs.

use std::time::Duration;

use telespan_sampler::PerMillion;
use telespan_url::ExporterUrl;

use crate::node::{Kind, Node, Position, Scalar, quoted};
use crate::{Compression, ConfigError, Encoding, Located, parse_duration};

use super::Reader;
use super::nearest::nearest;

const ON: [&str; 5] = ["true", "yes", "y", "on", "1"];
const OFF: [&str; 5] = ["false", "no", "n", "off", "0"];

/// An attempt that takes longer hangs; and deadlines far in the future overflow the clock.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(60 * 60);

impl Reader<'_> {
    /// A boolean, or one of the words that stand for it.
    pub(super) fn word(&mut self, key: &str, node: &Node) -> Option<bool> {
        let hint = format!("write one of {}, {}", ON.join(", "), OFF.join(", "));
        let Some(scalar) = node.scalar() else {
            self.report(self.unexpected(key, "true or false", node).with_hint(hint));
            return None;
        };
        let word = scalar.text.to_ascii_lowercase();
        let on = ON.contains(&word.as_str());
        if !on && !OFF.contains(&word.as_str()) {
            let message = format!("`{key}`: expected true or false, found {}", quoted(&scalar.text));
            self.report(self.error(node, message).with_hint(hint));
            return None;
        }
        Some(on)
    }

    pub(super) fn sampling_rate(&mut self, key: &'static str, node: &Node) -> Option<PerMillion> {
        let expected = "an integer from 0 to 1000000";
        let integer = node.scalar().filter(|scalar| scalar.kind == Kind::Integer);
        let rate = integer
            .and_then(|scalar| scalar.text.parse().ok())
            .and_then(|number: u32| PerMillion::try_from(number).ok());
        if rate.is_none() {
            let error = self.unexpected(key, expected, node);
            self.report(error.with_hint("0 keeps no trace, 1000000 keeps all"));
        }
        rate
    }

    pub(super) fn exporter_url(&mut self, key: &str, node: &Node) -> Option<Located<ExporterUrl>> {
        let Some(text) = node.string() else {
            self.report(self.unexpected(key, "a URL", node).with_hint("write the URL in quotes"));
            return None;
        };
        match text.parse() {
            Ok(url) => Some(self.located(node, url)),
            Err(error) => {
                let position = node
                    .scalar()
                    .and_then(|scalar| inside(scalar, error.span().start))
                    .unwrap_or(node.position);
                let message = format!("`{key}`: {}", error.problem());
                self.report(ConfigError::new(self.place(position), message).with_hint(error.hint()));
                None
            }
        }
    }

    pub(super) fn compression(&mut self, key: &'static str, node: &Node) -> Option<Compression> {
        let choices = [("none", Compression::None), ("gzip", Compression::Gzip), ("zstd", Compression::Zstd)];
        self.choice(key, node, &choices)
    }

    pub(super) fn encoding(&mut self, key: &'static str, node: &Node) -> Option<Encoding> {
        self.choice(key, node, &[("protobuf", Encoding::Protobuf), ("json", Encoding::Json)])
    }

    fn choice<T: Copy>(&mut self, key: &str, node: &Node, choices: &[(&str, T)]) -> Option<T> {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let expected = format!("one of {}", names.join(", "));
        let Some(text) = node.string() else {
            self.mismatch(key, &expected, node);
            return None;
        };
        let chosen = choices.iter().find(|(name, _)| *name == text).map(|&(_, value)| value);
        if chosen.is_none() {
            let error = self.error(node, format!("`{key}`: expected {expected}, found {}", quoted(text)));
            self.report(match nearest(text, &names) {
                Some(near) => error.with_hint(format!("did you mean `{near}`?")),
                None => error,
            });
        }
        chosen
    }

    pub(super) fn timeout(&mut self, key: &str, node: &Node) -> Option<Duration> {
        let expected = "a duration from 1ms to 1h";
        let Some(scalar) = node.scalar() else {
            self.mismatch(key, expected, node);
            return None;
        };
        let timeout =
            parse_duration(&scalar.text).filter(|timeout| !timeout.is_zero() && *timeout <= LONGEST_TIMEOUT);
        if timeout.is_none() {
            let error =
                self.error(node, format!("`{key}`: expected {expected}, found {}", quoted(&scalar.text)));
            self.report(error.with_hint("write a whole number and ms, s, m or h, for example 10s"));
        }
        timeout
    }
}

/// Where byte `offset` of a scalar stands in the file, if that can be said.
fn inside(scalar: &Scalar, offset: usize) -> Option<Position> {
    let start = scalar.verbatim?;
    let characters = scalar.text.get(..offset)?.chars().count();
    Some(Position { column: start.column.saturating_add(u32::try_from(characters).ok()?), ..start })
}
