//! Every rule that is one change away from a rule.

use super::changes::changes;
use crate::diagnostic::Span;
use crate::ir::{Detection, Node, Predicate, Rule, Test};
use crate::matcher::explain::{ClauseInfo, clauses, comparison as words};

/// What was done to a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::testing) enum Kind {
    /// It is not asked any more.
    Dropped,
    /// It is asked the other way round.
    Negated,
    /// A limit or a count moved by one.
    OffByOne,
    /// The pattern takes more.
    Widened,
    /// The pattern takes less.
    Narrowed,
    /// The value in another case.
    Case,
}

/// A rule with one change.
#[derive(Debug, Clone)]
pub(super) struct Mutant {
    pub rule: Rule,
    pub kind: Kind,
    pub origin: Option<Span>,
    pub clause: String,
    /// What the clause became, in words.
    pub change: String,
}

/// All mutants of a rule, in the order of its text. A change that leaves the simplified predicate as
/// it was is none.
pub(super) fn mutants(rule: &Rule) -> Vec<Mutant> {
    let infos = clauses(rule);
    let mut out = Vec::new();
    let mut id = 0;
    if let Some(node) = rule.detection.predicate() {
        let put = |node: Node| {
            let mut changed = rule.clone();
            match &mut changed.detection {
                Detection::Event(filter) => *filter = node,
                Detection::Threshold(threshold) => threshold.filter = node,
                Detection::NewTerms(new_terms) => new_terms.filter = node,
                Detection::Opaque(_) => {}
            }
            changed
        };
        let mut walk = Walk { infos: &infos, id: &mut id, out: &mut out };
        walk.node(node, &put, None);
    }
    for (number, exception) in rule.exceptions.iter().enumerate() {
        let put = |node: Node| {
            let mut changed = rule.clone();
            changed.exceptions[number].predicate = node;
            changed
        };
        let mut walk = Walk { infos: &infos, id: &mut id, out: &mut out };
        walk.node(&exception.predicate, &put, None);
    }
    out.retain(|mutant| predicates(&mutant.rule) != predicates(rule));
    aggregates(rule, &mut out);
    out
}

/// A rule's predicates in the form in which equal ones look equal.
fn predicates(rule: &Rule) -> Vec<Node> {
    let exceptions = rule.exceptions.iter().map(|exception| &exception.predicate);
    rule.detection.predicate().into_iter().chain(exceptions).map(|node| node.clone().simplified()).collect()
}

struct Walk<'a> {
    infos: &'a [ClauseInfo],
    /// Number of the next clause, as [`clauses`] counts.
    id: &'a mut usize,
    out: &'a mut Vec<Mutant>,
}

/// Puts a changed node into its place in a copy of the rule.
type Put<'p> = &'p dyn Fn(Node) -> Rule;

