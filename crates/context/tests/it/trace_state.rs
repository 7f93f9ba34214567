//! The `tracestate` field.

use proptest::prelude::*;
use telespan_context::{MAX_TRACE_STATE_MEMBERS, TraceState, TraceStateError};

fn parse(field: &str) -> TraceState {
    field.parse().unwrap_or_else(|error| panic!("{field:?}: {error}"))
}

/// `k0=0,k1=1,…`
fn members(count: usize) -> String {
    (0..count).map(|n| format!("k{n}={n}")).collect::<Vec<_>>().join(",")
}

#[test]
fn valid_fields_are_read_in_canonical_form() {
    let longest = "z".repeat(256);
    let cases = [
        ("", ""),
        (" \t ", ""),
        (",,", ""),
        ("foo=1", "foo=1"),
        ("foo=1,bar=2", "foo=1,bar=2"),
        ("foo=1 \t , \t bar=2, \t baz=3", "foo=1,bar=2,baz=3"),
        ("foo=1,", "foo=1"),
        (",foo=1,,bar=2 ,", "foo=1,bar=2"),
        // Keys of Level 2: a leading digit, any number of `@`.
        ("0=1", "0=1"),
        ("fw529a3039@dt=FfAQ", "fw529a3039@dt=FfAQ"),
        ("a@b@c=1,a@=2,z/*-_@=3", "a@b@c=1,a@=2,z/*-_@=3"),
        (&format!("{longest}=1"), &format!("{longest}=1")),
        // Leading spaces belong to a value, trailing ones do not.
        ("foo=  1  ,bar=2", "foo=  1,bar=2"),
        ("foo=!~\"\\;: z", "foo=!~\"\\;: z"),
        (&format!("a={longest}"), &format!("a={longest}")),
        // The first of several members with one key stays, and the rest too.
        ("foo=1,bar=2,foo=3", "foo=1,bar=2"),
        ("foo=1,foo=1", "foo=1"),
    ];
    for (field, canonical) in cases {
        assert_eq!(parse(field).as_str(), canonical, "{field:?}");
        assert_eq!(parse(field).to_string(), canonical, "{field:?}");
        assert_eq!(parse(field).is_empty(), canonical.is_empty(), "{field:?}");
    }
}

#[test]
fn one_malformed_member_spoils_the_whole() {
    use TraceStateError::*;
    let too_long = "z".repeat(257);
    let cases = [
        ("foo", 1, NoValue),
        ("foo=1,bar", 2, NoValue),
        ("=1", 1, Key),
        ("foo =1", 1, Key),
        ("FOO=1", 1, Key),
        ("foo.bar=1", 1, Key),
        ("@foo=1", 1, Key),
        ("_foo=1", 1, Key),
        ("a,,\u{e9}=1", 1, NoValue),
        ("a=1,,\u{e9}=1", 2, Key),
        (&format!("{too_long}=1"), 1, Key),
        ("foo=", 1, Value),
        ("foo= ", 1, Value),
        ("foo=1=2", 1, Value),
        ("foo==", 1, Value),
        ("foo=\u{e9}", 1, Value),
        ("foo=a\tb", 1, Value),
        ("foo=a\u{7f}", 1, Value),
        (&format!("a=1,b={too_long}"), 2, Value),
    ];
    for (field, member, problem) in cases {
        let error = field.parse::<TraceState>().expect_err(field);
        assert_eq!((error.member(), error.problem()), (member, problem), "{field:?}");
        assert_eq!(error.to_string(), format!("tracestate member {member}: {problem}"));
    }
}

#[test]
fn several_fields_are_joined_in_their_order() {
    let state = TraceState::from_fields(["a=1,b=2", "", " c=3 ,", "a=4"]).unwrap();
    assert_eq!(state.as_str(), "a=1,b=2,c=3");
}

#[test]
fn thirty_two_members_are_read_and_thirty_three_are_not() {
    assert_eq!(parse(&members(32)).iter().count(), 32);
    let error = members(33).parse::<TraceState>().unwrap_err();
    assert_eq!((error.member(), error.problem()), (33, TraceStateError::TooManyMembers));
    let halves = [members(17), members(16)];
    let error = TraceState::from_fields(halves.iter().map(String::as_str)).unwrap_err();
    assert_eq!(error.problem(), TraceStateError::TooManyMembers);
}

