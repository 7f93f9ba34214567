//! The invariants in `docs/architecture.md`: every test that is named there exists in the file that is named.

use std::path::{Path, PathBuf};

use super::{Problem, architecture::PAGE};

/// The header of a table of tests.
const HEADER: &str = "| crate | file | test |";

/// Looks up every test named on the page; `read` gives the text of a file.
pub(super) fn check(page: &str, read: impl Fn(&Path) -> String) -> Vec<Problem> {
    let mut problems = Vec::new();
    for row in rows(page) {
        let files = files(&row);
        let sources: String = files.iter().map(|file| read(file)).collect();
        for test in tests(&row) {
            if !sources.contains(&format!("fn {test}(")) {
                let files: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
                let text = format!("there is no test `{test}` in {}", files.join(", "));
                problems.push(Problem::new(PAGE, text));
            }
        }
    }
    problems
}

/// The rows of all tables of tests, as cells.
fn rows(page: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut lines = page.lines();
    while lines.any(|line| line.trim() == HEADER) {
        // The first line is the rule below the header.
        let table = lines.by_ref().skip(1).take_while(|line| line.starts_with('|'));
        rows.extend(table.map(super::architecture::cells));
    }
    rows
}

/// What stands between backticks.
fn quoted(cell: Option<&String>) -> impl Iterator<Item = &str> {
    cell.map_or("", String::as_str).split('`').skip(1).step_by(2)
}

/// Every named file in every named crate.
fn files(row: &[String]) -> Vec<PathBuf> {
    let file = |name, file| Path::new("crates").join(name).join(file);
    quoted(row.first()).flat_map(|name| quoted(row.get(1)).map(move |path| file(name, path))).collect()
}

/// The tests; other quoted words are no names of functions.
fn tests(row: &[String]) -> impl Iterator<Item = &str> {
    let is_name = |text: &&str| {
        text.contains('_') && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    quoted(row.get(2)).filter(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE_TEXT: &str = "\
text
| crate | file | test |
|---|---|---|
| `a`, `b` | `tests/it/x.rs` | `is_there`, `is_gone` (see `Thing`) |

| crate | file | test |
|---|---|---|
| `c` | `tests/y.rs` | `is_there` |
";

    #[test]
    fn a_test_that_does_not_exist_is_named_with_its_files() {
        let read = |file: &Path| match file.to_str() {
            Some("crates/b/tests/it/x.rs" | "crates/c/tests/y.rs") => "#[test]\nfn is_there() {}".to_owned(),
            _ => String::new(),
        };
        let texts: Vec<_> = check(PAGE_TEXT, read).into_iter().map(|problem| problem.text).collect();
        assert_eq!(texts, ["there is no test `is_gone` in crates/a/tests/it/x.rs, crates/b/tests/it/x.rs"]);
    }

    #[test]
    fn every_row_of_every_table_is_looked_at() {
        assert_eq!(check(PAGE_TEXT, |_| String::new()).len(), 3);
    }
}
