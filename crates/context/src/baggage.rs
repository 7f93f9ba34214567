//! Names and values that travel with a request (W3C Baggage).

mod entry;

use std::fmt;
use std::sync::Arc;

pub use entry::{BaggageEntry, BaggageError};

/// The most entries that a baggage holds.
pub const MAX_BAGGAGE_MEMBERS: usize = 64;
/// The longest header field that a baggage makes, in bytes.
pub const MAX_BAGGAGE_BYTES: usize = 8192;

/// Names and values that the application sends along with a request to every service below it.
///
/// Immutable and cheap to clone; an empty one costs nothing. Changes give a new value. Every name has one
/// value. A baggage never holds more than 64 entries and never makes a header field of more than 8192
/// bytes.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Baggage {
    /// Never empty.
    entries: Option<Arc<[BaggageEntry]>>,
}

impl Baggage {
    /// The baggage without entries.
    pub const EMPTY: Baggage = Baggage { entries: None };

    /// Reads the values of all `baggage` fields of a message, in their order.
    ///
    /// Of entries with the same name the last one stays. Malformed ones, and those beyond a limit, are left
    /// out; the others stay.
    pub fn from_fields<'a>(fields: impl IntoIterator<Item = &'a str>) -> Baggage {
        let mut builder = Builder::default();
        for member in fields.into_iter().flat_map(|field| field.split(',')) {
            if let Some(entry) = BaggageEntry::parse(member) {
                // What does not fit is left out.
                let _ = builder.put(entry);
            }
        }
        builder.build()
    }

    /// Whether there are no entries.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.entries.is_none()
    }

    /// How many entries there are, at most 64.
    pub fn len(&self) -> usize {
        self.iter().len()
    }

    /// The entries, the latest change last.
    pub fn iter(&self) -> std::slice::Iter<'_, BaggageEntry> {
        self.entries.as_deref().unwrap_or_default().iter()
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.entry(name).map(BaggageEntry::value)
    }

    /// The entry of `name`, with its metadata.
    pub fn entry(&self, name: &str) -> Option<&BaggageEntry> {
        self.iter().find(|entry| entry.name() == name)
    }

    /// The baggage with this entry, in the place of any other of its name.
    ///
    /// # Errors
    ///
    /// The baggage would pass one of its limits.
    pub fn insert(&self, entry: BaggageEntry) -> Result<Baggage, BaggageError> {
        let mut builder = Builder::from(self);
        builder.put(entry)?;
        Ok(builder.build())
    }

    /// The baggage without `name`.
    #[must_use]
    pub fn remove(&self, name: &str) -> Baggage {
        let mut builder = Builder::from(self);
        builder.remove(name);
        builder.build()
    }
}

impl<'a> IntoIterator for &'a Baggage {
    type Item = &'a BaggageEntry;
    type IntoIter = std::slice::Iter<'a, BaggageEntry>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The value of the `baggage` header field. Entries whose name is no HTTP token cannot be sent and are left
/// out.
impl fmt::Display for Baggage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for entry in self.iter().filter(|entry| entry.is_sendable()) {
            f.write_str(separator)?;
            entry.write(f)?;
            separator = ",";
        }
        Ok(())
    }
}

impl fmt::Debug for Baggage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

/// A baggage in the making. Keeps its limits.
#[derive(Default)]
struct Builder {
    entries: Vec<BaggageEntry>,
    /// Bytes of the header field, with one separator an entry.
    bytes: usize,
}

impl From<&Baggage> for Builder {
    fn from(baggage: &Baggage) -> Builder {
        let entries: Vec<_> = baggage.iter().cloned().collect();
        let bytes = entries.iter().map(wire_len).sum();
        Builder { entries, bytes }
    }
}

impl Builder {
    /// Adds an entry. An older one of its name goes in any case, so that no stale value stays.
    fn put(&mut self, entry: BaggageEntry) -> Result<(), BaggageError> {
        self.remove(entry.name());
        if self.entries.len() == MAX_BAGGAGE_MEMBERS {
            return Err(BaggageError::TooManyMembers);
        }
        let bytes = self.bytes + wire_len(&entry);
        // The last separator is not sent.
        if bytes > MAX_BAGGAGE_BYTES + 1 {
            return Err(BaggageError::TooLong);
        }
        self.bytes = bytes;
        self.entries.push(entry);
        Ok(())
    }

    fn remove(&mut self, name: &str) {
        if let Some(at) = self.entries.iter().position(|entry| entry.name() == name) {
            self.bytes -= wire_len(&self.entries.remove(at));
        }
    }

    fn build(self) -> Baggage {
        Baggage { entries: (!self.entries.is_empty()).then(|| self.entries.into()) }
    }
}

/// What an entry takes of a header field with its separator, in bytes.
fn wire_len(entry: &BaggageEntry) -> usize {
    if entry.is_sendable() { entry.encoded_len() + 1 } else { 0 }
}
