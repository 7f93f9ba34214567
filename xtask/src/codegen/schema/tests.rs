//! Each kind of slip in a definition is seen.

use prost_types::{
    EnumValueDescriptorProto, OneofDescriptorProto,
    descriptor_proto::ReservedRange,
    field_descriptor_proto::{Label, Type},
};
use serde_json::json;

use super::*;

fn schema() -> Value {
    json!({"packages": [{
        "package": "p", "file": "p.proto", "syntax": "proto3", "support": false,
        "messages": [{
            "name": "M",
            "fields": [{
                "name": "a_b", "number": 1, "type": "string", "kind": "string", "label": "optional",
                "oneof": "o", "proto3_optional": false, "json_name": "aB", "deprecated": false,
            }],
            "reserved_ranges": [[7, 7]], "reserved_names": [],
        }],
        "enums": [{"name": "E", "values": [{"name": "E_ZERO", "number": 0}], "reserved_ranges": [], "reserved_names": []}],
        "services": [],
    }]})
}

fn definition() -> FileDescriptorProto {
    FileDescriptorProto {
        name: Some("p.proto".into()),
        package: Some("p".into()),
        syntax: Some("proto3".into()),
        message_type: vec![DescriptorProto {
            name: Some("M".into()),
            field: vec![FieldDescriptorProto {
                name: Some("a_b".into()),
                number: Some(1),
                r#type: Some(Type::String.into()),
                label: Some(Label::Optional.into()),
                oneof_index: Some(0),
                json_name: Some("aB".into()),
                ..Default::default()
            }],
            oneof_decl: vec![OneofDescriptorProto { name: Some("o".into()), options: None }],
            reserved_range: vec![ReservedRange { start: Some(7), end: Some(8) }],
            ..Default::default()
        }],
        enum_type: vec![EnumDescriptorProto {
            name: Some("E".into()),
            value: vec![EnumValueDescriptorProto {
                name: Some("E_ZERO".into()),
                number: Some(0),
                options: None,
            }],
            ..Default::default()
        }],
        ..Default::default()
    }
}

fn compare(change: impl FnOnce(&mut FileDescriptorProto)) -> Vec<String> {
    let mut file = definition();
    change(&mut file);
    differences(&FileDescriptorSet { file: vec![file] }, &schema())
}

#[test]
fn equal_facts_do_not_differ() {
    assert_eq!(compare(|_| {}), Vec::<String>::new());
}

#[test]
fn every_slip_in_a_field_shows_on_both_sides() {
    let slips: [fn(&mut FieldDescriptorProto); 7] = [
        |field| field.number = Some(2),
        |field| field.name = Some("b".into()),
        |field| field.json_name = Some("b".into()),
        |field| field.r#type = Some(Type::Bytes.into()),
        |field| field.label = Some(Label::Repeated.into()),
        |field| field.oneof_index = None,
        |field| field.proto3_optional = Some(true),
    ];
    for slip in slips {
        let lines = compare(|file| slip(&mut file.message_type[0].field[0]));
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].starts_with("p.proto: only in the schema: field M.a_b: number 1"), "{lines:?}");
        assert!(lines[1].starts_with("p.proto: only in proto/: field M."), "{lines:?}");
    }
}

#[test]
fn a_changed_enum_value_and_a_lost_reservation_show() {
    let lines = compare(|file| {
        file.enum_type[0].value[0].number = Some(1);
        file.message_type[0].reserved_range.clear();
    });
    assert_eq!(
        lines,
        [
            "p.proto: only in the schema: reserved M: 7 to 7",
            "p.proto: only in the schema: value E.E_ZERO = 0",
            "p.proto: only in proto/: value E.E_ZERO = 1",
        ]
    );
}

#[test]
fn a_file_that_the_schema_does_not_know_shows() {
    let mut other = definition();
    other.name = Some("q.proto".into());
    let lines = differences(&FileDescriptorSet { file: vec![definition(), other] }, &schema());
    assert_eq!(lines, ["q.proto: not in the schema"]);
}

#[test]
fn support_types_may_bring_further_messages() {
    let mut schema = schema();
    schema["packages"][0]["support"] = json!(true);
    let mut file = definition();
    file.message_type.push(DescriptorProto { name: Some("More".into()), ..Default::default() });
    assert_eq!(differences(&FileDescriptorSet { file: vec![file] }, &schema), Vec::<String>::new());
}
