//! Running the binary and reading what it left behind.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use prost::Message;
use rustix::process::{Pid, Signal, kill_process};
use telespan_file::TraceFiles;
use telespan_proto::common::v1::any_value::Value;
use telespan_proto::trace::v1::TracesData;
use telespan_testkit::DeliveredSpan;

/// The binary under test.
pub(crate) const TELESPAN: &str = env!("CARGO_BIN_EXE_telespan");

/// How long anything may take before it counts as hanging.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What a machine may have set that would change what is tested.
pub(crate) const FOREIGN: [&str; 6] =
    ["TRACEPARENT", "TRACESTATE", "BAGGAGE", "TELESPAN_FORWARDER", "TELESPAN_CONFIG", "XDG_RUNTIME_DIR"];

/// `telespan` in a clean environment.
pub(crate) fn telespan() -> Command {
    clean(TELESPAN)
}

/// `program` in a clean environment.
pub(crate) fn clean(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    for name in FOREIGN {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// `telespan --trace` with this exporter.
pub(crate) fn trace_to(exporter: &str) -> Command {
    let mut command = telespan();
    command.args(["--trace", "--trace-exporter", exporter]);
    command
}

/// A command that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code, or minus the signal.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) bytes: Vec<u8>,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Ended {
            code: output.status.code().unwrap_or_else(|| -output.status.signal().unwrap()),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            bytes: output.stdout,
        }
    }
}

/// Runs the command to its end.
pub(crate) fn run(command: &mut Command) -> Ended {
    finish(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

/// Runs the command to its end with `input` on its standard input.
pub(crate) fn run_with_input(command: &mut Command, input: Vec<u8>) -> Ended {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = thread::spawn(move || stdin.write_all(&input).unwrap());
    let ended = finish(child);
    writer.join().unwrap();
    ended
}

/// Waits for the end; kills what hangs.
pub(crate) fn finish(child: Child) -> Ended {
    let pid = Pid::from_child(&child);
    let (done, waited) = mpsc::channel();
    let waiter = thread::spawn(move || done.send(child.wait_with_output().unwrap()));
    let Ok(output) = waited.recv_timeout(PATIENCE) else {
        let _ = kill_process(pid, Signal::KILL);
        panic!("the command hangs");
    };
    waiter.join().unwrap().unwrap();
    output.into()
}

/// A directory for scripts and traces.
pub(crate) struct Scratch(tempfile::TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        Scratch(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    /// An executable script.
    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        let file = self.file(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        file
    }

    /// The exporter URL of the directory `traces`.
    pub(crate) fn exporter(&self) -> String {
        format!("file://{}", self.file("traces").display())
    }

    /// `telespan --trace` into the directory `traces`.
    pub(crate) fn trace(&self) -> Command {
        trace_to(&self.exporter())
    }

    /// The spans of the directory `traces`.
    pub(crate) fn spans(&self) -> Vec<DeliveredSpan> {
        spans_in(&self.file("traces"))
    }

    /// The only span of the directory `traces`.
    pub(crate) fn span(&self) -> DeliveredSpan {
        let mut spans = self.spans();
        assert_eq!(spans.len(), 1);
        spans.remove(0)
    }
}

/// The spans of all files in a directory.
pub(crate) fn spans_in(directory: &Path) -> Vec<DeliveredSpan> {
    let batches = TraceFiles::open([directory]).unwrap();
    let decode = |bytes: &[u8]| TracesData::decode(bytes).unwrap().resource_spans;
    batches
        .flat_map(|batch| DeliveredSpan::flatten(&decode(batch.unwrap().batch.bytes())).collect::<Vec<_>>())
        .collect()
}

/// Ids as text writes them.
pub(crate) fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An attribute's value.
pub(crate) fn text(value: &str) -> Option<Value> {
    Some(Value::StringValue(value.to_owned()))
}

/// An attribute's value.
pub(crate) fn integer(value: i64) -> Option<Value> {
    Some(Value::IntValue(value))
}
