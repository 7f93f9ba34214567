//! The collector's binary: built once for each version of its description, outside the repository.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

const BUILDER: &str = "go.opentelemetry.io/collector/cmd/builder@v0.136.0";
const BUILDER_YAML: &str = include_str!("../collector/builder.yaml");
const GO_MOD: &str = include_str!("../collector/go.mod");
const GO_SUM: &str = include_str!("../collector/go.sum");

/// The collector, built if it is not there yet: a minute or two, and the network for Go's modules.
pub(crate) fn binary() -> Result<PathBuf> {
    let cache = cache()?;
    let binary = cache.join(format!("collector-{:016x}", version())).join("otelcol");
    if binary.is_file() {
        return Ok(binary);
    }
    println!("building the collector into {} …", binary.display());
    fs::create_dir_all(&cache).with_context(|| format!("could not create {}", cache.display()))?;
    // Built aside and renamed as a whole, so that a build that was interrupted is never taken for a finished one.
    let build = tempfile::Builder::new().prefix("building-").tempdir_in(&cache)?;
    sources(build.path())?;
    go(build.path(), ["build", "-trimpath", "-mod=readonly", "-ldflags=-s -w", "-o", "out/otelcol", "."])?;
    let directory = binary.parent().unwrap_or(&cache);
    match fs::rename(build.path().join("out"), directory) {
        // Another run was faster.
        Err(_) if binary.is_file() => Ok(binary),
        renamed => renamed.map(|()| binary).context("could not put the collector in its place"),
    }
}

/// The program that the collector builder writes, with our pinned modules instead of the newest.
fn sources(build: &Path) -> Result<()> {
    fs::write(build.join("builder.yaml"), BUILDER_YAML)?;
    go(build, ["run", BUILDER, "--config=builder.yaml", "--skip-compilation", "--skip-get-modules"])?;
    fs::write(build.join("go.mod"), GO_MOD)?;
    fs::write(build.join("go.sum"), GO_SUM)?;
    Ok(())
}

fn go(directory: &Path, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<()> {
    let output = Command::new("go")
        .args(args)
        .current_dir(directory)
        .env("GOWORK", "off")
        .stdin(Stdio::null())
        .output()
        .context("could not start go")?;
    ensure!(
        output.status.success(),
        "go failed: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// What the binary is made of. Another compiler of Go makes the same collector.
fn version() -> u64 {
    let mut hasher = DefaultHasher::new();
    [BUILDER, BUILDER_YAML, GO_MOD, GO_SUM].hash(&mut hasher);
    hasher.finish()
}

fn cache() -> Result<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
    Ok(base.context("neither XDG_CACHE_HOME nor HOME is set")?.join("telespan"))
}
