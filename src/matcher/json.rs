//! A record as a tree that keeps numbers and objects as they are written. For explanations and
//! other paths where speed does not count; the hot path has no tree.

use indexmap::IndexMap;
use serde_json::value::RawValue;

use crate::event::Leaf;

/// A JSON value.
#[derive(Debug, Clone)]
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    Text(String),
    List(Vec<Json<'a>>),
    /// With its text, braces included.
    Object(&'a str, IndexMap<String, Json<'a>>),
}

/// Levels that are read, one less than what `serde_json` refuses.
const DEEPEST: usize = 127;

impl<'a> Json<'a> {
    /// Reads a text; `None` if it is not JSON or nested too deeply.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        read(serde_json::from_str(text).ok()?, 0)
    }

    /// The value as comparisons see it; `None` for arrays.
    pub(super) fn leaf(&self) -> Option<Leaf<'_>> {
        Some(match self {
            Json::Null => Leaf::Null,
            Json::Bool(truth) => Leaf::Bool(*truth),
            Json::Number(text) => Leaf::Number(text),
            Json::Text(text) => Leaf::Text(text),
            Json::Object(text, _) => Leaf::Object(text),
            Json::List(_) => return None,
        })
    }

    /// Calls `found` with every value at a path: arrays are entered, keys may contain dots.
    pub(super) fn at<'j>(&'j self, path: &str, found: &mut dyn FnMut(&'j Json<'a>)) {
        match self {
            Json::List(items) => items.iter().for_each(|item| item.at(path, found)),
            _ if path.is_empty() => found(self),
            Json::Object(_, members) => {
                if let Some(value) = members.get(path) {
                    value.at("", found);
                }
                for (dot, _) in path.match_indices('.') {
                    if let Some(value) = members.get(&path[..dot]) {
                        value.at(&path[dot + 1..], found);
                    }
                }
            }
            _ => {}
        }
    }
}

fn read(raw: &RawValue, level: usize) -> Option<Json<'_>> {
    let text = raw.get();
    if level > DEEPEST {
        return None;
    }
    Some(match text.as_bytes().first()? {
        b'n' => Json::Null,
        b't' => Json::Bool(true),
        b'f' => Json::Bool(false),
        b'"' => Json::Text(serde_json::from_str(text).ok()?),
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            Json::List(items.into_iter().map(|item| read(item, level + 1)).collect::<Option<_>>()?)
        }
        b'{' => {
            let members: IndexMap<String, &RawValue> = serde_json::from_str(text).ok()?;
            let read = |(key, value)| Some((key, read(value, level + 1)?));
            Json::Object(text, members.into_iter().map(read).collect::<Option<_>>()?)
        }
        _ => Json::Number(text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_as_written_and_paths_enter_arrays() {
        let text = r#"{"a":[{"b":1.50},{"b":["x",null]}],"c.d":{"e":true}}"#;
        let json = Json::parse(text).unwrap();
        let all = |path: &str| {
            let mut out = Vec::new();
            json.at(path, &mut |value| out.push(value.leaf().unwrap()));
            out
        };
        assert_eq!(all("a.b"), [Leaf::Number("1.50"), Leaf::Text("x"), Leaf::Null]);
        assert_eq!(all("c.d.e"), [Leaf::Bool(true)]);
        assert_eq!(all("c.d"), [Leaf::Object(r#"{"e":true}"#)]);
        assert!(all("a.b.c").is_empty() && all("c").is_empty());
        assert!(Json::parse("{").is_none());
        assert!(Json::parse(&format!("{}{}", "[".repeat(50_000), "]".repeat(50_000))).is_none());
    }
}
