//! A set of rules, compiled, and the hot path: which of them match a record.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, OnceLock};

use super::evidence::Evidence;
use super::explain::Explainer;
use super::index::{ACTION, SOURCE};
use super::lower::Way;
use super::over_time::Scalar;
use super::overrides::{self, FieldValues};
use super::plan::{ID, Plan, TIME, is_for, reads};
use super::program::{Context, Event, Memo};
use super::{Standard, World, date};
use crate::diagnostic::Diagnostic;
use crate::event::{JsonError, Layout, Leaf, Slots};
use crate::ir::{Field, Input, Rule, Service};
use crate::schema::Version;

/// How rules are compiled.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// The present for date math, in milliseconds since 1970-01-01T00:00:00Z. Without it, rules
    /// that need it are not run.
    pub now_ms: Option<i64>,
    /// The generation of documents that ECS rules are meant for.
    pub version: Version,
}

/// Rules compiled for every layout of records. Shared by all threads.
pub struct RuleSet {
    rules: Vec<Arc<Rule>>,
    world: Arc<dyn World>,
    cloudtrail: Plan,
    ecs: Plan,
    /// By service; compiled when the first of its findings comes.
    findings: [OnceLock<Plan>; Service::ALL.len()],
    now_ms: Option<i64>,
}

/// What judging needs and keeps from record to record; one a thread.
#[derive(Debug, Default)]
pub struct Scratch {
    slots: Slots,
    memo: Memo,
    candidates: Vec<u32>,
}

impl std::fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RuleSet").field("rules", &self.rules.len()).finish_non_exhaustive()
    }
}

impl RuleSet {
    /// Compiles rules. [`diagnostics`](Self::diagnostics) tells which of them cannot run.
    pub fn compile(rules: &[Arc<Rule>], options: &Options) -> Self {
        Self::compile_in(rules, options, Arc::new(Standard { version: options.version }))
    }

    /// Compiles rules in a world of one's own.
    pub fn compile_in(rules: &[Arc<Rule>], options: &Options, world: Arc<dyn World>) -> Self {
        RuleSet {
            cloudtrail: Plan::new(rules, Layout::CloudTrail, options.now_ms, &*world),
            ecs: Plan::new(rules, Layout::Ecs, options.now_ms, &*world),
            findings: Default::default(),
            now_ms: options.now_ms,
            rules: rules.to_vec(),
            world,
        }
    }

    fn plan(&self, layout: Layout) -> &Plan {
        match layout {
            Layout::CloudTrail => &self.cloudtrail,
            Layout::Ecs => &self.ecs,
            Layout::Finding(service) => self.findings[service.number()]
                .get_or_init(|| Plan::new(&self.rules, layout, self.now_ms, &*self.world)),
        }
    }

    /// The world that the rules were compiled in, for explanations.
    pub fn world(&self) -> &dyn World {
        &*self.world
    }

    /// The rules, by the index that [`judge`](Self::judge) reports.
    pub fn rules(&self) -> &[Arc<Rule>] {
        &self.rules
    }

