//! The steps of CI.

use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use anyhow::{Context as _, Result, ensure};

use super::{Outcome, examples, tally::Tally};
use crate::{
    codegen, interop,
    process::{self, cargo},
    tidy, workspace,
};

/// One part of CI, which also runs alone.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) run: fn() -> Result<Outcome>,
}

/// All steps, the quick ones first.
pub(super) const STEPS: &[Step] = &[
    Step { name: "fmt", what: "the code is formatted", run: fmt },
    Step { name: "tidy", what: "manifests, READMEs and the table of crates are in order", run: tidy },
    Step { name: "codegen", what: "the generated code is what proto/ says", run: codegen },
    Step { name: "clippy", what: "no warning in any target, with all features", run: clippy },
    Step {
        name: "check",
        what: "every crate compiles on its own, with its default features and with fewer",
        run: check,
    },
    Step { name: "test", what: "the tests pass", run: test },
    Step { name: "doc", what: "the documentation builds without a warning", run: doc },
    Step { name: "package", what: "every published crate can be packaged", run: package },
    Step { name: "examples", what: "the examples run", run: examples },
    Step { name: "interop", what: "a real collector gets every span as it was sent", run: interop },
    Step { name: "deny", what: "licences, sources and advisories of the dependencies", run: deny },
];

/// Feature sets that nobody else asks for, as package and features instead of the default ones.
const FEATURES: &[(&str, &str)] = &[
    ("telespan", ""),
    ("telespan", "grpc"),
    ("telespan", "http"),
    ("telespan", "file"),
    ("telespan", "gzip,zstd"),
];

fn fmt() -> Result<Outcome> {
    passed(process::run(&mut cargo(["fmt", "--all", "--check"])))
}

fn tidy() -> Result<Outcome> {
    passed(tidy::run())
}

fn codegen() -> Result<Outcome> {
    passed(codegen::check())
}

fn clippy() -> Result<Outcome> {
    let args = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "--deny", "warnings"];
    passed(process::run(&mut cargo(args)))
}

/// The other steps build all crates at once, where one crate may lean on a feature that another has asked for.
fn check() -> Result<Outcome> {
    for package in workspace::packages()? {
        process::run(&mut cargo(["check", "--quiet", "--package", &package.name]))?;
    }
    for (package, features) in FEATURES {
        let args =
            ["clippy", "--quiet", "--package", package, "--no-default-features", "--features", features];
        process::run(cargo(args).args(["--", "--deny", "warnings"]))?;
    }
    let args = ["test", "--quiet", "--package", "telespan", "--no-default-features", "--test", "features"];
    process::run(&mut cargo(args))?;
    Ok(Outcome::Passed)
}

/// Runs all tests, even after a failure, and counts them by the lines that it passes on.
fn test() -> Result<Outcome> {
    let mut command = cargo(["test", "--workspace", "--no-fail-fast"]);
    let mut child = command.stdout(Stdio::piped()).spawn().context("could not start cargo")?;
    let stdout = child.stdout.take().expect("standard output is piped");
    let mut total = Tally::default();
    for line in BufReader::new(stdout).split(b'\n') {
        // A test may print anything; what it prints must not end the count.
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        total.add(Tally::parse(&line).unwrap_or_default());
    }
    let status = child.wait()?;
    ensure!(status.success() || total.failed > 0, "{} failed: {status}", process::display(&command));
    Ok(Outcome::Tested(total))
}

fn doc() -> Result<Outcome> {
    let mut command = cargo(["doc", "--workspace", "--no-deps", "--all-features"]);
    passed(process::run(command.env("RUSTDOCFLAGS", "-D warnings")))
}

/// Nothing is published here, so uncommitted changes do no harm.
fn package() -> Result<Outcome> {
    let mut command = cargo(["package", "--workspace", "--no-verify", "--allow-dirty", "--quiet"]);
    for package in workspace::packages()?.iter().filter(|package| !package.published) {
        command.args(["--exclude", &package.name]);
    }
    passed(process::run(&mut command))
}

fn examples() -> Result<Outcome> {
    passed(examples::run())
}

fn interop() -> Result<Outcome> {
    if !process::is_installed("go") {
        return Ok(Outcome::Skipped("Go, which builds the collector, is not installed"));
    }
    passed(interop::run(&[]))
}

fn deny() -> Result<Outcome> {
    if !process::is_installed("cargo-deny") {
        return Ok(Outcome::Skipped("cargo-deny is not installed"));
    }
    passed(process::run(&mut cargo(["deny", "check", "--hide-inclusion-graph"])))
}

fn passed(result: Result<()>) -> Result<Outcome> {
    result.map(|()| Outcome::Passed)
}
