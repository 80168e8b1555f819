//! A plain reading of Sigma rules for tests: documents are YAML, a rule is judged on one raw record by
//! what the specification says (`sigma.md` §2 to §5). It knows nothing of trailsmith's predicates.
#![allow(dead_code)] // every test file uses its own part

use std::sync::Arc;

use serde_json::Value as Json;
use trailsmith::diagnostic::Source;
use trailsmith::frontend::tree::{Tree, yaml};
use trailsmith::ir::Value;

/// The documents of a file.
pub fn documents(text: &str) -> Vec<Json> {
    let parsed = yaml::parse(&Arc::new(Source::new("rule.yml", text)));
    assert!(parsed.diagnostics.is_empty(), "{:?}\n{text}", parsed.diagnostics);
    parsed.documents.iter().map(json).collect()
}

fn json(tree: &Tree) -> Json {
    fn of(value: &Value) -> Json {
        match value {
            Value::Null => Json::Null,
            Value::Bool(truth) => (*truth).into(),
            Value::Int(number) => (*number).into(),
            Value::Float(number) => (*number).into(),
            Value::Literal(text) | Value::Text(text) => text.as_str().into(),
            Value::List(items) => items.iter().map(of).collect(),
            Value::Map(map) => map.iter().map(|(key, value)| (key.clone(), of(value))).collect(),
        }
    }
    of(&tree.to_value())
}

/// Whether the rule's `detection` is true for a record.
pub fn holds(rule: &Json, record: &Json) -> bool {
    let detection = rule["detection"].as_object().expect("a detection");
    let words = detection["condition"].as_str().expect("a condition").replace('(', " ( ").replace(')', " ) ");
    let mut words: Vec<&str> = words.split_whitespace().rev().collect();
    let truth = either(&mut words, detection, record);
    assert!(words.is_empty(), "{}", detection["condition"]);
    truth
}

type Map = serde_json::Map<String, Json>;

fn either(words: &mut Vec<&str>, detection: &Map, record: &Json) -> bool {
    let mut truth = both(words, detection, record);
    while words.last() == Some(&"or") {
        words.pop();
        truth |= both(words, detection, record);
    }
    truth
}

fn both(words: &mut Vec<&str>, detection: &Map, record: &Json) -> bool {
    let mut truth = one(words, detection, record);
    while words.last() == Some(&"and") {
        words.pop();
        truth &= one(words, detection, record);
    }
    truth
}

fn one(words: &mut Vec<&str>, detection: &Map, record: &Json) -> bool {
    match words.pop().expect("an operand") {
        "not" => !one(words, detection, record),
        "(" => {
            let truth = either(words, detection, record);
            assert_eq!(words.pop(), Some(")"));
            truth
        }
        name => {
            let selection = detection[name].as_object().expect("a selection");
            selection.iter().all(|(key, value)| item(key, value, record))
        }
    }
}

fn item(key: &str, wanted: &Json, record: &Json) -> bool {
    let mut parts = key.split('|');
    let field = parts.next().expect("a field");
    let modifiers: Vec<&str> = parts.collect();
    let mut found = Vec::new();
    values(record, field, &mut found);
    let any = |wanted: &Json| match wanted {
        Json::Null => found.is_empty(),
        wanted => found.iter().any(|have| matches(have, wanted, &modifiers)),
    };
    match wanted {
        Json::Array(items) if modifiers.contains(&"all") => items.iter().all(any),
        Json::Array(items) => items.iter().any(any),
        wanted => any(wanted),
    }
}

/// The values at a dotted path through objects; arrays are entered at every level. Null is no value.
fn values<'a>(at: &'a Json, path: &str, out: &mut Vec<&'a Json>) {
    match at {
        Json::Array(items) => items.iter().for_each(|item| values(item, path, out)),
        Json::Null => {}
        Json::Object(map) if !path.is_empty() => {
            for (end, _) in path.match_indices('.').chain([(path.len(), "")]) {
                if let Some(value) = map.get(&path[..end]) {
                    values(value, path[end..].trim_start_matches('.'), out);
                }
            }
        }
        value if path.is_empty() => out.push(value),
        _ => {}
    }
}

fn matches(have: &Json, wanted: &Json, modifiers: &[&str]) -> bool {
    let text = match have {
        Json::String(text) => text.clone(),
        Json::Object(_) | Json::Array(_) => return false,
        other => other.to_string(),
    };
    let has = |modifier: &str| modifiers.contains(&modifier);
    let number = || Some((text.parse::<f64>().ok()?, wanted.as_f64()?));
    if has("gt") || has("gte") || has("lt") || has("lte") {
        return number().is_some_and(|(a, b)| {
            has("gt") && a > b || has("gte") && a >= b || has("lt") && a < b || has("lte") && a <= b
        });
    }
    if has("cidr") {
        let network: ipnet::IpNet = wanted.as_str().and_then(|text| text.parse().ok()).expect("a network");
        return text.parse().is_ok_and(|address: std::net::IpAddr| network.contains(&address));
    }
    let pattern = match wanted {
        Json::String(pattern) => pattern,
        Json::Number(_) => return number().is_some_and(|(a, b)| a == b),
        Json::Bool(truth) => return text == if *truth { "true" } else { "false" },
        other => panic!("no value of a rule: {other}"),
    };
    let mut pieces = pieces(pattern);
    if has("contains") || has("startswith") {
        pieces.push(Piece::Any);
    }
    if has("contains") || has("endswith") {
        pieces.insert(0, Piece::Any);
    }
    let text: Vec<char> = text.chars().collect();
    wild(&pieces, &text, has("cased"))
}

#[derive(Clone, Copy)]
enum Piece {
    Any,
    One,
    Char(char),
}

/// `\*`, `\?` and `\\` are themselves; a backslash before anything else too.
fn pieces(pattern: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(match (c, chars.peek()) {
            ('\\', Some('*' | '?' | '\\')) => Piece::Char(chars.next().expect("peeked")),
            ('*', _) => Piece::Any,
            ('?', _) => Piece::One,
            (c, _) => Piece::Char(c),
        });
    }
    out
}

fn wild(pattern: &[Piece], text: &[char], cased: bool) -> bool {
    match pattern {
        [] => text.is_empty(),
        [Piece::Any, rest @ ..] => (0..=text.len()).any(|skip| wild(rest, &text[skip..], cased)),
        [Piece::One, rest @ ..] => !text.is_empty() && wild(rest, &text[1..], cased),
        [Piece::Char(c), rest @ ..] => text.first().is_some_and(|have| {
            (have == c || !cased && have.eq_ignore_ascii_case(c)) && wild(rest, &text[1..], cased)
        }),
    }
}
