//! READMEs: every crate says to a stranger what it is, and shows it.

use super::Problem;
use crate::workspace::Package;

/// Below this many lines with words, a README is a stub.
const MIN_LINES: usize = 10;

/// Checks the README of a crate.
pub(super) fn check(package: &Package, readme: &str) -> Vec<Problem> {
    if !package.is_crate() {
        return vec![];
    }
    let mut texts = Vec::new();
    let title = format!("# {}", package.name);
    if readme.lines().next() != Some(title.as_str()) {
        texts.push(format!("begin with the line `{title}`"));
    }
    if readme.lines().filter(|line| !line.trim().is_empty()).count() < MIN_LINES {
        texts.push(
            "is a stub; say what the crate is, what it does not do, and show how it is used".to_owned(),
        );
    }
    if !readme.lines().any(|line| line.starts_with("```") || line.starts_with("    ")) {
        texts.push("has no example; show a short one that runs".to_owned());
    }
    let file = package.file("README.md");
    texts.into_iter().map(|text| Problem::new(&file, text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(directory: &str, readme: &str) -> Vec<String> {
        let package =
            Package { name: "telespan-url".into(), directory: directory.into(), ..Package::default() };
        check(&package, readme).into_iter().map(|problem| problem.text).collect()
    }

    #[test]
    fn a_readme_with_words_and_an_example_has_no_problem() {
        let readme = format!("# telespan-url\n\n{}```\nparse();\n```\n", "Words.\n".repeat(6));
        assert_eq!(texts("crates/url", &readme), Vec::<String>::new());
    }

    #[test]
    fn a_stub_a_wrong_title_and_a_missing_example_are_each_named() {
        assert_eq!(
            texts("crates/url", "# url\n\nURLs.\n"),
            [
                "begin with the line `# telespan-url`",
                "is a stub; say what the crate is, what it does not do, and show how it is used",
                "has no example; show a short one that runs",
            ]
        );
    }

    #[test]
    fn only_crates_need_a_readme() {
        assert_eq!(texts("xtask", ""), Vec::<String>::new());
        assert_eq!(texts("crates/url", "").len(), 3);
    }
}
