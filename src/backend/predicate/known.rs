//! What one condition of a conjunction says about a field, used in the others: below
//! `eventName = "StopLogging"` a test for `eventName = "ConsoleLogin"` is false, and what hangs on it
//! falls away.

use super::folded;
use crate::ir::{Case, Comparison, Field, Node, Predicate, Test, TextMatch};

/// Fields with the only texts that they can have here.
type Known<'a> = Vec<(&'a Field, Vec<Text<'a>>)>;

/// A text, or how it begins.
#[derive(Clone, Copy)]
enum Text<'a> {
    Whole(&'a str),
    Prefix(&'a str),
}

/// The predicate without tests that the rest of it decides. `single`: whether a field has one value
/// at most; what is known of others decides nothing.
pub fn decided(node: &Node, single: &dyn Fn(&Field) -> bool) -> Node {
    walk(node, &Known::new(), single).simplified()
}

fn walk(node: &Node, known: &Known<'_>, single: &dyn Fn(&Field) -> bool) -> Node {
    let origin = node.origin;
    let predicate = match &node.predicate {
        Predicate::And(nodes) => {
            let says: Vec<_> = nodes.iter().map(|node| implied(node, single)).collect();
            let plain: Vec<_> = nodes.iter().map(is_plain).collect();
            let each = |(index, node): (usize, &Node)| {
                // What only says which texts a field may have stays. What says so beside other things
                // is judged by those only, so that no two conditions decide each other.
                if plain[index] && !says[index].is_empty() {
                    return walk(node, known, single);
                }
                let decides = |other: &usize| *other != index && (plain[*other] || says[index].is_empty());
                let others = (0..nodes.len()).filter(decides).flat_map(|other| says[other].iter().cloned());
                let known: Known<'_> = known.iter().cloned().chain(others).collect();
                walk(node, &known, single)
            };
            Predicate::And(nodes.iter().enumerate().map(each).collect())
        }
        Predicate::Or(nodes) => Predicate::Or(nodes.iter().map(|node| walk(node, known, single)).collect()),
        Predicate::Not(inner) => Predicate::Not(Box::new(walk(inner, known, single))),
        Predicate::Test(test) => match decision(test, known) {
            Some(truth) => Predicate::Constant(truth),
            None => Predicate::Test(test.clone()),
        },
        other => other.clone(),
    };
    Node { predicate, origin }
}

/// Whether the node is nothing but tests for whole texts of one field.
fn is_plain(node: &Node) -> bool {
    match &node.predicate {
        Predicate::Test(_) => true,
        Predicate::Or(nodes) => nodes.iter().all(|node| matches!(node.predicate, Predicate::Test(_))),
        _ => false,
    }
}

/// The texts that fields have wherever the node is true.
fn implied<'a>(node: &'a Node, single: &dyn Fn(&Field) -> bool) -> Known<'a> {
    match &node.predicate {
        Predicate::Test(Test { field, comparison: Comparison::Text { matcher, case: Case::Sensitive } })
            if single(field) =>
        {
            match matcher {
                TextMatch::Equals(text) => vec![(field, vec![Text::Whole(text)])],
                TextMatch::Prefix(text) => vec![(field, vec![Text::Prefix(text)])],
                _ => Known::new(),
            }
        }
        Predicate::And(nodes) => nodes.iter().flat_map(|node| implied(node, single)).collect(),
        Predicate::Or(nodes) => {
            let mut branches = nodes.iter().map(|node| implied(node, single));
            let Some(mut common) = branches.next() else { return Known::new() };
            for branch in branches {
                common.retain_mut(|(field, texts)| {
                    let same = branch.iter().find(|(other, _)| other == field);
                    same.is_some_and(|(_, more)| {
                        texts.extend(more);
                        true
                    })
                });
            }
            common
        }
        _ => Known::new(),
    }
}

fn decision(test: &Test, known: &Known<'_>) -> Option<bool> {
    known.iter().filter(|(field, _)| **field == test.field).find_map(|(_, texts)| {
        let mut truths = texts.iter().map(|text| match text {
            Text::Whole(text) => folded(&test.comparison, text),
            Text::Prefix(prefix) => begun(&test.comparison, prefix),
        });
        let first = truths.next()??;
        truths.all(|truth| truth == Some(first)).then_some(first)
    })
}

/// Whether a text that begins so satisfies a comparison, where that is all one needs to know.
fn begun(comparison: &Comparison, prefix: &str) -> Option<bool> {
    match comparison {
        Comparison::Exists => Some(true),
        Comparison::Text { matcher: TextMatch::Equals(text), case: Case::Sensitive } => {
            (!text.starts_with(prefix)).then_some(false)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::predicate::{all, any, equals, not, test};
    use crate::ir::{FieldType, Vocabulary};

    #[test]
    fn what_one_says_decides_the_others() {
        let field = |path| Field::new(Vocabulary::CloudTrail, path, FieldType::Json);
        let is = |path, text: &str| test(&field(path), equals(text));
        let names = any([is("eventName", "a"), is("eventName", "b")]);
        let sign_in = all([is("eventName", "ConsoleLogin"), is("result", "Success")]);
        let failed = test(&field("errorCode"), Comparison::Exists);
        let outcome = any([sign_in.clone(), all([not(sign_in), not(failed.clone())])]);
        let node = Node::synthetic(all([names.clone(), outcome.clone()]));
        let single = |field: &Field| field.path == "eventName";
        assert_eq!(decided(&node, &single).predicate, all([names.clone(), not(failed)]));
        // Also where every branch says so.
        let branches = any([all([is("eventName", "a"), is("x", "1")]), is("eventName", "b")]);
        let branched = Node::synthetic(all([branches.clone(), outcome.clone()]));
        assert_eq!(
            decided(&branched, &single).predicate,
            all([branches, not(test(&field("errorCode"), Comparison::Exists))])
        );
        let begins = test(
            &field("eventName"),
            Comparison::Text { matcher: TextMatch::Prefix("Update".into()), case: Case::Sensitive },
        );
        let begun = Node::synthetic(all([begins.clone(), outcome.clone()]));
        let failed = test(&field("errorCode"), Comparison::Exists);
        assert_eq!(decided(&begun, &single).predicate, all([begins, not(failed)]));
        let unknown = decided(&node, &|_| false);
        assert_eq!(unknown, node.clone().simplified(), "a list may hold both");
        let one = Node::synthetic(all([is("eventName", "a"), is("eventName", "b")]));
        assert_eq!(decided(&one, &single).predicate, all([is("eventName", "a"), is("eventName", "b")]));
        let twice = all([is("eventName", "a"), is("x", "1")]);
        let same = Node::synthetic(all([any([twice.clone(), twice.clone()]), any([twice.clone(), twice])]));
        assert_eq!(decided(&same, &single), same.clone().simplified(), "none falls away for the other");
        let alone = Node::synthetic(outcome);
        assert_eq!(decided(&alone, &single), alone.clone().simplified());
    }
}
