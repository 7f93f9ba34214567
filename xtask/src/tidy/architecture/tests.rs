//! Every way in which a table can be wrong.

use super::*;
use crate::workspace::Dependency;

const TABLE: &str = "\
# Architecture

<!-- crates:begin -->
| crate | idea | public types | internal deps |
|---|---|---|---|
| `otlp` | bytes | `Batch`, `Stamp::new` | – |
| [`export`](../crates/export) | the contract | `Exporter` | otlp |
<!-- crates:end -->

| another | table |
";

fn package(directory: &str, dependencies: &[&str]) -> Package {
    Package {
        name: format!("telespan-{directory}"),
        directory: format!("crates/{directory}").into(),
        has_library: true,
        dependencies: dependencies
            .iter()
            .map(|name| Dependency {
                name: (*name).to_owned(),
                requirement: "^0.1.0".to_owned(),
                internal: name.starts_with("telespan-"),
            })
            .collect(),
        ..Package::default()
    }
}

fn packages() -> Vec<Package> {
    let xtask = Package { name: "xtask".into(), directory: "xtask".into(), ..Package::default() };
    vec![package("otlp", &["bytes"]), package("export", &["telespan-otlp", "thiserror"]), xtask]
}

fn texts(packages: &[Package], page: &str) -> Vec<String> {
    let problems = check(packages, page, |_| "pub use {Batch, Stamp, Exporter};".to_owned());
    problems.into_iter().map(|problem| problem.text).collect()
}

#[test]
fn a_table_that_says_what_cargo_says_has_no_problem() {
    assert_eq!(texts(&packages(), TABLE), Vec::<String>::new());
}

#[test]
fn a_wrong_list_of_dependencies_shows_the_right_one() {
    let page = TABLE.replace("| otlp |", "| – |");
    assert_eq!(texts(&packages(), &page), ["`export`: the internal dependencies are: otlp"]);
    let mut fewer = packages();
    fewer[1].dependencies.clear();
    assert_eq!(texts(&fewer, TABLE), ["`export`: the internal dependencies are: –"]);
}

#[test]
fn missing_and_left_over_rows_are_named() {
    let mut more = packages();
    more.push(package("url", &[]));
    assert_eq!(texts(&more, TABLE), ["the table lacks `url`; add a row"]);
    assert_eq!(texts(&packages()[..1], TABLE), ["there is no crate `export`; remove the row"]);
}

#[test]
fn a_type_that_the_crate_does_not_have_is_named() {
    let page = TABLE.replace("`Batch`", "`Batches`");
    assert_eq!(texts(&packages(), &page), ["`otlp`: there is no `Batches` in the crate"]);
}

#[test]
fn an_idea_is_asked_for() {
    let page = TABLE.replace("| the contract |", "| |");
    assert_eq!(texts(&packages(), &page), ["`export`: say the one idea of the crate"]);
}

#[test]
fn a_row_stands_below_what_it_depends_on() {
    let page = TABLE.replace("|---|---|---|---|\n", "|---|---|---|---|\n| `url` | URLs | | export |\n");
    let mut more = packages();
    more.push(package("url", &["telespan-export"]));
    assert_eq!(texts(&more, &page), ["`url` depends on `export`; move its row below that one"]);
}

#[test]
fn a_page_without_a_table_says_where_to_put_it() {
    assert_eq!(
        texts(&packages(), ""),
        ["put the table of crates between `<!-- crates:begin -->` and `<!-- crates:end -->`"]
    );
    let page = TABLE.replace("| idea ", "");
    assert_eq!(
        texts(&packages(), &page),
        ["the columns of the table are: crate | idea | public types | internal deps"]
    );
    let page = TABLE.replace("| bytes ", "");
    assert!(texts(&packages(), &page)[0].starts_with("3 columns instead of 4"));
}
