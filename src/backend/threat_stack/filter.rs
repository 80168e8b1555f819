//! The condition as a filter.
//!
//! A rule that was written as a filter keeps its text. Others are moved to Threat Stack's names and
//! negation is pushed down to `!=` and `= null`, since the product was never seen to have `not`.

use trailsmith_grammar::threatstack::{Expr, Key, Number, Op, Value, ValueKind, print};

use crate::backend::capability::{Capabilities, Feature};
use crate::backend::codes;
use crate::backend::loss::Loss;
use crate::backend::predicate::{Fitted, Refusal, Said, check, prepare};
use crate::backend::target::Options;
use crate::diagnostic::Span;
use crate::ir::{
    Case, Comparison, Glob, GlobPart, Language, Node, NumberOp, Predicate, Rule, Test, TextMatch, Vocabulary,
};

/// The filter's text.
///
/// # Errors
///
/// Where nothing can come out.
pub fn filter(rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Result<String, Loss> {
    if let Some(query) = &rule.query
        && query.language == Language::ThreatStack
        && rule.detection.predicate().is_some()
    {
        return Ok(query.text.clone());
    }
    let detection = Rule { exceptions: Vec::new(), ..rule.clone() };
    let node = prepare(&detection, Vocabulary::ThreatStack, options.version, &mut fits, losses)?;
    text(&node, losses)
}

/// The filter's text of a predicate on Threat Stack's fields, with a loss for each form that the
/// product was never seen to have.
///
/// # Errors
///
/// A comparison that the language lacks; [`fits`] leaves none.
pub fn text(node: &Node, losses: &mut Vec<Loss>) -> Result<String, Loss> {
    Ok(print(&Filter { losses }.expr(node, true)?))
}

/// What a filter can say of a leaf on Threat Stack's fields.
pub fn fits(leaf: &Predicate) -> Fitted {
    check(leaf, &CAPABILITIES)?;
    match leaf {
        Predicate::Test(Test { field, comparison: Comparison::Text { matcher, case: Case::Sensitive } }) => {
            let text = |matcher| {
                Predicate::Test(Test {
                    field: field.clone(),
                    comparison: Comparison::Text { matcher, case: Case::Sensitive },
                })
            };
            let TextMatch::Glob(Glob { parts }) = matcher else { return Ok(Said::from(leaf.clone())) };
            let refusal =
                Refusal::new(&codes::LOSS_PATTERN, format!("a pattern with a wildcard inside on `{field}`"));
            // What has to be in the text, wherever: the ends and the pieces between them.
            let last = parts.len().saturating_sub(1);
            let pieces = parts.iter().enumerate().filter_map(|(index, part)| match part {
                GlobPart::Literal(piece) if index == 0 => Some(text(TextMatch::Prefix(piece.clone()))),
                GlobPart::Literal(piece) if index == last => Some(text(TextMatch::Suffix(piece.clone()))),
                GlobPart::Literal(piece) => Some(text(TextMatch::Contains(piece.clone()))),
                GlobPart::Any | GlobPart::One => None,
            });
            let pieces: Vec<Node> = pieces.map(Node::synthetic).collect();
            Err(Box::new(if pieces.is_empty() { refusal } else { refusal.over(Predicate::And(pieces)) }))
        }
        Predicate::Test(Test { field, comparison: Comparison::Number { value, .. } })
            if !value.is_finite() || number(*value).is_none() =>
        {
            let message = format!("`{field}` is compared with a number that a filter cannot write");
            Err(Box::new(Refusal::new(&codes::LOSS_NUMBER_ORDER, message)))
        }
        other => Ok(Said::from(other.clone())),
    }
}

/// Facts: threatstack.md §1 and §2.
pub(super) static CAPABILITIES: Capabilities = Capabilities {
    lacks: &[
        (Feature::EqualsAnyCase, "filters compare texts with their case"),
        (Feature::PatternAnyCase, "filters compare texts with their case"),
        (Feature::OneCharacter, "filters have no wildcards"),
        (Feature::FlattenedPrefix, "filters know raw records only"),
        (Feature::FlattenedPattern, "filters know raw records only"),
        (Feature::TextRange, "filters order numbers only"),
        (Feature::TextRangeBothEnds, "filters order numbers only"),
        (Feature::FlattenedRange, "filters order numbers only"),
        (Feature::Network, "addresses are texts there"),
        (Feature::AddressRange, "addresses are texts there"),
        (Feature::Date, "filters know dates as milliseconds only"),
        (Feature::Words, "filters have no analysed text"),
        (Feature::WordPattern, "filters have no analysed text"),
        (Feature::FreeText, "a filter names a key for every value"),
        (Feature::Nested, "filters look at each element of a list by itself"),
        (Feature::Cardinality, "Threat Stack counts events, not distinct values"),
        (Feature::NewTerms, "Threat Stack knows nothing of earlier values"),
    ],
    limits: &[
        (Feature::Pattern, "the end of a text, or any part of it"),
        (Feature::Number, "only `=`, `!=` and `>` have been seen in the product"),
        (
            Feature::Threshold,
            "counted from the first event of a group; at most five keys are known for CloudTrail",
        ),
    ],
    holds: Some(super::HOLDS),
};

struct Filter<'a> {
    losses: &'a mut Vec<Loss>,
}

