//! The end: from anywhere, in time, with collectors that are dead or hang.

use std::path::Path;
use std::time::{Duration, Instant};

use telespan::{DropReason, Guard, ShutdownError, Telespan};
use telespan_testkit::{Reply, closed_port};

use crate::runtime::{Runtime, Task};
use crate::support::{
    Certificates, Heard, MOMENT, Place, TRANSPORTS, Transport, names, send_in_vain, shut_down, two_spans,
};

/// What a machine with other things to do may take on top; an endless wait is longer.
const SLACK: Duration = Duration::from_secs(10);

#[test]
fn a_shutdown_inside_an_async_task_sends_everything() {
    for transport in TRANSPORTS {
        for runtime in [Runtime::CurrentThread, Runtime::MultiThread] {
            let place = Place::new(transport);
            let guard = place.telespan().start().unwrap();
            let task: Task = Box::pin(async move {
                two_spans(&guard, None);
                shut_down(guard);
            });
            runtime.block_on(runtime.all(vec![task]));
            assert_eq!(names(&place.spans()), ["inner", "outer"], "{transport:?} {runtime:?}");
        }
    }
}

#[test]
fn dropping_the_guard_sends_everything() {
    for transport in TRANSPORTS {
        for runtime in [Runtime::None, Runtime::CurrentThread, Runtime::MultiThread] {
            let place = Place::new(transport);
            runtime.block_on(async {
                let guard = place.telespan().start().unwrap();
                two_spans(&guard, None);
            });
            assert_eq!(names(&place.spans()), ["inner", "outer"], "{transport:?} {runtime:?}");
        }
    }
}

#[test]
fn a_guard_that_goes_in_a_panic_sends_everything() {
    let place = Place::new(Transport::Grpc);
    let guard = place.telespan().start().unwrap();
    let panicked = std::thread::spawn(move || {
        two_spans(&guard, None);
        std::panic::resume_unwind(Box::new("the program fails"));
    });
    panicked.join().unwrap_err();
    assert_eq!(names(&place.spans()), ["inner", "outer"]);
}

#[test]
fn a_flush_sends_what_ended_and_tracing_goes_on() {
    for transport in TRANSPORTS {
        let place = Place::new(transport);
        let guard = place.telespan().start().unwrap();
        two_spans(&guard, None);
        guard.flush().unwrap();
        assert_eq!((place.spans().len(), guard.stats().exported), (2, 2), "{transport:?}");
        two_spans(&guard, None);
        assert_eq!(shut_down(guard).exported, 4);
    }
}

#[test]
fn starting_connects_to_nothing() {
    for transport in TRANSPORTS {
        let place = Place::new(transport);
        let guard = place.telespan().start().unwrap();
        if let Some(collector) = &place.collector {
            assert_eq!(collector.connections(), 0, "{transport:?}");
        }
        shut_down(guard);
    }
}

#[test]
fn a_dead_collector_costs_the_deadline_and_no_more() {
    let port = closed_port();
    let certificates = Certificates::new();
    let (address, socket) = (port.address(), certificates.path("nobody.sock"));
    let urls = [
        format!("grpc://{address}"),
        format!("http://{address}"),
        format!("https://{address}"),
        format!("unix:{}", socket.display()),
    ];
    for url in urls {
        for runtime in [Runtime::None, Runtime::CurrentThread, Runtime::MultiThread] {
            let heard = Heard::default();
            let guard = heard.listen(to(&url, certificates.authority.ca_file())).start().unwrap();
            two_spans(&guard, None);
            send_in_vain(&guard);
            heard.wait_for("cannot connect to");
            runtime.block_on(async { assert_lost_in_time(guard) });
        }
    }
}

#[test]
fn a_collector_that_never_answers_costs_the_deadline_and_no_more() {
    for transport in [Transport::Grpc, Transport::Http, Transport::MutualTls, Transport::Unix] {
        let place = Place::new(transport);
        place.collector.as_ref().unwrap().otherwise(Reply::hang());
        let guard = place.telespan().start().unwrap();
        two_spans(&guard, None);
        assert_lost_in_time(guard);
    }
}

#[test]
fn spans_that_end_after_the_shutdown_are_counted() {
    let place = Place::new(Transport::Grpc);
    let guard = place.telespan().start().unwrap();
    let tracing = guard.tracing().unwrap().clone();
    let late = guard.tracer("test").start("late");
    shut_down(guard);
    late.end();
    let stats = tracing.stats();
    assert_eq!((stats.ended, stats.dropped(DropReason::Shutdown), stats.queued), (1, 1, 0));
}

/// An exporter to `url`; TLS trusts `ca_file`, so that the system's roots do not matter.
fn to(url: &str, ca_file: &Path) -> Telespan {
    let telespan = Telespan::from_url(url).unwrap();
    if url.starts_with("https:") { telespan.ca_cert(ca_file) } else { telespan }
}

fn assert_lost_in_time(guard: Guard) {
    let tracing = guard.tracing().unwrap().clone();
    let begin = Instant::now();
    let error = guard.shutdown_within(MOMENT).unwrap_err();
    assert!(begin.elapsed() < MOMENT + SLACK, "it took {:?}", begin.elapsed());
    assert!(matches!(error, ShutdownError::Lost { spans: 2 }), "{error}");
    let stats = tracing.stats();
    assert_eq!(
        (stats.ended, stats.exported, stats.dropped(DropReason::Shutdown), stats.queued),
        (2, 0, 2, 0)
    );
}
