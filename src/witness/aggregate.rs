//! Events for rules that look at more than one: enough for an alert, one too few, one seen before.

use std::sync::Arc;

use serde_json::{Value, json};

use super::clauses::Goal;
use super::generate::{Options, event_id, subject};
use super::judge::bare;
use super::outcome::{Reason, Sample};
use super::search::time;
use super::values::instant_text;
use super::{state, values};
use crate::ir::date_math::{DateMath, Round};
use crate::ir::{
    Comparison, Detection, Field, FieldType, NewTerms, Node, Predicate, Rule, Test, Threshold, Window,
};
use crate::matcher::explain::Explainer;
use crate::matcher::over_time::{ALERTING_MAX, Corpus, Event, Reading, Simulator, Timing, run_once};
use crate::matcher::{self, Datum, RuleSet, Scratch, Standard};

/// Most events of one case.
const MOST_EVENTS: u64 = 200;

/// Events that belong together and the alerts they give.
#[derive(Debug, Clone, PartialEq)]
pub struct AggregateCase {
    /// What is shown, as a phrase.
    pub name: String,
    /// The events.
    pub samples: Vec<Sample>,
    /// The alerts of all of them together.
    pub alerts: u64,
    /// When the rule runs, in milliseconds since 1970; empty: once, over all of them.
    pub runs: Vec<i64>,
}

/// Cases for a threshold or for new terms; none for rules on single events. Each was evaluated.
///
/// # Errors
/// Why there are none.
pub fn aggregate(rule: &Rule, options: &Options) -> Result<Vec<AggregateCase>, Reason> {
    let (filter, keys): (&Node, Vec<&Field>) = match &rule.detection {
        Detection::Threshold(threshold) => {
            let counted = threshold.cardinality.iter().map(|row| &row.field);
            (&threshold.filter, threshold.group_by.iter().chain(counted).collect())
        }
        Detection::NewTerms(new_terms) => (&new_terms.filter, new_terms.fields.iter().collect()),
        Detection::Event(_) | Detection::Opaque(_) => return Ok(Vec::new()),
    };
    let there = |field: &&Field| {
        let test = Test { field: (*field).clone(), comparison: Comparison::Exists };
        Node::synthetic(Predicate::Test(test))
    };
    let mut nodes = vec![filter.clone()];
    nodes.extend(keys.iter().map(there));
    let predicate = Node::synthetic(Predicate::And(nodes));
    let whole = Rule { exceptions: rule.exceptions.clone(), ..bare(rule, predicate) };
    let mut subject = subject(&whole, options)?;
    let tree = std::mem::replace(&mut subject.tree, super::clauses::Tree::Constant(true));
    let goals: [Goal<'_>; 1] = [(&tree, true)];
    let Some((sample, _)) = subject.find(&goals, options.budget.saturating_mul(2)).0 else {
        return Err(Reason::NotRun("no matching record has all the fields that the rule groups by".into()));
    };
    let evaluation = Evaluation { rule, options };
    let cases = match &rule.detection {
        Detection::Threshold(threshold) => {
            let mut distinct = Distinct { subject, options, rule: &whole };
            evaluation.threshold(threshold, &sample, &mut distinct)?
        }
        Detection::NewTerms(new_terms) => evaluation.new_terms(new_terms, &sample),
        Detection::Event(_) | Detection::Opaque(_) => Vec::new(),
    };
    let proven: Vec<AggregateCase> =
        cases.into_iter().filter(|case| evaluation.alerts(case) == Some(case.alerts)).collect();
    match proven.is_empty() {
        true => Err(Reason::NotRun("no events were found that give an alert".into())),
        false => Ok(proven),
    }
}

struct Evaluation<'a> {
    rule: &'a Rule,
    options: &'a Options,
}

