//! Puts values where names stand.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::names::{self, LETTER, LETTERS, Part};
use super::resolved::{Piece, Resolved};
use crate::ir::{Playbook, Value};

/// Why a value cannot be put in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// The name has none.
    Unfilled(String),
    /// The name has several where one is meant.
    Several(String),
}

/// What the names of one call stand for.
pub(super) struct Scope<'a> {
    pub playbook: &'a Playbook,
    /// Values that are known.
    pub known: &'a IndexMap<String, Vec<String>>,
    /// Outputs of calls that come before.
    pub outputs: &'a BTreeSet<String>,
    /// The name that a repeated call is repeated for, and its value if it is known, with its number.
    pub each: Option<(&'a str, Option<(&'a str, usize)>)>,
    /// Inside a policy, where no other policy can stand.
    pub in_policy: bool,
}

impl Scope<'_> {
    /// A parameter's value.
    pub fn value(&self, value: &Value, gaps: &mut BTreeSet<Gap>) -> Resolved {
        match value {
            Value::Null => Resolved::Plain("null".into()),
            Value::Bool(truth) => Resolved::Plain(truth.to_string()),
            Value::Int(number) => Resolved::Plain(number.to_string()),
            Value::Float(number) => Resolved::Plain(number.to_string()),
            Value::Literal(text) => Resolved::Text(vec![Piece::Text(text.clone())]),
            Value::Text(text) => self.text(text, gaps),
            Value::List(items) => Resolved::List(self.items(items, gaps)),
            Value::Map(map) => self.map(map, gaps),
        }
    }

    /// A table; its keys are written as they are.
    pub fn map(&self, map: &IndexMap<String, Value>, gaps: &mut BTreeSet<Gap>) -> Resolved {
        let one = |(key, value): (&String, &Value)| (self.key(key, gaps), self.value(value, gaps));
        Resolved::Map(map.iter().map(one).collect())
    }

    /// A key has to be known at once.
    fn key(&self, key: &str, gaps: &mut BTreeSet<Gap>) -> String {
        let mut text = String::new();
        for piece in self.pieces(key, gaps) {
            match piece {
                Piece::Text(part) | Piece::Value(part) => text.push_str(&part),
                Piece::Output(name) | Piece::Item(name) => {
                    gaps.insert(Gap::Unfilled(name));
                }
                Piece::Letter => {
                    gaps.insert(Gap::Unfilled(LETTER.to_owned()));
                }
            }
        }
        text
    }

    fn items(&self, items: &[Value], gaps: &mut BTreeSet<Gap>) -> Vec<Resolved> {
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            let name = item.as_text().and_then(names::whole).filter(|name| !self.is_turn(name));
            match name {
                Some(name) if self.known.contains_key(name) => {
                    let text = |value: &String| Resolved::Text(vec![Piece::Value(value.clone())]);
                    out.extend(self.known[name].iter().map(text));
                }
                Some(name) if self.outputs.contains(name) => out.push(Resolved::Splice(name.to_owned())),
                _ => out.push(self.value(item, gaps)),
            }
        }
        out
    }

    fn is_turn(&self, name: &str) -> bool {
        self.each.is_some_and(|(each, _)| each == name)
    }

    fn text(&self, text: &str, gaps: &mut BTreeSet<Gap>) -> Resolved {
        let policy = names::whole(text).filter(|_| !self.in_policy);
        if let Some(policy) = policy.and_then(|name| self.playbook.policies.get(name)) {
            let inside = Scope { in_policy: true, ..*self };
            return match policy {
                Value::Text(text) => inside.text(text, gaps),
                policy => Resolved::Document(Box::new(inside.value(policy, gaps))),
            };
        }
        // A policy as JSON text: what is put into it must not break out of its quotes.
        if let Some(document) = document(text) {
            return Resolved::Document(Box::new(self.value(&document, gaps)));
        }
        Resolved::Text(self.pieces(text, gaps))
    }

    /// A text in stretches; names without a value are left out and reported.
    pub fn pieces(&self, text: &str, gaps: &mut BTreeSet<Gap>) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for part in names::parts(text) {
            match part {
                Part::Text(text) => pieces.push(Piece::Text(text.to_owned())),
                Part::Name(name) => match self.name(name) {
                    Ok(piece) => pieces.push(piece),
                    Err(gap) => {
                        gaps.insert(gap);
                    }
                },
            }
        }
        pieces
    }

    fn name(&self, name: &str) -> Result<Piece, Gap> {
        let unfilled = || Gap::Unfilled(name.to_owned());
        if let Some((each, turn)) = self.each {
            match turn {
                Some((value, _)) if each == name => return Ok(Piece::Value(value.to_owned())),
                None if each == name => return Ok(Piece::Item(name.to_owned())),
                Some((_, number)) if name == LETTER => {
                    let letter = LETTERS.chars().nth(number).ok_or_else(unfilled)?;
                    return Ok(Piece::Value(letter.to_string()));
                }
                None if name == LETTER => return Ok(Piece::Letter),
                _ => {}
            }
        }
        match self.known.get(name).map(Vec::as_slice) {
            Some([value]) => Ok(Piece::Value(value.clone())),
            Some([_, ..]) => Err(Gap::Several(name.to_owned())),
            _ if self.outputs.contains(name) => Ok(Piece::Output(name.to_owned())),
            _ => Err(unfilled()),
        }
    }
}

/// The value that a text is the JSON of, if it is a table or a list.
pub(super) fn document(text: &str) -> Option<Value> {
    let inside = text.trim();
    let value: serde_json::Value = match inside.as_bytes().first() {
        Some(b'{' | b'[') => serde_json::from_str(inside).ok()?,
        _ => return None,
    };
    Some(from_json(value))
}

fn from_json(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Bool(truth),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(number) => Value::Int(number),
            None => number.as_f64().map_or_else(|| Value::Literal(number.to_string()), Value::Float),
        },
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Array(items) => Value::List(items.into_iter().map(from_json).collect()),
        serde_json::Value::Object(map) => {
            Value::Map(map.into_iter().map(|(key, value)| (key, from_json(value))).collect())
        }
    }
}
