//! What one condition of a conjunction says about a field, used in the others: below
//! `eventName = "StopLogging"` a test for `eventName = "ConsoleLogin"` is false, and what hangs on it
//! falls away.

use super::folded;
use crate::ir::{Case, Comparison, Field, Node, Predicate, Test, TextMatch};

/// Fields with the only texts that they can have here.
type Known<'a> = Vec<(&'a Field, Vec<&'a str>)>;

/// The predicate without tests that the rest of it decides. `single`: whether a field has one value
/// at most; what is known of others decides nothing.
pub fn decided(node: &Node, single: &dyn Fn(&Field) -> bool) -> Node {
    walk(node, &Known::new(), single).simplified()
}

fn walk(node: &Node, known: &Known<'_>, single: &dyn Fn(&Field) -> bool) -> Node {
    let origin = node.origin;
    let predicate = match &node.predicate {
        Predicate::And(nodes) => {
            let said: Vec<Known<'_>> = nodes.iter().map(|node| says(node, single)).collect();
            let each = |(index, node): (usize, &Node)| {
                let others = said.iter().enumerate().filter(|(other, _)| *other != index);
                let more = others.flat_map(|(_, said)| said.iter().cloned());
                // A condition that says which texts a field may have stays what says it.
                let news = |(field, _): &(&Field, _)| !said[index].iter().any(|(own, _)| own == field);
                let known: Known<'_> = known.iter().cloned().chain(more.filter(news)).collect();
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

/// The fields of which the node says that they have one of some texts.
fn says<'a>(node: &'a Node, single: &dyn Fn(&Field) -> bool) -> Known<'a> {
    match &node.predicate {
        Predicate::Test(Test {
            field,
            comparison: Comparison::Text { matcher: TextMatch::Equals(text), case: Case::Sensitive },
        }) if single(field) => vec![(field, vec![text])],
        Predicate::And(nodes) => nodes.iter().flat_map(|node| says(node, single)).collect(),
        Predicate::Or(nodes) => {
            let mut parts = nodes.iter().map(|node| says(node, single));
            let mut all = parts.next().unwrap_or_default();
            for part in parts {
                all.retain_mut(|(field, texts)| {
                    let same = part.iter().find(|(other, _)| other == field);
                    texts.extend(same.iter().flat_map(|(_, more)| more));
                    same.is_some()
                });
            }
            all
        }
        _ => Known::new(),
    }
}

fn decision(test: &Test, known: &Known<'_>) -> Option<bool> {
    known.iter().filter(|(field, _)| **field == test.field).find_map(|(_, texts)| {
        let mut truths = texts.iter().map(|text| folded(&test.comparison, text));
        let first = truths.next()??;
        truths.all(|truth| truth == Some(first)).then_some(first)
    })
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
        let unknown = decided(&node, &|_| false);
        assert_eq!(unknown, node.clone().simplified(), "a list may hold both");
        let one = Node::synthetic(all([is("eventName", "a"), is("eventName", "b")]));
        assert_eq!(decided(&one, &single).predicate, all([is("eventName", "a"), is("eventName", "b")]));
        let branches =
            any([all([is("eventName", "a"), is("x", "1")]), all([is("y", "2"), is("eventName", "b")])]);
        let node = Node::synthetic(all([branches.clone(), outcome.clone()]));
        let failed = test(&field("errorCode"), Comparison::Exists);
        assert_eq!(decided(&node, &single).predicate, all([branches.clone(), not(failed)]));
        let twice = Node::synthetic(all([branches.clone(), is("eventName", "a")]));
        assert_eq!(decided(&twice, &single), twice, "either may be what says it");
        let alone = Node::synthetic(outcome);
        assert_eq!(decided(&alone, &single), alone.clone().simplified());
    }
}
