//! Texts that want to cost time, memory or a panic.

use std::fmt::Write as _;
use std::thread;

use proptest::prelude::*;

use crate::{errors, parse};

#[test]
fn aliases_that_multiply_are_refused_before_they_do() {
    let mut text = "tracing_service:\n  x: &x0 [1, 1]\n".to_owned();
    for level in 1..200 {
        writeln!(text, "  x{level}: &x{level} [*x{0}, *x{0}, *x{0}]", level - 1).unwrap();
    }
    assert_eq!(errors(parse(&text)), ["11:11: no valid YAML: more than 100000 values, aliases included"]);
}

#[test]
fn aliases_that_nest_are_refused_before_the_stack_ends() {
    let (open, close) = ("[".repeat(240), "]".repeat(240));
    let mut text = format!("tracing_service:\n  - &a0 {open}x{close}\n");
    for level in 1..28 {
        writeln!(text, "  - &a{level} {open}*a{}{close}", level - 1).unwrap();
    }
    let parser = thread::Builder::new().stack_size(512 * 1024).spawn(move || errors(parse(&text)));
    let errors = parser.unwrap().join().unwrap();
    // What the first anchor names is 241 levels deep; the 16th bracket around it, from inside, is too much.
    assert_eq!(errors, ["3:234: no valid YAML: nested more than 256 levels deep, aliases included"]);
}

#[test]
fn an_alias_inside_its_own_anchor_is_refused() {
    for text in ["tracing_service: &a [*a]", "tracing_service: &a {*a : 1}"] {
        let expected = "1:22: no valid YAML: an alias refers to a value that contains it";
        assert_eq!(errors(parse(text)), [expected]);
    }
}

#[test]
fn nesting_without_end_is_refused() {
    assert_eq!(errors(parse(&"[".repeat(100_000))).len(), 1);
    assert_eq!(errors(parse(&"- ".repeat(100_000))).len(), 1);
    assert_eq!(errors(parse(&"? ".repeat(100_000))).len(), 1);
}

/// Pieces that a mutation of a real file is made of.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("tracing_service:\n".to_owned()),
        "  (enabled|exporter_url|sampling_rate_per_million|ca_certs|headers|keypairs|timeout):"
            .prop_map(|s| s),
        "[ \n\t:,&*!|>'\"%@`{}\\[\\]#~-]{1,4}",
        "(yes|1000000|host:4317|file:/x|\\$\\{env:TOKEN\\}|10s|- |&a |\\*a|\n    )",
        "\\PC{0,5}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_configuration_or_has_errors_inside_it(text in any::<String>()) {
        check_places(&text);
    }

    #[test]
    fn any_mixture_of_real_pieces_is_a_configuration_or_has_errors_inside_it(
        pieces in prop::collection::vec(piece(), 0..40),
    ) {
        check_places(&pieces.concat());
    }
}

/// Parses without a panic, and what is reported lies in the text.
fn check_places(text: &str) {
    let Err(errors) = parse(text) else { return };
    let lines = text.split(['\n', '\r']).count();
    for error in &errors {
        let (line, column) = (error.place.line as usize, error.place.column as usize);
        assert!((1..=lines).contains(&line) && (1..=text.chars().count() + 1).contains(&column), "{error}");
    }
}
