//! `cargo xtask bench`: the benchmarks of `benches/`.

use anyhow::Result;

use crate::process;

/// Runs all benchmarks, or the named one with what follows as arguments for it.
pub(crate) fn run(args: &[&str]) -> Result<()> {
    let mut command = process::cargo(["bench", "--package", "telespan-benches"]);
    if let [name, rest @ ..] = args {
        command.args(["--bench", name, "--"]).args(rest);
    }
    process::run(&mut command)
}
