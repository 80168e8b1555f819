//! Reading values of a record by path, wherever they come from: a parsed record or the slots of a
//! projection.

use serde_json::{Map, Value};

use crate::event::Leaf;

/// Something that holds the values of one raw record.
pub trait Values {
    /// Calls `visit` with every value that a raw path reaches, in order; arrays are entered.
    fn each(&self, path: &str, visit: &mut dyn FnMut(Leaf<'_>));
}

impl<F: Fn(&str, &mut dyn FnMut(Leaf<'_>))> Values for F {
    fn each(&self, path: &str, visit: &mut dyn FnMut(Leaf<'_>)) {
        self(path, visit);
    }
}

impl Values for Value {
    fn each(&self, path: &str, visit: &mut dyn FnMut(Leaf<'_>)) {
        each_at(self, path, &mut |value| match value {
            Value::Null => visit(Leaf::Null),
            Value::Bool(truth) => visit(Leaf::Bool(*truth)),
            Value::Number(number) => visit(Leaf::Number(&number.to_string())),
            Value::String(text) => visit(Leaf::Text(text)),
            other => visit(Leaf::Object(&other.to_string())),
        });
    }
}

/// Calls `visit` with every value at a dotted path. Arrays are entered on the way and at the end; a
/// key that contains dots itself is found like a path.
pub fn each_at<'v>(value: &'v Value, path: &str, visit: &mut dyn FnMut(&'v Value)) {
    walk(value, Some(path), visit);
}

/// `None`: the end of the path, which the empty key is not.
fn walk<'v>(value: &'v Value, path: Option<&str>, visit: &mut dyn FnMut(&'v Value)) {
    match (value, path) {
        (Value::Array(items), _) => items.iter().for_each(|item| walk(item, path, visit)),
        (_, None) => visit(value),
        (Value::Object(map), Some(path)) => {
            for end in path.match_indices('.').map(|(dot, _)| dot).chain([path.len()]) {
                if let Some(inner) = map.get(&path[..end]) {
                    walk(inner, path.get(end + 1..), visit);
                }
            }
        }
        _ => {}
    }
}

/// The values at a dotted path of a document, arrays entered.
pub fn values_at<'d>(document: &'d Map<String, Value>, path: &str) -> Vec<&'d Value> {
    let mut out = Vec::new();
    for end in path.match_indices('.').map(|(dot, _)| dot).chain([path.len()]) {
        if let Some(value) = document.get(&path[..end]) {
            walk(value, path.get(end + 1..), &mut |value| out.push(value));
        }
    }
    out
}

/// The value at a dotted path, through objects only.
pub(super) fn get<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, key| value.get(key))
}

/// Whether the pipeline keeps a text (`cloudtrail_to_ecs.md` §1, step 4).
pub(super) fn is_kept(text: &str) -> bool {
    !matches!(text, "" | "-" | "none")
}

/// The first text at a path, whatever it is.
pub(super) fn any_text(record: &dyn Values, path: &str) -> Option<String> {
    let mut found = None;
    record.each(path, &mut |leaf| {
        if found.is_none() {
            found = leaf.text().map(|text| text.into_owned());
        }
    });
    found
}

/// What `see` makes of the first text at a path that pruning leaves; nothing is copied.
pub(super) fn with_text<T>(record: &dyn Values, path: &str, see: impl FnOnce(&str) -> T) -> Option<T> {
    let mut see = Some(see);
    let mut seen = None;
    record.each(path, &mut |leaf| {
        if let Some(text) = leaf.text().filter(|text| see.is_some() && is_kept(text)) {
            seen = see.take().map(|see| see(&text));
        }
    });
    seen
}

/// The same for the first of several paths that has such a text.
pub(super) fn first_text<T>(record: &dyn Values, paths: &[&str], see: impl FnOnce(&str) -> T) -> Option<T> {
    let mut see = Some(see);
    let mut at = |path: &&str| with_text(record, path, |text| see.take().map(|see| see(text))).flatten();
    paths.iter().find_map(&mut at)
}

/// The first text at a path that pruning leaves.
pub(super) fn text(record: &dyn Values, path: &str) -> Option<String> {
    with_text(record, path, str::to_owned)
}
