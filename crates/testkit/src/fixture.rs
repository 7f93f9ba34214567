//! Deterministic spans to send, encode and compare.
