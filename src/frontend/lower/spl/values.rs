//! Conditions on the values of a field one by one (`mvfilter`), and texts that are kept from being
//! compared as numbers by a text before both sides.

use trailsmith_grammar::spl::{ArithmeticOp, CompareOp, Eval, EvalKind};

use super::condition::Pair;
use super::field::is_multivalue;
use super::scope::Scope;
use super::search::text_range;
use super::{Lowerer, Result};
use crate::ir::{Case, Comparison, Field, Node, NumberOp, Predicate, Test, TextMatch};

impl Lowerer<'_> {
    /// `("x" . field) >= "x10"`: an order of texts.
    pub(super) fn concatenated(
        &mut self,
        left: &Eval,
        op: CompareOp,
        right: &Eval,
        scope: &Scope,
    ) -> Result<Option<Pair>> {
        let EvalKind::Arithmetic { first, rest } = &left.kind else { return Ok(None) };
        let ([(ArithmeticOp::Concat, field)], EvalKind::Text(before), EvalKind::Text(text)) =
            (rest.as_slice(), &first.kind, &right.kind)
        else {
            return Ok(None);
        };
        let (EvalKind::Field(_), Some(text)) = (&field.kind, text.strip_prefix(before.as_str())) else {
            return Ok(None);
        };
        let text = Eval { kind: EvalKind::Text(text.to_owned()), ..right.clone() };
        self.compare_eval(field, op, &text, left, scope).map(Some)
    }
}

/// Some value differs from a text: it lies before or behind it. True of any of several values.
pub(super) fn other_than(field: &Field, text: &str) -> Node {
    let test = |op| {
        let comparison = text_range(op, text);
        Node::synthetic(Predicate::Test(Test { field: field.clone(), comparison }))
    };
    Node::any(vec![test(NumberOp::Lt), test(NumberOp::Gt)])
}

/// The condition that `mvfilter` puts on one value as a single test, where it is one: a test that the
/// text `null` fails need not exclude it, and two ends make a range.
pub(super) fn on_one_value(node: Node) -> Node {
    let node = node.simplified();
    let Predicate::And(nodes) = &node.predicate else { return node };
    let guards = |node: &Node| match &node.predicate {
        Predicate::Or(ends) => match ends.first().map(|end| &end.predicate) {
            Some(Predicate::Test(test)) => other_than(&test.field, "null").predicate == bare(node).predicate,
            _ => false,
        },
        _ => false,
    };
    let said: Vec<&Node> = nodes.iter().filter(|node| !guards(node)).collect();
    let one = match said.as_slice() {
        [one] => (*one).clone(),
        [one, two] => match between(one, two) {
            Some(range) => range,
            None => return node,
        },
        _ => return node,
    };
    if said.len() == nodes.len() || fails_null(&one) { one } else { node }
}

/// The predicate without its places.
fn bare(node: &Node) -> Node {
    match &node.predicate {
        Predicate::Or(nodes) => Node::synthetic(Predicate::Or(nodes.iter().map(bare).collect())),
        other => Node::synthetic(other.clone()),
    }
}

/// Whether the text `null` does not satisfy a test.
fn fails_null(node: &Node) -> bool {
    let Predicate::Test(Test { comparison, .. }) = &node.predicate else { return false };
    match comparison {
        Comparison::Number { .. } | Comparison::Bool(_) | Comparison::Ip(_) | Comparison::IpRange { .. } => {
            true
        }
        Comparison::Text { matcher, .. } => {
            let text = "null";
            !match matcher {
                TextMatch::Equals(of) => of.eq_ignore_ascii_case(text),
                TextMatch::Prefix(of) => text.starts_with(&of.to_ascii_lowercase()),
                TextMatch::Suffix(of) => text.ends_with(&of.to_ascii_lowercase()),
                TextMatch::Contains(of) => text.contains(&of.to_ascii_lowercase()),
                TextMatch::Glob(glob) => glob.matches(text, Case::AsciiInsensitive),
            }
        }
        Comparison::TextRange { lower, upper } => {
            let below = lower.limit.as_ref().is_some_and(|limit| limit.value.as_str() > "null");
            let above = upper.limit.as_ref().is_some_and(|limit| limit.value.as_str() < "null");
            below || above
        }
        Comparison::Exists | Comparison::Date { .. } | Comparison::Words(_) => false,
    }
}

/// Conditions of a conjunction, of which two beside each other are the ends of a range on a field
/// that has one value.
pub(super) fn with_ranges(pairs: Vec<Pair>) -> Vec<Pair> {
    let mut found: Vec<Pair> = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let range = found.last().and_then(|before| between(&before.truth, &pair.truth));
        match (range, found.last_mut()) {
            (Some(truth), Some(last)) if !names_list(&truth) => {
                // Where the field is missing neither end says anything.
                let falsity = Node::any(vec![last.falsity.clone(), pair.falsity]);
                *last = Pair { truth, falsity };
            }
            _ => found.push(pair),
        }
    }
    found
}

fn names_list(node: &Node) -> bool {
    matches!(&node.predicate, Predicate::Test(Test { field, .. }) if is_multivalue(field))
}

fn between(one: &Node, two: &Node) -> Option<Node> {
    let range = |node: &Node| match &node.predicate {
        Predicate::Test(Test { field, comparison: Comparison::TextRange { lower, upper } }) => {
            Some((field.clone(), lower.clone(), upper.clone()))
        }
        _ => None,
    };
    let ((field, lower, open_above), (other, open_below, upper)) = (range(one)?, range(two)?);
    if field != other || open_above.limit.is_some() || open_below.limit.is_some() {
        return None;
    }
    let comparison = Comparison::TextRange { lower, upper };
    let origin = one.origin.into_iter().chain(two.origin).reduce(crate::diagnostic::Span::to);
    Some(Node { predicate: Predicate::Test(Test { field, comparison }), origin })
}
