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
            let says: Vec<_> =
                nodes.iter().map(|node| texts(node).filter(|(field, _)| single(field))).collect();
            let each = |(index, node): (usize, &Node)| {
                let others = says.iter().enumerate().filter(|(other, _)| *other != index);
                let more = others.filter_map(|(_, said)| said.clone());
                let known: Known<'_> = known.iter().cloned().chain(more).collect();
                walk(node, &known, single)
            };
            // A condition that says which texts a field may have stays what says it.
            let keep = |(index, node): (usize, &Node)| match says[index] {
                Some(_) => node.clone(),
                None => each((index, node)),
            };
            Predicate::And(nodes.iter().enumerate().map(keep).collect())
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

/// The field and the texts, if the node says that it has one of them.
fn texts(node: &Node) -> Option<(&Field, Vec<&str>)> {
    let one = |node: &'_ Node| matches!(&node.predicate, Predicate::Test(_));
    match &node.predicate {
        Predicate::Test(Test {
            field,
            comparison: Comparison::Text { matcher: TextMatch::Equals(text), case: Case::Sensitive },
        }) => Some((field, vec![text])),
        Predicate::Or(nodes) if nodes.iter().all(one) => {
            let mut parts = nodes.iter().map(texts);
            let (field, mut all) = parts.next()??;
            for part in parts {
                let (other, texts) = part?;
                if other != field {
                    return None;
                }
                all.extend(texts);
            }
            Some((field, all))
        }
        _ => None,
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
        let alone = Node::synthetic(outcome);
        assert_eq!(decided(&alone, &single), alone.clone().simplified());
    }
}
