//! One shape for TOML, JSON and YAML: values with the span of every key and value.
//!
//! Each reader below turns a file's text into a [`Tree`]; the front ends read rules from it and
//! never see which of the three it was. A text carries a [`TextMap`], so that an offset inside an
//! embedded query leads to the very byte of the file. Readers report; they do not interpret keys.

pub mod json;
mod json_string;
pub mod near;
pub mod toml;
mod toml_string;
pub mod yaml;
mod yaml_lines;
mod yaml_scalar;

use indexmap::IndexMap;

use crate::diagnostic::{Span, TextMap};
use crate::ir::Value;

/// How deep lists and tables may lie in each other; more is a finding.
pub const MAX_DEPTH: usize = 128;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// What it is.
    pub kind: TreeKind,
    /// Where it stands, quotes and brackets included.
    pub span: Span,
}

/// The kinds of value.
#[derive(Debug, Clone, PartialEq)]
pub enum TreeKind {
    /// Null or nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number that a double holds exactly as it is written.
    Float(f64),
    /// Another bare scalar as it is written: a date-time, a number that fits nothing smaller.
    Literal(String),
    /// A text, unescaped.
    Text(Text),
    /// A sequence.
    List(Vec<Tree>),
    /// A mapping without duplicate keys, in the order of the source.
    Map(Vec<Entry>),
}

/// A text and the way from its offsets to the file's.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Unescaped.
    pub text: String,
    /// From offsets in `text` to offsets in the file.
    pub map: TextMap,
}

/// A key of a mapping and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Unescaped.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Tree,
}

impl Tree {
    /// A value at a place.
    pub fn new(kind: TreeKind, span: Span) -> Self {
        Tree { kind, span }
    }

    /// Without positions.
    pub fn to_value(&self) -> Value {
        match &self.kind {
            TreeKind::Null => Value::Null,
            TreeKind::Bool(truth) => Value::Bool(*truth),
            TreeKind::Int(number) => Value::Int(*number),
            TreeKind::Float(number) => Value::Float(*number),
            TreeKind::Literal(text) => Value::Literal(text.clone()),
            TreeKind::Text(text) => Value::Text(text.text.clone()),
            TreeKind::List(items) => Value::List(items.iter().map(Tree::to_value).collect()),
            TreeKind::Map(entries) => Value::Map(
                entries.iter().map(|e| (e.key.clone(), e.value.to_value())).collect::<IndexMap<_, _>>(),
            ),
        }
    }

    /// The entries, if it is a mapping.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.kind {
            TreeKind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key, if it is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Tree> {
        self.entries()?.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Whether it is a mapping that has the key.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The items, if it is a sequence.
    pub fn items(&self) -> Option<&[Tree]> {
        match &self.kind {
            TreeKind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            TreeKind::Text(text) => Some(&text.text),
            _ => None,
        }
    }

    /// Words for messages: "a text", "a list".
    pub fn kind_name(&self) -> &'static str {
        match &self.kind {
            TreeKind::Null => "null",
            TreeKind::Bool(_) => "a boolean",
            TreeKind::Int(_) | TreeKind::Float(_) => "a number",
            TreeKind::Literal(_) => "a literal",
            TreeKind::Text(_) => "a text",
            TreeKind::List(_) => "a list",
            TreeKind::Map(_) => "a table",
        }
    }

    /// Calls `visit` with the span of every text below (depth is bounded by the readers).
    pub fn for_each_text(&self, visit: &mut dyn FnMut(Span)) {
        match &self.kind {
            TreeKind::Text(_) => visit(self.span),
            TreeKind::List(items) => items.iter().for_each(|item| item.for_each_text(visit)),
            TreeKind::Map(entries) => entries.iter().for_each(|entry| {
                visit(entry.key_span);
                entry.value.for_each_text(visit);
            }),
            _ => {}
        }
    }
}

/// The kind of a bare number as it is written in decimal notation.
pub(crate) fn number(written: &str) -> TreeKind {
    if let Ok(number) = written.parse::<i64>()
        && number.to_string() == written
    {
        return TreeKind::Int(number);
    }
    match written.parse::<f64>() {
        Ok(number) if number.is_finite() && format!("{number:?}") == written => TreeKind::Float(number),
        _ => TreeKind::Literal(written.into()),
    }
}
