//! Manifests: names, shared settings, what a registry shows, and which foreign crates may be in a public API.

use std::path::Path;

use super::Problem;
use crate::workspace::Package;

/// Settings that every package takes from the workspace.
const SHARED: [&str; 5] = ["version", "edition", "rust-version", "license", "authors"];

/// The longest list of keywords that crates.io takes.
const MAX_KEYWORDS: usize = 5;

/// Crates whose public API holds no type of a foreign 0.x crate, so that none of them changes under a user. What a
/// crate does not depend on cannot be in its API.
const STABLE: [&str; 9] =
    ["context", "url", "sampler", "otlp", "export", "pipeline", "file", "spool", "trace"];

/// Dependencies that a crate of `STABLE` may have all the same: the crate, the dependency, and why.
const EXCEPTIONS: &[(&str, &str, &str)] =
    &[("trace", "pin-project-lite", "a macro that writes private code and has no type of its own")];

/// Checks the manifest of a package.
pub(super) fn check(package: &Package, manifest: &str) -> Vec<Problem> {
    let mut texts = shared_settings(manifest);
    texts.extend(name(package));
    if package.is_crate() {
        texts.extend(registry(package));
        texts.extend(foreign(package));
    }
    let file = package.file("Cargo.toml");
    texts.into_iter().map(|text| Problem::new(&file, text)).collect()
}

/// Checks the manifest of the workspace.
pub(super) fn check_root(manifest: &str) -> Vec<Problem> {
    let stated = manifest.lines().filter(|line| key(line) == Some("rust-version")).count();
    let text = format!("`rust-version` stands here {stated} times; state it once, under [workspace.package]");
    if stated == 1 { vec![] } else { vec![Problem::new("Cargo.toml", text)] }
}

fn shared_settings(manifest: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for setting in SHARED {
        if !has(manifest, "package", &format!("{setting}.workspace = true")) {
            texts.push(format!("write `{setting}.workspace = true` under [package]"));
        }
    }
    if !has(manifest, "lints", "workspace = true") {
        texts.push("write `workspace = true` under [lints]".to_owned());
    }
    texts
}

fn name(package: &Package) -> Option<String> {
    let expected = expected_name(&package.directory);
    (package.name != expected)
        .then(|| format!("the package is called `{}`; call it `{expected}`", package.name))
}

/// `crates/url` holds `telespan-url`, `crates/telespan` holds `telespan`.
fn expected_name(directory: &Path) -> String {
    match directory.file_name().unwrap_or_default().to_string_lossy().as_ref() {
        same @ ("telespan" | "xtask") => same.to_owned(),
        directory => format!("telespan-{directory}"),
    }
}

fn registry(package: &Package) -> Vec<String> {
    let mut texts = Vec::new();
    for (key, value) in
        [("description", &package.description), ("license", &package.license), ("readme", &package.readme)]
    {
        if value.as_deref().unwrap_or_default().trim().is_empty() {
            texts.push(format!("give it a `{key}`"));
        }
    }
    if package.keywords.is_empty() || package.keywords.len() > MAX_KEYWORDS {
        texts.push(format!("give it 1 to {MAX_KEYWORDS} `keywords`"));
    }
    if package.published && package.has_library && package.examples.is_empty() {
        texts.push("give it a runnable example under examples/".to_owned());
    }
    texts
}

fn foreign(package: &Package) -> Vec<String> {
    let Some(directory) = STABLE.into_iter().find(|directory| package.directory.ends_with(directory)) else {
        return vec![];
    };
    let foreign = package.dependencies.iter().filter(|dependency| !dependency.internal);
    let unstable = foreign
        .filter(|dependency| dependency.requirement.trim_start_matches(['^', '=', '~']).starts_with("0."));
    unstable
        .filter(|dependency| !EXCEPTIONS.iter().any(|(of, on, _)| *of == directory && *on == dependency.name))
        .map(|dependency| {
            format!(
                "depends on {} {}, and no 0.x type may be in its public API; do without, or add an exception with its \
                 reason to EXCEPTIONS in xtask/src/tidy/manifest.rs",
                dependency.name, dependency.requirement
            )
        })
        .collect()
}

