//! What the rest of a conjunction already says of fields that hold one value.
//!
//! A rule on `DeleteTrail` need not ask whether the event is a console sign-in, as the definition of
//! `event.outcome` does. Equivalent for every record: `eventName` and `eventSource` are single texts.

use std::collections::BTreeSet;

use super::folded;
use crate::ir::{Case, Comparison, Node, Predicate, Test, TextMatch, Vocabulary};

/// Keys of a raw record that are there once, as texts (CloudTrail user guide, "Record contents").
const SINGLE: [&str; 2] = ["eventName", "eventSource"];

/// Replaces comparisons whose outcome follows from the conjunction around them.
pub(super) fn with_known_values(node: Node) -> Node {
    let Predicate::And(mut nodes) = node.predicate else { return node };
    for key in SINGLE {
        let found = nodes.iter().enumerate().find_map(|(at, node)| Some((at, values(node, key)?)));
        let Some((at, known)) = found else { continue };
        for (_, node) in nodes.iter_mut().enumerate().filter(|(index, _)| *index != at) {
            settle(node, key, &known);
        }
    }
    Node { predicate: Predicate::And(nodes), origin: node.origin }
}

fn is_key(test: &Test, key: &str) -> bool {
    test.field.vocabulary != Vocabulary::Ecs && test.field.path == key
}

/// The values that a node allows the key to have, if it names them one by one.
fn values(node: &Node, key: &str) -> Option<BTreeSet<String>> {
    match &node.predicate {
        Predicate::Test(test) if is_key(test, key) => match &test.comparison {
            Comparison::Text { matcher: TextMatch::Equals(text), case: Case::Sensitive } => {
                Some(BTreeSet::from([text.clone()]))
            }
            _ => None,
        },
        Predicate::Or(nodes) if !nodes.is_empty() => {
            let sets: Option<Vec<_>> = nodes.iter().map(|node| values(node, key)).collect();
            Some(sets?.into_iter().flatten().collect())
        }
        Predicate::And(nodes) => nodes.iter().find_map(|node| values(node, key)),
        _ => None,
    }
}

/// A comparison that comes out the same for every known value is that constant.
fn settle(node: &mut Node, key: &str, known: &BTreeSet<String>) {
    match &mut node.predicate {
        Predicate::And(nodes) | Predicate::Or(nodes) => {
            nodes.iter_mut().for_each(|node| settle(node, key, known));
        }
        Predicate::Not(inner) => settle(inner, key, known),
        Predicate::Test(test) if is_key(test, key) => {
            let mut outcomes = known.iter().map(|value| folded(&test.comparison, value));
            let first = outcomes.next().flatten();
            if let Some(truth) = first.filter(|_| outcomes.all(|outcome| outcome == first)) {
                node.predicate = Predicate::Constant(truth);
            }
        }
        Predicate::Test(_) | Predicate::Constant(_) | Predicate::Nested { .. } | Predicate::AnyField(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::{all, any, equals, not, test};
    use super::*;
    use crate::ir::{Field, FieldType};

    fn is(key: &str, value: &str) -> Predicate {
        test(&Field::new(Vocabulary::CloudTrail, key, FieldType::Json), equals(value))
    }

    fn settled(predicate: Predicate) -> Predicate {
        with_known_values(Node::synthetic(predicate)).simplified().predicate
    }

    #[test]
    fn what_follows_is_settled_and_nothing_else() {
        let named = || any([is("eventName", "A"), is("eventName", "B")]);
        let error = || is("errorCode", "x");
        let sign_in = all([is("eventName", "C"), is("r", "1")]);
        assert_eq!(settled(all([named(), any([sign_in.clone(), error()])])), all([named(), error()]));
        let open = all([named(), any([is("eventName", "A"), error()])]);
        assert_eq!(settled(open.clone()), open);
        assert_eq!(settled(all([is("eventName", "A"), not(is("eventName", "C"))])), is("eventName", "A"));
        assert_eq!(settled(all([is("eventName", "A"), is("eventName", "C")])), Predicate::Constant(false));
        let either = any([named(), sign_in.clone()]);
        assert_eq!(settled(either.clone()), Node::synthetic(either).simplified().predicate);
        let branches = any([all([is("eventName", "A"), error()]), all([is("eventName", "B"), is("r", "2")])]);
        assert_eq!(settled(all([branches.clone(), any([sign_in, error()])])), all([branches, error()]));
    }
}
