//! One name of a baggage with its value.

use std::fmt;

use crate::percent;

/// What is wrong with an entry of a baggage, or with adding it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BaggageError {
    /// A name without characters.
    #[error("a baggage name has at least one character")]
    EmptyName,
    /// Metadata that a header field cannot hold.
    #[error("baggage metadata is printable ASCII without `,`, properties separated by `;`")]
    Metadata,
    /// The baggage would hold more than 64 entries.
    #[error("a baggage has at most {} entries", super::MAX_BAGGAGE_MEMBERS)]
    TooManyMembers,
    /// The header field would be longer than 8192 bytes.
    #[error("a baggage header field has at most {} bytes", super::MAX_BAGGAGE_BYTES)]
    TooLong,
}

/// One name with its value, and with metadata that others may have added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaggageEntry {
    name: Box<str>,
    value: Box<str>,
    metadata: Box<str>,
}

impl BaggageEntry {
    /// An entry without metadata. The value may be any text. So may the name, but only one that is an HTTP
    /// token (letters, digits and ``!#$%&'*+-.^_`|~``) can be sent to another process.
    ///
    /// # Errors
    ///
    /// The name is empty.
    pub fn new(name: &str, value: &str) -> Result<BaggageEntry, BaggageError> {
        if name.is_empty() {
            return Err(BaggageError::EmptyName);
        }
        Ok(BaggageEntry { name: name.into(), value: value.into(), metadata: "".into() })
    }

    /// The same entry with these properties, as a header field has them: `key=value;key`.
    ///
    /// # Errors
    ///
    /// A header field could not hold them.
    pub fn with_metadata(self, metadata: &str) -> Result<BaggageEntry, BaggageError> {
        let metadata = trim(metadata);
        if !metadata.bytes().all(is_metadata_byte) {
            return Err(BaggageError::Metadata);
        }
        Ok(BaggageEntry { metadata: metadata.into(), ..self })
    }

    /// The name, never empty. Case matters.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value, decoded.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The properties as they stood in the header field; the empty text if there were none.
    pub fn metadata(&self) -> &str {
        &self.metadata
    }

    /// Reads one member of a header field, `None` if it is malformed.
    pub(crate) fn parse(member: &str) -> Option<BaggageEntry> {
        let (pair, metadata) = member.split_once(';').unwrap_or((member, ""));
        let (name, value) = pair.split_once('=')?;
        let (name, value, metadata) = (trim(name), trim(value), trim(metadata));
        let valid =
            is_token(name) && value.bytes().all(percent::is_octet) && metadata.bytes().all(is_metadata_byte);
        valid.then(|| BaggageEntry {
            name: name.into(),
            value: percent::decode(value).into(),
            metadata: metadata.into(),
        })
    }

    /// Whether a header field can hold the name.
    pub(crate) fn is_sendable(&self) -> bool {
        is_token(&self.name)
    }

    /// How long the member is in a header field, in bytes.
    pub(crate) fn encoded_len(&self) -> usize {
        let metadata = if self.metadata.is_empty() { 0 } else { self.metadata.len() + 1 };
        self.name.len() + 1 + percent::encoded_len(&self.value) + metadata
    }

    /// Writes the member of a header field.
    pub(crate) fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.name)?;
        percent::encode(&self.value, f)?;
        if self.metadata.is_empty() { Ok(()) } else { write!(f, ";{}", self.metadata) }
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Whether a text is a token of HTTP (RFC 7230, section 3.2.6).
fn is_token(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(known)
}

fn is_metadata_byte(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~') && byte != b','
}
