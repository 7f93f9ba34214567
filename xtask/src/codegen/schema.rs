//! Compares the definitions with the facts of the protocol in `proto/schema.json`.
//!
//! Both sides become a flat list of facts, one line each, so that a difference is a line that only one side has.

use std::collections::{BTreeMap, BTreeSet};

use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet,
    ServiceDescriptorProto,
};
use serde_json::Value;

/// The facts of one file, for example `field trace.v1.Status.message: number 2, …`.
type Facts = BTreeSet<String>;

/// What differs, one line each; empty if nothing does.
pub(super) fn differences(descriptors: &FileDescriptorSet, schema: &Value) -> Vec<String> {
    let defined: BTreeMap<&str, Facts> =
        descriptors.file.iter().map(|file| (file.name(), defined_facts(file))).collect();
    let mut lines = Vec::new();
    let mut known = BTreeSet::new();
    for package in list(&schema["packages"]) {
        let file = text(&package["file"]);
        let stated = stated_facts(package);
        let empty = Facts::new();
        let defined = defined.get(file).unwrap_or(&empty);
        lines.extend(stated.difference(defined).map(|fact| format!("{file}: only in the schema: {fact}")));
        // Of the support types the schema names those that OTLP uses; what these refer to comes on top.
        if package["support"] != Value::Bool(true) {
            lines.extend(defined.difference(&stated).map(|fact| format!("{file}: only in proto/: {fact}")));
        }
        known.insert(file);
    }
    lines.extend(
        defined.keys().filter(|file| !known.contains(*file)).map(|file| format!("{file}: not in the schema")),
    );
    lines
}

fn stated_facts(package: &Value) -> Facts {
    let mut facts =
        Facts::from([format!("package {}, {}", text(&package["package"]), text(&package["syntax"]))]);
    for message in list(&package["messages"]) {
        let name = text(&message["name"]);
        facts.insert(format!("message {name}"));
        facts.extend(list(&message["fields"]).iter().map(|field| stated_field(name, field)));
        facts.extend(stated_reserved(name, message));
    }
    for item in list(&package["enums"]) {
        let name = text(&item["name"]);
        facts.insert(format!("enum {name}"));
        for value in list(&item["values"]) {
            facts.insert(format!("value {name}.{} = {}", text(&value["name"]), value["number"]));
        }
        facts.extend(stated_reserved(name, item));
    }
    for service in list(&package["services"]) {
        for method in list(&service["methods"]) {
            facts.insert(stated_method(text(&service["name"]), method));
        }
    }
    facts
}

fn stated_field(message: &str, field: &Value) -> String {
    format!(
        "field {message}.{}: number {}, {} {} ({}), oneof {}, explicit presence {}, json {}, deprecated {}",
        text(&field["name"]),
        field["number"],
        text(&field["label"]),
        text(&field["type"]),
        text(&field["kind"]),
        field["oneof"].as_str().unwrap_or("none"),
        field["proto3_optional"],
        text(&field["json_name"]),
        field["deprecated"],
    )
}

fn stated_reserved(name: &str, item: &Value) -> Vec<String> {
    let ranges = list(&item["reserved_ranges"]).iter();
    let names = list(&item["reserved_names"]).iter();
    ranges
        .map(|range| format!("reserved {name}: {} to {}", range[0], range[1]))
        .chain(names.map(|reserved| format!("reserved {name}: {}", text(reserved))))
        .collect()
}

fn stated_method(service: &str, method: &Value) -> String {
    format!(
        "method {service}.{}: {} -> {}, client streams {}, server streams {}",
        text(&method["name"]),
        text(&method["input"]),
        text(&method["output"]),
        method["client_streaming"],
        method["server_streaming"],
    )
}

fn defined_facts(file: &FileDescriptorProto) -> Facts {
    let mut facts = Facts::from([format!("package {}, {}", file.package(), file.syntax())]);
    for message in &file.message_type {
        defined_message("", message, &mut facts);
    }
    for item in &file.enum_type {
        defined_enum("", item, &mut facts);
    }
    for service in &file.service {
        defined_service(service, &mut facts);
    }
    facts
}

fn defined_message(outer: &str, message: &DescriptorProto, facts: &mut Facts) {
    let name = format!("{outer}{}", message.name());
    facts.insert(format!("message {name}"));
    facts.extend(message.field.iter().map(|field| defined_field(&name, message, field)));
    // The end of a range of field numbers is the first number after it.
    let ranges = message.reserved_range.iter();
    facts.extend(ranges.map(|range| format!("reserved {name}: {} to {}", range.start(), range.end() - 1)));
    facts.extend(message.reserved_name.iter().map(|reserved| format!("reserved {name}: {reserved}")));
    let outer = format!("{name}.");
    for nested in &message.nested_type {
        defined_message(&outer, nested, facts);
    }
    for nested in &message.enum_type {
        defined_enum(&outer, nested, facts);
    }
}

fn defined_field(name: &str, message: &DescriptorProto, field: &FieldDescriptorProto) -> String {
    let kind = field.r#type().as_str_name().trim_start_matches("TYPE_").to_lowercase();
    let label = field.label().as_str_name().trim_start_matches("LABEL_").to_lowercase();
    let type_name = field.type_name.as_deref().map_or(kind.as_str(), |name| name.trim_start_matches('.'));
    let oneof = field.oneof_index.and_then(|index| message.oneof_decl.get(usize::try_from(index).ok()?));
    format!(
        "field {name}.{}: number {}, {label} {type_name} ({kind}), oneof {}, explicit presence {}, json {}, deprecated {}",
        field.name(),
        field.number(),
        oneof.map_or("none", |oneof| oneof.name()),
        field.proto3_optional(),
        field.json_name(),
        field.options.as_ref().is_some_and(prost_types::FieldOptions::deprecated),
    )
}

fn defined_enum(outer: &str, item: &EnumDescriptorProto, facts: &mut Facts) {
    let name = format!("{outer}{}", item.name());
    facts.insert(format!("enum {name}"));
    facts
        .extend(item.value.iter().map(|value| format!("value {name}.{} = {}", value.name(), value.number())));
    // Unlike that of field numbers, a range of enum values includes its end.
    let ranges = item.reserved_range.iter();
    facts.extend(ranges.map(|range| format!("reserved {name}: {} to {}", range.start(), range.end())));
    facts.extend(item.reserved_name.iter().map(|reserved| format!("reserved {name}: {reserved}")));
}

fn defined_service(service: &ServiceDescriptorProto, facts: &mut Facts) {
    facts.extend(service.method.iter().map(|method| {
        format!(
            "method {}.{}: {} -> {}, client streams {}, server streams {}",
            service.name(),
            method.name(),
            method.input_type().trim_start_matches('.'),
            method.output_type().trim_start_matches('.'),
            method.client_streaming(),
            method.server_streaming(),
        )
    }));
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

#[cfg(test)]
mod tests;