/// Whether a line stands in a section of a manifest.
fn has(manifest: &str, section: &str, line: &str) -> bool {
    let header = format!("[{section}]");
    let lines = manifest.lines().map(str::trim).skip_while(|line| *line != header).skip(1);
    lines.take_while(|line| !line.starts_with('[')).any(|found| found == line)
}

fn key(line: &str) -> Option<&str> {
    line.split_once('=').map(|(key, _)| key.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    const MANIFEST: &str = "\
[package]
name = \"telespan-url\"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
authors.workspace = true

[lints]
workspace = true

[dependencies]
";

    fn url() -> Package {
        Package {
            name: "telespan-url".into(),
            directory: "crates/url".into(),
            published: true,
            description: Some("URLs".into()),
            license: Some("Apache-2.0".into()),
            readme: Some("README.md".into()),
            keywords: vec!["url".into()],
            has_library: true,
            examples: vec!["parse".into()],
            dependencies: vec![],
        }
    }

    fn texts(package: &Package, manifest: &str) -> Vec<String> {
        check(package, manifest).into_iter().map(|problem| problem.text).collect()
    }

    #[test]
    fn a_manifest_in_order_has_no_problem() {
        assert_eq!(texts(&url(), MANIFEST), Vec::<String>::new());
    }

    #[test]
    fn a_setting_counts_only_in_its_section() {
        let manifest = MANIFEST.replace("[lints]", "[dependencies.lints]");
        assert_eq!(texts(&url(), &manifest), ["write `workspace = true` under [lints]"]);
        let manifest = MANIFEST.replace("rust-version.workspace = true", "rust-version = \"1.80\"");
        assert_eq!(texts(&url(), &manifest), ["write `rust-version.workspace = true` under [package]"]);
    }

    #[test]
    fn packages_are_called_after_their_directories() {
        let cases = [
            ("crates/url", "telespan-url"),
            ("crates/telespan", "telespan"),
            ("benches", "telespan-benches"),
            ("xtask", "xtask"),
        ];
        for (directory, name) in cases {
            assert_eq!(expected_name(Path::new(directory)), name);
        }
        let package = Package { name: "telespan-uri".into(), ..url() };
        assert_eq!(
            texts(&package, MANIFEST),
            ["the package is called `telespan-uri`; call it `telespan-url`"]
        );
    }

    #[test]
    fn all_that_a_registry_shows_is_asked_for_at_once() {
        let bare = Package { description: None, readme: None, keywords: vec![], examples: vec![], ..url() };
        assert_eq!(
            texts(&bare, MANIFEST),
            [
                "give it a `description`",
                "give it a `readme`",
                "give it 1 to 5 `keywords`",
                "give it a runnable example under examples/",
            ]
        );
    }

    #[test]
    fn a_stable_crate_depends_on_no_foreign_0x_crate() {
        let dependency = |name: &str, requirement: &str, internal| Dependency {
            name: name.into(),
            requirement: requirement.into(),
            internal,
        };
        let dependencies = vec![
            dependency("telespan-otlp", "^0.1.0", true),
            dependency("bytes", "^1.11", false),
            dependency("old", "^0.5", false),
        ];
        let stable = Package { dependencies: dependencies.clone(), ..url() };
        let found = texts(&stable, MANIFEST);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("depends on old ^0.5"), "{found:?}");

        let free =
            Package { name: "telespan-tls".into(), directory: "crates/tls".into(), dependencies, ..url() };
        assert_eq!(texts(&free, MANIFEST), Vec::<String>::new());
    }

    #[test]
    fn the_rust_version_stands_once_in_the_workspace() {
        assert_eq!(check_root("[workspace.package]\nrust-version = \"1.89\"\n"), []);
        assert_eq!(check_root("").len(), 1);
        assert_eq!(check_root("rust-version = \"1.89\"\nrust-version = \"1.90\"\n").len(), 1);
    }
}
