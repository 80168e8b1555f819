//! Which conditions of a rule were ever seen true and ever seen false.

use super::evaluate::own_words;
use super::{Clause, ClauseKind, ExplainError, Explainer, describe};
use crate::diagnostic::Span;
use crate::event::Layout;
use crate::ir::{Node, Predicate, Rule};
use crate::schema::{self, Reach, Shape, Version};

/// A condition of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseInfo {
    /// Its number: conditions count from 0 in the order of the text, exceptions last.
    pub id: usize,
    /// Where it stands in the rule's file.
    pub origin: Option<Span>,
    /// In the rule's own words.
    pub text: String,
    /// It reads what is the same in every event of the rule's input (`data_stream.dataset`), so no
    /// fixture can show it both ways.
    pub constant: bool,
}

/// What one event showed of a condition. Conditions on the elements of an array may show both, or
/// nothing where the array is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Observation {
    /// It was true.
    pub yes: bool,
    /// It was false.
    pub no: bool,
}

impl Observation {
    /// Both taken together.
    pub fn merge(self, other: Observation) -> Observation {
        Observation { yes: self.yes || other.yes, no: self.no || other.no }
    }
}

fn predicates(rule: &Rule) -> impl Iterator<Item = &Node> {
    rule.detection.predicate().into_iter().chain(rule.exceptions.iter().map(|exception| &exception.predicate))
}

/// The conditions of a rule: its tests, searches of free text and tests on elements.
pub fn clauses(rule: &Rule) -> Vec<ClauseInfo> {
    let mut out = Vec::new();
    predicates(rule).for_each(|node| list(rule, node, &mut out));
    out
}

fn list(rule: &Rule, node: &Node, out: &mut Vec<ClauseInfo>) {
    let mut constant = false;
    let text = match &node.predicate {
        Predicate::And(nodes) | Predicate::Or(nodes) => {
            return nodes.iter().for_each(|node| list(rule, node, out));
        }
        Predicate::Not(inner) => return list(rule, inner, out),
        Predicate::Nested { body, .. } => return list(rule, body, out),
        Predicate::Constant(_) => return,
        Predicate::Test(test) => {
            let way = schema::reach(&test.field, Shape::CloudTrail, Version::default());
            constant = matches!(way, Reach::Constant(_));
            let ours = format!("{} {}", test.field, describe::comparison(&test.comparison));
            own_words(rule, node.origin, Some(&test.field), &ours)
        }
        Predicate::AnyField(words) => {
            own_words(rule, node.origin, None, &format!("some field {}", describe::words(words)))
        }
    };
    out.push(ClauseInfo { id: out.len(), origin: node.origin, text, constant });
}

/// What a record shows of every condition, by the numbers of [`clauses`].
///
/// # Errors
/// As [`Explainer::explain`].
pub fn observe(
    explainer: &Explainer<'_>,
    rule: &Rule,
    record: &str,
    layout: Layout,
) -> Result<Vec<Observation>, ExplainError> {
    let verdict = explainer.explain(rule, record, layout)?;
    let mut out = vec![Observation::default(); clauses(rule).len()];
    // `explain` wraps the predicate and its exceptions in one conjunction.
    let roots: Vec<&Clause> = if rule.exceptions.is_empty() {
        vec![&verdict.root]
    } else {
        // An exception stands there as its negation.
        fn unwrap(clause: &Clause) -> Option<&Clause> {
            match clause.kind {
                ClauseKind::Not => clause.children.first(),
                _ => Some(clause),
            }
        }
        let (first, exceptions) = verdict.root.children.split_at(1);
        first.iter().chain(exceptions.iter().filter_map(unwrap)).collect()
    };
    let mut id = 0;
    for (clause, node) in roots.into_iter().zip(predicates(rule)) {
        record_truth(Some(clause), node, &mut id, &mut out);
    }
    Ok(out)
}

/// Walks the verdict beside the predicate. `clause` is `None` where there was no element to see.
fn record_truth(clause: Option<&Clause>, node: &Node, id: &mut usize, out: &mut [Observation]) {
    let child = |number: usize| clause.and_then(|clause| clause.children.get(number));
    match &node.predicate {
        Predicate::And(nodes) | Predicate::Or(nodes) => {
            for (number, node) in nodes.iter().enumerate() {
                record_truth(child(number), node, id, out);
            }
        }
        Predicate::Not(inner) => record_truth(child(0), inner, id, out),
        Predicate::Nested { body, .. } => {
            let first = *id;
            record_truth(child(0), body, id, out);
            for element in clause.map_or(&[][..], |clause| &clause.children).iter().skip(1) {
                *id = first;
                record_truth(Some(element), body, id, out);
            }
        }
        Predicate::Constant(_) => {}
        Predicate::Test(_) | Predicate::AnyField(_) => {
            if let Some(clause) = clause {
                let now = Observation { yes: clause.truth, no: !clause.truth };
                out[*id] = out[*id].merge(now);
            }
            *id += 1;
        }
    }
}
