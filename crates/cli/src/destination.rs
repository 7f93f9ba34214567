//! Where the spans of a command go.

use std::env;
use std::ffi::OsStr;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use anyhow::{Context, anyhow};
use rustix::process::geteuid;
use telespan::{ExporterSettings, ExporterUrl, KeyPair, Secret, UnixUrl};

use crate::args::TraceOptions;

/// The forwarder of this machine where it has no unix socket.
const FORWARDER: &str = "grpc://127.0.0.1:4317";

/// The unix socket of the machine's forwarder.
const FORWARDER_SOCKET: &str = "/run/telespan/forwarder.sock";

/// Why it cannot be said where the spans go.
#[derive(Debug)]
pub(crate) enum NoDestination {
    /// What was typed makes no sense.
    Usage(anyhow::Error),
    /// What the environment says makes no sense, which whoever typed the command may not know.
    Environment(anyhow::Error),
}

/// What the options say about where to send: the exporter named, else the forwarder.
pub(crate) fn settings(options: &TraceOptions) -> Result<ExporterSettings, NoDestination> {
    let typed = [("--trace-exporter", &options.trace_exporter), ("--forwarder", &options.forwarder)];
    let typed = typed.into_iter().find_map(|(option, url)| Some((option, url.as_ref()?)));
    let url = match typed {
        Some((option, url)) => url.parse().context(option).map_err(NoDestination::Usage),
        None => forwarder().map_err(NoDestination::Environment),
    };
    with_options(url?, options).map_err(NoDestination::Usage)
}

fn with_options(url: ExporterUrl, options: &TraceOptions) -> anyhow::Result<ExporterSettings> {
    let mut settings = ExporterSettings::from(url);
    settings.ca_certs.clone_from(&options.trace_ca_cert);
    if let (Some(cert_file), Some(key_file)) = (options.trace_cert.clone(), options.trace_key.clone()) {
        settings.key_pairs.push(KeyPair { key_file, cert_file });
    }
    settings.headers = options.trace_header.iter().map(|text| header(text)).collect::<anyhow::Result<_>>()?;
    Ok(settings)
}

/// The forwarder that the environment names, else the one of this machine.
fn forwarder() -> anyhow::Result<ExporterUrl> {
    match env::var_os("TELESPAN_FORWARDER").filter(|url| !url.is_empty()) {
        Some(url) => url.to_string_lossy().parse().context("TELESPAN_FORWARDER"),
        None => {
            let runtime_directory = env::var_os("XDG_RUNTIME_DIR").filter(|_| !geteuid().is_root());
            Ok(local_forwarder(runtime_directory.as_deref()))
        }
    }
}

/// The unix socket of a forwarder, the user's own in `runtime_directory` first, else the standard port.
fn local_forwarder(runtime_directory: Option<&OsStr>) -> ExporterUrl {
    let own = runtime_directory.map(|directory| Path::new(directory).join("telespan/forwarder.sock"));
    let sockets = own.into_iter().chain([FORWARDER_SOCKET.into()]);
    let socket = sockets.filter(|socket| is_socket(socket)).find_map(UnixUrl::new);
    socket.map(ExporterUrl::Unix).unwrap_or_else(|| FORWARDER.parse().expect("the constant is a URL"))
}

fn is_socket(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.file_type().is_socket())
}

/// A header as typed. What cannot be read is not shown: it may be a secret.
fn header(text: &str) -> anyhow::Result<(String, Secret)> {
    let (name, value) =
        text.split_once(':').ok_or_else(|| anyhow!("--trace-header: write it as `name: value`"))?;
    Ok((name.trim().to_owned(), Secret::new(value.trim())))
}

#[cfg(test)]
mod tests;
