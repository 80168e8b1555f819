//! Small uses, beside streams: one value of a document by its path, the records of a document.

use serde_json::Value;

use super::container::{self, Found, Place};
use crate::event::Layout;

/// A path that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` picks nothing: {message} (byte {offset})")]
pub struct SelectError {
    /// The path as given.
    pub path: String,
    /// Where in the path.
    pub offset: usize,
    /// What is wrong there.
    pub message: String,
}

/// The value at a path such as `$.Records[2].userIdentity` or `$["a.b"][0]`.
///
/// # Errors
/// The path has another form, or leads to nothing.
pub fn select<'v>(value: &'v Value, path: &str) -> Result<&'v Value, SelectError> {
    let error = |offset: usize, message: String| SelectError { path: path.to_owned(), offset, message };
    let mut rest = path.strip_prefix('$').ok_or_else(|| error(0, "a path begins with `$`".into()))?;
    let mut value = value;
    while !rest.is_empty() {
        let offset = path.len() - rest.len();
        let (key, index, length) = step(rest).map_err(|message| error(offset, message.to_owned()))?;
        let next = match (&key, index) {
            (Some(key), _) => value.get(key.as_str()),
            (None, index) => value.get(index),
        };
        value = next.ok_or_else(|| {
            error(
                offset,
                match (&key, value) {
                    (Some(key), Value::Object(_)) => format!("there is no key `{key}`"),
                    (Some(_), _) => "this is no object".to_owned(),
                    (None, Value::Array(items)) => match items.len() {
                        1 => "the list has only 1 item".to_owned(),
                        number => format!("the list has only {number} items"),
                    },
                    (None, _) => "this is no list".to_owned(),
                },
            )
        })?;
        rest = &rest[length..];
    }
    Ok(value)
}

/// The first step of a path: key or else index, and the length of the step.
fn step(rest: &str) -> Result<(Option<String>, usize, usize), &'static str> {
    if let Some(name) = rest.strip_prefix('.') {
        let end = name.find(['.', '[']).unwrap_or(name.len());
        return if end == 0 {
            Err("a key is missing")
        } else {
            Ok((Some(name[..end].to_owned()), 0, end + 1))
        };
    }
    let inner = rest.strip_prefix('[').ok_or("expected `.key` or `[index]`")?;
    if inner.starts_with('"') {
        let mut keys = serde_json::Deserializer::from_str(inner).into_iter::<String>();
        let key = keys.next().and_then(Result::ok).ok_or("the quoted key is damaged")?;
        let end = keys.byte_offset();
        return if inner[end..].starts_with(']') { Ok((Some(key), 0, end + 2)) } else { Err("expected `]`") };
    }
    let end = inner.find(']').ok_or("expected `]`")?;
    let index = inner[..end].trim().parse().map_err(|_| "an index is a number")?;
    Ok((None, index, end + 2))
}

/// The records of a document, whatever container it is: for fixtures and other small input.
///
/// Digests and Insights records are left out as in streams. What is of an unknown kind is handed
/// over as it is, as raw CloudTrail: who writes an event by hand means it to be one.
pub fn unwrap_all(value: &Value) -> Vec<(Layout, Value)> {
    let mut all = Vec::new();
    let text = value.to_string();
    let mut unknown = false;
    container::unwrap(&text, Place::Exact(0), &mut |found, _| match found {
        Found::Record(layout, text) => all.extend(serde_json::from_str(text).map(|value| (layout, value))),
        Found::Digest | Found::Insight => {}
        Found::Finding | Found::Unknown(_) | Found::NotJson(_) => unknown = true,
    });
    if unknown && all.is_empty() {
        match value {
            Value::Array(items) => all.extend(items.iter().map(|item| (Layout::CloudTrail, item.clone()))),
            value => all.push((Layout::CloudTrail, value.clone())),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_select() {
        let value = json!({"Records": [{"a": 1}, {"a": {"b.c": [true]}}]});
        assert_eq!(select(&value, "$"), Ok(&value));
        assert_eq!(select(&value, "$.Records[0].a"), Ok(&json!(1)));
        assert_eq!(select(&value, "$.Records[1].a[\"b.c\"][0]"), Ok(&json!(true)));
        for (path, offset) in [
            ("Records", 0),
            ("$.records", 1),
            ("$.Records[2]", 9),
            ("$.Records.a", 9),
            ("$.Records[x]", 9),
            ("$.Records[0", 9),
            ("$..a", 1),
            ("$[0]", 1),
            ("$[\"a\"x]", 1),
            ("$Records", 1),
        ] {
            assert_eq!(select(&value, path).unwrap_err().offset, offset, "{path}");
        }
    }

    #[test]
    fn small_documents_are_unwrapped() {
        let record = json!({"eventName": "GetObject"});
        let wrapped = json!({"Records": [record, {"detail-type": "x", "detail": record}]});
        assert_eq!(unwrap_all(&wrapped), vec![(Layout::CloudTrail, record.clone()); 2]);
        let ecs = json!({"event": {"action": "GetObject"}});
        assert_eq!(unwrap_all(&ecs), [(Layout::Ecs, ecs.clone())]);
        let odd = json!({"odd": 1});
        assert_eq!(unwrap_all(&json!([odd])), [(Layout::CloudTrail, odd)]);
    }
}
