//! Whole programs as senders: the example service with each way to run futures, and the command line.

use std::collections::HashSet;
use std::env;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, ensure};
use telespan_proto::common::v1::any_value::Value;

use crate::collector::{Collector, Destination, Source};
use crate::spans::{self, SentSpan};

/// A program that sends to a collector.
#[derive(Clone, Copy)]
pub(crate) enum Program {
    /// The example `service` of the facade, with the name of a runtime.
    Service(&'static str),
    /// `telespan --trace`.
    CommandLine,
}

impl Program {
    /// Runs the program against a collector of its own and looks at what came; gives the number of spans.
    pub(crate) fn run(self, collector: &Path, directory: &Path) -> Result<usize> {
        let collector =
            Collector::start(collector, &directory.join("collector"), &Source::Plain, &Destination::File)?;
        let url = format!("grpc://localhost:{}", collector.grpc_port());
        match self {
            Program::Service(runtime) => {
                let ended = service(&url, runtime)?;
                one_trace(&spans::of_file(&collector.stop()?)?, ended)
            }
            Program::CommandLine => {
                let trace = command_line(&url)?;
                one_command(&spans::of_file(&collector.stop()?)?, &trace)
            }
        }
    }
}

/// Runs the service; gives the number of spans that it says were exported.
fn service(url: &str, runtime: &str) -> Result<usize> {
    let output = cargo(&["--package", "telespan", "--example", "service", "--", url, runtime])?;
    ensure!(output.status.success(), "the service failed: {output:?}");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let exported = said.split(", ").find_map(|part| part.strip_suffix(" exported"));
    exported.and_then(|number| number.parse().ok()).with_context(|| format!("the service said {said:?}"))
}

/// Every span of one trace, and every parent but the remote one among them; gives their number.
fn one_trace(spans: &[SentSpan], ended: usize) -> Result<usize> {
    ensure!(spans.len() == ended, "{} of {ended} spans came", spans.len());
    let traces: HashSet<_> = spans.iter().map(|sent| &sent.span.trace_id).collect();
    ensure!(traces.len() == 1, "the spans belong to {} traces", traces.len());
    let ids: HashSet<_> = spans.iter().map(|sent| &sent.span.span_id).collect();
    ensure!(ids.len() == ended, "span ids came twice");
    let strangers: HashSet<_> =
        spans.iter().map(|sent| &sent.span.parent_span_id).filter(|parent| !ids.contains(parent)).collect();
    ensure!(strangers.len() == 1, "{} parents did not come, instead of the caller only", strangers.len());
    Ok(ended)
}

/// Traces a command that fails; gives the trace that stderr names.
fn command_line(url: &str) -> Result<String> {
    let arguments = ["--trace", "--trace-exporter", url, "sh", "-c", "exit 3"];
    let output = cargo(&[&["--package", "telespan-cli", "--"], &arguments[..]].concat())?;
    ensure!(output.status.code() == Some(3), "the exit code of the command was not passed on: {output:?}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let trace = said.split_whitespace().find(|word| word.len() == 32);
    trace.map(str::to_owned).with_context(|| format!("no trace is named in {said:?}"))
}

fn one_command(spans: &[SentSpan], trace: &str) -> Result<usize> {
    let [SentSpan { span, .. }] = spans else { anyhow::bail!("{} spans came instead of one", spans.len()) };
    let id: String = span.trace_id.iter().map(|byte| format!("{byte:02x}")).collect();
    ensure!(id == trace && span.name == "sh", "another span came: {span:?}");
    let code = span.attributes.iter().find(|attribute| attribute.key == "process.exit.code");
    let code = code.and_then(|attribute| attribute.value.as_ref()?.value.as_ref());
    ensure!(code == Some(&Value::IntValue(3)), "the exit code is {code:?}");
    Ok(1)
}

fn cargo(arguments: &[&str]) -> Result<Output> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["run", "--quiet"]).args(arguments).stdin(Stdio::null());
    // A trace that this program is part of must not decide about those of its children.
    command.env_remove("TRACEPARENT").env_remove("TRACESTATE");
    command.output().context("could not start cargo")
}
