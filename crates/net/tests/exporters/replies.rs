//! What comes back.

use std::net::SocketAddr;

use telespan_export::{Accepted, ExportError, Failure};
use telespan_testkit::{MockCollector, Reply};

use super::{assert_says, endpoint, exporter, send};
use crate::subject::Subject;

/// Has the collector answer with partial successes of all kinds.
pub(crate) fn assert_partial_success(collector: &MockCollector, exporter: &Subject) {
    let table = [
        (Reply::ok(), 0, None),
        (Reply::partial_success(2, "too old"), 2, Some("too old")),
        (Reply::partial_success(0, "deprecated"), 0, Some("deprecated")),
        (Reply::partial_success(2, ""), 2, None),
        // More than were sent, and less than none.
        (Reply::partial_success(99, "all"), 3, Some("all")),
        (Reply::partial_success(-1, "odd"), 0, Some("odd")),
    ];
    for (reply, rejected, message) in table {
        let expected = Accepted { rejected, message: message.map(str::to_owned) };
        collector.script([reply.clone()]);
        assert_eq!(send(exporter).unwrap(), expected, "{exporter:?} {reply:?}");
    }
}

/// Has a collector answer with each of these replies of more than 4 MiB, then with one of almost as much.
pub(crate) fn assert_too_large<const N: usize>(replies: [Reply; N]) {
    let collector = MockCollector::start();
    let exporter = exporter(endpoint(&collector));
    collector.script(replies);
    for _ in 0..N {
        let error = send(&exporter).unwrap_err();
        assert_eq!(error.failure(), Failure::Permanent);
        assert_says(&error, &["is larger than 4194304 bytes"]);
    }
    collector.script([Reply::huge(4 * 1024 * 1024 - 100)]);
    let accepted = send(&exporter).unwrap();
    assert!(accepted.message.unwrap().len() < 1000);
}

/// What an export ends in to which a collector at the returned address answers so; the next one succeeds.
pub(crate) fn error_before_success(reply: &Reply) -> (ExportError, SocketAddr) {
    let collector = MockCollector::start();
    collector.script([reply.clone()]);
    let exporter = exporter(endpoint(&collector));
    let error = send(&exporter).unwrap_err();
    send(&exporter).unwrap();
    (error, collector.address())
}
