//! Single files: what the first line says, and words that have no place here.

use std::path::Path;

use super::Problem;
use crate::codegen::NOTICE;

/// Names of places on one machine, which tell a reader nothing. Written in two parts, so that this file passes.
const FORBIDDEN: [&str; 3] = [concat!("/wo", "rk/"), concat!("../sh", "ared"), concat!("fa", "rm-")];

/// Checks one file, given by its path from the root of the repository.
pub(super) fn check(file: &Path, text: &str) -> Vec<Problem> {
    let mut problems: Vec<_> = first_line(file, text).into_iter().collect();
    for (line, content) in text.lines().enumerate() {
        for word in FORBIDDEN.iter().filter(|word| content.contains(*word)) {
            let text = format!("line {}: `{word}` means nothing outside of one machine; remove it", line + 1);
            problems.push(Problem::new(file, text));
        }
    }
    problems
}

/// A Rust file begins by saying what it is for. A generated one begins with how it came to be.
fn first_line(file: &Path, text: &str) -> Option<Problem> {
    if file.extension().is_none_or(|extension| extension != "rs") {
        return None;
    }
    let first = text.lines().next().unwrap_or_default();
    let generated = file.parent().is_some_and(|directory| directory.ends_with("src/gen"));
    if generated {
        return (first != NOTICE).then(|| Problem::new(file, format!("begin with the line `{NOTICE}`")));
    }
    let documented = ["//! ", "#![doc = include_str!("].iter().any(|start| first.starts_with(start));
    (!documented).then(|| Problem::new(file, "begin with a line `//! …` that says what the file is for"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(file: &str, text: &str) -> Vec<String> {
        check(Path::new(file), text).into_iter().map(|problem| problem.text).collect()
    }

    #[test]
    fn a_rust_file_begins_with_its_purpose() {
        let documented = ["//! Parsing.\n", "#![doc = include_str!(\"../README.md\")]\n"];
        for text in documented {
            assert_eq!(texts("crates/url/src/lib.rs", text), Vec::<String>::new());
        }
        for text in ["", "use std::fmt;\n", "// Parsing.\n", "//!\n"] {
            assert_eq!(
                texts("crates/url/src/lib.rs", text),
                ["begin with a line `//! …` that says what the file is for"]
            );
        }
    }

    #[test]
    fn a_generated_file_begins_with_how_it_came_to_be() {
        let file = "crates/proto/src/gen/google.rpc.rs";
        assert_eq!(texts(file, NOTICE), Vec::<String>::new());
        assert_eq!(texts(file, "//! Messages.\n"), [format!("begin with the line `{NOTICE}`")]);
    }

    #[test]
    fn other_files_may_begin_as_they_like() {
        assert_eq!(texts("deny.toml", "[licenses]\n"), Vec::<String>::new());
    }

    #[test]
    fn places_on_one_machine_are_found_with_their_line() {
        for word in FORBIDDEN {
            let found = texts("docs/page.md", &format!("First.\nSee {word} for more.\n"));
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].starts_with(&format!("line 2: `{word}`")), "{found:?}");
        }
        assert_eq!(texts("docs/page.md", "It works; see network/README.md.\n"), Vec::<String>::new());
    }
}
