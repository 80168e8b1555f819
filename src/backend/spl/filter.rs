//! Conditions in the `where` command: what `search` cannot say exactly.
//!
//! `where` counts case and has a third truth value: a comparison on a missing field is neither true
//! nor false. Negation is therefore pushed down to single comparisons, each of which says for itself
//! what a missing field means. Fields with several values are looked at one by one (`mvfilter`).

use trailsmith_grammar::spl::{ArithmeticOp, CompareOp, Eval, EvalKind, Number};

use super::columns::{Column, columns};
use super::pattern;
use crate::backend::predicate::folded;
use crate::ir::{Bound, Case, Comparison, Field, Node, NumberOp, Predicate, Test, TextMatch};

/// The node, or with `truth` false its opposite. `None`: a comparison that `where` lacks; the check of
/// leaves before leaves none.
pub(super) fn condition(node: &Node, truth: bool) -> Option<Eval> {
    match &node.predicate {
        Predicate::Not(inner) => condition(inner, !truth),
        Predicate::And(nodes) => {
            let parts: Option<Vec<_>> = nodes.iter().map(|node| condition(node, truth)).collect();
            Some(joined(parts?, truth))
        }
        Predicate::Or(nodes) => {
            let parts: Option<Vec<_>> =
                alternatives(nodes).into_iter().map(|part| alternative(part, truth)).collect();
            Some(joined(parts?, !truth))
        }
        Predicate::Constant(value) => Some(joined(Vec::new(), *value == truth)),
        Predicate::Test(test) => leaf(&test.field, &[&test.comparison], truth),
        Predicate::AnyField(_) | Predicate::Nested { .. } => None,
    }
}

/// `AND` or `OR`, in one list.
pub(super) fn joined(parts: Vec<Eval>, conjunction: bool) -> Eval {
    let mut flat = Vec::with_capacity(parts.len());
    for part in parts {
        match part.kind {
            EvalKind::And(inner) if conjunction => flat.extend(inner),
            EvalKind::Or(inner) if !conjunction => flat.extend(inner),
            kind => flat.push(Eval::new(kind)),
        }
    }
    match (flat.len(), conjunction) {
        (0, true) => Eval::call("true", Vec::new()),
        (0, false) => Eval::call("false", Vec::new()),
        (1, _) => flat.remove(0),
        (_, true) => Eval::and(flat),
        (_, false) => Eval::or(flat),
    }
}

/// A node, or tests of whole texts on one field.
enum Alternative<'a> {
    Node(&'a Node),
    Texts(&'a Field, Vec<&'a Comparison>),
}

fn alternatives(nodes: &[Node]) -> Vec<Alternative<'_>> {
    let mut found: Vec<Alternative<'_>> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let Predicate::Test(Test { field, comparison }) = &node.predicate else {
            found.push(Alternative::Node(node));
            continue;
        };
        if plain_text(comparison).is_none() {
            found.push(Alternative::Node(node));
            continue;
        }
        let known = found.iter_mut().find_map(|part| match part {
            Alternative::Texts(of, comparisons) if *of == field => Some(comparisons),
            _ => None,
        });
        match known {
            Some(comparisons) => comparisons.push(comparison),
            None => found.push(Alternative::Texts(field, vec![comparison])),
        }
    }
    found
}

fn alternative(part: Alternative<'_>, truth: bool) -> Option<Eval> {
    match part {
        Alternative::Node(node) => condition(node, truth),
        Alternative::Texts(field, comparisons) => leaf(field, &comparisons, truth),
    }
}

/// The text of an equality that `=` compares as a text: what looks like a number would be compared as
/// one (`012` is `12` then).
fn plain_text(comparison: &Comparison) -> Option<&str> {
    match comparison {
        Comparison::Text { matcher: TextMatch::Equals(text), case: Case::Sensitive }
            if text.parse::<f64>().is_err() && !pattern::is_awkward(text) =>
        {
            Some(text)
        }
        _ => None,
    }
}

/// One of the comparisons (several only for plain texts) holds for a value of the field.
fn leaf(field: &Field, comparisons: &[&Comparison], truth: bool) -> Option<Eval> {
    let columns = columns(field)?;
    let parts: Option<Vec<_>> = columns.iter().map(|column| on_column(column, comparisons, truth)).collect();
    Some(joined(parts?, !truth))
}

