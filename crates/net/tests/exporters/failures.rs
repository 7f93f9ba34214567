//! What goes wrong on the way.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use futures_executor::block_on;
use telespan_export::{Accepted, ExportError, Exporter, Failure};
use telespan_testkit::{MockCollector, Reply, closed_port};

use super::{RETRYABLE, ample, assert_says, batch, endpoint, exporter, send};
use crate::subject::Endpoint;

/// What a batch sent to a peer ends in that waits for the first `beginning` bytes, says `words` and ends the
/// connection on its side.
pub(crate) fn export_to_a_peer_that_says(
    words: &'static [u8],
    beginning: usize,
) -> Result<Accepted, ExportError> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let peer = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut vec![0; beginning]).unwrap();
        stream.write_all(words).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        // Until the exporter hangs up.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let exporter = exporter(Endpoint::tcp("127.0.0.1", port).unwrap());
    let result = send(&exporter);
    drop(exporter);
    peer.join().unwrap();
    result
}

#[test]
fn a_dead_port_is_retryable_and_named() {
    let port = closed_port();
    let exporter = exporter(Endpoint::tcp("127.0.0.1", port.address().port()).unwrap());
    let error = send(&exporter).unwrap_err();
    assert_eq!(error.failure(), RETRYABLE);
    let text = format!("cannot connect to {}: Connection refused", port.address());
    assert_says(&error, &[&text, "is a collector listening there?"]);
}

#[test]
fn a_collector_that_comes_back_is_found_again() {
    let collector = MockCollector::start();
    let address = collector.address();
    let exporter = exporter(endpoint(&collector));
    send(&exporter).unwrap();
    drop(collector);
    assert_eq!(send(&exporter).unwrap_err().failure(), RETRYABLE);
    let collector = MockCollector::builder().listener(TcpListener::bind(address).unwrap()).start();
    send(&exporter).unwrap();
    assert_eq!(collector.spans().len(), 3);
}

#[test]
fn a_name_without_address_is_retryable_and_named() {
    // Longer than any label may be, so that no name server is asked.
    let host = "x".repeat(64);
    let exporter = exporter(Endpoint::tcp(&host, 4317).unwrap());
    let error = send(&exporter).unwrap_err();
    assert_eq!(error.failure(), RETRYABLE);
    assert_says(&error, &[&format!("cannot connect to {host}:4317: "), "check the host name"]);
}

#[test]
fn a_missing_socket_is_retryable_and_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("none.sock");
    let error = send(&exporter(Endpoint::unix(&path))).unwrap_err();
    assert_eq!(error.failure(), RETRYABLE);
    assert_says(
        &error,
        &[&format!("cannot connect to unix:{}", path.display()), "is the path of the socket right"],
    );
}

#[test]
fn a_server_that_hangs_ends_at_the_deadline_and_its_connection_is_not_used_again() {
    let collector = MockCollector::start();
    collector.script([Reply::hang()]);
    let exporter = exporter(endpoint(&collector));
    let (started, limit) = (Instant::now(), Duration::from_millis(300));
    let error = block_on(exporter.export(&batch(3), started + limit)).unwrap_err();
    assert!(started.elapsed() >= limit);
    assert_eq!(error.failure(), RETRYABLE);
    assert_says(&error, &[&format!("{} did not answer within", collector.address())]);
    send(&exporter).unwrap();
    assert_eq!((collector.requests().len(), collector.connections()), (2, 2));
}

#[test]
fn after_shutdown_exports_fail_as_closed() {
    let collector = MockCollector::start();
    let exporter = exporter(endpoint(&collector));
    send(&exporter).unwrap();
    for _ in 0..2 {
        block_on(exporter.shutdown(ample())).unwrap();
        assert_eq!(send(&exporter).unwrap_err().failure(), Failure::Closed);
    }
}

#[test]
fn shutdown_gives_up_what_is_under_way_at_its_deadline() {
    let collector = MockCollector::start();
    collector.script([Reply::hang()]);
    let exporter = exporter(endpoint(&collector));
    thread::scope(|scope| {
        let export = scope.spawn(|| send(&exporter));
        collector.wait_for_requests(1, Duration::from_secs(30));
        block_on(exporter.shutdown(Instant::now() + Duration::from_millis(50))).unwrap();
        assert_eq!(export.join().unwrap().unwrap_err().failure(), Failure::Closed);
    });
}

#[test]
fn shutdown_lets_what_is_under_way_end() {
    let collector = MockCollector::start();
    collector.script([Reply::slow(Duration::from_millis(1))]);
    let exporter = exporter(endpoint(&collector));
    thread::scope(|scope| {
        let export = scope.spawn(|| send(&exporter));
        collector.wait_for_requests(1, Duration::from_secs(30));
        block_on(exporter.shutdown(ample())).unwrap();
        export.join().unwrap().unwrap();
    });
}
