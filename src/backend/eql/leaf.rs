//! One comparison as a test of EQL, if it has one.

use std::net::IpAddr;

use ipnet::{IpSubnets, Ipv4Subnets, Ipv6Subnets};

use super::tree::{Expr, Field, Literal, Test, Word};
use crate::backend::indexed::Documents;
use crate::backend::predicate::canonical;
use crate::backend::query_dsl::leaf::{date_text, family};
use crate::backend::regex;
use crate::ir::{self, Bound, Case, Comparison, FieldType, GlobPart, NumberOp, TextMatch};

/// Elasticsearch's `index.max_regex_length`.
const LONGEST_REGEX: usize = 1000;

/// Most networks that a range of addresses is split into.
const MOST_NETWORKS: usize = 64;

/// The test; `None`: EQL has none on this field.
pub(super) fn leaf(test: &ir::Test, documents: Documents) -> Option<Expr> {
    let ir::Test { field, comparison } = test;
    if matches!(
        field.ty,
        FieldType::Text | FieldType::Flattened | FieldType::Object | FieldType::Nested | FieldType::Json
    ) {
        return None;
    }
    let name = || self::field(field, documents);
    let one = |test| Some(Expr::Test { field: name(), test });
    let compare = |op, value| one(Test::Compare(op, value));
    match comparison {
        Comparison::Exists => Some(Expr::Exists(name())),
        Comparison::Text { matcher, case } => {
            one(text(matcher, *case, field.ty == FieldType::FlattenedLeaf)?)
        }
        Comparison::TextRange { lower, upper } => {
            if let Some(heads) = heads(lower, upper) {
                let each =
                    |head: String| Expr::Test { field: name(), test: Test::Call("startsWith", vec![head]) };
                return Some(Expr::Or(heads.into_iter().map(each).collect()));
            }
            let both = lower.limit.is_some() && upper.limit.is_some();
            if field.ty == FieldType::FlattenedLeaf || both && !documents.has_one_value(field) {
                return None;
            }
            ends(&name(), lower, upper, Clone::clone)
        }
        Comparison::Number { op, value } => {
            compare(if *op == NumberOp::Eq { "==" } else { op.as_str() }, Literal::Number(*value))
        }
        Comparison::Bool(value) => compare("==", Literal::Bool(*value)),
        Comparison::Ip(network) if network.prefix_len() == network.max_prefix_len() => {
            compare("==", Literal::Text(network.addr().to_string()))
        }
        Comparison::Ip(network) => one(Test::Call("cidrMatch", vec![network.to_string()])),
        Comparison::IpRange { from, to } => {
            let mapped = |address| match address {
                IpAddr::V4(v4) => v4.to_ipv6_mapped(),
                IpAddr::V6(v6) => v6,
            };
            let subnets = match family(*from, *to) {
                (IpAddr::V4(from), IpAddr::V4(to)) => IpSubnets::V4(Ipv4Subnets::new(from, to, 0)),
                (from, to) => IpSubnets::V6(Ipv6Subnets::new(mapped(from), mapped(to), 0)),
            };
            let networks: Vec<String> =
                subnets.take(MOST_NETWORKS + 1).map(|network| canonical(network).to_string()).collect();
            let few = (1..=MOST_NETWORKS).contains(&networks.len());
            few.then(|| one(Test::Call("cidrMatch", networks)))?
        }
        // Dates of these documents have one value each, so that both ends are met by the same.
        Comparison::Date { lower, upper } => ends(&name(), lower, upper, date_text),
        Comparison::Words(_) => None,
    }
}

/// The field's name. A field that no index may map yet is optional; a key below a `flattened` root
/// never is: EQL would take one that it does not find for null in silence.
pub(super) fn field(field: &ir::Field, documents: Documents) -> Field {
    let optional = field.ty != FieldType::FlattenedLeaf && !documents.is_always_mapped(field);
    Field { path: field.path.clone(), optional }
}

fn text(matcher: &TextMatch, case: Case, flattened: bool) -> Option<Test> {
    let any_case = case == Case::AsciiInsensitive;
    match matcher {
        TextMatch::Equals(text) => {
            let word = match (any_case, text.contains(['*', '?'])) {
                (false, _) => Word::In,
                (true, false) => Word::Colon,
                (true, true) => Word::InAnyCase,
            };
            return Some(Test::OneOf(word, vec![text.clone()]));
        }
        TextMatch::Prefix(text) if flattened => {
            let function = if any_case { "startsWith~" } else { "startsWith" };
            return Some(Test::Call(function, vec![text.clone()]));
        }
        _ if flattened => return None,
        _ => {}
    }
    // Patterns have no escapes, so literal wildcards need an expression; so do backslashes, which
    // readers of patterns take differently (eql.md §3, §4).
    let parts = regex::parts(matcher);
    let traps = |part: &GlobPart| matches!(part, GlobPart::Literal(text) if text.contains(['*', '?', '\\']));
    if parts.iter().any(traps) {
        let word = if any_case { Word::RegexAnyCase } else { Word::Regex };
        let regex = regex::whole(matcher, Case::Sensitive);
        return (regex.len() <= LONGEST_REGEX).then(|| Test::OneOf(word, vec![regex]));
    }
    let mut pattern = String::new();
    for part in &parts {
        match part {
            GlobPart::Any => pattern.push('*'),
            GlobPart::One => pattern.push('?'),
            GlobPart::Literal(text) => pattern.push_str(text),
        }
    }
    Some(Test::OneOf(if any_case { Word::Colon } else { Word::Like }, vec![pattern]))
}

/// The beginnings whose texts are exactly those between two ends, where the ends differ in their
/// last character only: `"1"` up to and without `":"` is what begins with a digit above 0.
fn heads(lower: &Bound<String>, upper: &Bound<String>) -> Option<Vec<String>> {
    const MOST: u32 = 16;
    let (lower, upper) = (lower.limit.as_ref()?, upper.limit.as_ref()?);
    if !lower.inclusive || upper.inclusive {
        return None;
    }
    let split = |text: &str| {
        let last = text.chars().next_back()?;
        Some((text[..text.len() - last.len_utf8()].to_owned(), last))
    };
    let ((head, from), (other, to)) = (split(&lower.value)?, split(&upper.value)?);
    let few = (1..=MOST).contains(&u32::from(to).checked_sub(u32::from(from))?);
    (head == other && few).then(|| (from..to).map(|c| format!("{head}{c}")).collect())
}

fn ends<T>(field: &Field, lower: &Bound<T>, upper: &Bound<T>, print: impl Fn(&T) -> String) -> Option<Expr> {
    let mut parts = Vec::with_capacity(2);
    for (bound, inside, outside) in [(lower, ">=", ">"), (upper, "<=", "<")] {
        if let Some(limit) = &bound.limit {
            let op = if limit.inclusive { inside } else { outside };
            let test = Test::Compare(op, Literal::Text(print(&limit.value)));
            parts.push(Expr::Test { field: field.clone(), test });
        }
    }
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(Expr::And(parts)),
    }
}
