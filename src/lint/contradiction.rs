//! Conjunctions that no event can satisfy.

use std::collections::BTreeSet;

use super::predicates;
use crate::diagnostic::{Diagnostic, Span};
use crate::ir::{Case, Comparison, Node, Predicate, Rule, TextMatch, Vocabulary};

crate::codes! {
    /// A conjunction asks one field for two different values at once. The field holds a single value
    /// in every event, so the clause is never true and the rule never fires on it.
    ///
    /// ```text
    /// event.action: CreateUser and event.action: DeleteUser
    /// ```
    ///
    /// Usually `or` is meant, or parentheses are missing around an `or`: `and` binds tighter.
    ///
    /// ```text
    /// event.action: (CreateUser or DeleteUser)
    /// ```
    pub CONTRADICTION = warning "contradiction": "a conjunction that no event satisfies";
}

/// Fields that hold exactly one value in a CloudTrail event (CloudTrail user guide, "Record
/// contents"; the ECS ones are copies of them in Elastic's AWS integration). `event.category` and
/// `event.type` are lists and therefore not here.
const SINGLE_VALUED: &[(Vocabulary, &str)] = &[
    (Vocabulary::Ecs, "event.action"),
    (Vocabulary::Ecs, "event.provider"),
    (Vocabulary::Ecs, "event.outcome"),
    (Vocabulary::Ecs, "event.dataset"),
    (Vocabulary::Ecs, "cloud.region"),
    (Vocabulary::Ecs, "cloud.account.id"),
    (Vocabulary::Ecs, "aws.cloudtrail.event_type"),
    (Vocabulary::Ecs, "aws.cloudtrail.user_identity.type"),
    (Vocabulary::Ecs, "aws.cloudtrail.error_code"),
    (Vocabulary::CloudTrail, "eventName"),
    (Vocabulary::CloudTrail, "eventSource"),
    (Vocabulary::CloudTrail, "eventType"),
    (Vocabulary::CloudTrail, "awsRegion"),
    (Vocabulary::CloudTrail, "errorCode"),
    (Vocabulary::CloudTrail, "recipientAccountId"),
    (Vocabulary::CloudTrail, "userIdentity.type"),
    (Vocabulary::ThreatStack, "eventName"),
    (Vocabulary::ThreatStack, "eventSource"),
    (Vocabulary::ThreatStack, "eventType"),
    (Vocabulary::ThreatStack, "awsRegion"),
    (Vocabulary::ThreatStack, "errorCode"),
    (Vocabulary::ThreatStack, "userIdentity.type"),
];

pub(super) fn check(rule: &Rule, findings: &mut Vec<Diagnostic>) {
    predicates(rule).for_each(|node| visit(rule, node, findings));
}

fn visit(rule: &Rule, node: &Node, findings: &mut Vec<Diagnostic>) {
    match &node.predicate {
        Predicate::And(_) => {
            let mut clauses = Vec::new();
            flatten(node, &mut clauses);
            conjunction(rule, &clauses, findings);
            clauses.iter().for_each(|clause| visit(rule, clause, findings));
        }
        Predicate::Or(nodes) => nodes.iter().for_each(|node| visit(rule, node, findings)),
        Predicate::Not(node) => visit(rule, node, findings),
        _ => {}
    }
}

fn flatten<'a>(node: &'a Node, out: &mut Vec<&'a Node>) {
    match &node.predicate {
        Predicate::And(nodes) => nodes.iter().for_each(|node| flatten(node, out)),
        _ => out.push(node),
    }
}

fn conjunction(rule: &Rule, clauses: &[&Node], findings: &mut Vec<Diagnostic>) {
    for (vocabulary, path) in SINGLE_VALUED {
        let mut allowed: Option<(BTreeSet<String>, Option<Span>)> = None;
        for clause in clauses {
            let Some(values) = values_of(clause, *vocabulary, path) else { continue };
            let Some((before, first)) = &mut allowed else {
                allowed = Some((values, clause.origin));
                continue;
            };
            let rest: BTreeSet<String> = before.intersection(&values).cloned().collect();
            if rest.is_empty() {
                let title = format!("`{path}` cannot have two values at once; this is never true");
                let finding = Diagnostic::new(&CONTRADICTION, title).help(
                    "`or` joins alternatives; `and` binds tighter than `or`, so parentheses may be missing",
                );
                let finding = super::at(finding, rule, clause.origin, "this excludes the other");
                findings.push(match first {
                    Some(first) => finding.also(*first, "the other value is asked for here"),
                    None => finding,
                });
                break;
            }
            *before = rest;
        }
    }
}

/// The values that make a clause true, if it is about this field alone and says so exactly.
fn values_of(node: &Node, vocabulary: Vocabulary, path: &str) -> Option<BTreeSet<String>> {
    match &node.predicate {
        Predicate::Test(test) if test.field.vocabulary == vocabulary && test.field.path == path => {
            match &test.comparison {
                Comparison::Text { matcher: TextMatch::Equals(value), case: Case::Sensitive } => {
                    Some(BTreeSet::from([value.clone()]))
                }
                _ => None,
            }
        }
        Predicate::Or(nodes) if !nodes.is_empty() => nodes
            .iter()
            .map(|node| values_of(node, vocabulary, path))
            .try_fold(BTreeSet::new(), |mut all, values| {
                all.extend(values?);
                Some(all)
            }),
        _ => None,
    }
}
