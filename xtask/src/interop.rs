//! `cargo xtask interop`: the scenarios of `xtask/interop`, where Go can build their collector.

use anyhow::Result;

use crate::process;

/// Runs all scenarios, or those whose names contain one of `names`.
pub(crate) fn run(names: &[&str]) -> Result<()> {
    if !process::is_installed("go") {
        println!("skipped: go is not installed");
        return Ok(());
    }
    // A package of its own: it needs the exporters, and the other tasks must not wait until those are compiled.
    let mut command = process::cargo(["run", "--quiet", "--package", "telespan-interop", "--"]);
    process::run(command.args(names))
}