impl Filter<'_> {
    /// `truth`: the node itself, else its opposite.
    fn expr(&mut self, node: &Node, truth: bool) -> Result<Expr, Loss> {
        match &node.predicate {
            Predicate::Not(inner) => self.expr(inner, !truth),
            Predicate::And(nodes) | Predicate::Or(nodes) => {
                let conjunction = matches!(node.predicate, Predicate::And(_)) == truth;
                if nodes.is_empty() {
                    return Ok(always(conjunction));
                }
                let mut exprs =
                    nodes.iter().map(|node| self.expr(node, truth)).collect::<Result<Vec<_>, _>>()?;
                Ok(match (exprs.len(), conjunction) {
                    (1, _) => exprs.remove(0),
                    (_, true) => Expr::and(exprs),
                    (_, false) => Expr::or(exprs),
                })
            }
            Predicate::Constant(value) => Ok(always(*value == truth)),
            Predicate::Test(test) => self.comparison(test, truth, node.origin),
            Predicate::AnyField(_) | Predicate::Nested { .. } => Err(lacking(node.origin)),
        }
    }

    fn comparison(&mut self, test: &Test, truth: bool, origin: Option<Span>) -> Result<Expr, Loss> {
        let compare = |op, value| Expr::comparison(Key::new(&test.field.path), op, value);
        let (op, value) = match &test.comparison {
            Comparison::Exists => return Ok(compare(if truth { Op::Ne } else { Op::Eq }, Value::null())),
            Comparison::Bool(value) => (Op::Eq, Value::str(value.to_string())),
            Comparison::Text { matcher, case: Case::Sensitive } => match matcher {
                TextMatch::Equals(text) => (Op::Eq, Value::str(text)),
                TextMatch::Prefix(text) => (Op::StartsWith, Value::str(text)),
                TextMatch::Suffix(text) => (Op::EndsWith, Value::str(text)),
                TextMatch::Contains(text) => (Op::Like, Value::str(text)),
                TextMatch::Glob(_) => return Err(lacking(origin)),
            },
            Comparison::Number { op, value } => {
                let op = match op {
                    NumberOp::Eq => Op::Eq,
                    NumberOp::Lt => Op::Lt,
                    NumberOp::Le => Op::Lte,
                    NumberOp::Gt => Op::Gt,
                    NumberOp::Ge => Op::Gte,
                };
                (op, number(*value).ok_or_else(|| lacking(origin))?)
            }
            _ => return Err(lacking(origin)),
        };
        if matches!(op, Op::Lt | Op::Lte | Op::Gte) {
            self.extension(&format!("`{}` was never seen in a filter", op.symbol()), origin);
        }
        if truth {
            return Ok(compare(op, value));
        }
        if op == Op::Eq {
            return Ok(compare(Op::Ne, value));
        }
        self.extension("`not` was never seen in a filter", origin);
        Ok(Expr::not(compare(op, value)))
    }

    fn extension(&mut self, message: &str, origin: Option<Span>) {
        self.losses.push(Loss::new(&codes::LOSS_EXTENSION, "detection", message).at(origin));
    }
}

/// A condition with a known value: every event of the feed has this type (threatstack.md §3).
fn always(value: bool) -> Expr {
    let op = if value { Op::Eq } else { Op::Ne };
    Expr::comparison(Key::new("event_type"), op, Value::str("cloudtrail"))
}

/// A number as the language writes it; `None`: it has no such form.
fn number(value: f64) -> Option<Value> {
    let text = value.to_string();
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '-' | '.');
    if !text.chars().all(plain) {
        return None;
    }
    Some(Value { kind: ValueKind::Number(Number { text }), span: trailsmith_grammar::Span::default() })
}

fn lacking(origin: Option<Span>) -> Loss {
    Loss::new(&codes::LOSS_FIELD_FORM, "detection", "a comparison that filters do not have").at(origin)
}
