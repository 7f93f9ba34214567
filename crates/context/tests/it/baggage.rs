//! The `baggage` field.

use proptest::prelude::*;
use telespan_context::{Baggage, BaggageEntry, BaggageError, MAX_BAGGAGE_BYTES, MAX_BAGGAGE_MEMBERS};

fn parse(field: &str) -> Baggage {
    Baggage::from_fields([field])
}

fn entry(name: &str, value: &str) -> BaggageEntry {
    BaggageEntry::new(name, value).expect("a name")
}

/// Name, value and metadata.
type Row<'a> = (&'a str, &'a str, &'a str);

fn list(baggage: &Baggage) -> Vec<Row<'_>> {
    baggage.iter().map(|entry| (entry.name(), entry.value(), entry.metadata())).collect()
}

#[test]
fn valid_members_are_read() {
    let cases: [(&str, &[Row<'_>]); 14] = [
        ("", &[]),
        ("a=1", &[("a", "1", "")]),
        ("a=1,b=2", &[("a", "1", ""), ("b", "2", "")]),
        (" \ta\t = 1 \t, b=2 ", &[("a", "1", ""), ("b", "2", "")]),
        ("a=", &[("a", "", "")]),
        ("a=b=c==", &[("a", "b=c==", "")]),
        ("a=x%20y%2Cz%25%e2%82%ac", &[("a", "x y,z%\u{20ac}", "")]),
        // Names are tokens and never decoded; case matters.
        ("A%20=1,a%20=2", &[("A%20", "1", ""), ("a%20", "2", "")]),
        // Bytes that are no UTF-8.
        ("a=%ff%41%c3", &[("a", "\u{fffd}A\u{fffd}", "")]),
        // A percent sign that begins no escape.
        ("a=%,b=100%zz,c=%4", &[("a", "%", ""), ("b", "100%zz", ""), ("c", "%4", "")]),
        // Properties stay as they are.
        ("a=1;p;q=%20 ; r = 2 ,b=2", &[("a", "1", "p;q=%20 ; r = 2"), ("b", "2", "")]),
        ("a=1;", &[("a", "1", "")]),
        // The last one wins.
        ("a=1,b=2,a=3;p", &[("b", "2", ""), ("a", "3", "p")]),
        ("a='()*/:<>?@[]{}!#$&+-._`|~^", &[("a", "'()*/:<>?@[]{}!#$&+-._`|~^", "")]),
    ];
    for (field, entries) in cases {
        assert_eq!(list(&parse(field)), entries, "{field:?}");
    }
}

#[test]
fn a_malformed_member_is_left_out_and_the_others_stay() {
    for member in [
        "",
        "x",
        "=1",
        "x y=1",
        "x\u{e9}=1",
        "x=\u{e9}",
        "x=a b",
        "x=\"1\"",
        "x=a\\b",
        "x=1;\u{e9}",
        "x;p=1",
        "x=\0",
    ] {
        assert_eq!(
            list(&parse(&format!("a=1,{member},b=2"))),
            [("a", "1", ""), ("b", "2", "")],
            "{member:?}"
        );
    }
}

#[test]
fn several_fields_are_one_baggage() {
    let baggage = Baggage::from_fields(["a=1,b=2", "", "c=3,a=4"]);
    assert_eq!(baggage.to_string(), "b=2,c=3,a=4");
    assert_eq!(baggage.len(), 3);
}

#[test]
fn entries_are_written_so_that_others_can_read_them() {
    let cases = [
        ("a", "1", "", "a=1"),
        ("a", "", "", "a="),
        ("a", "x y,z;\"\\%", "", "a=x%20y%2Cz%3B%22%5C%25"),
        ("a", "\u{20ac}\r\n", "", "a=%E2%82%AC%0D%0A"),
        ("a!#$%&'*+-.^_`|~9", "b=c", "", "a!#$%&'*+-.^_`|~9=b=c"),
        ("a", "1", " p;q=1 ", "a=1;p;q=1"),
    ];
    for (name, value, metadata, field) in cases {
        let baggage = Baggage::EMPTY.insert(entry(name, value).with_metadata(metadata).unwrap()).unwrap();
        assert_eq!(baggage.to_string(), field);
        assert_eq!(list(&parse(field)), [(name, value, metadata.trim())]);
    }
}

#[test]
fn a_name_that_is_no_token_is_kept_and_not_sent() {
    let baggage =
        parse("a=1").insert(entry("caf\u{e9} au lait", "2")).unwrap().insert(entry("b", "3")).unwrap();
    assert_eq!(baggage.get("caf\u{e9} au lait"), Some("2"));
    assert_eq!(baggage.to_string(), "a=1,b=3");
}

#[test]
fn a_name_has_one_value_and_the_last_wins() {
    let baggage = parse("a=1,b=2;p");
    let changed = baggage.insert(entry("b", "3")).unwrap();
    assert_eq!(list(&changed), [("a", "1", ""), ("b", "3", "")]);
    assert_eq!(list(&baggage), [("a", "1", ""), ("b", "2", "p")]);
    assert_eq!((changed.get("b"), changed.get("B"), changed.get("")), (Some("3"), None, None));
    assert_eq!(baggage.entry("b").map(BaggageEntry::metadata), Some("p"));
}

#[test]
fn entries_can_be_removed() {
    let baggage = parse("a=1,b=2");
    assert_eq!(list(&baggage.remove("a")), [("b", "2", "")]);
    assert_eq!(baggage.remove("x"), baggage);
    assert_eq!(baggage.remove("a").remove("b"), Baggage::EMPTY);
    assert!(parse("a=1").remove("a").is_empty());
}

#[test]
fn entries_that_a_field_cannot_hold_are_refused() {
    assert_eq!(BaggageEntry::new("", "1"), Err(BaggageError::EmptyName));
    for metadata in ["a,b=1", "\u{e9}", "p\r\nq"] {
        assert_eq!(entry("a", "1").with_metadata(metadata), Err(BaggageError::Metadata), "{metadata:?}");
    }
}

#[test]
fn sixty_four_members_are_kept_and_no_more() {
    let field: Vec<String> = (0..65).map(|n| format!("k{n}={n}")).collect();
    let baggage = parse(&field.join(","));
    assert_eq!(baggage.len(), 64);
    assert_eq!((baggage.get("k63"), baggage.get("k64")), (Some("63"), None));
    assert_eq!(baggage.insert(entry("k64", "")), Err(BaggageError::TooManyMembers));
    assert_eq!(baggage.insert(entry("k0", "new")).unwrap().get("k0"), Some("new"));
}

#[test]
fn eight_kibibytes_are_kept_and_no_more() {
    let exact = format!("a={},b=1", "x".repeat(MAX_BAGGAGE_BYTES - "a=,b=1".len()));
    let baggage = parse(&exact);
    assert_eq!(baggage.to_string(), exact);
    assert_eq!(baggage.insert(entry("b", "12")), Err(BaggageError::TooLong));
    assert_eq!(baggage.insert(entry("b", "")).unwrap().len(), 2);
    // Whole members go, and later ones that fit stay.
    let baggage = parse(&format!("a={},b={},c=1", "x".repeat(5000), "y".repeat(5000)));
    assert_eq!((baggage.len(), baggage.get("b"), baggage.get("c")), (2, None, Some("1")));
    // What counts is the length when it is sent.
    assert_eq!(Baggage::EMPTY.insert(entry("a", &"\u{20ac}".repeat(911))), Err(BaggageError::TooLong));
    assert_eq!(Baggage::EMPTY.insert(entry("a", &"\u{20ac}".repeat(910))).unwrap().len(), 1);
}

#[test]
fn a_change_that_does_not_fit_leaves_no_stale_value() {
    let baggage = parse(&format!("a=1,b={},a={}", "x".repeat(5000), "y".repeat(5000)));
    assert_eq!((baggage.get("a"), baggage.len()), (None, 1));
}

fn any_entry() -> impl Strategy<Value = BaggageEntry> {
    let name = prop_oneof!["[a-c]", "[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,20}", "\\PC{1,9}"];
    let value =
        prop_oneof![4 => "\\PC{0,9}".boxed(), 1 => (0usize..3000).prop_map(|n| "x".repeat(n)).boxed()];
    (name, value, "[ a-z0-9;=%\t]{0,9}").prop_map(|(name, value, metadata)| {
        entry(&name, &value).with_metadata(&metadata).expect("printable ASCII without a comma")
    })
}

fn assert_limits(baggage: &Baggage) {
    let field = baggage.to_string();
    assert!(baggage.len() <= MAX_BAGGAGE_MEMBERS && field.len() <= MAX_BAGGAGE_BYTES);
    assert!(field.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ' || byte == b'\t'), "{field:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn entries_survive_the_field_and_the_limits_hold(entries in proptest::collection::vec(any_entry(), 0..90)) {
        let mut baggage = Baggage::EMPTY;
        for entry in entries {
            match baggage.insert(entry.clone()) {
                Ok(next) => {
                    prop_assert_eq!(next.entry(entry.name()), Some(&entry));
                    baggage = next;
                }
                Err(error) => prop_assert!(matches!(error, BaggageError::TooManyMembers | BaggageError::TooLong)),
            }
            assert_limits(&baggage);
        }
        let field = baggage.to_string();
        let received = parse(&field);
        prop_assert_eq!(received.to_string(), field);
        for entry in &received {
            prop_assert_eq!(baggage.entry(entry.name()), Some(entry));
        }
    }

    #[test]
    fn no_text_panics_and_what_is_read_is_within_the_limits(
        fields in proptest::collection::vec("([a-c,=;% \t]|%[0-9a-f]{2}|\\PC){0,60}", 0..9),
    ) {
        let baggage = Baggage::from_fields(fields.iter().map(String::as_str));
        assert_limits(&baggage);
        prop_assert_eq!(parse(&baggage.to_string()), baggage);
    }
}
