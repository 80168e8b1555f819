//! Makes up a record that reaches some goals: from the base record, edit by edit, with a look at all
//! verdicts after each.
//!
//! An edit that reaches one goal and harms no other is followed first; one that harms others is followed
//! when nothing else is left. What was tried is not tried again, and a budget ends what would take too
//! long.

use std::collections::HashSet;

use super::clauses::{Goal, Leaf, Tree, flatten};
use super::judge::{Judge, Truths};
use super::outcome::Sample;
use super::place::Placer;
use super::propose;
use super::state::Edit;
use crate::ir::{Predicate, Test};
use crate::matcher::date;
use crate::schema::Reach;

/// Most steps from the base record to a goal.
const DEEPEST: usize = 64;

/// One search.
pub(super) struct Search<'a, 'r> {
    pub leaves: &'a [Leaf<'r>],
    pub judge: &'a mut Judge,
    pub placer: Placer,
    /// Samples that may still be judged.
    pub budget: usize,
    seen: HashSet<String>,
}

impl<'a, 'r> Search<'a, 'r> {
    /// A search that judges at most `budget` samples.
    pub fn new(leaves: &'a [Leaf<'r>], judge: &'a mut Judge, placer: Placer, budget: usize) -> Self {
        Search { leaves, judge, placer, budget, seen: HashSet::new() }
    }

    /// A sample that reaches all goals, made from `start`.
    pub fn find(&mut self, start: &Sample, goals: &[Goal<'_>]) -> Option<(Sample, Truths)> {
        let truths = self.judge.judge(start)?;
        self.step(start.clone(), truths, goals, DEEPEST)
    }

    fn step(
        &mut self,
        sample: Sample,
        truths: Truths,
        goals: &[Goal<'_>],
        deeper: usize,
    ) -> Option<(Sample, Truths)> {
        let mut flat = Vec::new();
        flatten(goals, &mut flat);
        let is_open = |goal: &Goal<'_>, truths: &Truths| goal.0.truth(&truths.leaves) != goal.1;
        let mut open = flat.iter().filter(|goal| is_open(goal, &truths)).peekable();
        if open.peek().is_none() {
            return Some((sample, truths));
        }
        let deeper = deeper.checked_sub(1)?;
        let leaves = open.clone().filter_map(|goal| match goal.0 {
            Tree::Leaf(leaf) => Some((*leaf, goal.1)),
            _ => None,
        });
        if let Some((leaf, wanted)) = leaves.min_by_key(|(leaf, _)| self.rank(*leaf)) {
            return self.turn(leaf, wanted, &sample, &truths, &flat, deeper);
        }
        // Only choices are open: take the first one apart.
        let (at, &(tree, wanted)) = flat.iter().enumerate().find(|(_, goal)| is_open(goal, &truths))?;
        let (Tree::And(choices) | Tree::Or(choices)) = tree else { return None };
        for choice in choices {
            let mut next = flat.clone();
            next[at] = (choice, wanted);
            // Under other goals a sample that led nowhere may lead somewhere.
            let seen = std::mem::take(&mut self.seen);
            let found = self.step(sample.clone(), truths.clone(), &next, deeper);
            self.seen = seen;
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Turns one leaf.
    fn turn(
        &mut self,
        leaf: usize,
        wanted: bool,
        sample: &Sample,
        truths: &Truths,
        goals: &[Goal<'_>],
        deeper: usize,
    ) -> Option<(Sample, Truths)> {
        let mut harmful = Vec::new();
        for edit in self.edits(leaf, wanted, goals, sample) {
            let next = sample.edited(&edit);
            if !self.seen.insert(next.key()) {
                continue;
            }
            self.budget = self.budget.checked_sub(1)?;
            let Some(now) = self.judge.judge(&next) else { continue };
            if now.leaves[leaf] != wanted {
                continue;
            }
            let reached = |goal: &&Goal<'_>, truths: &Truths| goal.0.truth(&truths.leaves) == goal.1;
            let harmed = goals.iter().filter(|goal| reached(goal, truths) && !reached(goal, &now)).count();
            if harmed > 0 {
                harmful.push((harmed, next, now));
            } else if let Some(found) = self.step(next, now, goals, deeper) {
                return Some(found);
            }
        }
        harmful.sort_by_key(|(harmed, ..)| *harmed);
        harmful.into_iter().find_map(|(_, next, now)| self.step(next, now, goals, deeper))
    }

    fn edits(&self, leaf: usize, wanted: bool, goals: &[Goal<'_>], sample: &Sample) -> Vec<Edit> {
        let leaf = self.leaves[leaf];
        let now = time(sample);
        if !wanted {
            let proposals = propose::turn_false(leaf, self.placer, now, sample);
            return proposals.into_iter().map(|proposal| proposal.edit).collect();
        }
        let mut out = Vec::new();
        for edit in propose::turn_true(leaf, &self.beside(leaf, goals), self.placer, now, sample) {
            out.extend(propose::with_identity(&edit));
            out.push(edit);
        }
        out
    }

    /// Other tests on the same field that have to be true.
    fn beside(&self, leaf: Leaf<'r>, goals: &[Goal<'_>]) -> Vec<&'r Test> {
        let Predicate::Test(own) = &leaf.node.predicate else { return Vec::new() };
        let on_it = |goal: &Goal<'_>| match goal {
            (Tree::Leaf(other), true) => match &self.leaves[*other].node.predicate {
                Predicate::Test(test) if test.field == own.field && test != own => Some(test),
                _ => None,
            },
            _ => None,
        };
        goals.iter().filter_map(on_it).collect()
    }

    /// What decides about the rest comes first: who acted, what was called; then what is computed.
    fn rank(&self, leaf: usize) -> u8 {
        let Predicate::Test(test) = &self.leaves[leaf].node.predicate else { return 6 };
        match self.placer.reach(&test.field) {
            Reach::Path { path, .. } if path == "userIdentity.type" => 0,
            Reach::Path { path, .. } if path == "eventName" || path == "eventSource" => 1,
            Reach::Path { .. } | Reach::Flattened { .. } => 2,
            Reach::Derived(_) | Reach::Document(_) => 3,
            Reach::Enrichment(_) => 4,
            Reach::Constant(_) | Reach::Never => 5,
        }
    }
}

/// The time of a sample in milliseconds since 1970; the present of date math.
pub(super) fn time(sample: &Sample) -> i64 {
    let text = sample.record.get("eventTime").and_then(|time| time.as_str());
    text.and_then(date::parse).unwrap_or(0)
}
