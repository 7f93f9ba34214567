//! Attempts from their beginning to the end of the thread.

use std::future::pending;
use std::sync::{Arc, Weak};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use futures_executor::block_on;
use telespan_export::{ExportError, Failure};
use telespan_net::Protocol;
use telespan_testkit::{MockCollector, Reply};

use crate::{Client, ample, post, transport};

#[test]
fn an_attempt_speaks_the_protocol_that_was_chosen() {
    let collector = MockCollector::start();
    for (protocol, version) in [(Protocol::Http, "HTTP/1.1"), (Protocol::Http2, "HTTP/2.0")] {
        let transport = transport(&collector, protocol);
        assert_eq!(block_on(transport.attempt(ample(), post)).unwrap(), (200, 0));
        assert_eq!(format!("{:?}", collector.requests().pop().unwrap().version), version);
    }
}

#[test]
fn a_reply_is_read_up_to_its_limit() {
    let collector = MockCollector::start();
    let transport = transport(&collector, Protocol::Http);
    collector
        .script([Reply::http_status(400, &[], vec![0; 100]), Reply::http_status(400, &[], vec![0; 101])]);
    assert_eq!(block_on(transport.attempt(ample(), post)).unwrap(), (400, 100));
    let error = block_on(transport.attempt(ample(), post)).unwrap_err();
    assert_eq!(error.failure(), Failure::Permanent);
}

#[test]
fn a_deadline_in_the_past_ends_an_attempt_at_once() {
    let collector = MockCollector::start();
    let transport = transport(&collector, Protocol::Http);
    let never = |_: Client| pending::<Result<(), ExportError>>();
    let error = block_on(transport.attempt(Instant::now(), never)).unwrap_err();
    assert_eq!(error.failure(), Failure::Retryable { after: None });
}

/// An attempt that never ends, and what tells whether it is still there.
fn endless() -> (impl FnOnce(Client) -> Attempt + Send, Weak<()>) {
    let alive = Arc::new(());
    let watch = Arc::downgrade(&alive);
    let attempt = |_: Client| -> Attempt {
        Box::pin(async move {
            let _alive = alive;
            pending().await
        })
    };
    (attempt, watch)
}

type Attempt = std::pin::Pin<Box<dyn Future<Output = Result<(), ExportError>> + Send>>;

#[test]
fn an_attempt_that_nobody_waits_for_ends() {
    let collector = MockCollector::start();
    let transport = transport(&collector, Protocol::Http);
    let (attempt, alive) = endless();
    let mut waiting = Box::pin(transport.attempt(ample(), attempt));
    assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(waiting);
    // Ends when nothing is under way any more, long before its deadline.
    block_on(transport.shutdown(ample()));
    assert!(alive.upgrade().is_none());
}

#[test]
fn shutdown_ends_attempts_at_its_deadline() {
    let collector = MockCollector::start();
    let transport = transport(&collector, Protocol::Http);
    let (attempt, alive) = endless();
    let mut waiting = Box::pin(transport.attempt(ample(), attempt));
    assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let (started, limit) = (Instant::now(), Duration::from_millis(50));
    block_on(transport.shutdown(started + limit));
    assert!(started.elapsed() >= limit);
    assert!(alive.upgrade().is_none());
    assert_eq!(block_on(waiting).unwrap_err().failure(), Failure::Closed);
}

#[test]
fn after_shutdown_attempts_are_closed() {
    let collector = MockCollector::start();
    let transport = transport(&collector, Protocol::Http);
    for _ in 0..2 {
        block_on(transport.shutdown(Instant::now()));
        let error = block_on(transport.attempt(ample(), post)).unwrap_err();
        assert_eq!(error.failure(), Failure::Closed);
    }
}

#[test]
fn an_attempt_that_panics_is_an_error_and_the_next_works() {
    let collector = MockCollector::start();
    let transport = transport(&collector, Protocol::Http);
    let panics = |_: Client| -> Attempt { Box::pin(async { panic!("on purpose") }) };
    let error = block_on(transport.attempt(ample(), panics)).unwrap_err();
    assert_eq!(error.failure(), Failure::Permanent);
    block_on(transport.attempt(ample(), post)).unwrap();
}
