//! Where PyPI's EQL engine is known to differ from Elasticsearch's (eql.md §9): it ignores case in
//! every comparison, is three-valued about missing fields, compares no arrays, and knows no
//! `ignore_above`. A verdict that rests on one of these is no evidence either way.

use serde_json::Value as Json;
use trailsmith::backend::predicate::prepare;
use trailsmith::ir::{
    Case, Comparison, FieldType, Glob, GlobPart, Node, Predicate, Rule, Test, TextMatch, Vocabulary,
};
use trailsmith::schema::Version;

/// The condition of a rule on fields of documents.
pub fn condition(rule: &Rule) -> Node {
    let mut losses = Vec::new();
    let as_it_is = &mut |leaf: &Predicate| Ok(leaf.clone().into());
    prepare(rule, Vocabulary::Ecs, Version::default(), as_it_is, &mut losses).expect("a condition")
}

/// The limit on which the engine's verdict rests, if any; `document`: what it is asked about.
pub fn of(node: &Node, document: &Json) -> Option<&'static str> {
    inside(node, document, false)
}

/// What a document holds at a path, as texts.
pub fn texts(document: &Json, path: &str) -> Vec<String> {
    let mut values = Vec::new();
    collect(document, path, &mut values, &mut false);
    let mut out = Vec::new();
    fn each(value: &Json, out: &mut Vec<String>) {
        match value {
            Json::Array(items) => items.iter().for_each(|item| each(item, out)),
            other => out.push(text(other)),
        }
    }
    values.into_iter().for_each(|value| each(value, &mut out));
    out
}

/// What a document holds in the fields of a condition.
pub fn tested(node: &Node, document: &Json) -> String {
    let mut shown = std::collections::BTreeMap::new();
    node.for_each_test(&mut |test, _| {
        let mut values = Vec::new();
        collect(document, test.field.path.trim_end_matches(".text"), &mut values, &mut false);
        shown.insert(test.field.path.as_str(), values);
    });
    if shown.is_empty() { document.to_string() } else { format!("{shown:?}") }
}

fn inside(node: &Node, document: &Json, is_negated: bool) -> Option<&'static str> {
    match &node.predicate {
        Predicate::And(nodes) | Predicate::Or(nodes) => {
            nodes.iter().find_map(|node| inside(node, document, is_negated))
        }
        // Three-valued logic has no way back: two negations keep what is unknown unknown.
        Predicate::Not(inner) => inside(inner, document, true),
        Predicate::Test(test) => on_test(test, document, is_negated),
        Predicate::Nested { body, .. } => inside(body, document, is_negated),
        Predicate::Constant(_) | Predicate::AnyField(_) => None,
    }
}

fn on_test(test: &Test, document: &Json, is_negated: bool) -> Option<&'static str> {
    let (mut values, mut in_array) = (Vec::new(), false);
    collect(document, &test.field.path, &mut values, &mut in_array);
    if in_array {
        return Some("array");
    }
    if is_out_of_reach(test, document, &values) {
        return Some("object or key with dots");
    }
    if let Some(limit) = on_other_comparisons(test, &values) {
        return Some(limit);
    }
    if values.is_empty() && is_negated && test.comparison != Comparison::Exists {
        return Some("missing field");
    }
    let limit = test.field.ty.ignore_above().map_or(usize::MAX, |limit| limit as usize);
    if values.iter().any(|value| value.as_str().is_some_and(|text| text.chars().count() > limit)) {
        return Some("ignore_above");
    }
    let Comparison::Text { matcher, case: Case::Sensitive } = &test.comparison else { return None };
    let glob = as_glob(matcher);
    let differs =
        |text: String| glob.matches(&text, Case::Sensitive) != glob.matches(&text, Case::AsciiInsensitive);
    values.iter().map(|value| text(value)).any(differs).then_some("case")
}

/// A value in the index's own words.
fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Below a `flattened` root: the engine takes an object for a value, and does not find keys that hold
/// dots.
fn is_out_of_reach(test: &Test, document: &Json, values: &[&Json]) -> bool {
    let mut place = Some(document);
    for key in test.field.path.split('.') {
        if place.is_some_and(|value| !value.is_object()) {
            return test.field.ty == FieldType::FlattenedLeaf;
        }
        place = place.and_then(|value| value.get(key));
    }
    let plain = usize::from(place.is_some_and(|value| !value.is_null()));
    test.field.ty == FieldType::FlattenedLeaf
        && (plain != values.len()
            || place.is_some_and(Json::is_object)
            || values.iter().any(|v| v.is_object()))
}

/// Case in ranges and of letters outside ASCII; the two families of addresses, which the engine holds
/// apart.
fn on_other_comparisons(test: &Test, values: &[&Json]) -> Option<&'static str> {
    let has_letters = |value: &&Json| text(value).contains(char::is_alphabetic);
    let beyond_ascii = |value: &&Json| !text(value).is_ascii();
    match &test.comparison {
        // Order depends on the case of both sides.
        Comparison::TextRange { .. } => (!values.is_empty()).then_some("case"),
        Comparison::Bool(_) if test.field.ty != FieldType::Boolean => {
            values.iter().any(has_letters).then_some("case")
        }
        Comparison::Text { .. } => values.iter().any(beyond_ascii).then_some("case"),
        Comparison::Ip(network) => (network.addr().is_ipv6()
            || values.iter().any(|value| text(value).contains(':')))
        .then_some("address family"),
        Comparison::IpRange { from, to } => ([from, to].into_iter().flatten().any(|end| end.is_ipv6())
            || values.iter().any(|value| text(value).contains(':')))
        .then_some("address family"),
        _ => None,
    }
}

fn as_glob(matcher: &TextMatch) -> Glob {
    let literal = |text: &String| GlobPart::Literal(text.clone());
    let parts = match matcher {
        TextMatch::Equals(text) => vec![literal(text)],
        TextMatch::Prefix(text) => vec![literal(text), GlobPart::Any],
        TextMatch::Suffix(text) => vec![GlobPart::Any, literal(text)],
        TextMatch::Contains(text) => vec![GlobPart::Any, literal(text), GlobPart::Any],
        TextMatch::Glob(glob) => return glob.clone(),
    };
    Glob { parts }
}

/// The values at a dotted path, whose keys may hold dots themselves.
fn collect<'d>(value: &'d Json, path: &str, out: &mut Vec<&'d Json>, in_array: &mut bool) {
    match value {
        Json::Object(map) => {
            for (key, inner) in map {
                match path.strip_prefix(key.as_str()) {
                    Some("") => leaf(inner, out, in_array),
                    Some(rest) => {
                        if let Some(rest) = rest.strip_prefix('.') {
                            collect(inner, rest, out, in_array);
                        }
                    }
                    None => {}
                }
            }
        }
        Json::Array(items) => {
            let before = out.len();
            items.iter().for_each(|item| collect(item, path, out, in_array));
            *in_array |= out.len() > before;
        }
        _ => {}
    }
}

fn leaf<'d>(value: &'d Json, out: &mut Vec<&'d Json>, in_array: &mut bool) {
    match value {
        Json::Array(items) => {
            *in_array = true;
            out.extend(items);
        }
        Json::Null => {}
        other => out.push(other),
    }
}
