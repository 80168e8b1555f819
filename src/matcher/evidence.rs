//! What is kept of an event that a rule matched.

use crate::event::Leaf;

/// Time, id and the values of the fields that matter beyond the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The event's own time (`eventTime`, `@timestamp`), milliseconds since 1970; `None` if it has
    /// none that can be read.
    pub time_ms: Option<i64>,
    /// The event's id (`eventID`, `event.id`).
    pub event_id: Option<String>,
    /// The values of [`fields_of_interest`](super::fields_of_interest), by field, in the order of
    /// the record; a field that is not there has none.
    pub values: Vec<Vec<Scalar>>,
}

/// A value with the type it has in the record.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scalar {
    /// True or false.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// Text, without escapes.
    Text(String),
}

impl Scalar {
    /// A leaf of a record; `None` for null and objects.
    pub fn from_leaf(leaf: Leaf<'_>) -> Option<Self> {
        Some(match leaf {
            Leaf::Null | Leaf::Object(_) => return None,
            Leaf::Bool(truth) => Scalar::Bool(truth),
            Leaf::Number(number) => Scalar::Number(number.to_owned()),
            Leaf::Text(_) | Leaf::Escaped(_) => Scalar::Text(leaf.text()?.into_owned()),
        })
    }

    /// The canonical text.
    pub fn as_text(&self) -> &str {
        match self {
            Scalar::Bool(true) => "true",
            Scalar::Bool(false) => "false",
            Scalar::Number(text) | Scalar::Text(text) => text,
        }
    }

    /// As a leaf, for whoever compares leaves.
    pub fn leaf(&self) -> Leaf<'_> {
        match self {
            Scalar::Bool(truth) => Leaf::Bool(*truth),
            Scalar::Number(number) => Leaf::Number(number),
            Scalar::Text(text) => Leaf::Text(text),
        }
    }
}
