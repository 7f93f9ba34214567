//! Maps and lists as carriers.

use std::collections::HashMap;

use telespan_context::{Carrier, CarrierMut};

fn fields<C: Carrier + ?Sized>(carrier: &C, name: &str) -> Vec<String> {
    carrier.fields(name).map(str::to_owned).collect()
}

#[test]
fn fields_are_found_in_any_case() {
    let list = vec![("Traceparent", "1"), ("x", "2"), ("TRACEPARENT", "3"), ("traceparen", "4")];
    assert_eq!(fields(&list, "traceparent"), ["1", "3"]);
    assert_eq!(fields(&list[2..], "traceparent"), ["3"]);
    assert_eq!(fields(&list, "y"), [""; 0]);

    let map = HashMap::from([("TraceParent".to_owned(), "1".to_owned()), ("x".to_owned(), "2".to_owned())]);
    assert_eq!(fields(&map, "traceparent"), ["1"]);
    assert_eq!(fields(&map, "y"), [""; 0]);
}

#[test]
fn setting_a_field_replaces_all_of_its_name() {
    let mut list: Vec<(String, String)> =
        [("Baggage", "1"), ("x", "2"), ("BAGGAGE", "3")].map(|(k, v)| (k.into(), v.into())).into();
    list.set_field("baggage", "4");
    assert_eq!(list, [("x".into(), "2".into()), ("baggage".into(), "4".into())] as [(String, String); 2]);
    list.remove_field("x");
    assert_eq!(list.len(), 1);

    let mut map = HashMap::from([("Baggage".to_owned(), "1".to_owned()), ("x".to_owned(), "2".to_owned())]);
    map.set_field("baggage", "4");
    assert_eq!(
        map,
        HashMap::from([("baggage".to_owned(), "4".to_owned()), ("x".to_owned(), "2".to_owned())])
    );
    map.remove_field("x");
    assert_eq!(map.len(), 1);
}
