//! Where something stands in a file.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A line and a column of a configuration file. Displayed as `file:line:column`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The file; `None` where a text was parsed that came from no file.
    pub file: Option<Arc<Path>>,
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
}

impl Place {
    /// The first character of a file: the place of an error that concerns the file as a whole.
    pub fn start_of(file: &Path) -> Place {
        Place { file: Some(file.into()), line: 1, column: 1 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}:", file.display())?;
        }
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A value and the place it was read from, so that an error found later can still name that place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// The place of its first character.
    pub place: Place,
}
