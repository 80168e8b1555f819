//! What a record holds at a field: values, where they were read, and why there are none.

use super::super::derived;
use super::super::json::Json;
use super::super::leaves::any_leaf;
use super::super::program::Texts;
use super::super::{Datum, View, World};
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
    Datum(Datum),
    Object(String),
}

impl Value {
    pub fn leaf(&self) -> Leaf<'_> {
        match self {
            Value::Datum(scalar) => scalar.leaf(),
            Value::Object(json) => Leaf::Object(json),
        }
    }
}

impl Look {
    pub fn seen(self) -> Seen {
        let scalar = |value| match value {
            Value::Datum(datum) => datum,
            Value::Object(json) => Datum::Text(json),
        };
        let values = self.values.into_iter().map(scalar).collect();
        Seen { path: self.path, values, remark: self.remark }
    }
}

impl Subject<'_> {
    /// Looks at a field of the whole event.
    pub fn look(&self, field: &Field) -> Look {
        self.look_as(field, None)
    }

    /// Looks for the elements of an array of objects. Each counts, even one without a value: so
    /// does Elasticsearch index them.
    pub fn elements(&self, path: &Field) -> Look {
        match (self.layout, path.vocabulary, self.document) {
            (Layout::Ecs, ..) => self.look_as(path, Some(View::Raw)),
            (_, Vocabulary::Ecs, Some(document)) => at(document, &path.path, path, View::Raw, "document"),
            (_, Vocabulary::Ecs, None) => Look::default(),
            _ => self.look_as(path, Some(View::Raw)),
        }
    }

    fn look_as(&self, field: &Field, view: Option<View>) -> Look {
        let remark = |words: &str| Look { remark: Some(words.to_owned()), ..Look::default() };
        match self.world.reach(field, self.layout) {
            Reach::Path { path, prune } => {
                at(&self.record, &path, field, view.unwrap_or(self.view(field, prune)), self.what())
            }
            Reach::Flattened { payload, path, prune } => {
                let mut copied = true;
                self.record.at(payload.raw(), &mut |value| {
                    if let Json::Object(json, _) = value {
                        copied &= self.world.has_flattened_copy(json);
                    }
                });
                if copied {
                    at(&self.record, &path, field, view.unwrap_or(self.view(field, prune)), self.what())
                } else {
                    remark(&format!("{} is too large for a flattened copy", payload.raw()))
                }
            }
            Reach::Constant(text) => Look {
                values: vec![Value::Datum(Datum::Text(text.to_owned()))],
                remark: Some("the same for every record".into()),
                ..Look::default()
            },
            Reach::Derived(function) => self.derived(function, field),
            Reach::Document(path) => match self.document {
                Some(document) => at(document, &path, field, View::Indexed, "document"),
                None => remark("the record has no ECS document"),
            },
            Reach::Enrichment(_) => remark("only the cluster adds this field; a fixture can supply it"),
            Reach::Never => remark(&format!("no {} has this field", self.what())),
        }
    }

    /// The data set that an ECS document names.
    pub fn dataset(&self) -> Option<String> {
        let mut found = None;
        for path in ["data_stream.dataset", "event.dataset"] {
            self.record.at(path, &mut |value| {
                let text = value.leaf().and_then(Leaf::text).map(|text| text.into_owned());
                found = found.take().or(text);
            });
        }
        found
    }

    fn what(&self) -> &'static str {
        match self.layout {
            Layout::CloudTrail => "record",
            Layout::Ecs => "document",
            Layout::Finding(_) => "finding",
        }
    }

    pub fn view(&self, field: &Field, prune: bool) -> View {
        let finding = matches!(self.layout, Layout::Finding(_));
        if prune {
            if finding { View::Filled } else { View::Pruned }
        } else if self.layout == Layout::Ecs || field.vocabulary == Vocabulary::Ecs {
            View::Indexed
        } else if field.vocabulary == Vocabulary::Splunk {
            View::Splunk
        } else {
            View::Raw
        }
    }

    fn derived(&self, function: crate::schema::Derived, field: &Field) -> Look {
        let paths = function.inputs();
        let inputs = |input: usize, visit: &mut dyn FnMut(Leaf<'_>) -> bool| {
            let mut done = false;
            self.record.at(paths[input], &mut |value| {
                done = done || value.leaf().is_some_and(&mut *visit);
            });
        };
        let mut out = Texts::default();
        derived::compute(function, &inputs, &mut out);
        let limit = field.ty.ignore_above();
        let values = out.get().iter().filter(|text| View::Raw.sees(Leaf::Text(text), limit));
        Look {
            values: values.map(|text| Value::Datum(Datum::Text(text.clone()))).collect(),
            remark: Some(format!("computed from {}", paths.join(", "))),
            list: out.get().len() > 1,
            ..Look::default()
        }
    }

    /// Whether free text searches the document instead of the record.
    pub fn searched(&self, vocabulary: Vocabulary) -> Option<&Json<'_>> {
        match (self.layout, vocabulary) {
            (Layout::CloudTrail | Layout::Finding(_), Vocabulary::Ecs) => self.document,
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
            values.extend(Datum::from_leaf(view.shown(leaf)).map(Value::Datum));
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
