//! Mutation: each clause of a rule is changed, and the fixtures are asked whether they notice.
//!
//! A rule whose clause can be dropped, negated or moved by one without any fixture failing is a rule
//! whose fixtures would not notice that mistake either. What is changed, and how, is [`mutants()`]'
//! business; this module runs the fixtures on every changed rule and asks for a record that tells
//! a survivor from the rule. Clauses that are the same in every event are left alone.

mod changes;
mod mutants;
mod survivor;

use std::sync::Arc;

use rayon::prelude::*;

use mutants::{Mutant, mutants};

use super::events::{EventFiles, prepare};
use super::fixture::{Case, FixtureFile};
use super::judge::judge;
use super::{Fixtures, Settings};
use crate::ir::Rule;
use crate::replay::events::Prepared;

/// What the fixtures of a rule notice.
#[derive(Debug, Clone)]
pub struct RuleMutation {
    /// The rule's file.
    pub rule_path: String,
    /// Its id.
    pub rule_id: String,
    /// Its name.
    pub rule_name: String,
    /// Number of mutants.
    pub mutants: usize,
    /// Those that no fixture noticed, in the order of the rule.
    pub survivors: Vec<Survivor>,
}

/// A change that no fixture noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survivor {
    /// Line in the rule's file.
    pub line: usize,
    /// Column in characters.
    pub column: usize,
    /// The clause as written, or the key of an aggregate.
    pub clause: String,
    /// What was done to it: `dropped`, `negated`, `> 5 became >= 5`.
    pub change: String,
    /// Why no fixture noticed, and what one that did would look like.
    pub reason: String,
}

impl RuleMutation {
    /// Mutants that some fixture noticed.
    pub fn killed(&self) -> usize {
        self.mutants - self.survivors.len()
    }

    /// Whole percent, rounded down; 100 for a rule without mutants.
    pub fn percent(&self) -> usize {
        (100 * self.killed()).checked_div(self.mutants).unwrap_or(100)
    }
}

/// A rule with the cases that hold for it, events read.
type Subject<'f> = (Arc<Rule>, Vec<(&'f Case, Vec<Prepared>)>);

/// Changes every rule that has fixtures and runs these; rules and survivors are in a stable order.
/// Cases that fail on the rule itself, or are marked `todo`, notice nothing.
pub fn mutate(mut fixtures: Fixtures, rules: &[Arc<Rule>], settings: &Settings) -> Vec<RuleMutation> {
    let mut pairs = fixtures.pair(rules);
    pairs.sort_by_cached_key(super::suite::key);
    let files = EventFiles::default();
    let settings = Settings { coverage: false, ..settings.clone() };
    let subjects = subjects(&pairs, &files, &settings);
    subjects.par_iter().map(|subject| of_rule(subject, &settings)).collect()
}

fn subjects<'f>(
    pairs: &'f [(FixtureFile, Arc<Rule>)],
    files: &EventFiles,
    settings: &Settings,
) -> Vec<Subject<'f>> {
    let mut subjects: Vec<Subject<'f>> = Vec::new();
    for (file, rule) in pairs {
        if !subjects.last().is_some_and(|(last, _)| Arc::ptr_eq(last, rule)) {
            subjects.push((Arc::clone(rule), Vec::new()));
        }
        let Some((_, cases)) = subjects.last_mut() else { continue };
        let wanted = |case: &&Case| {
            let name = super::suite::full_name(rule, case);
            case.todo.is_none() && settings.filter.as_ref().is_none_or(|filter| filter.is_match(&name))
        };
        let prepared = file.cases.iter().filter(wanted).filter_map(|case| {
            let events = prepare(file, case, files, settings.version).ok()?;
            let holds = !events.is_empty() && judge(rule, case, &events, settings).failures.is_empty();
            holds.then_some((case, events))
        });
        cases.extend(prepared);
    }
    subjects
}

fn of_rule((rule, cases): &Subject<'_>, settings: &Settings) -> RuleMutation {
    let mutants = mutants(rule);
    let survives = |mutant: &&Mutant| {
        let changed = Arc::new(mutant.rule.clone());
        cases.iter().all(|(case, events)| judge(&changed, case, events, settings).failures.is_empty())
    };
    let survivors = mutants.iter().filter(survives).map(|mutant| survivor::explain(rule, mutant, settings));
    RuleMutation {
        rule_path: rule.source.path().to_owned(),
        rule_id: rule.id.clone(),
        rule_name: rule.name().to_owned(),
        mutants: mutants.len(),
        survivors: survivors.collect(),
    }
}
