//! The table of crates in `docs/architecture.md`: it says what cargo says, and crates stand below what they depend on.

use std::collections::BTreeSet;

use super::Problem;
use crate::workspace::Package;

/// The page with the table.
pub(super) const PAGE: &str = "docs/architecture.md";

const BEGIN: &str = "<!-- crates:begin -->";
const END: &str = "<!-- crates:end -->";
const HEADER: [&str; 4] = ["crate", "idea", "public types", "internal deps"];

/// A row of the table.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    /// The directory below `crates/`.
    name: String,
    idea: String,
    types: Vec<String>,
    dependencies: BTreeSet<String>,
}

/// Compares the page with the packages; `sources` reads the code of one.
pub(super) fn check(packages: &[Package], page: &str, sources: impl Fn(&Package) -> String) -> Vec<Problem> {
    let rows = match parse(page) {
        Ok(rows) => rows,
        Err(text) => return vec![Problem::new(PAGE, text)],
    };
    let crates: Vec<_> = packages.iter().filter(|package| package.is_crate()).collect();
    let mut texts = Vec::new();
    for package in &crates {
        match rows.iter().find(|row| row.name == directory(package)) {
            Some(row) => texts.extend(compare(row, package, &sources(package))),
            None => texts.push(format!("the table lacks `{}`; add a row", directory(package))),
        }
    }
    let exists = |row: &Row| crates.iter().any(|package| directory(package) == row.name);
    texts.extend(
        rows.iter()
            .filter(|row| !exists(row))
            .map(|row| format!("there is no crate `{}`; remove the row", row.name)),
    );
    texts.extend(order(&rows));
    texts.into_iter().map(|text| Problem::new(PAGE, text)).collect()
}

fn compare(row: &Row, package: &Package, source: &str) -> Vec<String> {
    let name = &row.name;
    let mut texts = Vec::new();
    if row.idea.is_empty() {
        texts.push(format!("`{name}`: say the one idea of the crate"));
    }
    // Each internal package is called after its directory, which is how the table names it.
    let internal = package.dependencies.iter().filter(|dependency| dependency.internal);
    let actual: BTreeSet<_> =
        internal.map(|dependency| dependency.name.trim_start_matches("telespan-").to_owned()).collect();
    if row.dependencies != actual {
        let list = actual.into_iter().collect::<Vec<_>>().join(", ");
        let list = if list.is_empty() { "–" } else { &list };
        texts.push(format!("`{name}`: the internal dependencies are: {list}"));
    }
    let missing = row.types.iter().filter(|name| package.has_library && !has_word(source, name));
    texts.extend(missing.map(|word| format!("`{name}`: there is no `{word}` in the crate")));
    texts
}

/// A row below all that it depends on makes the table readable from the top, and a cycle impossible.
fn order(rows: &[Row]) -> Vec<String> {
    let mut above = BTreeSet::new();
    let mut texts = Vec::new();
    for row in rows {
        let late = row.dependencies.iter().filter(|name| !above.contains(name.as_str()));
        let late = late.filter(|name| rows.iter().any(|row| row.name == **name));
        texts.extend(
            late.map(|name| format!("`{}` depends on `{name}`; move its row below that one", row.name)),
        );
        above.insert(row.name.as_str());
    }
    texts
}

fn parse(page: &str) -> Result<Vec<Row>, String> {
    let table = page.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END)).map(|(table, _)| table);
    let table = table.ok_or_else(|| format!("put the table of crates between `{BEGIN}` and `{END}`"))?;
    let mut lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    if lines.next().map(cells).as_deref() != Some(&HEADER.map(str::to_owned)) {
        return Err(format!("the columns of the table are: {}", HEADER.join(" | ")));
    }
    // The second line is the rule below the header.
    lines.skip(1).map(row).collect()
}

fn row(line: &str) -> Result<Row, String> {
    let cells = cells(line);
    let [name, idea, types, dependencies] = cells.as_slice() else {
        return Err(format!("{} columns instead of {} in: {line}", cells.len(), HEADER.len()));
    };
    let dependencies = dependencies.split(',').map(|name| name.trim().trim_matches('`').to_owned());
    Ok(Row {
        name: code(name).into_iter().next().unwrap_or_else(|| name.clone()),
        idea: idea.clone(),
        types: code(types),
        dependencies: dependencies.filter(|name| !matches!(name.as_str(), "" | "–" | "-")).collect(),
    })
}

pub(super) fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// What stands between backticks, each up to the first character that is not part of a name.
fn code(cell: &str) -> Vec<String> {
    let quoted = cell.split('`').skip(1).step_by(2);
    quoted.map(|text| text.split(|c| !is_part_of_name(c)).next().unwrap_or_default().to_owned()).collect()
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c| !is_part_of_name(c)).any(|found| found == word)
}

fn is_part_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn directory(package: &Package) -> String {
    package.directory.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
