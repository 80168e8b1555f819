//! Conditions on the values of a field one by one (`mvfilter`), and texts that are kept from being
//! compared as numbers by a text before both sides.

use trailsmith_grammar::spl::{ArithmeticOp, CompareOp, Eval, EvalKind};

use super::condition::Pair;
use super::field::is_multivalue;
use super::scope::Scope;
use super::{Lowerer, Result};
use crate::ir::{Case, Comparison, Node, Predicate, Test, TextMatch};

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

/// The condition that `mvfilter` puts on one value as a single test, where it is one: the text `null`
/// stands for JSON's null, which is no value here, and two ends make a range.
pub(super) fn on_one_value(node: Node) -> Node {
    let node = node.simplified();
    let Predicate::And(nodes) = &node.predicate else { return node };
    let is_null = |node: &Node| match &node.predicate {
        Predicate::Test(Test { comparison: Comparison::Text { matcher, case }, .. }) => {
            *matcher == TextMatch::Equals("null".into()) && *case == Case::Sensitive
        }
        _ => false,
    };
    let guards = |node: &Node| matches!(&node.predicate, Predicate::Not(inner) if is_null(inner));
    let exists = |node: &Node| matches!(&node.predicate, Predicate::Test(test) if test.comparison == Comparison::Exists);
    let said: Vec<&Node> = nodes.iter().filter(|node| !guards(node)).collect();
    // Every other condition asks for a value itself.
    let more: Vec<&Node> = said.iter().copied().filter(|node| !exists(node)).collect();
    match (more.as_slice(), said.first()) {
        ([one], _) => (*one).clone(),
        ([one, two], _) => between(one, two).unwrap_or(node),
        ([], Some(exists)) => (*exists).clone(),
        _ => node,
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
