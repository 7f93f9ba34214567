//! What the collector answers, told independently of the protocol where possible.

use std::time::Duration;

use bytes::Bytes;

use crate::Gate;

/// The answer to one request.
#[derive(Clone, Debug)]
pub struct Reply {
    pub(crate) kind: Kind,
    pub(crate) gate: Option<Gate>,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// An export response, sent at once or one byte per interval.
    Success { rejected: i64, message: String, interval: Option<Duration> },
    /// This status, headers and body, whatever the protocol of the request.
    Http { status: u16, headers: Vec<(String, String)>, body: Bytes },
    /// A gRPC status without a message.
    Grpc { code: i32, message: String, retry_delay: Option<Duration> },
    /// No answer, the connection stays.
    Hang,
    /// No answer, the connection ends.
    Drop,
    /// Half an answer, then the connection ends.
    DropMidway,
}

impl Reply {
    /// Everything accepted.
    pub fn ok() -> Self {
        Self::partial_success(0, "")
    }

    /// Accepted but for `rejected` spans; `message` says why, or is a warning if none was rejected.
    pub fn partial_success(rejected: i64, message: &str) -> Self {
        Self::success(rejected, message.to_owned(), None)
    }

    /// Everything accepted, with a warning `length` bytes long.
    pub fn huge(length: usize) -> Self {
        Self::success(0, "x".repeat(length), None)
    }

    /// Everything accepted, with a warning of 64 bytes; every byte of the answer comes `interval` after the previous.
    pub fn slow(interval: Duration) -> Self {
        Self::success(0, "x".repeat(64), Some(interval))
    }

    /// An HTTP answer, byte for byte. To a gRPC request it is what a proxy in between would send.
    pub fn http_status(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Self {
        let headers = headers.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self::of(Kind::Http { status, headers, body: body.into() })
    }

    /// A gRPC status; `retry_info` adds the detail that tells when to try again. For gRPC requests only.
    pub fn grpc_status(code: i32, message: &str, retry_info: Option<Duration>) -> Self {
        Self::of(Kind::Grpc { code, message: message.to_owned(), retry_delay: retry_info })
    }

    /// Never answers; the connection stays open.
    pub fn hang() -> Self {
        Self::of(Kind::Hang)
    }

    /// Closes the connection instead of answering.
    pub fn drop_connection() -> Self {
        Self::of(Kind::Drop)
    }

    /// Sends the head and the beginning of a successful answer, then closes the connection.
    pub fn drop_midway() -> Self {
        Self::of(Kind::DropMidway)
    }

    /// The same, but not before `gate` opens. The request is noted, its spans counted, when it arrives.
    #[must_use]
    pub fn held_by(self, gate: &Gate) -> Self {
        Self { gate: Some(gate.clone()), ..self }
    }

    fn of(kind: Kind) -> Self {
        Self { kind, gate: None }
    }

    fn success(rejected: i64, message: String, interval: Option<Duration>) -> Self {
        Self::of(Kind::Success { rejected, message, interval })
    }

    /// Whether the sender may count the request as delivered.
    pub(crate) fn accepts(&self) -> bool {
        matches!(self.kind, Kind::Success { .. })
    }
}
