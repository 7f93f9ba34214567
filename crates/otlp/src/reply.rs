//! What receivers answer: the few small messages that an exporter must understand.

use std::time::Duration;

use crate::WireError;
use crate::wire::{Field, Fields, Value};

/// What a receiver said to a request that it took (OTLP `ExportTraceServiceResponse.partial_success`).
///
/// The default, no spans and no words, is full success.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartialSuccess {
    /// Spans that the receiver refused for good. A negative number on the wire reads as 0.
    pub rejected_spans: u64,
    /// Why, or a warning when nothing was refused. Bytes that are no UTF-8 are replaced.
    pub error_message: String,
}

impl PartialSuccess {
    /// Reads an `ExportTraceServiceResponse`. No bytes, and no `partial_success` in them, mean full success.
    ///
    /// # Errors
    /// [`WireError`] if the bytes are not such a message.
    pub fn decode(response: &[u8]) -> Result<PartialSuccess, WireError> {
        let mut partial = PartialSuccess::default();
        for field in Fields::new(response) {
            let field = field?;
            if field.number == 1 {
                partial.merge(bytes(&field, "ExportTraceServiceResponse.partial_success")?)?;
            }
        }
        Ok(partial)
    }

    fn merge(&mut self, message: &[u8]) -> Result<(), WireError> {
        for field in Fields::new(message) {
            let field = field?;
            match field.number {
                1 => self.rejected_spans = count(&field, "ExportTracePartialSuccess.rejected_spans")?,
                2 => self.error_message = text(&field, "ExportTracePartialSuccess.error_message")?,
                _ => {}
            }
        }
        Ok(())
    }
}

/// What a receiver said to a request that it refused (`google.rpc.Status`): the body of an OTLP/HTTP
/// error, and `grpc-status-details-bin` of a gRPC one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RpcStatus {
    /// The canonical gRPC code. OTLP/HTTP does not use it.
    pub code: i32,
    /// The receiver's words, for developers. Bytes that are no UTF-8 are replaced.
    pub message: String,
    /// `google.rpc.RetryInfo.retry_delay`, if the details hold a `RetryInfo`. One without a delay, or
    /// with a negative one, reads as zero.
    pub retry_delay: Option<Duration>,
}

impl RpcStatus {
    /// Reads a `google.rpc.Status`. Details other than `RetryInfo` are skipped.
    ///
    /// # Errors
    /// [`WireError`] if the bytes are not such a message.
    pub fn decode(status: &[u8]) -> Result<RpcStatus, WireError> {
        let mut out = RpcStatus::default();
        for field in Fields::new(status) {
            let field = field?;
            match field.number {
                // Negative codes are sign-extended to ten bytes; the low half is the value.
                1 => out.code = varint(&field, "Status.code")? as i32,
                2 => out.message = text(&field, "Status.message")?,
                3 => out.retry_delay = retry_delay(bytes(&field, "Status.details")?)?.or(out.retry_delay),
                _ => {}
            }
        }
        Ok(out)
    }
}

/// The delay in a `google.protobuf.Any`, if it holds a `google.rpc.RetryInfo`.
fn retry_delay(any: &[u8]) -> Result<Option<Duration>, WireError> {
    let (mut type_url, mut value) = (&[][..], &[][..]);
    for field in Fields::new(any) {
        let field = field?;
        match field.number {
            1 => type_url = bytes(&field, "Any.type_url")?,
            2 => value = bytes(&field, "Any.value")?,
            _ => {}
        }
    }
    // The part before the last slash names a registry that nobody asks.
    if type_url.rsplit(|&byte| byte == b'/').next() != Some(b"google.rpc.RetryInfo") {
        return Ok(None);
    }
    let mut delay = Duration::ZERO;
    for field in Fields::new(value) {
        let field = field?;
        if field.number == 1 {
            delay = duration(bytes(&field, "RetryInfo.retry_delay")?)?;
        }
    }
    Ok(Some(delay))
}

/// A `google.protobuf.Duration`; zero if it is negative or not normalized.
fn duration(message: &[u8]) -> Result<Duration, WireError> {
    let (mut seconds, mut nanos) = (0, 0);
    for field in Fields::new(message) {
        let field = field?;
        match field.number {
            1 => seconds = varint(&field, "Duration.seconds")? as i64,
            2 => nanos = varint(&field, "Duration.nanos")? as i32,
            _ => {}
        }
    }
    let nanos = u32::try_from(nanos).ok().filter(|&nanos| nanos < 1_000_000_000);
    Ok(u64::try_from(seconds).ok().zip(nanos).map_or(Duration::ZERO, |(s, n)| Duration::new(s, n)))
}

