//! Tests of the mock collector with plain hyper clients and bare sockets.

#![allow(clippy::unwrap_used, reason = "a panic is the report of a test")]

mod client;
mod replies;
mod requests;
mod transports;

use std::time::Duration;

/// Longer than anything here takes, shorter than anybody's patience.
const PATIENCE: Duration = Duration::from_secs(20);
