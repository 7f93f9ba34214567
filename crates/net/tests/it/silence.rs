//! Nothing of the transport's own is recorded.

use std::sync::Mutex;
use std::thread;

use futures_executor::block_on;
use telespan_net::Protocol;
use telespan_testkit::MockCollector;
use tracing_core::span::{Attributes, Id, Record};
use tracing_core::{Event, Metadata, Subscriber, dispatcher};

use crate::{ample, post, transport};

/// What was recorded, by the name of its thread.
static RECORDED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Records everything.
struct Everything;

impl Everything {
    fn note(&self) {
        RECORDED.lock().unwrap().push(thread::current().name().unwrap_or_default().to_owned());
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        self.note();
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        self.note();
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn a_subscriber_of_the_program_hears_nothing_of_the_transport() {
    dispatcher::set_global_default(dispatcher::Dispatch::new(Everything)).unwrap();
    let collector = MockCollector::start();
    let transport = transport(&collector, Protocol::Http2);
    block_on(transport.attempt(ample(), post)).unwrap();
    block_on(transport.shutdown(ample()));
    let recorded = RECORDED.lock().unwrap();
    // The collector's own HTTP/2 shows that the libraries do record.
    assert!(recorded.iter().any(|thread| thread == "mock-collector"), "{recorded:?}");
    assert!(!recorded.iter().any(|thread| thread.starts_with("telespan")), "{recorded:?}");
}
