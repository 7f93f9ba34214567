//! Helpers: what is in a directory, and this test binary as a child process.

use std::fs;
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use telespan_export::BoxFuture;
use telespan_otlp::Batch;
use telespan_otlp::json::{self, JsonLines};

/// The files of a directory in the order of their names, each with its content.
pub(crate) fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

/// The content of all files, one behind the other.
pub(crate) fn content(directory: &Path) -> Vec<u8> {
    files(directory).into_iter().flat_map(|(_, content)| content).collect()
}

/// `count` different lines of `len` bytes, newline included.
pub(crate) fn numbered_lines(count: usize, len: usize) -> Vec<u8> {
    (0..count).flat_map(|i| format!("{i:0width$}\n", width = len - 1).into_bytes()).collect()
}

/// Where a child process works; only set for children.
const CHILD_DIRECTORY: &str = "TELESPAN_FILE_TEST_DIRECTORY";

/// The directory that the parent chose, in a test that is the work of a child process.
pub(crate) fn child_directory() -> Option<PathBuf> {
    let directory = std::env::var_os(CHILD_DIRECTORY).map(PathBuf::from);
    if directory.is_none() {
        skip("this is the work of a child process of another test");
    }
    directory
}

/// This test binary, about to run the ignored test `name` as a child that works in `directory`.
pub(crate) fn child(name: &str, directory: &Path) -> Command {
    prefixed_child(Command::new(std::env::current_exe().unwrap()), name, directory)
}

/// Like [`child`], in a mount namespace of its own in which a tmpfs with `options` is mounted on `directory`.
/// `None`, with a visible reason, where the system does not allow that.
pub(crate) fn child_on_tmpfs(name: &str, directory: &Path, options: &str) -> Option<Command> {
    const MOUNT: &str = r#"mount -t tmpfs -o "$0" tmpfs "$1" && shift && exec "$@""#;
    let unshare = || {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", MOUNT, options]).arg(directory);
        command
    };
    match unshare().arg("true").output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            skip(&format!("no tmpfs can be mounted: {}", String::from_utf8_lossy(&output.stderr)));
            return None;
        }
        Err(error) => {
            skip(&format!("unshare(1) cannot be run: {error}"));
            return None;
        }
    }
    let mut command = unshare();
    command.arg(std::env::current_exe().unwrap());
    Some(prefixed_child(command, name, directory))
}

fn prefixed_child(mut command: Command, name: &str, directory: &Path) -> Command {
    command.args(["--exact", name, "--ignored", "--nocapture"]).env(CHILD_DIRECTORY, directory);
    command
}

/// Runs a child to its end; what it asserted must hold.
pub(crate) fn run(mut child: Command) {
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("1 passed"), "the child did not run: {text}");
}

/// Says why a test does not run. Past the harness, which would swallow it.
pub(crate) fn skip(reason: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {}", reason.trim());
}

/// A batch of spans with these numbers, each about `size` bytes a line.
pub(crate) fn batch(numbers: Range<usize>, size: usize) -> Batch {
    let span = |i| {
        let name = format!("span {i} {}", "x".repeat(size.saturating_sub(200)));
        let (trace, span) = (format!("{:032x}", i + 1), format!("{:016x}", i + 1));
        format!(r#"{{"traceId":"{trace}","spanId":"{span}","name":"{name}"}}"#)
    };
    let spans = numbers.map(span).collect::<Vec<_>>().join(",");
    let resource = r#"{"attributes":[{"key":"service.name","value":{"stringValue":"test"}}]}"#;
    let text = format!(
        r#"{{"resourceSpans":[{{"resource":{resource},"scopeSpans":[{{"scope":{{"name":"it"}},"spans":[{spans}]}}]}}]}}"#
    );
    json::parse(text.as_bytes()).unwrap()
}

/// The lines of a batch, as the files must hold them.
pub(crate) fn lines(batch: &Batch) -> Vec<u8> {
    let mut text = Vec::new();
    let mut lines = JsonLines::new(batch);
    while lines.write_next(&mut text) {}
    text
}

/// The result of a future that never waits.
pub(crate) fn ready<T>(mut future: BoxFuture<'_, T>) -> T {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the future waits"),
    }
}

/// Far enough away never to pass.
pub(crate) fn later() -> Instant {
    Instant::now() + Duration::from_secs(600)
}
