//! The `tracestate` header field (W3C Trace Context Level 2, section 3.3).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The most members that a trace state holds.
pub const MAX_TRACE_STATE_MEMBERS: usize = 32;

/// Longest key and longest value, in bytes.
const LONGEST_PART: usize = 256;

/// What is wrong with a member of a trace state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TraceStateError {
    /// A member without `=`.
    #[error("a tracestate member is written key=value")]
    NoValue,
    /// A key that the standard does not allow.
    #[error(
        "a tracestate key is 1 to 256 characters a-z, 0-9, `_`, `-`, `*`, `/`, `@`, the first one a-z or 0-9"
    )]
    Key,
    /// A value that the standard does not allow.
    #[error(
        "a tracestate value is 1 to 256 printable ASCII characters without `,` and `=`, the last one no space"
    )]
    Value,
    /// More members than a trace state holds.
    #[error("a tracestate has at most {MAX_TRACE_STATE_MEMBERS} members")]
    TooManyMembers,
}

/// Header fields are no trace state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("tracestate member {member}: {problem}")]
pub struct ParseTraceStateError {
    member: usize,
    problem: TraceStateError,
}

impl ParseTraceStateError {
    /// Which member is wrong, counted from 1.
    pub fn member(&self) -> usize {
        self.member
    }

    /// What is wrong with it.
    pub fn problem(&self) -> TraceStateError {
        self.problem
    }
}

/// What vendors send along with a trace: up to 32 pairs of key and value, the latest change first.
///
/// Immutable, always valid and cheap to clone; an empty one costs nothing. Changes give a new value.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct TraceState {
    /// The members as one header field, without spaces between them and without duplicates; never empty.
    text: Option<Arc<str>>,
}

impl TraceState {
    /// The trace state without members.
    pub const EMPTY: TraceState = TraceState { text: None };

    /// Reads the values of all `tracestate` fields of a message, in their order.
    ///
    /// Empty members and spaces and tabs around members are ignored. Of members with the same key the first
    /// one stays.
    ///
    /// # Errors
    ///
    /// A member is malformed, or there are more than 32. A receiver then acts as if there were none at all.
    pub fn from_fields<'a>(
        fields: impl IntoIterator<Item = &'a str>,
    ) -> Result<TraceState, ParseTraceStateError> {
        let mut members = Vec::new();
        let mut count = 0;
        for member in fields.into_iter().flat_map(|field| field.split(',')) {
            let member = member.trim_matches([' ', '\t']);
            if member.is_empty() {
                continue;
            }
            count += 1;
            let (key, value) = parse_member(member, count)
                .map_err(|problem| ParseTraceStateError { member: count, problem })?;
            if members.iter().all(|(other, _)| *other != key) {
                members.push((key, value));
            }
        }
        Ok(TraceState::from_members(members))
    }

    /// Whether there are no members.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.text.is_none()
    }

    /// The members as one header field, the empty text if there are none.
    pub fn as_str(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// The members, the latest change first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        // Every member holds a `=`, so none but the one of the empty text is skipped.
        self.as_str().split(',').filter_map(|member| member.split_once('='))
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.iter().find(|(other, _)| *other == key).map(|(_, value)| value)
    }

    /// The trace state with `key` set to `value`, in front of all others. Where it would be the 33rd member,
    /// the last one gives way.
    ///
    /// # Errors
    ///
    /// The key or the value is not what the standard allows.
    pub fn insert(&self, key: &str, value: &str) -> Result<TraceState, TraceStateError> {
        check_member(key, value)?;
        let others = self.iter().filter(|(other, _)| *other != key);
        Ok(TraceState::from_members(
            std::iter::once((key, value)).chain(others).take(MAX_TRACE_STATE_MEMBERS),
        ))
    }

    /// The trace state without `key`. The order of the others stays.
    #[must_use]
    pub fn remove(&self, key: &str) -> TraceState {
        TraceState::from_members(self.iter().filter(|(other, _)| *other != key))
    }

    /// Writes valid members with different keys.
    fn from_members<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>) -> TraceState {
        let mut text = String::new();
        for (key, value) in members {
            if !text.is_empty() {
                text.push(',');
            }
            text.extend([key, "=", value]);
        }
        TraceState { text: (!text.is_empty()).then(|| text.into()) }
    }
}

fn parse_member(member: &str, count: usize) -> Result<(&str, &str), TraceStateError> {
    if count > MAX_TRACE_STATE_MEMBERS {
        return Err(TraceStateError::TooManyMembers);
    }
    let (key, value) = member.split_once('=').ok_or(TraceStateError::NoValue)?;
    check_member(key, value)?;
    Ok((key, value))
}

fn check_member(key: &str, value: &str) -> Result<(), TraceStateError> {
    if !is_key(key) {
        return Err(TraceStateError::Key);
    }
    if !is_value(value) {
        return Err(TraceStateError::Value);
    }
    Ok(())
}

fn is_key(key: &str) -> bool {
    let first = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let known = |byte: u8| first(byte) || b"_-*/@".contains(&byte);
    key.len() <= LONGEST_PART && key.bytes().next().is_some_and(first) && key.bytes().all(known)
}

fn is_value(value: &str) -> bool {
    let known = |byte: u8| matches!(byte, b' '..=b'~') && byte != b',' && byte != b'=';
    (1..=LONGEST_PART).contains(&value.len()) && value.bytes().all(known) && !value.ends_with(' ')
}

impl FromStr for TraceState {
    type Err = ParseTraceStateError;

    /// Reads one header field.
    fn from_str(field: &str) -> Result<TraceState, ParseTraceStateError> {
        TraceState::from_fields([field])
    }
}

impl fmt::Display for TraceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for TraceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TraceState({self})")
    }
}
