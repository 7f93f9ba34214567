//! What goes wrong on the way in this protocol alone.

use crate::exporters::failures::export_to_a_peer_that_says;
use crate::exporters::{RETRYABLE, assert_says};

#[test]
fn a_peer_that_speaks_http_1_is_retryable_with_a_hint_at_the_port() {
    // Its answer to the preface of HTTP/2, which is 24 bytes long.
    let error =
        export_to_a_peer_that_says(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", 24).unwrap_err();
    assert_eq!(error.failure(), RETRYABLE);
    assert_says(&error, &["does it speak HTTP/2?"]);
}
