//! The reader against the grammar, and against another reader of it.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// Reads one value of any kind, and nothing else.
fn read(text: &[u8]) -> Result<(), JsonError> {
    let mut reader = Reader::new(text);
    reader.skip_value()?;
    reader.finish()
}

#[test]
fn json_is_read() {
    for text in [
        "{}",
        " [ ] ",
        "\t{ \"a\" : [ 1 , true , false , null , \"b\" , { } ] }\r\n",
        "[0,-0,10,-1.5,0.1e5,1E+2,1e-2,123456789012345678901234567890]",
        r#""\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00""#,
        "\"\u{7f}é😀\"",
        "[[[[]]]]",
    ] {
        assert_eq!(read(text.as_bytes()), Ok(()), "{text}");
    }
}

#[test]
fn what_is_no_json_is_refused_where_it_goes_wrong() {
    let cases = [
        ("{,}", 1, "a key in quotes"),
        ("{\"a\":1,}", 7, "a key in quotes"),
        ("{\"a\":1 \"b\":2}", 7, "`,` or `}`"),
        ("{\"a\" 1}", 5, "`:`"),
        ("{1:2}", 1, "a key in quotes"),
        ("{\"a\":}", 5, "a value"),
        ("[1,]", 3, "a value"),
        ("[,1]", 1, "a value"),
        ("[1 2]", 3, "`,` or `]`"),
        ("[1}", 2, "`,` or `]`"),
        ("01", 1, "nothing after the value"),
        ("+1", 0, "a value"),
        (".5", 0, "a value"),
        ("1.x", 2, "a digit"),
        ("1e+]", 3, "a digit"),
        ("-x", 1, "a digit"),
        ("NaN", 0, "a value"),
        ("nul!", 0, "`true`, `false` or `null`"),
        ("\"\n\"", 1, "an escape in place of a control character"),
        ("\"\\x\"", 2, "one of the escapes of JSON"),
        ("\"\\u12g4\"", 5, "four hex digits"),
        ("{} {}", 3, "nothing after the value"),
        ("\u{feff}{}", 0, "a value"),
        ("// no\n1", 0, "a value"),
    ];
    for (text, offset, expected) in cases {
        assert_eq!(
            read(text.as_bytes()),
            Err(JsonError::new(offset, JsonProblem::Syntax { expected })),
            "{text}"
        );
    }
}

#[test]
fn a_torn_text_is_told_from_a_wrong_one() {
    let whole = r#"{"a":["b\n\u00e9",-1.5e3,true,null,{}],"c":false}"#;
    for cut in 0..whole.len() {
        let error = read(&whole.as_bytes()[..cut]).unwrap_err();
        assert_eq!(error, JsonError::new(cut, JsonProblem::Truncated), "{}", &whole[..cut]);
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(read(nested(MAX_NESTING).as_bytes()), Ok(()));
    let error = read(nested(MAX_NESTING + 1).as_bytes()).unwrap_err();
    assert_eq!(error, JsonError::new(MAX_NESTING, JsonProblem::TooDeep));
}

/// Pieces of JSON in any order: nearly JSON, and now and then really. No exponent but a negative one: serde_json
/// refuses numbers that no double can hold.
fn nearly_json() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        " ",
        "\"a\"",
        "\"",
        "\\",
        "\\u00e9",
        "\\ud83d\\ude00",
        "0",
        "-",
        "1",
        ".",
        "e-",
        "+",
        "12.5e-3",
        "true",
        "false",
        "null",
        "nul",
        "\n",
        "\t",
        "\u{1}",
        "é",
        "{\"k\":",
        "[1,",
        "\"x\":2}",
    ];
    proptest::collection::vec(proptest::sample::select(PIECES), 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]
    #[test]
    fn the_same_texts_are_json_as_for_serde_json(text in nearly_json()) {
        let peer = serde_json::from_str::<Value>(&text);
        prop_assert_eq!(read(text.as_bytes()).is_ok(), peer.is_ok(), "{:?}", peer);
    }

    #[test]
    fn hostile_text_never_panics(text: Vec<u8>) {
        let _ = read(&text);
    }
}
