//! The command line as typed.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

/// Traces any command, and checks how tracing is configured
#[derive(Debug, Parser)]
#[command(name = "telespan", version, about, max_term_width = 100, disable_help_subcommand = true)]
#[command(override_usage = "telespan --trace [OPTIONS] COMMAND [ARGS]...\n       telespan SUBCOMMAND")]
#[command(arg_required_else_help = true)]
#[command(after_help = "Examples:
  telespan --trace ls                                    spans go to the forwarder
  telespan --trace --trace-exporter file:traces ls -l    spans go into files below ./traces
  telespan --trace --trace-exporter grpc://collector.example.com:4317 ssh root@host
  telespan check --config /etc/telespan.yaml")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) trace: TraceOptions,
    #[command(subcommand)]
    pub(crate) action: Option<Action>,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Run a command; with --trace it is traced
    Exec(Exec),
    /// Check a configuration file or an exporter URL: every problem at once, else the effective settings
    Check(Check),
    /// Anything else is a command to trace.
    #[command(external_subcommand)]
    Command(Vec<OsString>),
}

/// Run a command; with --trace it is traced
#[derive(Debug, Args)]
pub(crate) struct Exec {
    /// The command and its arguments, passed as they are
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// Check a configuration file or an exporter URL: every problem at once, else the effective settings
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Print one JSON object, for programs
    #[arg(long)]
    pub(crate) json: bool,
    /// The configuration file [default: $TELESPAN_CONFIG, else /etc/telespan.yaml]
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    pub(crate) config: Option<PathBuf>,
    /// An exporter URL, instead of a file
    #[arg(value_name = "URL")]
    pub(crate) url: Option<String>,
}

/// How a command is traced.
#[derive(Debug, Args)]
#[command(next_help_heading = "Tracing")]
pub(crate) struct TraceOptions {
    /// Trace the command that follows
    #[arg(long, global = true)]
    pub(crate) trace: bool,

    // Texts that may hold secrets are parsed later: clap would quote them in its errors.
    /// Send the spans there instead of to the forwarder: grpc://, http://, https://, file:DIR, ...
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) trace_exporter: Option<String>,

    /// The forwarder's URL [default: $TELESPAN_FORWARDER, else its unix socket, else grpc://127.0.0.1:4317]
    #[arg(long, global = true, value_name = "URL", conflicts_with = "trace_exporter")]
    pub(crate) forwarder: Option<String>,

    /// CA certificates that the peer's certificate is checked against (repeatable)
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) trace_ca_cert: Vec<PathBuf>,

    /// Client certificate for mTLS
    #[arg(long, global = true, value_name = "FILE", requires = "trace_key")]
    pub(crate) trace_cert: Option<PathBuf>,

    /// Private key of the client certificate
    #[arg(long, global = true, value_name = "FILE", requires = "trace_cert")]
    pub(crate) trace_key: Option<PathBuf>,

    /// A header sent with the spans (repeatable)
    #[arg(long, global = true, value_name = "NAME: VALUE")]
    pub(crate) trace_header: Vec<String>,

    /// Record the arguments of the command too, which may hold secrets
    #[arg(long, global = true)]
    pub(crate) trace_args: bool,

    /// Do not say on stderr where the trace went
    #[arg(long, global = true)]
    pub(crate) trace_quiet: bool,

    /// How long the spans may take to be sent when the command has ended, such as 500ms or 2s
    #[arg(long, global = true, value_name = "DURATION", default_value = "1s", value_parser = duration)]
    pub(crate) trace_timeout: Duration,
}

impl TraceOptions {
    /// The first option given that means nothing without --trace.
    pub(crate) fn useless_without_trace(&self) -> Option<&'static str> {
        let given = [
            ("--trace-exporter", self.trace_exporter.is_some()),
            ("--forwarder", self.forwarder.is_some()),
            ("--trace-ca-cert", !self.trace_ca_cert.is_empty()),
            ("--trace-cert", self.trace_cert.is_some()),
            ("--trace-header", !self.trace_header.is_empty()),
            ("--trace-args", self.trace_args),
            ("--trace-quiet", self.trace_quiet),
        ];
        let (name, _) = given.into_iter().find(|(_, given)| *given && !self.trace)?;
        Some(name)
    }
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    telespan::parse_duration(text).ok_or("write a whole number and ms, s, m or h, for example 500ms")
}
