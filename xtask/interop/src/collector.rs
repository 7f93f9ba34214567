//! A running collector.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use telespan_testkit::certs::KeyPairFiles;

/// What the collector logs when all of its parts are up.
const READY: &str = "Everything is ready";
/// A collector on a busy machine; it usually takes half a second.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a collector takes spans from.
pub(crate) enum Source<'a> {
    /// OTLP/gRPC and OTLP/HTTP in the clear.
    Plain,
    /// Both over TLS; with a CA file, clients need a certificate from it.
    Tls { server: &'a KeyPairFiles, client_ca: Option<&'a Path> },
    /// Files of OTLP/JSON lines in a directory.
    Files(&'a Path),
}

/// Where a collector takes spans to.
pub(crate) enum Destination<'a> {
    /// A file of OTLP/JSON lines.
    File,
    /// Another collector, over OTLP/gRPC.
    Grpc(&'a Collector),
    /// Another collector, over OTLP/HTTP.
    Http(&'a Collector),
}

/// A collector process. Killed when dropped.
pub(crate) struct Collector {
    process: Child,
    /// The lines of its log; ends when the process does.
    log: Receiver<String>,
    /// What was taken from the log so far.
    logged: Vec<String>,
    output: PathBuf,
    grpc_port: u16,
    http_port: u16,
}

impl Collector {
    /// Starts a collector with its files in `directory` and waits until it is ready.
    pub(crate) fn start(
        binary: &Path,
        directory: &Path,
        from: &Source<'_>,
        to: &Destination<'_>,
    ) -> Result<Self> {
        let [grpc_port, http_port] = free_ports()?;
        fs::create_dir_all(directory)?;
        let output = directory.join("output.jsonl");
        let config = directory.join("config.yaml");
        // JSON is YAML.
        fs::write(&config, config_for(from, to, &output, grpc_port, http_port).to_string())?;
        let mut process = Command::new(binary)
            .arg("--config")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("could not start the collector")?;
        let log = lines(process.stderr.take().context("no standard error")?);
        let mut collector = Collector { process, log, logged: Vec::new(), output, grpc_port, http_port };
        collector.wait_until_ready()?;
        Ok(collector)
    }

    /// The port of OTLP/gRPC on 127.0.0.1.
    pub(crate) fn grpc_port(&self) -> u16 {
        self.grpc_port
    }

    /// The port of OTLP/HTTP on 127.0.0.1.
    pub(crate) fn http_port(&self) -> u16 {
        self.http_port
    }

    /// Where the collector writes what it receives, if it goes into a file.
    pub(crate) fn output(&self) -> &Path {
        &self.output
    }

    /// Ends the collector in order, which flushes what it has.
    pub(crate) fn stop(mut self) -> Result<PathBuf> {
        let id = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw).context("no process id")?;
        kill_process(id, Signal::TERM).context("could not signal the collector")?;
        self.follow_log(|_| false)?;
        let status = self.process.wait()?;
        if !status.success() {
            bail!("the collector ended with {status}\n{}", self.logged.join("\n"));
        }
        Ok(self.output.clone())
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        if self.follow_log(|line| line.contains(READY))? {
            return Ok(());
        }
        bail!("the collector did not start\n{}", self.logged.join("\n"))
    }

    /// Follows the log up to a line that `is_last`, true, or to its end, false.
    fn follow_log(&mut self, is_last: impl Fn(&str) -> bool) -> Result<bool> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.log.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    let last = is_last(&line);
                    self.logged.push(line);
                    if last {
                        return Ok(true);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(false),
                Err(RecvTimeoutError::Timeout) => {
                    bail!("the collector hangs\n{}", self.logged.join("\n"));
                }
            }
        }
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        // Fails where it has ended already, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn lines(stream: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

fn config_for(
    from: &Source<'_>,
    to: &Destination<'_>,
    output: &Path,
    grpc_port: u16,
    http_port: u16,
) -> Value {
    let (receiver, source) = match from {
        Source::Plain => ("otlp", listeners(grpc_port, http_port, &json!(null))),
        Source::Tls { server, client_ca } => {
            let mut tls = json!({"cert_file": server.cert_file, "key_file": server.key_file});
            if let Some(client_ca) = client_ca {
                tls["client_ca_file"] = json!(client_ca);
            }
            ("otlp", listeners(grpc_port, http_port, &tls))
        }
        Source::Files(directory) => (
            "otlpjsonfile",
            json!({
                "include": [directory.join("*.jsonl")],
                "start_at": "beginning",
                // It takes files with the same first 1000 bytes, its default, for one file. Lines begin with the
                // resource, so with a long one all files of a process would look alike.
                "fingerprint_size": "16kb",
                // Or it adds an attribute to every span.
                "include_file_name": false,
                "poll_interval": "50ms",
            }),
        ),
    };
    // Without queues, what a collector has acknowledged it has passed on.
    let relay = |endpoint: String| {
        json!({
            "endpoint": endpoint,
            "tls": {"insecure": true},
            "sending_queue": {"enabled": false},
            "retry_on_failure": {"enabled": false},
        })
    };
    let (exporter, destination) = match to {
        Destination::File => ("file", json!({"path": output, "flush_interval": "50ms"})),
        Destination::Grpc(next) => ("otlp", relay(format!("127.0.0.1:{}", next.grpc_port()))),
        Destination::Http(next) => ("otlphttp", relay(format!("http://127.0.0.1:{}", next.http_port()))),
    };
    json!({
        "receivers": {receiver: source},
        "exporters": {exporter: destination},
        "service": {
            "telemetry": {"metrics": {"level": "none"}},
            "pipelines": {"traces": {"receivers": [receiver], "exporters": [exporter]}},
        },
    })
}

fn listeners(grpc_port: u16, http_port: u16, tls: &Value) -> Value {
    json!({"protocols": {
        "grpc": {"endpoint": format!("127.0.0.1:{grpc_port}"), "tls": tls},
        "http": {"endpoint": format!("127.0.0.1:{http_port}"), "tls": tls},
    }})
}

/// Two ports that were free a moment ago; both are held until both are known.
fn free_ports() -> Result<[u16; 2]> {
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let listeners = [listen()?, listen()?];
    let [a, b] = listeners.each_ref().map(|listener| listener.local_addr().map(|address| address.port()));
    Ok([a?, b?])
}
