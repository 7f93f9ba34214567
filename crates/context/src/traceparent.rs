//! The `traceparent` header field (W3C Trace Context, section 3.2).

use std::fmt;

use crate::{ParseIdError, SpanContext, SpanId, TraceFlags, TraceId, hex};

/// Length of a version 00 field: `vv-tttttttttttttttttttttttttttttttt-pppppppppppppppp-ff`.
const LENGTH: usize = 55;

/// A text is no `traceparent` field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TraceparentError {
    /// Not two lowercase hexadecimal digits, or `ff`.
    #[error("a traceparent begins with a version from 00 to fe and `-`")]
    Version,
    /// Shorter than 55 bytes, or version 00 and longer.
    #[error("a traceparent of {0} bytes; version 00 has exactly 55, a later one at least 55")]
    Length(usize),
    /// No `-` where one belongs.
    #[error("a traceparent has no `-` at byte {0}")]
    Separator(usize),
    /// No trace id.
    #[error("invalid trace id in a traceparent")]
    TraceId(#[source] ParseIdError),
    /// No parent id.
    #[error("invalid parent id in a traceparent")]
    ParentId(#[source] ParseIdError),
    /// The flags are not two lowercase hexadecimal digits.
    #[error("the flags of a traceparent are not two lowercase hexadecimal digits")]
    Flags,
}

/// A `traceparent` field of version 00, ready to be sent. Made without an allocation.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Traceparent([u8; LENGTH]);

impl Traceparent {
    /// The text of the field.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("hexadecimal digits and dashes are ASCII")
    }

    /// The bytes of the field, all ASCII.
    pub const fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

impl AsRef<str> for Traceparent {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Traceparent({self})")
    }
}

impl SpanContext {
    /// The `traceparent` field that tells another process of this span.
    pub fn traceparent(&self) -> Traceparent {
        let mut text = [b'-'; LENGTH];
        text[..2].copy_from_slice(b"00");
        hex::encode(&self.trace_id().to_bytes(), &mut text[3..35]);
        hex::encode(&self.span_id().to_bytes(), &mut text[36..52]);
        hex::encode(&[self.flags().bits()], &mut text[53..]);
        Traceparent(text)
    }

    /// The remote context that a `traceparent` field names, without trace state.
    ///
    /// Spaces and tabs around the field are ignored, and so are flags that the standard does not define.
    /// Of a version later than 00 the part that is as in 00 is used.
    ///
    /// # Errors
    ///
    /// The field is malformed. A receiver then acts as if there were none.
    pub fn from_traceparent(field: &str) -> Result<SpanContext, TraceparentError> {
        let text = field.trim_matches([' ', '\t']).as_bytes();
        let [version] = hex::decode(text).map_err(|_| TraceparentError::Version)?;
        if version == 0xff || text.get(2) != Some(&b'-') {
            return Err(TraceparentError::Version);
        }
        if text.len() < LENGTH || version == 0 && text.len() > LENGTH {
            return Err(TraceparentError::Length(text.len()));
        }
        for at in [35, 52, 55] {
            if text.get(at).is_some_and(|byte| *byte != b'-') {
                return Err(TraceparentError::Separator(at));
            }
        }
        let trace_id = id(&text[3..], TraceId::from_bytes).map_err(TraceparentError::TraceId)?;
        let span_id = id(&text[36..], SpanId::from_bytes).map_err(TraceparentError::ParentId)?;
        let [flags] = hex::decode(&text[53..]).map_err(|_| TraceparentError::Flags)?;
        Ok(SpanContext::new(trace_id, span_id, TraceFlags::from_bits(flags)).with_remote(true))
    }
}

fn id<const N: usize, T>(text: &[u8], from_bytes: fn([u8; N]) -> Option<T>) -> Result<T, ParseIdError> {
    let bytes = hex::decode(text).map_err(|at| ParseIdError::NotHex { at })?;
    from_bytes(bytes).ok_or(ParseIdError::Zero)
}
