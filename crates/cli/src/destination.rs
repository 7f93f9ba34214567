//! Where the spans of a command go.

use std::env;
use std::ffi::OsStr;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use anyhow::{Context, anyhow};
use rustix::process::geteuid;
use telespan::{ExporterSettings, ExporterUrl, KeyPair, Secret};

use crate::args::TraceOptions;

/// The forwarder of this machine where it has no unix socket.
const FORWARDER: &str = "grpc://127.0.0.1:4317";

/// The unix socket of the machine's forwarder.
const FORWARDER_SOCKET: &str = "/run/telespan/forwarder.sock";

/// What the options say about where to send: the exporter named, else the forwarder.
pub(crate) fn settings(options: &TraceOptions) -> anyhow::Result<ExporterSettings> {
    let mut settings = ExporterSettings::from(url(options)?);
    settings.ca_certs.clone_from(&options.trace_ca_cert);
    if let (Some(cert_file), Some(key_file)) = (options.trace_cert.clone(), options.trace_key.clone()) {
        settings.key_pairs.push(KeyPair { key_file, cert_file });
    }
    settings.headers = options.trace_header.iter().map(|text| header(text)).collect::<anyhow::Result<_>>()?;
    Ok(settings)
}

fn url(options: &TraceOptions) -> anyhow::Result<ExporterUrl> {
    let variable = env::var_os("TELESPAN_FORWARDER").filter(|url| !url.is_empty());
    let variable = variable.map(|url| url.to_string_lossy().into_owned());
    let named = [
        ("--trace-exporter", &options.trace_exporter),
        ("--forwarder", &options.forwarder),
        ("TELESPAN_FORWARDER", &variable),
    ];
    match named.into_iter().find_map(|(place, url)| Some((place, url.as_ref()?))) {
        Some((place, url)) => url.parse().context(place),
        None => {
            Ok(local_forwarder(env::var_os("XDG_RUNTIME_DIR").filter(|_| !geteuid().is_root()).as_deref()))
        }
    }
}

/// The unix socket of a forwarder, the user's own in `runtime_directory` first, else the standard port.
fn local_forwarder(runtime_directory: Option<&OsStr>) -> ExporterUrl {
    let own = runtime_directory.map(|directory| Path::new(directory).join("telespan/forwarder.sock"));
    let sockets = own.into_iter().chain([FORWARDER_SOCKET.into()]);
    let socket = sockets.filter(|socket| is_socket(socket)).find_map(|socket| unix_url(&socket));
    socket.unwrap_or_else(|| FORWARDER.parse().expect("the constant is a URL"))
}

fn is_socket(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.file_type().is_socket())
}

/// Nothing for a path that has no URL, being no UTF-8.
fn unix_url(socket: &Path) -> Option<ExporterUrl> {
    format!("unix:{}", socket.to_str()?).parse().ok()
}

/// A header as typed. What cannot be read is not shown: it may be a secret.
fn header(text: &str) -> anyhow::Result<(String, Secret)> {
    let (name, value) =
        text.split_once(':').ok_or_else(|| anyhow!("--trace-header: write it as `name: value`"))?;
    Ok((name.trim().to_owned(), Secret::new(value.trim())))
}

#[cfg(test)]
mod tests;
