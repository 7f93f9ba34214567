//! The workspace as cargo sees it.

use std::{
    env,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::process;

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in a directory of the repository")
}

/// One package of the workspace.
#[derive(Debug, Clone, Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// From the root of the repository, for example `crates/url`.
    pub(crate) directory: PathBuf,
    pub(crate) published: bool,
    pub(crate) description: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) readme: Option<String>,
    pub(crate) keywords: Vec<String>,
    pub(crate) has_library: bool,
    pub(crate) examples: Vec<String>,
    /// What it needs to build; neither for its tests nor for a build script.
    pub(crate) dependencies: Vec<Dependency>,
}

/// A dependency as a manifest states it.
#[derive(Debug, Clone)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// The version requirement, for example `^1.2`.
    pub(crate) requirement: String,
    /// Whether it belongs to this workspace.
    pub(crate) internal: bool,
}

impl Package {
    /// Whether it is one of `crates/`, which are made for readers and users; `xtask` and `benches` are not.
    pub(crate) fn is_crate(&self) -> bool {
        self.directory.starts_with("crates")
    }

    /// A file of the package, from the root of the repository.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

/// All packages, by name.
pub(crate) fn packages() -> Result<Vec<Package>> {
    let mut command = process::cargo(["metadata", "--format-version=1", "--no-deps"]);
    let output = command.stderr(Stdio::inherit()).output().context("could not start cargo")?;
    ensure!(output.status.success(), "{} failed: {}", process::display(&command), output.status);
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata is not JSON")?;
    let mut packages: Vec<_> = array(&metadata["packages"]).iter().map(package).collect();
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(packages)
}

fn package(value: &Value) -> Package {
    let directory = Path::new(value["manifest_path"].as_str().unwrap_or_default()).parent();
    let directory = directory.and_then(|path| path.strip_prefix(root()).ok()).unwrap_or(Path::new(""));
    let targets = array(&value["targets"]);
    let has_kind = |target: &Value, kind: &str| array(&target["kind"]).iter().any(|k| k == kind);
    Package {
        name: text(&value["name"]).unwrap_or_default(),
        directory: directory.to_owned(),
        // `publish = false` is an empty list of registries, its absence is null.
        published: value["publish"].is_null(),
        description: text(&value["description"]),
        license: text(&value["license"]),
        readme: text(&value["readme"]),
        keywords: array(&value["keywords"]).iter().filter_map(text).collect(),
        has_library: targets.iter().any(|target| has_kind(target, "lib")),
        examples: targets
            .iter()
            .filter(|t| has_kind(t, "example"))
            .filter_map(|t| text(&t["name"]))
            .collect(),
        dependencies: array(&value["dependencies"])
            .iter()
            .filter(|dependency| dependency["kind"].is_null())
            .map(dependency)
            .collect(),
    }
}

fn dependency(value: &Value) -> Dependency {
    Dependency {
        name: text(&value["name"]).unwrap_or_default(),
        requirement: text(&value["req"]).unwrap_or_default(),
        internal: value["path"].is_string(),
    }
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