impl Walk<'_> {
    /// `neutral`: what a dropped node leaves behind in its group; `None` at the root.
    fn node(&mut self, node: &Node, put: Put<'_>, neutral: Option<bool>) {
        let origin = node.origin;
        let first = *self.id;
        match &node.predicate {
            Predicate::Constant(_) => {}
            Predicate::And(nodes) | Predicate::Or(nodes) => {
                let conjunction = matches!(node.predicate, Predicate::And(_));
                for (place, child) in nodes.iter().enumerate() {
                    let put = |changed: Node| {
                        let mut nodes = nodes.clone();
                        nodes[place] = changed;
                        let group = if conjunction { Predicate::And(nodes) } else { Predicate::Or(nodes) };
                        put(Node { predicate: group, origin })
                    };
                    self.node(child, &put, Some(conjunction));
                }
                // A group inside a group can be forgotten as a whole, too.
                if let Some(neutral) = neutral {
                    self.group(first, put, origin, neutral);
                }
            }
            Predicate::Not(inner) => {
                let wrap = |changed: Node| put(Node { predicate: Predicate::Not(Box::new(changed)), origin });
                self.node(inner, &wrap, neutral.map(|neutral| !neutral));
            }
            Predicate::Nested { path, body } => {
                let wrap = |changed: Node| {
                    let predicate = Predicate::Nested { path: path.clone(), body: Box::new(changed) };
                    put(Node { predicate, origin })
                };
                self.node(body, &wrap, None);
            }
            Predicate::Test(test) => self.leaf(node, Some(test), put, neutral),
            Predicate::AnyField(_) => self.leaf(node, None, put, neutral),
        }
    }

    /// Drops a group whose clauses began at `first`.
    fn group(&mut self, first: usize, put: Put<'_>, origin: Option<Span>, neutral: bool) {
        let inside = self.infos.get(first..*self.id).unwrap_or_default();
        if inside.len() < 2 || inside.iter().all(|info| info.constant) {
            return;
        }
        let clause = format!("{} … (a group of {})", inside[0].text, inside.len());
        let rule = put(Node { predicate: Predicate::Constant(neutral), origin });
        let origin = origin.or(inside[0].origin);
        self.out.push(Mutant { rule, kind: Kind::Dropped, origin, clause, change: "dropped".into() });
    }

    fn leaf(&mut self, node: &Node, test: Option<&Test>, put: Put<'_>, neutral: Option<bool>) {
        let Some(info) = self.infos.get(*self.id) else { return };
        *self.id += 1;
        if info.constant {
            return;
        }
        let mut add = |kind, predicate, change: String| {
            let rule = put(Node { predicate, origin: node.origin });
            let (origin, clause) = (info.origin, info.text.clone());
            self.out.push(Mutant { rule, kind, origin, clause, change });
        };
        // Alone, a clause that is dropped leaves every event.
        add(Kind::Dropped, Predicate::Constant(neutral.unwrap_or(true)), "dropped".into());
        add(Kind::Negated, Predicate::Not(Box::new(node.clone())), "negated".into());
        let Some(test) = test else { return };
        for (kind, comparison) in changes(&test.comparison) {
            let change = format!("`{}` became `{}`", words(&test.comparison), words(&comparison));
            add(kind, Predicate::Test(Test { field: test.field.clone(), comparison }), change);
        }
    }
}

/// Counts and keys of what looks at several events.
fn aggregates(rule: &Rule, out: &mut Vec<Mutant>) {
    let mut add = |kind, detection, clause: String, change: String| {
        let rule = Rule { detection, ..rule.clone() };
        out.push(Mutant { origin: Some(rule.origin), rule, kind, clause, change });
    };
    let beside = |least: u64| [least + 1, least.saturating_sub(1)].into_iter().filter(|least| *least > 0);
    match &rule.detection {
        Detection::Threshold(threshold) => {
            for least in beside(threshold.at_least) {
                let mut changed = threshold.clone();
                changed.at_least = least;
                let change = format!("at least {} became at least {least}", threshold.at_least);
                add(Kind::OffByOne, Detection::Threshold(changed), "threshold".into(), change);
            }
            for (place, row) in threshold.cardinality.iter().enumerate() {
                for least in beside(row.at_least) {
                    let mut changed = threshold.clone();
                    changed.cardinality[place].at_least = least;
                    let clause = format!("distinct values of {}", row.field);
                    let change = format!("at least {} became at least {least}", row.at_least);
                    add(Kind::OffByOne, Detection::Threshold(changed), clause, change);
                }
            }
            for (place, field) in threshold.group_by.iter().enumerate() {
                let mut changed = threshold.clone();
                changed.group_by.remove(place);
                let clause = format!("group by {field}");
                add(Kind::Dropped, Detection::Threshold(changed), clause, "dropped".into());
            }
        }
        Detection::NewTerms(new_terms) if new_terms.fields.len() > 1 => {
            for (place, field) in new_terms.fields.iter().enumerate() {
                let mut changed = new_terms.clone();
                changed.fields.remove(place);
                let clause = format!("new terms of {field}");
                add(Kind::Dropped, Detection::NewTerms(changed), clause, "dropped".into());
            }
        }
        _ => {}
    }
}