    /// Findings on rules that are run on no layout at all.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let ecs: HashSet<usize> = self.ecs.skipped.iter().map(|(rule, _)| *rule).collect();
        let skipped = |layout: Layout| {
            let own = move |rule: usize| reads(&self.rules[rule].input, layout);
            self.skipped(layout).iter().filter(move |(rule, _)| own(*rule))
        };
        // Only layouts that some rule reads are compiled for it.
        let services: BTreeSet<Service> = self.rules.iter().filter_map(|rule| rule.input.service()).collect();
        let known = |rule: usize| {
            self.rules[rule].input == Input::CloudTrail || self.rules[rule].input.service().is_some()
        };
        let raw = [Layout::CloudTrail].into_iter().chain(services.into_iter().map(Layout::Finding));
        let mut out: Vec<&(usize, Diagnostic)> = raw.flat_map(skipped).collect();
        // Rules for what only documents hold: first of all, they are not for raw records.
        out.extend(self.cloudtrail.skipped.iter().filter(|(rule, _)| !known(*rule)));
        out.retain(|(rule, _)| ecs.contains(rule));
        out.sort_by_key(|(rule, _)| *rule);
        out.into_iter().map(|(_, diagnostic)| diagnostic.clone()).collect()
    }

    /// The rules that are not run on records of a layout, by index, and why.
    pub fn skipped(&self, layout: Layout) -> &[(usize, Diagnostic)] {
        &self.plan(layout).skipped
    }

    /// Notes on clauses that can never be true on records of a layout.
    pub fn notes(&self, layout: Layout) -> &[Diagnostic] {
        &self.plan(layout).notes
    }

    /// Fills `hits` with the indices of the rules whose predicate is true for a record and none of
    /// whose exceptions is, ascending.
    ///
    /// # Errors
    /// The record is not JSON; `hits` is empty then.
    pub fn judge(
        &self,
        record: &str,
        layout: Layout,
        scratch: &mut Scratch,
        hits: &mut Vec<usize>,
    ) -> Result<(), JsonError> {
        hits.clear();
        let plan = self.plan(layout);
        let Scratch { slots, memo, candidates } = scratch;
        plan.projection.extract(record, slots)?;
        memo.begin(plan.derived.len(), plan.payloads.len());
        candidates.clear();
        candidates.extend_from_slice(plan.index.always());
        for slot in [ACTION, SOURCE] {
            for leaf in slots.values(slot, record) {
                match leaf {
                    Leaf::Text(value) => plan.index.candidates(slot, value, candidates),
                    _ => leaf.text().iter().for_each(|value| plan.index.candidates(slot, value, candidates)),
                }
            }
        }
        if candidates.len() > 1 {
            candidates.sort_unstable();
            candidates.dedup();
        }
        let dataset = dataset(plan, slots, record);
        let context = self.context(plan);
        let event = Event { record, slots, context: &context };
        for &rule in candidates.iter() {
            let rule = rule as usize;
            let Some(program) = &plan.programs[rule] else { continue };
            if !plan.dataset.is_empty() && !is_for(&self.rules[rule].input, dataset.as_deref()) {
                continue;
            }
            if program.run(&event, memo) {
                hits.push(rule);
            }
        }
        Ok(())
    }

    /// The values of the fields that a rule's overrides read. Few rules have any, and only hits ask.
    fn override_values(&self, rule: usize, record: &str, layout: Layout) -> Vec<(String, FieldValues)> {
        let rule = &self.rules[rule];
        let explainer = Explainer::new(&*self.world, None);
        let value = |path: &str| {
            let ty = self.world.field_type(rule.vocabulary, path);
            let (values, list) = explainer.values(&Field::new(rule.vocabulary, path, ty), record, layout);
            (path.to_owned(), FieldValues { values, list })
        };
        overrides::fields(rule).into_iter().map(value).collect()
    }

    /// The data set that a document names; to be called after [`judge`](Self::judge) of the same
    /// document with the same scratch. `None` for raw records and documents that name none.
    pub fn dataset(&self, record: &str, layout: Layout, scratch: &Scratch) -> Option<String> {
        dataset(self.plan(layout), &scratch.slots, record).map(Cow::into_owned)
    }

    /// Whether a rule is for events of a layout: raw records and findings are their service's, documents say of which
    /// data set they are (those that do not are taken for CloudTrail).
    pub fn is_for(&self, rule: usize, layout: Layout, dataset: Option<&str>) -> bool {
        let input = &self.rules[rule].input;
        match layout {
            Layout::Ecs => is_for(input, dataset),
            _ => reads(input, layout),
        }
    }

    /// What tells the hits of a rule apart for a look at many of them: time and id, and in `values` the
    /// values of its fields of interest as bytes that are equal only for equal values. There is no time
    /// where a timestamp override gives the event another. To be called as
    /// [`evidence`](Self::evidence), of which this is the part that allocates nothing.
    pub fn signature<'r>(
        &self,
        rule: usize,
        record: &'r str,
        layout: Layout,
        scratch: &'r mut Scratch,
        values: &mut Vec<u8>,
    ) -> (Option<i64>, Option<Cow<'r, str>>) {
        let plan = self.plan(layout);
        let Scratch { slots, memo, .. } = scratch;
        let slots: &'r Slots = slots;
        let context = self.context(plan);
        let event = Event { record, slots, context: &context };
        values.clear();
        let (fields, ways) = &plan.interest[rule];
        let moved = self.rules[rule].metadata.overrides.timestamp.as_deref();
        let mut is_moved = false;
        for (way, field) in ways.iter().zip(fields.iter()) {
            // Between fields stands a byte that no tag is.
            values.push(u8::MAX);
            let dates = moved == Some(&*field.path);
            let mut add = |leaf: Leaf<'_>| {
                is_moved |= dates;
                sign(leaf, values);
            };
            match *way {
                Way::Never => {}
                Way::Constant(text) => add(Leaf::Text(text)),
                Way::Probe(probe) => probe.each(&event, memo, &mut add),
            }
        }
        let time = || slots.values(TIME, record).find_map(Leaf::text).and_then(|text| date::parse(&text));
        let time_ms = if is_moved { None } else { time() };
        (time_ms, slots.values(ID, record).find_map(Leaf::text))
    }

    fn context<'a>(&'a self, plan: &'a Plan) -> Context<'a> {
        Context {
            derived: &plan.derived,
            payloads: &plan.payloads,
            document: &plan.document,
            layout: plan.layout,
            world: &*self.world,
        }
    }

    /// What a hit hands over; to be called after [`judge`](Self::judge) of the same record with the
    /// same scratch. `rule` is an index that it reported.
    pub fn evidence(&self, rule: usize, record: &str, layout: Layout, scratch: &mut Scratch) -> Evidence {
        let plan = self.plan(layout);
        let Scratch { slots, memo, .. } = scratch;
        let first = |slot| slots.values(slot, record).find_map(Leaf::text);
        let time_ms = first(TIME).and_then(|text| date::parse(&text));
        let event_id = first(ID).map(|text| text.into_owned());
        let context = self.context(plan);
        let event = Event { record, slots, context: &context };
        let (fields, ways) = &plan.interest[rule];
        let pairs = ways.iter().zip(fields.iter());
        let values = pairs.map(|(way, field)| values(*way, field, &event, memo)).collect();
        let overrides = self.override_values(rule, record, layout);
        Evidence { time_ms, event_id, fields: Arc::clone(fields), values, overrides }
    }
}

