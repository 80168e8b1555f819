//! What is no evidence: limits of the engines in this test, each recognised in the artefact that runs
//! into it, and limits that targets state, recognised in the document.

use serde_json::Value as Json;
use trailsmith::backend::Artefact;
use trailsmith::ir::{Comparison, FieldType, Node, Rule, Vocabulary};

use crate::limits;
use crate::ways::{self, Way};

/// Why an engine's answer is no evidence; `None`: it is.
pub fn of(way: Way, artefact: &Artefact) -> Option<&'static str> {
    if way.target != "kql" {
        return None;
    }
    let text = ways::text(artefact);
    let bare = unquoted(text);
    if text.contains("user_identity: *") {
        return Some("the `kql` query of 8.19 does not know that objects exist");
    }
    if bare.contains('*') && bare.contains('\\') {
        return Some("the `kql` query of 8.19 takes a wildcard behind an escaped character literally");
    }
    (bare.contains('*') && bare.contains('?'))
        .then_some("the `kql` query of 8.19 takes `?` beside `*` for a wildcard, Kibana does not (kql.md §1)")
}

/// The same for the EQL engine.
pub fn of_eql(artefact: &Artefact) -> Option<&'static str> {
    let text = ways::text(artefact);
    if text.contains(" regex") {
        return Some("PyPI's engine lets an expression end before its value does");
    }
    let pattern = text.contains(" like") || text.contains(" : ");
    if pattern && text.contains('?') {
        return Some("PyPI's engine does not know `?` in patterns");
    }
    // Every value begins with it in Elasticsearch.
    text.contains("startsWith(").then(|| text.contains(", \"\")")).filter(|is| *is).map(|_| "empty beginning")
}

/// What stands outside quotes.
fn unquoted(text: &str) -> String {
    let (mut out, mut inside, mut chars) = (String::new(), false, text.chars());
    while let Some(c) = chars.next() {
        match c {
            '"' => inside = !inside,
            '\\' => {
                let next = chars.next();
                if !inside {
                    out.push(c);
                    out.extend(next);
                }
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

/// Why a document is outside what targets promise of a condition; `condition`: on fields of documents.
pub fn beyond(rule: &Rule, condition: &Node, document: &Json) -> Option<&'static str> {
    let mut found = None;
    condition.for_each_test(&mut |test, _| {
        let values = limits::texts(document, &test.field.path);
        let is_raw = rule.vocabulary != Vocabulary::Ecs;
        // Fields that no vocabulary knows are keywords of Fleet's template.
        let limit = match test.field.ty {
            FieldType::Unknown => Some(1024),
            ty => ty.ignore_above().filter(|_| is_raw),
        };
        let is_long = |text: &String| limit.is_some_and(|limit| text.chars().count() > limit as usize);
        if values.iter().any(is_long) {
            found = Some("longer than `ignore_above`");
        }
        let typed = matches!(test.field.ty, FieldType::Long | FieldType::Double);
        if matches!(test.comparison, Comparison::Number { .. }) && !typed && values.iter().any(is_no_count) {
            found = Some("a number as text that is no count");
        }
    });
    // Raw comparisons of numbers became comparisons of texts.
    let mut numbers = false;
    if let Some(raw) = rule.detection.predicate() {
        raw.for_each_test(&mut |test, _| numbers |= matches!(test.comparison, Comparison::Number { .. }));
    }
    if numbers && rule.vocabulary != Vocabulary::Ecs {
        condition.for_each_test(&mut |test, _| {
            if limits::texts(document, &test.field.path).iter().any(is_no_count) {
                found = Some("a number as text that is no count");
            }
        });
    }
    found
}

/// Whether a text looks like a number and is not written as a whole one.
fn is_no_count(text: &String) -> bool {
    let looks = text.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit() || c == '.');
    looks && text.parse::<i64>().map(|number| number.to_string()).ok().as_ref() != Some(text)
}
