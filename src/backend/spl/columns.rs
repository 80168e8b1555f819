//! The names under which Splunk shows the values of a field of a raw record.

use crate::ir::{Field, Vocabulary};
use crate::schema::{is_open, splunk_names};

/// One name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    /// The name, with `{}` after every key that holds a list.
    pub name: String,
    /// Whether one event may have several values there.
    pub many: bool,
    /// A text that stands for "no value".
    pub absent: Option<&'static str>,
}

/// The names of a field; `None`: they are not known. Splunk's JSON extraction shows `null` as a text,
/// and the add-on for AWS gives `errorCode` the text `success` where the record has none (splunk.md).
pub(super) fn columns(field: &Field) -> Option<Vec<Column>> {
    let path = field.path.as_str();
    if field.vocabulary == Vocabulary::Splunk {
        return Some(vec![Column { name: path.to_owned(), many: path.contains("{}"), absent: None }]);
    }
    let may_be_null = is_open(path) || is_open(&format!("{path}.?")) || path.starts_with("resources");
    let absent = match path {
        "errorCode" => Some("success"),
        _ if may_be_null => Some("null"),
        _ => None,
    };
    let column = |name: String| Column { many: name.contains("{}"), name, absent };
    Some(splunk_names(path)?.into_iter().map(column).collect())
}

/// Whether every record has one value of the field at most: payloads may hold a list at any key.
pub(super) fn is_single(field: &Field) -> bool {
    field.vocabulary != Vocabulary::Splunk
        && columns(field).is_some_and(
            |columns| matches!(columns.as_slice(), [column] if !column.many && column.absent != Some("null")),
        )
}
