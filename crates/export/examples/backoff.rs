//! Shows how long a batch waits between attempts when its destination is down.
//!
//! Run it with `cargo run -p telespan-export --example backoff`.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::time::{Duration, Instant};

use telespan_export::{Backoff, Delivery, ExportError, Failure, Next};

fn main() {
    let mut delivery = Delivery::new(Backoff::default(), 42);
    let mut now = Instant::now();
    for attempt in 1..=8 {
        // The fifth answer names a delay of its own.
        let after = (attempt == 5).then_some(Duration::from_secs(10));
        let error = ExportError::new(Failure::Retryable { after }, "the collector is overloaded");
        match delivery.failed(&error, 100, now) {
            Next::RetryAt(at) => {
                println!("attempt {attempt} failed: {error}; waiting {:.1} s", (at - now).as_secs_f64());
                now = at;
            }
            other => println!("attempt {attempt} failed: {error}; {other:?}"),
        }
    }
}
