//! One value of an event, as it stands in the record's bytes.

use std::borrow::Cow;

/// A JSON value that was found at a path. Arrays never appear: their elements do, one by one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Leaf<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(&'a str),
    /// A text without escapes: what stands between the quotes.
    Text(&'a str),
    /// A text with escapes: what stands between the quotes, still escaped.
    Escaped(&'a str),
    /// An object, as written, braces included.
    Object(&'a str),
}

impl<'a> Leaf<'a> {
    /// The canonical text of a scalar: numbers as written, `true` and `false`, texts unescaped.
    /// `None` for null and objects.
    pub fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Leaf::Null | Leaf::Object(_) => None,
            Leaf::Bool(true) => Some(Cow::Borrowed("true")),
            Leaf::Bool(false) => Some(Cow::Borrowed("false")),
            Leaf::Number(text) | Leaf::Text(text) => Some(Cow::Borrowed(text)),
            Leaf::Escaped(raw) => Some(Cow::Owned(unescape(raw))),
        }
    }
}

/// Undoes JSON's escapes; the input was accepted by the scanner, so anything odd stays as it is.
fn unescape(raw: &str) -> String {
    serde_json::from_str(&format!("\"{raw}\"")).unwrap_or_else(|_| raw.to_owned())
}