fn dataset<'a>(plan: &Plan, slots: &'a Slots, record: &'a str) -> Option<Cow<'a, str>> {
    plan.dataset.iter().find_map(|&slot| slots.values(slot, record).find_map(Leaf::text))
}

/// Appends a value: its kind, its length, its text.
fn sign(leaf: Leaf<'_>, out: &mut Vec<u8>) {
    let kind = match leaf {
        Leaf::Null | Leaf::Object(_) => return,
        Leaf::Bool(_) => 0,
        Leaf::Number(_) => 1,
        Leaf::Text(_) | Leaf::Escaped(_) => 2,
    };
    if let Some(text) = leaf.text() {
        out.push(kind);
        out.extend_from_slice(&(text.len() as u64).to_le_bytes());
        out.extend_from_slice(text.as_bytes());
    }
}

fn values(way: Way, field: &Field, event: &Event<'_>, memo: &mut Memo) -> Vec<Scalar> {
    let mut out = Vec::new();
    let mut take = |leaf: Leaf<'_>| out.extend(Scalar::from_leaf(leaf, field.ty));
    match way {
        Way::Never => {}
        Way::Constant(text) => take(Leaf::Text(text)),
        Way::Probe(probe) => probe.each(event, memo, &mut take),
    }
    out
}

#[cfg(test)]
#[path = "rule_set_tests.rs"]
mod tests;
