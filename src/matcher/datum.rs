//! A value as it stands in a record.

use crate::event::Leaf;

/// A value with the type it has in the record.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Datum {
    /// True or false.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// Text, without escapes.
    Text(String),
}

impl Datum {
    /// A leaf of a record; `None` for null and objects.
    pub fn from_leaf(leaf: Leaf<'_>) -> Option<Self> {
        Some(match leaf {
            Leaf::Null | Leaf::Object(_) => return None,
            Leaf::Bool(truth) => Datum::Bool(truth),
            Leaf::Number(number) => Datum::Number(number.to_owned()),
            Leaf::Text(_) | Leaf::Escaped(_) => Datum::Text(leaf.text()?.into_owned()),
        })
    }

    /// The canonical text.
    pub fn as_text(&self) -> &str {
        match self {
            Datum::Bool(true) => "true",
            Datum::Bool(false) => "false",
            Datum::Number(text) | Datum::Text(text) => text,
        }
    }

    /// As a leaf, for whoever compares leaves.
    pub fn leaf(&self) -> Leaf<'_> {
        match self {
            Datum::Bool(truth) => Leaf::Bool(*truth),
            Datum::Number(number) => Leaf::Number(number),
            Datum::Text(text) => Leaf::Text(text),
        }
    }
}
