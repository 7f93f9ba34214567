//! How much one span may hold.

/// Limits of one span. What goes beyond them is left out and counted in the span's dropped counts,
/// which reach the exporter. The defaults are those of the OpenTelemetry SDK specification.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Attributes of a span. Default 128.
    pub attributes: u32,
    /// Events of a span. Default 128.
    pub events: u32,
    /// Links of a span. Default 128.
    pub links: u32,
    /// Attributes of one event. Default 128.
    pub event_attributes: u32,
    /// Attributes of one link. Default 128.
    pub link_attributes: u32,
    /// Text values are cut to this many characters, byte values to this many bytes, inside lists
    /// and maps too. Default: not cut.
    pub value_length: Option<usize>,
    /// A list or map nested deeper becomes an empty value; the value itself has depth 1. Default 64.
    pub value_depth: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            attributes: 128,
            events: 128,
            links: 128,
            event_attributes: 128,
            link_attributes: 128,
            value_length: None,
            value_depth: 64,
        }
    }
}

impl Limits {
    /// For resources and scopes, which are not limited.
    pub(crate) fn none() -> Self {
        Limits { attributes: u32::MAX, ..Limits::default() }
    }

    /// The text as far as it may be kept: cut by characters, not bytes.
    #[inline]
    pub(crate) fn clip<'a>(&self, text: &'a str) -> &'a str {
        match self.value_length {
            // A text has at most as many characters as bytes.
            Some(max) if text.len() > max => {
                text.char_indices().nth(max).map_or(text, |(end, _)| &text[..end])
            }
            _ => text,
        }
    }

    #[inline]
    pub(crate) fn clip_bytes<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        match self.value_length {
            Some(max) if bytes.len() > max => &bytes[..max],
            _ => bytes,
        }
    }
}
