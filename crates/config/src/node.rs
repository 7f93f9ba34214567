//! A YAML document as a tree in which every value knows its place.

use std::rc::Rc;

/// A line and a column, both counted from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// A value and its place. Where an alias stands for the value, the place is that of the anchor.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) position: Position,
    /// Values in this tree, itself included, each alias counted as what it stands for.
    pub(crate) weight: usize,
    /// Levels of this tree, 1 for a scalar, through aliases as well.
    pub(crate) depth: usize,
}

#[derive(Debug)]
pub(crate) enum Value {
    Scalar(Scalar),
    List(Vec<Rc<Node>>),
    /// Keys and values in the order of the file, duplicates included.
    Map(Vec<(Rc<Node>, Rc<Node>)>),
    /// Something with a tag that YAML itself does not define; what it means is not known here.
    Tagged(String),
}

#[derive(Debug)]
pub(crate) struct Scalar {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    /// Where the first character of `text` stands, if the file spells the text as it is, in one line.
    pub(crate) verbatim: Option<Position>,
}

/// What the core schema of YAML 1.2 takes a scalar for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool,
    Integer,
    Float,
    String,
}

impl Node {
    /// What the value is, for a sentence that begins with "found".
    pub(crate) fn describe(&self) -> String {
        match &self.value {
            Value::Scalar(scalar) => match scalar.kind {
                Kind::Null => "nothing".to_owned(),
                Kind::Bool => format!("the boolean {}", quoted(&scalar.text)),
                Kind::Integer => format!("the integer {}", quoted(&scalar.text)),
                Kind::Float => format!("the number {}", quoted(&scalar.text)),
                Kind::String => "a string".to_owned(),
            },
            Value::List(_) => "a list".to_owned(),
            Value::Map(_) => "a mapping".to_owned(),
            Value::Tagged(tag) => format!("a value with the unsupported tag `{tag}`"),
        }
    }

    /// Whether this is a key without a value.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(scalar) if scalar.kind == Kind::Null)
    }

    /// The scalar, if this is one and not null.
    pub(crate) fn scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) if scalar.kind != Kind::Null => Some(scalar),
            _ => None,
        }
    }

    /// The text of a string.
    pub(crate) fn string(&self) -> Option<&str> {
        self.scalar().filter(|scalar| scalar.kind == Kind::String).map(|scalar| scalar.text.as_str())
    }
}

/// A text of the file as an error quotes it: on one line, and not without end.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 100;
    let ellipsis = if text.chars().nth(LONGEST).is_some() { "…" } else { "" };
    let shown: String = text.chars().take(LONGEST).collect();
    format!("`{}{ellipsis}`", shown.escape_debug())
}

impl Kind {
    /// What the text of a plain scalar, one without quotes, stands for.
    pub(crate) fn of_plain(text: &str) -> Kind {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
            "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Kind::Bool,
            _ if is_integer(text) => Kind::Integer,
            _ if is_float(text) => Kind::Float,
            _ => Kind::String,
        }
    }
}

fn is_integer(text: &str) -> bool {
    let all =
        |digits: &str, valid: fn(&u8) -> bool| !digits.is_empty() && digits.as_bytes().iter().all(valid);
    if let Some(octal) = text.strip_prefix("0o") {
        return all(octal, |byte| (b'0'..=b'7').contains(byte));
    }
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return all(hexadecimal, u8::is_ascii_hexdigit);
    }
    all(text.strip_prefix(['-', '+']).unwrap_or(text), u8::is_ascii_digit)
}

/// Numbers with a point or an exponent, infinity and not-a-number.
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    // Rust takes the words `inf` and `nan` for numbers too; YAML does not.
    unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') && unsigned.parse::<f64>().is_ok()
}