#[test]
fn members_are_found_by_their_key() {
    let state = parse("foo=1,bar= 2");
    assert_eq!(state.get("foo"), Some("1"));
    assert_eq!(state.get("bar"), Some(" 2"));
    assert_eq!((state.get("fo"), state.get(""), TraceState::EMPTY.get("foo")), (None, None, None));
    assert_eq!(state.iter().collect::<Vec<_>>(), [("foo", "1"), ("bar", " 2")]);
}

#[test]
fn what_is_added_or_changed_moves_to_the_front() {
    let state = parse("a=1,b=2,c=3");
    assert_eq!(state.insert("d", "4").unwrap().as_str(), "d=4,a=1,b=2,c=3");
    assert_eq!(state.insert("b", "5").unwrap().as_str(), "b=5,a=1,c=3");
    assert_eq!(TraceState::EMPTY.insert("a", "1").unwrap().as_str(), "a=1");
    assert_eq!(state.as_str(), "a=1,b=2,c=3");
}

#[test]
fn a_thirty_third_member_takes_the_place_of_the_last() {
    let full = parse(&members(32));
    let more = full.insert("new", "x").unwrap();
    assert_eq!(more.as_str(), format!("new=x,{}", members(31)));
    let changed = full.insert("k31", "x").unwrap();
    assert_eq!(changed.as_str(), format!("k31=x,{}", members(31)));
}

#[test]
fn nothing_invalid_can_be_inserted() {
    let state = parse("a=1");
    for key in ["", "A", "a b", "a=", "a,b", "-a"] {
        assert_eq!(state.insert(key, "1"), Err(TraceStateError::Key), "{key:?}");
    }
    for value in ["", " ", "1 ", "1,b=2", "1=2", "\n", "1\r\n", "\u{e9}"] {
        assert_eq!(state.insert("b", value), Err(TraceStateError::Value), "{value:?}");
    }
}

#[test]
fn removing_keeps_the_order_of_the_others() {
    let state = parse("a=1,b=2,c=3");
    assert_eq!(state.remove("b").as_str(), "a=1,c=3");
    assert_eq!(state.remove("x"), state);
    assert_eq!(parse("a=1").remove("a"), TraceState::EMPTY);
}

fn key() -> impl Strategy<Value = String> {
    // Few letters, so that keys meet again.
    prop_oneof!["[a-e]", "[a-z0-9][a-z0-9_*/@-]{0,3}"]
}

fn value() -> impl Strategy<Value = String> {
    "[ -+\\--<>-~]{0,9}[!-+\\--<>-~]"
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn valid_members_survive_the_field(members in proptest::collection::vec((key(), value()), 0..=32)) {
        let field: Vec<String> = members.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let state: TraceState = field.join(" , ").parse().unwrap();
        prop_assert_eq!(state.as_str().parse::<TraceState>().unwrap(), state.clone());
        for (key, _) in &members {
            let first = members.iter().find(|(other, _)| other == key).map(|(_, value)| value.as_str());
            prop_assert_eq!(state.get(key), first);
        }
    }

    #[test]
    fn whatever_is_done_the_state_stays_valid(
        operations in proptest::collection::vec((key(), prop_oneof![value(), "\\PC{0,3}"], any::<bool>()), 0..80),
    ) {
        let mut state = TraceState::EMPTY;
        for (key, value, insert) in operations {
            if insert {
                if let Ok(next) = state.insert(&key, &value) {
                    prop_assert_eq!(next.iter().next(), Some((key.as_str(), value.as_str())));
                    state = next;
                }
            } else {
                state = state.remove(&key);
                prop_assert_eq!(state.get(&key), None);
            }
            prop_assert!(state.iter().count() <= MAX_TRACE_STATE_MEMBERS);
            prop_assert_eq!(state.as_str().parse(), Ok(state.clone()));
        }
    }

    #[test]
    fn no_text_panics_and_what_is_read_is_valid(fields in proptest::collection::vec("([a-c,= \t]|\\PC){0,30}", 0..4)) {
        if let Ok(state) = TraceState::from_fields(fields.iter().map(String::as_str)) {
            prop_assert_eq!(state.as_str().parse(), Ok(state.clone()));
        }
    }
}