fn bytes<'a>(field: &Field<'a>, name: &'static str) -> Result<&'a [u8], WireError> {
    match field.value {
        Value::Bytes(bytes) => Ok(bytes),
        _ => Err(WireError::WrongType { field: name }),
    }
}

fn varint(field: &Field<'_>, name: &'static str) -> Result<u64, WireError> {
    match field.value {
        Value::Varint(value) => Ok(value),
        _ => Err(WireError::WrongType { field: name }),
    }
}

fn text(field: &Field<'_>, name: &'static str) -> Result<String, WireError> {
    Ok(String::from_utf8_lossy(bytes(field, name)?).into_owned())
}

/// An int64 that counts something.
fn count(field: &Field<'_>, name: &'static str) -> Result<u64, WireError> {
    Ok(i64::try_from(varint(field, name)?).unwrap_or(0).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{put_bytes, put_varint_field};
    use proptest::prelude::*;

    fn message(fields: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        fields(&mut out);
        out
    }

    fn partial(rejected: u64, text: &[u8]) -> Vec<u8> {
        let inner = message(|out| {
            put_varint_field(out, 1, rejected);
            put_bytes(out, 2, text);
        });
        message(|out| put_bytes(out, 1, &inner))
    }

    fn status_with(type_url: &str, retry_info: &[u8]) -> Vec<u8> {
        let any = message(|out| {
            put_bytes(out, 1, type_url.as_bytes());
            put_bytes(out, 2, retry_info);
        });
        message(|out| {
            put_varint_field(out, 1, 14);
            put_bytes(out, 2, b"busy");
            put_bytes(out, 3, &any);
        })
    }

    fn retry_info(seconds: i64, nanos: i32) -> Vec<u8> {
        let duration = message(|out| {
            put_varint_field(out, 1, seconds as u64);
            put_varint_field(out, 2, i64::from(nanos) as u64);
        });
        message(|out| put_bytes(out, 1, &duration))
    }

    #[test]
    fn a_response_says_how_many_spans_were_rejected_and_why() {
        let table: &[(Vec<u8>, u64, &str)] = &[
            (vec![], 0, ""),
            (vec![0x0a, 0], 0, ""),
            (partial(3, b"no room"), 3, "no room"),
            (partial(0, b"a warning"), 0, "a warning"),
            (partial(u64::MAX, b"minus one"), 0, "minus one"),
            (partial(1, b"\xff"), 1, "\u{fffd}"),
            ([partial(3, b"first"), vec![0x0a, 2, 0x08, 4]].concat(), 4, "first"),
            (vec![0x12, 1, 7], 0, ""),
        ];
        for (bytes, rejected_spans, error_message) in table {
            let expected =
                PartialSuccess { rejected_spans: *rejected_spans, error_message: (*error_message).into() };
            assert_eq!(PartialSuccess::decode(bytes), Ok(expected), "{bytes:x?}");
        }
    }

    #[test]
    fn the_retry_delay_is_found_among_the_details() {
        const URL: &str = "type.googleapis.com/google.rpc.RetryInfo";
        let table: &[(&str, Vec<u8>, Option<Duration>)] = &[
            (URL, retry_info(2, 500_000_000), Some(Duration::from_millis(2500))),
            ("/google.rpc.RetryInfo", retry_info(1, 0), Some(Duration::from_secs(1))),
            (URL, vec![], Some(Duration::ZERO)),
            (URL, retry_info(-1, 0), Some(Duration::ZERO)),
            (URL, retry_info(1, -1), Some(Duration::ZERO)),
            (URL, retry_info(i64::MAX, 0), Some(Duration::from_secs(i64::MAX as u64))),
            ("type.googleapis.com/google.rpc.BadRequest", retry_info(2, 0), None),
            ("", vec![], None),
        ];
        for (type_url, value, retry_delay) in table {
            let status = RpcStatus::decode(&status_with(type_url, value)).unwrap();
            let expected = RpcStatus { code: 14, message: "busy".into(), retry_delay: *retry_delay };
            assert_eq!(status, expected, "{type_url} {value:x?}");
        }
    }

    #[test]
    fn a_wrong_wire_type_is_named() {
        let error = PartialSuccess::decode(&[0x08, 1]).unwrap_err();
        assert_eq!(error, WireError::WrongType { field: "ExportTraceServiceResponse.partial_success" });
        assert_eq!(RpcStatus::decode(&[0x10, 1]), Err(WireError::WrongType { field: "Status.message" }));
    }

    proptest! {
        #[test]
        fn hostile_replies_never_panic(bytes: Vec<u8>) {
            let _ = PartialSuccess::decode(&bytes);
            let _ = RpcStatus::decode(&bytes);
            let _ = RpcStatus::decode(&status_with("/google.rpc.RetryInfo", &bytes));
        }
    }
}
