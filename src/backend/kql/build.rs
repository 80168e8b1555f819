//! From a predicate that fits to KQL's syntax tree.

use std::net::IpAddr;

use trailsmith_grammar::kql::{Expr, Literal, LiteralKind, RangeOp, Segment, ValueExpr};

use crate::backend::codes;
use crate::backend::loss::Loss;
use crate::backend::query_dsl::leaf::{date_text, family};
use crate::ir::date_math::{DateMath, Round};
use crate::ir::{
    Bound, Comparison, DateBound, Glob, GlobPart, Node, NumberOp, Predicate, Test, TextMatch, Words,
};

/// The tree.
///
/// # Errors
///
/// A comparison that KQL lacks; the rewriting before leaves none.
pub(super) fn expr(node: &Node) -> Result<Expr, Loss> {
    one(node, "")
}

/// `prefix`: the nested path, with a dot, that field names leave out.
fn one(node: &Node, prefix: &str) -> Result<Expr, Loss> {
    Ok(match &node.predicate {
        Predicate::Constant(true) => everything(),
        Predicate::Constant(false) => Expr::not(everything()),
        Predicate::And(nodes) => Expr::and(each(nodes, prefix)?),
        Predicate::Or(nodes) => disjunction(nodes, prefix)?,
        Predicate::Not(inner) => Expr::not(one(inner, prefix)?),
        Predicate::Nested { path, body } => {
            let inner = format!("{}.", path.path);
            Expr::nested(name(&path.path, prefix), one(body, &inner)?)
        }
        Predicate::AnyField(words) => {
            let refused =
                || Loss::new(&codes::LOSS_FREE_TEXT, "detection", "free text that KQL lacks").at(node.origin);
            Expr::free_text(value_of(words).ok_or_else(refused)?)
        }
        Predicate::Test(test) => leaf(test, prefix).ok_or_else(|| {
            let message = format!("`{}` has no such comparison in KQL", test.field);
            Loss::new(&codes::LOSS_FIELD_FORM, "detection", message).at(node.origin)
        })?,
    })
}

fn each(nodes: &[Node], prefix: &str) -> Result<Vec<Expr>, Loss> {
    nodes.iter().map(|node| one(node, prefix)).collect()
}

fn everything() -> Expr {
    Expr::is(literal(LiteralKind::Wildcard(vec![Segment::Star])), Literal::star())
}

/// `field: (a or b)` for values of one field, in the order in which fields first appear.
fn disjunction(nodes: &[Node], prefix: &str) -> Result<Expr, Loss> {
    let mut groups: Vec<(Option<&str>, Vec<Expr>, Vec<Literal>)> = Vec::new();
    for node in nodes {
        let value = match &node.predicate {
            Predicate::Test(test) => value(test).map(|value| (test.field.path.as_str(), value)),
            _ => None,
        };
        match value {
            Some((field, value)) => match groups.iter_mut().find(|(known, ..)| *known == Some(field)) {
                Some((_, _, values)) => values.push(value),
                None => groups.push((Some(field), Vec::new(), vec![value])),
            },
            None => groups.push((None, vec![one(node, prefix)?], Vec::new())),
        }
    }
    let group = |(field, exprs, mut values): (Option<&str>, Vec<Expr>, Vec<Literal>)| match field {
        Some(field) if values.len() == 1 => vec![Expr::is(name(field, prefix), values.remove(0))],
        Some(field) => {
            let values = values.into_iter().map(ValueExpr::from).collect();
            vec![Expr::is(name(field, prefix), ValueExpr::or(values))]
        }
        None => exprs,
    };
    let mut exprs: Vec<Expr> = groups.into_iter().flat_map(group).collect();
    Ok(if exprs.len() == 1 { exprs.remove(0) } else { Expr::or(exprs) })
}

fn leaf(test: &Test, prefix: &str) -> Option<Expr> {
    let field = || name(&test.field.path, prefix);
    if let Some(value) = value(test) {
        return Some(Expr::is(field(), value));
    }
    let range = |op, text: String| Expr::range(field(), op, quoted(text));
    match &test.comparison {
        Comparison::TextRange { lower, upper } => {
            let (op, text) = single(lower, upper, Clone::clone)?;
            Some(range(op, text))
        }
        Comparison::Number { op, value } => {
            let op = match op {
                NumberOp::Eq => return None,
                NumberOp::Lt => RangeOp::Lt,
                NumberOp::Le => RangeOp::Lte,
                NumberOp::Gt => RangeOp::Gt,
                NumberOp::Ge => RangeOp::Gte,
            };
            Some(Expr::range(field(), op, text(&number(*value))))
        }
        Comparison::IpRange { from, to } => {
            // KQL's open end is that of the space of both families.
            let (from, to) = family(*from, *to);
            let (op, address) = match (from, to) {
                (from, IpAddr::V6(to)) if to.to_bits() == u128::MAX => (RangeOp::Gte, from),
                (IpAddr::V6(from), to) if from.is_unspecified() => (RangeOp::Lte, to),
                _ => return None,
            };
            Some(range(op, address.to_string()))
        }
        Comparison::Date { lower, upper } => {
            // Dates of these documents have one value each, so that two ranges are met by the same.
            let ends = [single(lower, &Bound::OPEN, date_text), single(&Bound::OPEN, upper, date_text)];
            let mut ranges: Vec<Expr> =
                ends.into_iter().flatten().map(|(op, text)| range(op, text)).collect();
            Some(if ranges.len() == 1 { ranges.remove(0) } else { Expr::and(ranges) })
        }
        Comparison::Words(Words::Between { lower, upper }) => {
            let (op, text) = match (lower, upper) {
                (Some((text, true)), None) => (RangeOp::Gte, text),
                (Some((text, false)), None) => (RangeOp::Gt, text),
                (None, Some((text, true))) => (RangeOp::Lte, text),
                (None, Some((text, false))) => (RangeOp::Lt, text),
                _ => return None,
            };
            Some(range(op, text.clone()))
        }
        _ => None,
    }
}