impl Evaluation<'_> {
    fn threshold(
        &self,
        threshold: &Threshold,
        sample: &Sample,
        distinct: &mut Distinct<'_>,
    ) -> Result<Vec<AggregateCase>, Reason> {
        // Elastic reads the first row only (elastic_rule_types §3).
        let rows = match threshold.window {
            Window::Run => &threshold.cardinality[..threshold.cardinality.len().min(1)],
            _ => &threshold.cardinality[..],
        };
        let most = rows.iter().map(|row| row.at_least).max().unwrap_or(1);
        let count = threshold.at_least.max(most).max(1);
        if count > MOST_EVENTS {
            return Err(Reason::NotRun(format!("an alert needs {count} events")));
        }
        let mut samples = vec![sample.clone()];
        if most > 1 {
            let fields: Vec<(&Field, u64)> = rows.iter().map(|row| (&row.field, row.at_least)).collect();
            samples = distinct.samples(sample, &fields, &threshold.group_by).ok_or_else(|| {
                Reason::NotRun("the values that the rule counts could not be made distinct".into())
            })?;
        }
        let step = match threshold.window {
            Window::Run => 1_000,
            Window::FirstEvent(length) | Window::Sliding(length) | Window::Tumbling(length) => {
                if length.millis > count as i64 * 1_000 { 1_000 } else { 0 }
            }
        };
        let enough: Vec<Sample> = (0..count as usize)
            .map(|number| self.again(&samples[number % samples.len()], number, number as i64 * step))
            .collect();
        let fewer = enough[..enough.len() - 1].to_vec();
        let case = |name: &str, samples, alerts| AggregateCase {
            name: name.into(),
            samples,
            alerts,
            runs: Vec::new(),
        };
        let mut cases = vec![case("as many events of one group as it takes", enough, 1)];
        if !fewer.is_empty() {
            cases.push(case("one event too few", fewer, 0));
        }
        Ok(cases)
    }

    fn new_terms(&self, new_terms: &NewTerms, sample: &Sample) -> Vec<AggregateCase> {
        let first = self.again(sample, 0, 0);
        let at = time(&first);
        let name = "the values occur for the first time".to_owned();
        let mut cases =
            vec![AggregateCase { name, samples: vec![first.clone()], alerts: 1, runs: Vec::new() }];
        // A run that sees the event, and the same event before what the run looks at.
        let run = at + 60_000;
        let range = Timing::of(self.rule, ALERTING_MAX).map(|timing| timing.range(run));
        let history =
            DateMath::parse(&new_terms.history_start).and_then(|math| math.resolve(run, Round::Down));
        if let (Ok((from, to)), Some(history)) = (range, history)
            && (from..=to).contains(&at)
            && history < from
        {
            let before = (from - 3_600_000.min((from - history) / 2)).div_euclid(1000) * 1000;
            let samples = vec![self.again(sample, 1, before - at), first];
            let name = "the same values were seen before".to_owned();
            cases.push(AggregateCase { name, samples, alerts: 0, runs: vec![run] });
        }
        cases
    }

    /// The same event some milliseconds later, with an id of its own.
    fn again(&self, sample: &Sample, number: usize, later: i64) -> Sample {
        let mut again = sample.clone();
        let id = event_id(&format!("{} over time", self.rule.id), number);
        state::set(&mut again.record, "eventID", json!(id));
        super::base::put_in_order(&mut again.record);
        state::set(&mut again.record, "eventTime", json!(instant_text(time(sample) + later)));
        again
    }

    /// The alerts that the events of a case give; `None` where some do not match or the rule cannot be
    /// evaluated.
    fn alerts(&self, case: &AggregateCase) -> Option<u64> {
        let newest = case.samples.iter().map(time).max();
        let options =
            matcher::Options { now_ms: self.options.now_ms.or(newest), version: self.options.version };
        let set = RuleSet::compile(&[Arc::new(self.rule.clone())], &options);
        let reading = Reading::of(self.rule).ok()?;
        let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
        let mut events = Vec::new();
        for sample in &case.samples {
            let (layout, event) = sample.judged(self.options.version);
            let text = event.to_string();
            set.judge(&text, layout, &mut scratch, &mut hits).ok()?;
            let hit = *hits.first()?;
            events.push(Event::read(&set.evidence(hit, &text, layout, &mut scratch), &reading));
        }
        if case.runs.is_empty() {
            return Some(run_once(self.rule, &reading, events).alerts.len() as u64);
        }
        let mut simulator = Simulator::new(self.rule, ALERTING_MAX).ok()?;
        let corpus = Corpus::new(&reading, events);
        case.runs.iter().for_each(|run| drop(simulator.run(*run, &corpus)));
        Some(simulator.alerts().len() as u64)
    }
}

