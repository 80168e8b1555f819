//! What a record holds at a field: values, where they were read, and why there are none.

use std::borrow::Cow;

use super::super::derived::{self, Computed};
use super::super::json::Json;
use super::super::leaves::any_leaf;
use super::super::{Scalar, View, World};
use super::Seen;
use crate::event::{Layout, Leaf};
use crate::ir::{Field, FieldType, Vocabulary};
use crate::schema::Reach;

/// An event as the explanation sees it.
pub(super) struct Subject<'a> {
    pub record: Json<'a>,
    /// The normalised document of a raw record.
    pub document: Option<&'a Json<'a>>,
    pub layout: Layout,
    pub world: &'a dyn World,
}

/// Values that count and what is to be said about the place.
#[derive(Default)]
pub(super) struct Look {
    pub values: Vec<Value>,
    pub path: Option<String>,
    pub remark: Option<String>,
    /// Whether an array stands at the path itself.
    pub list: bool,
}

/// A value that counts.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Scalar(Scalar),
    Object(String),
}

impl Value {
    pub fn leaf(&self) -> Leaf<'_> {
        match self {
            Value::Scalar(scalar) => scalar.leaf(),
            Value::Object(json) => Leaf::Object(json),
        }
    }
}

impl Look {
    pub fn seen(self) -> Seen {
        let scalar = |value| match value {
            Value::Scalar(scalar) => scalar,
            Value::Object(json) => Scalar::Text(json),
        };
        let values = self.values.into_iter().map(scalar).collect();
        Seen { path: self.path, values, remark: self.remark }
    }
}

impl Subject<'_> {
    /// Looks at a field of the whole event.
    pub fn look(&self, field: &Field) -> Look {
        if self.layout == Layout::Ecs {
            return at(&self.record, &field.path, field, View::Indexed, "document");
        }
        match self.world.reach(field) {
            Reach::Path { path, prune } => {
                let view = if prune { View::Pruned } else { View::Raw };
                at(&self.record, &path, field, view, "record")
            }
            Reach::Constant(text) => Look {
                values: vec![Value::Scalar(Scalar::Text(text.to_owned()))],
                remark: Some("the same for every record".into()),
                ..Look::default()
            },
            Reach::Derived(function) => self.derived(function, field),
            Reach::Document(path) => match self.document {
                Some(document) => at(document, &path, field, View::Indexed, "document"),
                None => Look { remark: Some("the record has no ECS document".into()), ..Look::default() },
            },
            Reach::Never => {
                Look { remark: Some("no raw CloudTrail record has this field".into()), ..Look::default() }
            }
        }
    }

    fn derived(&self, function: crate::schema::Derived, field: &Field) -> Look {
        let paths = derived::inputs(function);
        let first = |input: usize, view: View| -> Option<Cow<'_, str>> {
            let mut text = None;
            self.record.at(paths[input], &mut |value| {
                let leaf = value.leaf().filter(|leaf| view.sees(*leaf, None));
                text = text.take().or_else(|| leaf.and_then(Leaf::text));
            });
            text
        };
        let mut out = Vec::new();
        derived::compute(function, &first, &mut out);
        let values =
            out.iter().map(Computed::leaf).filter(|leaf| View::Raw.sees(*leaf, field.ty.ignore_above()));
        Look {
            values: values.filter_map(Scalar::from_leaf).map(Value::Scalar).collect(),
            remark: Some(format!("computed from {}", paths.join(", "))),
            ..Look::default()
        }
    }

    /// Whether free text searches the document instead of the record.
    pub fn searched(&self, vocabulary: Vocabulary) -> Option<&Json<'_>> {
        match (self.layout, vocabulary) {
            (Layout::CloudTrail, Vocabulary::Ecs) => self.document,
            _ => Some(&self.record),
        }
    }
}

/// Looks at a path below `root`, which is `what` ("record", "element").
pub(super) fn at(root: &Json<'_>, path: &str, field: &Field, view: View, what: &str) -> Look {
    let (mut values, mut hidden) = (Vec::new(), None);
    let limit = field.ty.ignore_above();
    let mut take = |leaf: Leaf<'_>| {
        if !view.sees(leaf, limit) {
            hidden = hidden.take().or_else(|| Some(why_hidden(leaf, view)));
        } else if let Leaf::Object(json) = leaf {
            values.push(Value::Object(json.to_owned()));
        } else {
            values.extend(Scalar::from_leaf(leaf).map(Value::Scalar));
        }
    };
    root.at(path, &mut |value| match value.leaf() {
        Some(Leaf::Object(json)) if field.ty == FieldType::Flattened => {
            any_leaf(json, "", &mut |_, leaf| {
                take(leaf);
                false
            });
        }
        Some(leaf) => take(leaf),
        None => {}
    });
    let remark = match (values.is_empty(), hidden) {
        (false, _) => None,
        (true, Some(why)) => Some(why),
        (true, None) => Some(absent(root, path, what)),
    };
    Look { values, path: Some(path.to_owned()), remark, list: is_list(root, path) }
}

fn why_hidden(leaf: Leaf<'_>, view: View) -> String {
    match leaf {
        Leaf::Null => "the field is null".into(),
        Leaf::Object(_) => "the object holds no value".into(),
        _ => match leaf.text().as_deref() {
            Some(text @ ("" | "-" | "none")) if view == View::Pruned => {
                format!("the value is \"{text}\", which Elastic's pipeline removes")
            }
            _ => "the value is longer than the index keeps (ignore_above)".into(),
        },
    }
}

/// Says that there is nothing at a path, and what stands in the way if something does.
fn absent(root: &Json<'_>, path: &str, what: &str) -> String {
    let mut words = format!("the {what} holds no such field");
    for (dot, _) in path.match_indices('.') {
        let ancestor = &path[..dot];
        let mut obstacle = None;
        root.at(ancestor, &mut |value| {
            obstacle = match value {
                Json::Null => Some("null"),
                Json::Text(_) => Some("a text"),
                Json::Number(_) => Some("a number"),
                Json::Bool(_) => Some("a boolean"),
                Json::List(_) | Json::Object(..) => None,
            };
        });
        if let Some(obstacle) = obstacle {
            words.push_str(&format!("; {ancestor} is {obstacle}"));
            break;
        }
    }
    words
}

/// Whether the first value at a path is an array.
fn is_list(root: &Json<'_>, path: &str) -> bool {
    match root {
        Json::Object(_, members) => {
            members.get(path).is_some_and(|value| matches!(value, Json::List(_)))
                || path.match_indices('.').any(|(dot, _)| {
                    members.get(&path[..dot]).is_some_and(|value| is_list(value, &path[dot + 1..]))
                })
        }
        // A value for every object of the array: the document shows them as an array.
        Json::List(items) => items.iter().any(|item| {
            let mut any = false;
            item.at(path, &mut |_| any = true);
            any
        }),
        _ => false,
    }
}
