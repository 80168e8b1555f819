//! Extraction of the paths that rules read from the bytes of one record.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::Leaf;

/// A record that is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at byte {offset}")]
pub struct JsonError {
    /// Byte offset in the record.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
}

/// A set of paths, each with a slot number in order of construction.
#[derive(Debug)]
pub struct Projection {
    paths: Vec<Vec<String>>,
}

/// The values found, by slot. Reused from record to record.
#[derive(Debug, Default)]
pub struct Slots {
    values: Vec<Vec<(Kind, u32, u32)>>,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Null,
    True,
    False,
    Number,
    Text,
    Escaped,
    Object,
}

impl Projection {
    /// Paths are split at dots; a key that itself contains dots is found like a path.
    pub fn new<'p>(paths: impl IntoIterator<Item = &'p str>) -> Self {
        Projection { paths: paths.into_iter().map(|p| p.split('.').map(str::to_owned).collect()).collect() }
    }

    /// Number of slots.
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// Whether there is no path at all.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// Fills `slots` from one record, a JSON object. Arrays on the way and at the end are entered:
    /// a slot holds every value that the path reaches.
    pub fn extract(&self, record: &str, slots: &mut Slots) -> Result<(), JsonError> {
        slots.values.iter_mut().for_each(Vec::clear);
        slots.values.resize(self.paths.len(), Vec::new());
        let root: &RawValue = serde_json::from_str(record)
            .map_err(|e| JsonError { offset: e.column(), message: e.to_string() })?;
        for (path, values) in self.paths.iter().zip(&mut slots.values) {
            walk(root, path, record, values);
        }
        Ok(())
    }
}

fn walk(raw: &RawValue, path: &[String], record: &str, out: &mut Vec<(Kind, u32, u32)>) {
    let text = raw.get();
    let start = text.as_ptr() as usize - record.as_ptr() as usize;
    let end = start + text.len();
    let first = text.as_bytes()[0];
    if first == b'[' {
        let items: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
        items.into_iter().for_each(|item| walk(item, path, record, out));
    } else if path.is_empty() {
        let (kind, trim) = match first {
            b'n' => (Kind::Null, 0),
            b't' => (Kind::True, 0),
            b'f' => (Kind::False, 0),
            b'"' if text.contains('\\') => (Kind::Escaped, 1),
            b'"' => (Kind::Text, 1),
            b'{' => (Kind::Object, 0),
            _ => (Kind::Number, 0),
        };
        out.push((kind, (start + trim) as u32, (end - trim) as u32));
    } else if first == b'{' {
        let map: HashMap<String, &RawValue> = serde_json::from_str(text).unwrap_or_default();
        for taken in 1..=path.len() {
            if let Some(value) = map.get(&path[..taken].join(".")) {
                walk(value, &path[taken..], record, out);
            }
        }
    }
}

impl Slots {
    /// The values of a slot; `record` is the text that was extracted from.
    pub fn values<'a>(&'a self, slot: usize, record: &'a str) -> impl Iterator<Item = Leaf<'a>> + 'a {
        self.values[slot].iter().map(move |&(kind, start, end)| {
            let text = &record[start as usize..end as usize];
            match kind {
                Kind::Null => Leaf::Null,
                Kind::True => Leaf::Bool(true),
                Kind::False => Leaf::Bool(false),
                Kind::Number => Leaf::Number(text),
                Kind::Text => Leaf::Text(text),
                Kind::Escaped => Leaf::Escaped(text),
                Kind::Object => Leaf::Object(text),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_and_dotted_keys_are_entered() {
        let record = r#"{"a":[{"b":1},{"b":"x\n"}],"c.d":true,"e":{"f":null}}"#;
        let projection = Projection::new(["a.b", "c.d", "e", "e.f", "g"]);
        let mut slots = Slots::default();
        projection.extract(record, &mut slots).unwrap();
        let all = |slot| slots.values(slot, record).collect::<Vec<_>>();
        assert_eq!(all(0), [Leaf::Number("1"), Leaf::Escaped("x\\n")]);
        assert_eq!(all(1), [Leaf::Bool(true)]);
        assert_eq!(all(2), [Leaf::Object(r#"{"f":null}"#)]);
        assert_eq!(all(3), [Leaf::Null]);
        assert_eq!(all(4), []);
        assert!(projection.extract("{", &mut slots).is_err());
    }
}
