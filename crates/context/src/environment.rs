//! Environment variables as carriers, between a program and the processes that it starts.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;

use crate::{Carrier, CarrierMut};

/// The environment that a process was started with, as a carrier to read. Build it once at start-up:
///
/// ```
/// use telespan_context::{Environment, extract};
///
/// let environment: Environment = std::env::vars_os().collect();
/// let propagated = extract(&environment);
/// ```
///
/// It holds the variables whose name is one of `A-Z`, `0-9`, `_` without a digit in front and whose value is
/// UTF-8. Names asked for are normalised by [`normalize_name`]: `traceparent` is found as `TRACEPARENT`,
/// and in no other spelling. The debug form shows names only, as an environment is full of secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// The value of the variable that `name` is normalised to.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(&normalize_name(name)).map(String::as_str)
    }

    /// The names of all variables that can be read.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment ")?;
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

impl FromIterator<(OsString, OsString)> for Environment {
    fn from_iter<I: IntoIterator<Item = (OsString, OsString)>>(variables: I) -> Environment {
        let text =
            |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        let readable = |(name, _): &(String, String)| normalize_name(name) == *name;
        Environment { variables: variables.into_iter().filter_map(text).filter(readable).collect() }
    }
}

impl Carrier for Environment {
    fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.get(name).into_iter()
    }
}

/// What to change in the environment of one child process, as a carrier to write. It starts no process
/// itself and leaves the environment of this one alone:
///
/// ```
/// use std::process::Command;
/// use telespan_context::{Baggage, ChildEnvironment, inject};
///
/// let mut environment = ChildEnvironment::default();
/// inject(None, &Baggage::EMPTY, &mut environment);
///
/// let mut command = Command::new("true");
/// for (name, value) in environment.changes() {
///     match value {
///         Some(value) => command.env(name, value),
///         None => command.env_remove(name),
///     };
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChildEnvironment {
    changes: BTreeMap<String, Option<String>>,
}

impl ChildEnvironment {
    /// The variables to set, and with `None` those to take away because an inherited value would be stale.
    pub fn changes(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.changes.iter().map(|(name, value)| (name.as_str(), value.as_deref()))
    }
}

impl CarrierMut for ChildEnvironment {
    fn set_field(&mut self, name: &'static str, value: &str) {
        self.changes.insert(normalize_name(name), Some(value.to_owned()));
    }

    fn remove_field(&mut self, name: &'static str) {
        self.changes.insert(normalize_name(name), None);
    }
}

/// The name of the environment variable that carries the field `name`: ASCII letters in upper case, `_` for
/// every character but letters, digits and `_`, and `_` in front of a leading digit; `_` for no name.
pub fn normalize_name(name: &str) -> String {
    let mut normalized = String::with_capacity(name.len() + 1);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        normalized.push('_');
    }
    for c in name.chars() {
        normalized.push(if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
    }
    normalized
}