/// What stands behind `field:`, where the comparison has that form.
fn value(test: &Test) -> Option<Literal> {
    match &test.comparison {
        Comparison::Exists => Some(Literal::star()),
        Comparison::Text { matcher, .. } => match matcher {
            TextMatch::Equals(text) => Some(quoted(text.clone())),
            TextMatch::Prefix(text) => pattern(&[part(text), GlobPart::Any]),
            TextMatch::Suffix(text) => pattern(&[GlobPart::Any, part(text)]),
            TextMatch::Contains(text) => pattern(&[GlobPart::Any, part(text), GlobPart::Any]),
            TextMatch::Glob(glob) => pattern(&glob.parts),
        },
        Comparison::Number { op: NumberOp::Eq, value } => Some(text(&number(*value))),
        Comparison::Bool(value) => Some(literal(LiteralKind::Bool(*value))),
        Comparison::Ip(network) if network.prefix_len() == network.max_prefix_len() => {
            Some(quoted(network.addr().to_string()))
        }
        Comparison::Ip(network) => Some(quoted(network.to_string())),
        Comparison::Date { lower, upper } => moment(lower, upper).map(quoted),
        Comparison::Words(words) => value_of(words),
        _ => None,
    }
}

fn value_of(words: &Words) -> Option<Literal> {
    match words {
        Words::AnyOf(words) => {
            let bare = text(words);
            bare.is_expressible().then_some(bare)
        }
        Words::Phrase(text) => Some(quoted(text.clone())),
        Words::Pattern(Glob { parts }) => pattern(parts),
        Words::Between { .. } => None,
    }
}

/// A wildcard literal; `None` for what KQL would not read back: a lone star means existence, and
/// white space at either end is trimmed.
fn pattern(parts: &[GlobPart]) -> Option<Literal> {
    let mut segments: Vec<Segment> = Vec::with_capacity(parts.len());
    for part in parts {
        match (part, segments.last_mut()) {
            (GlobPart::Any, Some(Segment::Star)) => {}
            (GlobPart::Any, _) => segments.push(Segment::Star),
            (GlobPart::Literal(text), _) if text.is_empty() => {}
            (GlobPart::Literal(text), Some(Segment::Text(known))) => known.push_str(text),
            (GlobPart::Literal(text), _) => segments.push(Segment::Text(text.clone())),
            (GlobPart::One, _) => return None,
        }
    }
    if segments.is_empty() || segments.iter().all(|segment| matches!(segment, Segment::Text(_))) {
        return Some(quoted(
            segments.iter().map(|s| if let Segment::Text(t) = s { t.as_str() } else { "" }).collect(),
        ));
    }
    let literal = literal(LiteralKind::Wildcard(segments));
    literal.is_expressible().then_some(literal)
}

fn part(text: &str) -> GlobPart {
    GlobPart::Literal(text.to_owned())
}

/// A date that stands for exactly this stretch of time.
fn moment(lower: &Bound<DateBound>, upper: &Bound<DateBound>) -> Option<String> {
    let (lower, upper) = (lower.limit.as_ref()?, upper.limit.as_ref()?);
    if !lower.inclusive || !upper.inclusive {
        return None;
    }
    match (&lower.value, &upper.value) {
        (DateBound::Math(a), DateBound::Math(b)) => (a == b).then(|| a.clone()),
        (DateBound::Millis(from), DateBound::Millis(to)) => {
            let whole = date_text(&lower.value);
            let lengths = [whole.len(), 19, 16, 13, 10, 7, 4];
            lengths.iter().filter_map(|&length| whole.get(..length)).find_map(|text| {
                let math = DateMath::parse(text)?;
                let stretch = (math.resolve(0, Round::Down)?, math.resolve(0, Round::Up)?);
                (stretch == (*from, *to)).then(|| text.to_owned())
            })
        }
        _ => None,
    }
}

fn single<T>(lower: &Bound<T>, upper: &Bound<T>, print: impl Fn(&T) -> String) -> Option<(RangeOp, String)> {
    match (&lower.limit, &upper.limit) {
        (Some(limit), None) => {
            Some((if limit.inclusive { RangeOp::Gte } else { RangeOp::Gt }, print(&limit.value)))
        }
        (None, Some(limit)) => {
            Some((if limit.inclusive { RangeOp::Lte } else { RangeOp::Lt }, print(&limit.value)))
        }
        _ => None,
    }
}

fn number(value: f64) -> String {
    value.to_string()
}

/// A field name, without the path of the nested group that it stands in.
fn name(path: &str, prefix: &str) -> Literal {
    let path = path.strip_prefix(prefix).unwrap_or(path);
    let bare = text(path);
    // Kibana takes a name with spaces as it is, the `kql` query of Elasticsearch in quotes only.
    let plain = bare.is_expressible() && !path.is_empty() && !path.contains(char::is_whitespace);
    if plain { bare } else { quoted(path.to_owned()) }
}

fn text(text: &str) -> Literal {
    literal(LiteralKind::Text(text.to_owned()))
}

fn quoted(text: String) -> Literal {
    literal(LiteralKind::Quoted(text))
}

fn literal(kind: LiteralKind) -> Literal {
    Literal { kind, span: trailsmith_grammar::Span::default() }
}
