//! The document under construction: nested objects addressed by dotted paths.

use serde_json::{Map, Value};

/// A JSON object that is filled by path.
#[derive(Debug, Default)]
pub(super) struct Document(Map<String, Value>);

impl Document {
    /// A document that has something already.
    pub(super) fn of(map: Map<String, Value>) -> Self {
        Document(map)
    }

    /// Puts a value at a dotted path, making the objects on the way. A scalar on the way is replaced,
    /// which no two paths of the field table do to each other.
    pub(super) fn set(&mut self, path: &str, value: Value) {
        let (above, last) = path.rsplit_once('.').unwrap_or(("", path));
        let keys = above.split('.').filter(|key| !key.is_empty());
        let target = keys.fold(&mut self.0, |map, key| object(map, key));
        target.insert(last.to_owned(), value);
    }

    /// Puts a value where there is one.
    pub(super) fn set_some(&mut self, path: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(path, value.into());
        }
    }

    /// Puts a list where it has items.
    pub(super) fn set_list(&mut self, path: &str, values: Vec<impl Into<Value>>) {
        if !values.is_empty() {
            self.set(path, Value::Array(values.into_iter().map(Into::into).collect()));
        }
    }

    /// The finished object.
    pub(super) fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

fn object<'m>(map: &'m mut Map<String, Value>, key: &str) -> &'m mut Map<String, Value> {
    let value = map.entry(key).or_insert_with(|| Value::Object(Map::new()));
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(inner) => inner,
        // Made an object just above.
        _ => unreachable!("an object"),
    }
}
