//! YAML text to a tree, aliases resolved, within a budget.

use std::collections::HashMap;
use std::rc::Rc;

use granit_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, Tag};

use crate::node::{Kind, Node, Position, Scalar, Value};

/// What is wrong with a text that is no YAML.
#[derive(Debug)]
pub(crate) struct SyntaxError {
    pub(crate) message: String,
    pub(crate) position: Position,
}

/// What a document may cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Values of a document, each alias counted as what it stands for. Real files have hundreds; what
    /// ends here is a file whose aliases multiply.
    values: usize,
    /// Levels of a document, through aliases as well: the parser bounds only what the text itself nests. A
    /// tree is dropped level by level on the stack.
    depth: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { values: 100_000, depth: 256 }
    }
}

/// Composes the first document of `text`; `None` if there is none. Stops at the first mistake.
pub(crate) fn compose(text: &str, limits: Limits) -> Result<Option<Rc<Node>>, SyntaxError> {
    let mut composer = Composer { text, limits, open: Vec::new(), anchors: HashMap::new(), root: None };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| syntax_error(&error))?;
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                composer.scalar(&text, style, anchor, tag.as_deref(), span)?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                composer.open(Collection::List, anchor, tag.as_deref(), span);
            }
            Event::MappingStart(_, anchor, tag) => {
                composer.open(Collection::Map, anchor, tag.as_deref(), span);
            }
            Event::SequenceEnd | Event::MappingEnd => composer.close()?,
            Event::Alias(anchor) => composer.alias(anchor, span)?,
            Event::DocumentEnd => break,
            _ => {}
        }
    }
    Ok(composer.root)
}

struct Composer<'t> {
    text: &'t str,
    limits: Limits,
    /// The collections around the next event, the innermost last.
    open: Vec<Open>,
    /// Finished values by the number of their anchor. A value in several places exists once.
    anchors: HashMap<usize, Rc<Node>>,
    root: Option<Rc<Node>>,
}

/// A collection whose end was not seen yet.
struct Open {
    collection: Collection,
    children: Vec<Rc<Node>>,
    tag: Option<String>,
    anchor: usize,
    position: Position,
    weight: usize,
    depth: usize,
}

enum Collection {
    List,
    Map,
}

impl Composer<'_> {
    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), SyntaxError> {
        let position = position(span.start);
        let kind = match (tag, style) {
            (Some(tag), _) if means_string(tag) => Kind::String,
            (_, ScalarStyle::Plain) => Kind::of_plain(text),
            _ => Kind::String,
        };
        let value = match unknown(tag) {
            Some(tag) => Value::Tagged(tag),
            None => {
                Value::Scalar(Scalar { kind, text: text.to_owned(), verbatim: self.verbatim(text, span) })
            }
        };
        self.finish(Rc::new(Node { value, position, weight: 1, depth: 1 }), anchor, position)
    }

    /// Where the text of a scalar begins, if the file spells it as it is: plain, or between quotes.
    fn verbatim(&self, text: &str, span: Span) -> Option<Position> {
        let source = span.slice(self.text)?;
        let start = position(span.start);
        let quoted = |quote| source.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if source == text {
            Some(start)
        } else if quoted('"').or_else(|| quoted('\'')) == Some(text) {
            Some(Position { column: start.column + 1, ..start })
        } else {
            None
        }
    }

    fn open(&mut self, collection: Collection, anchor: usize, tag: Option<&Tag>, span: Span) {
        let tag = unknown(tag);
        let position = position(span.start);
        let children = Vec::new();
        self.open.push(Open { collection, children, tag, anchor, position, weight: 1, depth: 1 });
    }

    fn close(&mut self) -> Result<(), SyntaxError> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let value = match (open.tag, open.collection) {
            (Some(tag), _) => Value::Tagged(tag),
            (None, Collection::List) => Value::List(open.children),
            (None, Collection::Map) => Value::Map(pairs(open.children)),
        };
        let node = Node { value, position: open.position, weight: open.weight, depth: open.depth };
        self.finish(Rc::new(node), open.anchor, open.position)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), SyntaxError> {
        match self.anchors.get(&anchor) {
            Some(node) => self.finish(Rc::clone(node), 0, position(span.start)),
            None => Err(SyntaxError {
                message: "an alias refers to a value that contains it".to_owned(),
                position: position(span.start),
            }),
        }
    }

    /// Gives a finished value, used at `position`, to the collection around it. Anchor 0 is none.
    fn finish(&mut self, node: Rc<Node>, anchor: usize, position: Position) -> Result<(), SyntaxError> {
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        let Some(around) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        around.weight = around.weight.saturating_add(node.weight);
        around.depth = around.depth.max(node.depth + 1);
        if around.weight > self.limits.values {
            let message = format!("more than {} values, aliases included", self.limits.values);
            return Err(SyntaxError { message, position });
        }
        if around.depth > self.limits.depth {
            let message = format!("nested more than {} levels deep, aliases included", self.limits.depth);
            return Err(SyntaxError { message, position });
        }
        around.children.push(node);
        Ok(())
    }
}

fn pairs(children: Vec<Rc<Node>>) -> Vec<(Rc<Node>, Rc<Node>)> {
    let mut pairs = Vec::with_capacity(children.len() / 2);
    let mut children = children.into_iter();
    while let (Some(key), Some(value)) = (children.next(), children.next()) {
        pairs.push((key, value));
    }
    pairs
}

fn means_string(tag: &Tag) -> bool {
    tag.is_yaml_core_schema_tag("str") || tag.original() == "!"
}

/// The tag, if YAML itself does not define it.
fn unknown(tag: Option<&Tag>) -> Option<String> {
    tag.filter(|tag| tag.is_custom() && !means_string(tag)).map(Tag::original)
}

fn syntax_error(error: &ScanError) -> SyntaxError {
    SyntaxError { message: error.kind().to_string(), position: position(*error.marker()) }
}

fn position(marker: Marker) -> Position {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Position { line: number(marker.line()), column: number(marker.col()).saturating_add(1) }
}
