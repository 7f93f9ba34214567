//! What can be wrong with OTLP bytes.

/// Why bytes are not an OTLP trace message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// The message ends in the middle of a field.
    #[error("the message ends in the middle of a field")]
    Truncated,
    /// A varint is longer than 64 bits.
    #[error("a varint is longer than 64 bits")]
    VarintTooLong,
    /// A field key has number 0, a number over 29 bits, or a wire type that does not exist or does not fit here.
    #[error("a field key is not valid protobuf")]
    InvalidKey,
    /// A known field has a wire type that its message does not allow.
    #[error("{field} has the wrong wire type")]
    WrongType {
        /// Message and field, as the definitions name them, such as `Span.name`.
        field: &'static str,
    },
    /// Messages or groups are nested deeper than any trace is.
    #[error("the message is nested too deeply")]
    TooDeep,
}
