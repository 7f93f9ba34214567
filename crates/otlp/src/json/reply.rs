//! What receivers answer to a request in JSON: the same messages, in JSON.

use super::{JsonError, decode};
use crate::schema::{EXPORT_RESPONSE, RPC_STATUS};
use crate::{PartialSuccess, RpcStatus};

impl PartialSuccess {
    /// Reads an `ExportTraceServiceResponse` in JSON. `{}` means full success.
    ///
    /// # Errors
    /// [`JsonError`] if the text is not such a message.
    pub fn from_json(response: &[u8]) -> Result<PartialSuccess, JsonError> {
        let bytes = decode::parse_message(&EXPORT_RESPONSE, response)?;
        Ok(PartialSuccess::decode(&bytes).expect("bytes written by the schema have its wire types"))
    }
}

impl RpcStatus {
    /// Reads a `google.rpc.Status` in JSON. Its details are not read: over HTTP it is the header `Retry-After` that
    /// says when to come back, so there is never a retry delay.
    ///
    /// # Errors
    /// [`JsonError`] if the text is not such a message.
    pub fn from_json(status: &[u8]) -> Result<RpcStatus, JsonError> {
        let bytes = decode::parse_message(&RPC_STATUS, status)?;
        Ok(RpcStatus::decode(&bytes).expect("bytes written by the schema have its wire types"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_success_is_read_with_its_number_in_either_form() {
        let table = [
            ("{}", 0, ""),
            (r#"{"partialSuccess":{}}"#, 0, ""),
            (r#"{"partialSuccess":null}"#, 0, ""),
            (r#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"no room"}}"#, 3, "no room"),
            (
                r#" {"partialSuccess" : {"errorMessage":"a\u0020warning","rejectedSpans":4, "more":[{}]}} "#,
                4,
                "a warning",
            ),
        ];
        for (text, rejected_spans, error_message) in table {
            let expected = PartialSuccess { rejected_spans, error_message: error_message.into() };
            assert_eq!(PartialSuccess::from_json(text.as_bytes()), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_status_is_read_without_its_details() {
        let text = br#"{"code":3,"message":"bad span","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest"}]}"#;
        let expected = RpcStatus { code: 3, message: "bad span".into(), retry_delay: None };
        assert_eq!(RpcStatus::from_json(text), Ok(expected));
        assert_eq!(RpcStatus::from_json(b"{}"), Ok(RpcStatus::default()));
    }

    #[test]
    fn what_is_no_reply_is_refused() {
        for text in [
            "",
            "<html>",
            "[]",
            "\"no\"",
            r#"{"partialSuccess":[]}"#,
            r#"{"partialSuccess":{"rejectedSpans":1.5}}"#,
        ] {
            assert!(PartialSuccess::from_json(text.as_bytes()).is_err(), "{text}");
        }
        assert!(RpcStatus::from_json(br#"{"message":1}"#).is_err());
    }
}
