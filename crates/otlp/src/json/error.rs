//! Why a text is not OTLP/JSON.

/// Why a text is not OTLP/JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at byte {offset}")]
pub struct JsonError {
    offset: usize,
    problem: JsonProblem,
}

impl JsonError {
    pub(super) fn new(offset: usize, problem: JsonProblem) -> Self {
        JsonError { offset, problem }
    }

    /// Where the trouble begins, in bytes from the start of the text.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong there.
    pub fn problem(&self) -> &JsonProblem {
        &self.problem
    }
}

/// What is wrong with a text that is not OTLP/JSON. Members are named as `Message.member`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonProblem {
    /// The text ends in the middle of a value, as a torn last line does.
    #[error("the text ends too early")]
    Truncated,
    /// The text is not JSON.
    #[error("expected {expected}")]
    Syntax {
        /// What JSON allows in this place.
        expected: &'static str,
    },
    /// Objects and arrays are nested deeper than any trace is.
    #[error("objects and arrays are nested too deeply")]
    TooDeep,
    /// A member has a value that its type does not allow.
    #[error("`{message}.{member}` must be {expected}")]
    WrongType {
        /// The message that has the member.
        message: &'static str,
        /// The member, as JSON spells it.
        member: &'static str,
        /// What the member may be.
        expected: &'static str,
    },
    /// A member is given twice, or two members are that exclude each other.
    #[error("`{message}.{member}` is one value too many: it was given before")]
    Repeated {
        /// The message that has the member.
        message: &'static str,
        /// The later member, as JSON spells it.
        member: &'static str,
    },
}
