//! The command line as typed.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

/// Ends the help. Fits into 80 columns.
const EXAMPLES: &str = "\
Examples:
  telespan --trace ls
  telespan --trace --trace-exporter file:traces make test
  telespan --trace --trace-exporter grpc://collector.example.com ssh root@host
  telespan check --config /etc/telespan.yaml";

/// Traces any command, and checks how tracing is configured
#[derive(Debug, Parser)]
#[command(name = "telespan", bin_name = "telespan", version, max_term_width = 100)]
#[command(disable_help_subcommand = true, subcommand_help_heading = "Subcommands")]
#[command(override_usage = "telespan --trace [OPTIONS] COMMAND [ARGS]...\n       telespan SUBCOMMAND")]
#[command(arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) trace: TraceOptions,
    #[command(subcommand)]
    pub(crate) action: Option<Action>,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    Exec(Exec),
    Check(Check),
    /// Anything else is a command to trace.
    #[command(external_subcommand)]
    Command(Vec<OsString>),
}

/// Run a command, whatever its name; with --trace it is traced
#[derive(Debug, Args)]
#[command(override_usage = "telespan exec [OPTIONS] [--] COMMAND [ARGS]...")]
pub(crate) struct Exec {
    /// The command and its arguments, passed as they are
    #[arg(trailing_var_arg = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
    #[command(flatten)]
    pub(crate) trace: TraceOptions,
}

/// Check a configuration file or an exporter URL: all its problems, or the settings in effect
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

/// How long sending may take unless the user says otherwise: one second is hardly noticed.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(1);

/// How a command is traced.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Tracing")]
pub(crate) struct TraceOptions {
    /// Trace the command that follows
    #[arg(long)]
    pub(crate) trace: bool,

    // Texts that may hold secrets are parsed later: clap would quote them in its errors.
    /// Send the spans there instead of to the forwarder: grpc://, grpcs://, http://, https://, unix:,
    /// file:DIR or stdout:
    #[arg(long, value_name = "URL")]
    pub(crate) trace_exporter: Option<String>,

    /// The forwarder's URL [default: $TELESPAN_FORWARDER, else its unix socket if there is one, else
    /// grpc://127.0.0.1:4317]
    #[arg(long, value_name = "URL", conflicts_with = "trace_exporter")]
    pub(crate) forwarder: Option<String>,

    /// CA certificates to check the receiver's certificate against (repeatable)
    #[arg(long, value_name = "FILE")]
    pub(crate) trace_ca_cert: Vec<PathBuf>,

    /// Client certificate for mTLS
    #[arg(long, value_name = "FILE", requires = "trace_key")]
    pub(crate) trace_cert: Option<PathBuf>,

    /// Private key of the client certificate
    #[arg(long, value_name = "FILE", requires = "trace_cert")]
    pub(crate) trace_key: Option<PathBuf>,

    /// A header sent with the spans (repeatable)
    #[arg(long, value_name = "NAME: VALUE")]
    pub(crate) trace_header: Vec<String>,

    /// Record the arguments of the command too, which may hold secrets
    #[arg(long)]
    pub(crate) trace_args: bool,

    /// Do not say on stderr where the trace went; only what went wrong
    #[arg(long)]
    pub(crate) trace_quiet: bool,

    /// How long sending may take when the command has ended, such as 500ms or 2s [default: 1s]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) trace_timeout: Option<Duration>,
}

impl TraceOptions {
    /// These options with those added that stand before the subcommand.
    pub(crate) fn and(self, before: TraceOptions) -> TraceOptions {
        TraceOptions {
            trace: self.trace || before.trace,
            trace_exporter: self.trace_exporter.or(before.trace_exporter),
            forwarder: self.forwarder.or(before.forwarder),
            trace_ca_cert: [before.trace_ca_cert, self.trace_ca_cert].concat(),
            trace_cert: self.trace_cert.or(before.trace_cert),
            trace_key: self.trace_key.or(before.trace_key),
            trace_header: [before.trace_header, self.trace_header].concat(),
            trace_args: self.trace_args || before.trace_args,
            trace_quiet: self.trace_quiet || before.trace_quiet,
            trace_timeout: self.trace_timeout.or(before.trace_timeout),
        }
    }

    /// How long sending may take.
    pub(crate) fn timeout(&self) -> Duration {
        self.trace_timeout.unwrap_or(DEFAULT_TIMEOUT)
    }

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
            ("--trace-timeout", self.trace_timeout.is_some()),
        ];
        let (name, _) = given.into_iter().find(|(_, given)| *given && !self.trace)?;
        Some(name)
    }
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    telespan::parse_duration(text).ok_or("write a whole number and ms, s, m or h, for example 500ms")
}