fn on_column(column: &Column, comparisons: &[&Comparison], truth: bool) -> Option<Eval> {
    let field = || Eval::field(&column.name);
    if let ([Comparison::Exists], None) = (comparisons, column.absent) {
        return Some(Eval::call(if truth { "isnotnull" } else { "isnull" }, vec![field()]));
    }
    let texts: Option<Vec<_>> = comparisons.iter().map(|comparison| plain_text(comparison)).collect();
    let inner = match texts {
        Some(texts) if texts.len() > 1 => {
            let list = texts.into_iter().map(Eval::text).collect();
            Eval::new(EvalKind::In { left: Box::new(field()), list })
        }
        _ => {
            let comparison = comparisons.first()?;
            let inner = on_value(&column.name, comparison)?;
            match column.absent {
                Some(absent) if *comparison != &Comparison::Exists => {
                    guarded(inner, comparison, column, absent)
                }
                Some(absent) => Eval::compare(field(), CompareOp::Ne, Eval::text(absent)),
                None => inner,
            }
        }
    };
    let values = |name, inner| Eval::call(name, vec![Eval::call("mvfilter", vec![inner])]);
    // These have no value for what is no number and no address, so that NOT would lose it.
    let partial =
        matches!(comparisons, [Comparison::Number { .. } | Comparison::Ip(_) | Comparison::IpRange { .. }]);
    Some(match truth {
        true if column.many => values("isnotnull", inner),
        true => inner,
        false if column.many || partial => values("isnull", inner),
        false => Eval::or(vec![Eval::call("isnull", vec![field()]), negated(inner)]),
    })
}

/// Where the text that stands for "no value" would satisfy the comparison.
fn guarded(inner: Eval, comparison: &Comparison, column: &Column, absent: &str) -> Eval {
    if plain_text(comparison).is_some() || folded(comparison, absent) != Some(true) {
        return inner;
    }
    let there = Eval::compare(Eval::field(&column.name), CompareOp::Ne, Eval::text(absent));
    joined(vec![there, inner], true)
}

fn negated(inner: Eval) -> Eval {
    match inner.kind {
        EvalKind::Compare { left, op: CompareOp::Eq, right } => Eval::compare(*left, CompareOp::Ne, *right),
        EvalKind::Compare { left, op: CompareOp::Ne, right } => Eval::compare(*left, CompareOp::Eq, *right),
        kind => Eval::not(Eval::new(kind)),
    }
}

/// The comparison on one value.
fn on_value(name: &str, comparison: &Comparison) -> Option<Eval> {
    let field = || Eval::field(name);
    Some(match comparison {
        Comparison::Exists => Eval::call("isnotnull", vec![field()]),
        Comparison::Text { matcher, case } => match (matcher, plain_text(comparison)) {
            (_, Some(text)) => Eval::compare(field(), CompareOp::Eq, Eval::text(text)),
            (matcher, None) => pattern::condition(name, matcher, *case),
        },
        Comparison::Bool(value) => Eval::compare(field(), CompareOp::Eq, Eval::text(value.to_string())),
        Comparison::Number { op, value } => {
            let op = match op {
                NumberOp::Eq => CompareOp::Eq,
                NumberOp::Lt => CompareOp::Lt,
                NumberOp::Le => CompareOp::Le,
                NumberOp::Gt => CompareOp::Gt,
                NumberOp::Ge => CompareOp::Ge,
            };
            let digits = super::number(value.abs())?;
            let number = Eval::new(EvalKind::Number(Number(digits)));
            let negative = *value < 0.0;
            let number = if negative { Eval::new(EvalKind::Negative(Box::new(number))) } else { number };
            Eval::compare(Eval::call("tonumber", vec![field()]), op, number)
        }
        Comparison::TextRange { lower, upper } => {
            let ends = [
                end(name, lower, CompareOp::Ge, CompareOp::Gt),
                end(name, upper, CompareOp::Le, CompareOp::Lt),
            ];
            joined(ends.into_iter().flatten().collect(), true)
        }
        Comparison::Ip(network) => cidr(name, &network.to_string()),
        Comparison::IpRange { from, to } => {
            let networks = super::networks(*from, *to)?;
            joined(networks.iter().map(|network| cidr(name, &network.to_string())).collect(), false)
        }
        Comparison::Date { .. } | Comparison::Words(_) => return None,
    })
}

fn cidr(name: &str, network: &str) -> Eval {
    Eval::call("cidrmatch", vec![Eval::text(network), Eval::field(name)])
}

/// One end of a range of texts. A letter before both sides keeps numbers from being compared as such.
fn end(name: &str, bound: &Bound<String>, inclusive: CompareOp, exclusive: CompareOp) -> Option<Eval> {
    let limit = bound.limit.as_ref()?;
    let op = if limit.inclusive { inclusive } else { exclusive };
    if limit.value.parse::<f64>().is_err() {
        return Some(Eval::compare(Eval::field(name), op, Eval::text(&limit.value)));
    }
    let rest = vec![(ArithmeticOp::Concat, Eval::field(name))];
    let left = EvalKind::Arithmetic { first: Box::new(Eval::text("x")), rest };
    Some(Eval::compare(Eval::new(left), op, Eval::text(format!("x{}", limit.value))))
}
