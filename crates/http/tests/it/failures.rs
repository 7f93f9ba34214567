//! What goes wrong on the way in this protocol alone.

use crate::exporters::failures::export_to_a_peer_that_says;
use crate::exporters::{RETRYABLE, assert_says};

#[test]
fn a_peer_that_speaks_http_2_only_is_retryable_with_a_hint_at_the_port() {
    // The empty SETTINGS frame that a server begins with.
    let error = export_to_a_peer_that_says(b"\0\0\0\x04\0\0\0\0\0", 4).unwrap_err();
    assert_eq!(error.failure(), RETRYABLE);
    assert_says(&error, &["does it speak HTTP/1.1?"]);
}
