//! The service's own fields of a document: the keys of a finding under the names of the tables.

use serde_json::{Map, Value};

use super::super::document::Document;
use super::convert::convert;
use crate::ir::Service;
use crate::schema::{FindingField, finding_fields};

/// The fields below [`crate::schema::finding_root`].
pub(super) fn own(finding: &Value, service: Service) -> Value {
    let mut source = finding.clone();
    let mut out = Document::default();
    move_fields(&mut source, "", "", finding_fields(service), &mut |path, value| out.set(path, value));
    Value::Object(out.into_map())
}

/// Moves the keys that `fields` name, relative to the list elements `raw` and `field` stand for.
fn move_fields(
    source: &mut Value,
    raw: &str,
    field: &str,
    fields: &[FindingField],
    set: &mut dyn FnMut(&str, Value),
) {
    for row in fields {
        let (Some(from), Some(to)) = (row.raw.strip_prefix(raw), row.field.strip_prefix(field)) else {
            continue;
        };
        let (from, to) = (from.trim_start_matches('.'), to.trim_start_matches('.'));
        if from.is_empty() {
            continue;
        }
        match (from.split_once("[]"), to.strip_suffix("[]")) {
            // A list: its elements keep the keys that no row names.
            (Some((list, "")), Some(target)) => {
                let Some(mut value) = take(source, list) else { continue };
                if let Value::Array(items) = &mut value {
                    items.iter_mut().for_each(|item| element(item, row, fields));
                }
                set(target, value);
            }
            // A key of elements, moved with its list.
            (Some(_), _) => {}
            (None, _) => {
                if let Some(value) = take(source, from).and_then(|value| convert(&value, row.convert)) {
                    set(to, value);
                }
            }
        }
    }
}

/// Renames the keys of one element of the list that `row` is about.
fn element(item: &mut Value, row: &FindingField, fields: &[FindingField]) {
    let mut moved: Vec<(String, Value)> = Vec::new();
    move_fields(item, row.raw, row.field, fields, &mut |path, value| moved.push((path.to_owned(), value)));
    if let Value::Object(map) = item {
        let mut out = Document::of(std::mem::take(map));
        moved.into_iter().for_each(|(path, value)| out.set(&path, value));
        *map = out.into_map();
    }
}

/// Takes the value at a path through objects.
fn take(value: &mut Value, path: &str) -> Option<Value> {
    let map: &mut Map<String, Value> = value.as_object_mut()?;
    match path.split_once('.') {
        None => map.remove(path),
        Some((head, tail)) => take(map.get_mut(head)?, tail),
    }
}

/// Removes the fields that the integration leaves out by default.
pub(super) fn drop_copies(own: &mut Value, service: Service) {
    for field in finding_fields(service).iter().filter(|field| field.dropped) {
        drop_at(own, field.field);
    }
}

fn drop_at(value: &mut Value, path: &str) {
    match path.split_once("[].") {
        Some((list, rest)) => {
            let found = list.split('.').try_fold(value, |value, key| value.get_mut(key));
            if let Some(Value::Array(items)) = found {
                items.iter_mut().for_each(|item| drop_at(item, rest));
            }
        }
        None => drop(take(value, path)),
    }
}
