//! `cargo xtask tidy`: what the compiler does not check. All problems are reported at once, each with what to do.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, Result, ensure};

use crate::{
    process,
    workspace::{self, Package},
};

mod architecture;
mod invariants;
mod manifest;
mod readme;
mod source;

/// Something to mend, and in which file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Problem {
    file: PathBuf,
    text: String,
}

impl Problem {
    fn new(file: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        Self { file: file.into(), text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file.display(), self.text)
    }
}

/// Checks everything; fails if there is a problem.
pub(crate) fn run() -> Result<()> {
    let mut problems = find()?;
    problems.sort();
    for problem in &problems {
        eprintln!("{problem}");
    }
    ensure!(problems.is_empty(), "{} problems, see above", problems.len());
    Ok(())
}

fn find() -> Result<Vec<Problem>> {
    let packages = workspace::packages()?;
    let files = files()?;
    let mut problems = manifest::check_root(&read("Cargo.toml"));
    for package in &packages {
        problems.extend(manifest::check(package, &read(package.file("Cargo.toml"))));
        problems.extend(readme::check(package, &read(package.file("README.md"))));
    }
    problems.extend(architecture::check(&packages, &read(architecture::PAGE), |package| {
        sources(package, &files)
    }));
    problems.extend(invariants::check(&read(architecture::PAGE), |file| read(file)));
    for file in &files {
        problems.extend(source::check(file, &read(file)));
    }
    Ok(problems)
}

/// The text of a file. What is missing or not text counts as empty: it has no words to object to, and lacks all that is
/// asked for.
fn read(file: impl AsRef<Path>) -> String {
    fs::read_to_string(workspace::root().join(file)).unwrap_or_default()
}

/// All files that are or could be committed; git also names those that are about to go.
fn files() -> Result<Vec<PathBuf>> {
    let mut git = process::command("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).stderr(Stdio::inherit());
    let output = git.output().context("could not start git")?;
    ensure!(output.status.success(), "{} failed: {}", process::display(&git), output.status);
    let files = String::from_utf8(output.stdout)?;
    let files = files.split_terminator('\0').map(PathBuf::from);
    Ok(files.filter(|file| workspace::root().join(file).is_file()).collect())
}

/// The code of a package, in one piece.
fn sources(package: &Package, files: &[PathBuf]) -> String {
    let directory = package.file("src");
    files.iter().filter(|file| file.starts_with(&directory)).map(read).collect()
}
