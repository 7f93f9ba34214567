//! The keys of a section, each known and there once.

use crate::node::{Node, Value, quoted};

use super::Reader;
use super::nearest::nearest;

/// The keys of a section with their values.
pub(super) struct Entries<'n> {
    found: Vec<(&'n str, &'n Node, &'n Node)>,
}

impl<'n> Entries<'n> {
    /// The value of `key`. A key without a value counts as absent.
    pub(super) fn value(&self, key: &str) -> Option<&'n Node> {
        self.entry(key).map(|(_, value)| value).filter(|value| !value.is_null())
    }

    /// The key itself, to name its place.
    pub(super) fn key(&self, key: &str) -> Option<&'n Node> {
        self.entry(key).map(|(key, _)| key)
    }

    fn entry(&self, wanted: &str) -> Option<(&'n Node, &'n Node)> {
        self.found.iter().find(|(name, ..)| *name == wanted).map(|&(_, key, value)| (key, value))
    }
}

impl Reader<'_> {
    /// The entries of a mapping with the keys `known`; reports every other key and every second one.
    pub(super) fn entries<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> Option<Entries<'n>> {
        let Value::Map(pairs) = &node.value else {
            self.mismatch(what, "a mapping", node);
            return None;
        };
        let mut found: Vec<(&str, &Node, &Node)> = Vec::new();
        for (key, value) in pairs {
            let Some(name) = key.string().filter(|name| known.contains(name)) else {
                self.report_unknown(key, what, known);
                continue;
            };
            match found.iter().find(|(earlier, ..)| *earlier == name) {
                Some(&(_, first, _)) => self.report_duplicate(name, first, key),
                None => found.push((name, key, value)),
            }
        }
        Some(Entries { found })
    }

    fn report_unknown(&mut self, key: &Node, what: &str, known: &[&str]) {
        let Some(name) = key.scalar().map(|scalar| scalar.text.as_str()) else {
            self.report(
                self.error(key, format!("`{what}`: expected a name as key, found {}", key.describe())),
            );
            return;
        };
        let hint = match nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known keys are {}", known.join(", ")),
        };
        self.report(self.error(key, format!("unknown key {} in `{what}`", quoted(name))).with_hint(hint));
    }
}
