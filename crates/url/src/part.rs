//! A piece of the text that knows where it stands, so that every error can say so.

use std::borrow::Cow;

use crate::{ParseUrlError, UrlProblem};

/// A piece of the text and the byte at which it starts.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) text: &'a str,
    pub(crate) start: usize,
}

impl<'a> Part<'a> {
    /// The text without white space around it.
    pub(crate) fn trimmed(input: &'a str) -> Part<'a> {
        let text = input.trim_start();
        Part { text: text.trim_end(), start: input.len() - text.len() }
    }

    /// The first `mid` bytes.
    pub(crate) fn head(self, mid: usize) -> Part<'a> {
        Part { text: &self.text[..mid], start: self.start }
    }

    /// What follows the first `mid` bytes.
    pub(crate) fn tail(self, mid: usize) -> Part<'a> {
        Part { text: &self.text[mid..], start: self.start + mid }
    }

    /// The pieces before and after the first `separator`.
    pub(crate) fn split_once(self, separator: u8) -> Option<(Part<'a>, Part<'a>)> {
        let at = self.find(|byte| byte == separator)?;
        Some((self.head(at), self.tail(at + 1)))
    }

    /// Where the first ASCII byte stands that `wanted` names.
    pub(crate) fn find(self, wanted: impl Fn(u8) -> bool) -> Option<usize> {
        self.text.bytes().position(wanted)
    }

    /// An error about the whole piece.
    pub(crate) fn error(self, problem: UrlProblem, hint: impl Into<Cow<'static, str>>) -> ParseUrlError {
        ParseUrlError::new(problem, self.start..self.start + self.text.len(), hint)
    }
}