/// Makes events that agree in the group and differ in what is counted.
struct Distinct<'r> {
    subject: super::generate::Subject<'r>,
    options: &'r Options,
    rule: &'r Rule,
}

impl Distinct<'_> {
    /// As many events as the greatest of the counts asks for, every field with as many values as it
    /// needs; `None` where there are not so many values.
    fn samples(&mut self, sample: &Sample, fields: &[(&Field, u64)], group: &[Field]) -> Option<Vec<Sample>> {
        let most = fields.iter().map(|(_, count)| *count).max()? as usize;
        let mut out = vec![sample.clone(); most];
        for (field, count) in fields {
            let mut values = vec![self.values(field, sample)];
            let mut variants = vec![sample.clone()];
            for value in self.proposals(field, *count) {
                if variants.len() as u64 >= *count {
                    break;
                }
                for edit in self.subject.placer.edits(field, Some(&value), sample) {
                    let next = sample.edited(&edit);
                    let own = self.values(field, &next);
                    let same = |key: &Field| self.values(key, &next) == self.values(key, sample);
                    if own.len() == 1
                        && !values.contains(&own)
                        && group.iter().all(same)
                        && self.subject.judge.judge(&next).is_some_and(|now| now.whole)
                    {
                        values.push(own);
                        variants.push(next);
                        break;
                    }
                }
            }
            if (variants.len() as u64) < *count {
                return None;
            }
            // Several counted fields: each varies by itself in the events of the first.
            for (number, slot) in out.iter_mut().enumerate() {
                let variant = &variants[number % variants.len()];
                if fields.len() == 1 {
                    *slot = variant.clone();
                } else {
                    let value = self.values(field, variant);
                    let text = value.first().map(|datum| json!(datum.as_text()));
                    let edit = self.subject.placer.edits(field, text.as_ref(), slot).into_iter().next()?;
                    *slot = slot.edited(&edit);
                }
            }
        }
        Some(out)
    }

    fn values(&self, field: &Field, sample: &Sample) -> Vec<Datum> {
        let world = Standard { version: self.options.version };
        let (layout, event) = sample.judged(self.options.version);
        Explainer::new(&world, None).values(field, &event.to_string(), layout).0
    }

    /// Values for a field: those that the rule names, then numbered ones.
    fn proposals(&self, field: &Field, count: u64) -> Vec<Value> {
        let mut out = Vec::new();
        if let Some(node) = self.rule.detection.predicate() {
            node.for_each_test(&mut |test, _| {
                if test.field == *field && test.comparison != Comparison::Exists {
                    out.extend(values::accepted(test, "", 0, &[]));
                }
            });
        }
        let last = super::base::plausible(&self.subject.placer.path(field), field);
        let stem = last.as_str().unwrap_or("example");
        out.extend((1..=count).map(|number| match field.ty {
            FieldType::Ip => json!(format!("198.51.100.{}", number % 256)),
            FieldType::Long | FieldType::Double => json!(number),
            _ if field.path.ends_with(".ip") || field.path == "sourceIPAddress" || field.path == "ip" => {
                json!(format!("198.51.100.{}", number % 256))
            }
            _ => json!(format!("{stem}{number}")),
        }));
        out
    }
}
