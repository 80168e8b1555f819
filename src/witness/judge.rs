//! The verdicts on a sample: of every leaf of a rule and of the rule itself, by the native matcher.
//!
//! Every leaf is compiled as a rule of its own into one set, so one pass over a record tells the truth
//! of all of them.

use std::collections::HashMap;
use std::sync::Arc;

use super::clauses::Leaf;
use super::outcome::Sample;
use crate::event::Layout;
use crate::ir::date_math::DateMath;
use crate::ir::{Comparison, DateBound, Detection, Metadata, Node, Predicate, Rule, Schedule};
use crate::matcher::{Options, RuleSet, Scratch, date};
use crate::schema::Version;

/// What is true of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Truths {
    /// By leaf.
    pub leaves: Vec<bool>,
    /// The rule: its predicate and none of its exceptions.
    pub whole: bool,
}

/// A rule and its leaves, compiled.
pub(super) struct Judge {
    rules: Vec<Arc<Rule>>,
    version: Version,
    now_ms: Option<i64>,
    /// Whether the rule asks for the present.
    relative: bool,
    /// By the present; a rule that does not ask for it has one.
    sets: HashMap<Option<i64>, RuleSet>,
    scratch: Scratch,
    hits: Vec<usize>,
}

impl Judge {
    /// Compiles; `now_ms` is the present, by default the time of the record at hand (as in fixtures).
    ///
    /// # Errors
    /// Why the rule is not run on raw records.
    pub fn new(
        rule: &Rule,
        leaves: &[Leaf<'_>],
        version: Version,
        now_ms: Option<i64>,
    ) -> Result<Self, String> {
        let mut rules: Vec<Arc<Rule>> =
            leaves.iter().map(|leaf| Arc::new(bare(rule, leaf.node.clone()))).collect();
        let predicate = rule.detection.predicate().ok_or("the rule has no event predicate")?;
        let relative =
            std::iter::once(predicate).chain(rule.exceptions.iter().map(|e| &e.predicate)).any(is_relative);
        let whole = Rule { exceptions: rule.exceptions.clone(), ..bare(rule, predicate.clone()) };
        rules.push(Arc::new(whole));
        let judge = Judge {
            rules,
            version,
            now_ms,
            relative,
            sets: HashMap::new(),
            scratch: Scratch::default(),
            hits: Vec::new(),
        };
        let set = RuleSet::compile(&judge.rules, &Options { now_ms: Some(0), version });
        match set.skipped(Layout::CloudTrail).first() {
            Some((_, diagnostic)) => Err(format!("the rule is not run: {}", diagnostic.title)),
            None => Ok(judge),
        }
    }

    /// The truths of a sample; `None` where it is not judged.
    pub fn judge(&mut self, sample: &Sample) -> Option<Truths> {
        let (layout, event) = sample.judged(self.version);
        let own = || sample.record.get("eventTime").and_then(|time| date::parse(time.as_str()?));
        let now = if self.relative { self.now_ms.or_else(own) } else { None };
        if self.sets.len() > 16 {
            self.sets.clear();
        }
        let (rules, version) = (&self.rules, self.version);
        let set = self
            .sets
            .entry(now)
            .or_insert_with(|| RuleSet::compile(rules, &Options { now_ms: Some(now.unwrap_or(0)), version }));
        set.judge(&event.to_string(), layout, &mut self.scratch, &mut self.hits).ok()?;
        let last = self.rules.len() - 1;
        let mut leaves = vec![false; last];
        self.hits.iter().filter(|hit| **hit < last).for_each(|hit| leaves[*hit] = true);
        Some(Truths { leaves, whole: self.hits.last() == Some(&last) })
    }
}

/// A rule over single events with another predicate and nothing around it.
pub(super) fn bare(rule: &Rule, predicate: Node) -> Rule {
    Rule {
        id: rule.id.clone(),
        id_is_derived: rule.id_is_derived,
        input: rule.input.clone(),
        vocabulary: rule.vocabulary,
        format: rule.format,
        source_type: None,
        metadata: Metadata::default(),
        query: None,
        index: None,
        filters: None,
        detection: Detection::Event(predicate),
        exceptions: Vec::new(),
        exception_lists: None,
        suppression: None,
        schedule: Schedule::default(),
        source: Arc::clone(&rule.source),
        origin: rule.origin,
    }
}

fn is_relative(node: &Node) -> bool {
    match &node.predicate {
        Predicate::And(nodes) | Predicate::Or(nodes) => nodes.iter().any(is_relative),
        Predicate::Not(inner) | Predicate::Nested { body: inner, .. } => is_relative(inner),
        Predicate::Test(test) => match &test.comparison {
            Comparison::Date { lower, upper } => [lower, upper].into_iter().any(|bound| {
                let Some(limit) = &bound.limit else { return false };
                match &limit.value {
                    DateBound::Math(text) => DateMath::parse(text).is_some_and(|math| math.is_relative()),
                    DateBound::Millis(_) => false,
                }
            }),
            _ => false,
        },
        // Free text is compared with dates, and `now-1d` is one.
        Predicate::AnyField(_) => true,
        Predicate::Constant(_) => false,
    }
}
