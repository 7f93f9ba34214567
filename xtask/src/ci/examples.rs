//! The examples that end by themselves, and the service, of which more is asked.

use std::{env, fs, path::Path, process};

use anyhow::{Context as _, Result, ensure};

use crate::process::{self as commands, cargo};

/// Package and name. Those of the network exporters need a collector, that of `config` a file.
const EXAMPLES: &[(&str, &str)] = &[
    ("telespan-context", "hop"),
    ("telespan-export", "backoff"),
    ("telespan-file", "rotate"),
    ("telespan-otlp", "encode"),
    ("telespan-pipeline", "overload"),
    ("telespan-proto", "print_spans"),
    ("telespan-sampler", "share"),
    ("telespan-testkit", "script"),
    ("telespan-trace", "threads"),
    ("telespan-url", "explain"),
];

/// What the example service says in the end, however it is run, and how many lines it has written.
const SERVICE_SAYS: &str =
    "service: 40 spans ended, 40 exported, 0 dropped, trace 4bf92f3577b34da6a3ce929d0e0e4736\n";
const SERVICE_LINES: usize = 40;

/// Runs all of them.
pub(super) fn run() -> Result<()> {
    for (package, example) in EXAMPLES {
        println!("{package}: {example}");
        commands::run(&mut cargo(["run", "--quiet", "--package", package, "--example", example]))?;
    }
    for runtime in ["none", "current_thread", "multi_thread"] {
        println!("telespan: service, {runtime}");
        let directory = env::temp_dir().join(format!("telespan-service-{}-{runtime}", process::id()));
        let result = service(&directory, runtime);
        // After a failure it may not be there.
        let _ = fs::remove_dir_all(&directory);
        result?;
    }
    Ok(())
}

fn service(directory: &Path, runtime: &str) -> Result<()> {
    let url = format!("file:{}", directory.display());
    let mut command = cargo(["run", "--quiet", "--package", "telespan", "--example", "service", "--"]);
    let output = command.args([&url, runtime]).output().context("could not start cargo")?;
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success() && said == SERVICE_SAYS, "the service said {said:?} {errors}");
    let mut lines = 0;
    for file in fs::read_dir(directory)? {
        lines += fs::read_to_string(file?.path())?.lines().count();
    }
    ensure!(lines == SERVICE_LINES, "the service wrote {lines} lines, not {SERVICE_LINES}");
    Ok(())
}
