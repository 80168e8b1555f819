//! The pipeline: blocks of records → hits → output, in order.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::findings::{Kinds, wider_than_a_run};
use super::hit::{AlertHit, EventHit, Found};
use super::kept::{Combinations, Kept};
use crate::diagnostic::Diagnostic;
use crate::event::{
    Block, Inputs, Layout, Leaf, Progress, Projection, ReadOptions, Seen, Slots, Summary, read_blocks,
};
use crate::ir::{Detection, Rule, Service};
use crate::matcher::over_time::{Event, Reading, run_once, simulate};
use crate::matcher::{Evidence, Options, RuleSet, Scratch, codes, date};
use crate::schema::Version;

/// How events are replayed.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The generation of ECS documents.
    pub version: Version,
    /// The present for date math, in milliseconds since 1970; `None`: the newest event.
    pub now: Option<i64>,
    /// Whether an event that is delivered several times counts once.
    pub dedup: bool,
    /// Whether every rule runs by its schedule instead of once over everything.
    pub schedule: bool,
    /// Number of threads that read and judge; 0 counts as 1.
    pub threads: usize,
}

/// How a replay went.
#[derive(Debug, Default)]
pub struct Stats {
    /// What reading came across.
    pub summary: Summary,
    /// Hits and alerts.
    pub hits: u64,
    /// Events that were left out because they came before.
    pub repeated: u64,
    /// Findings on rules: not run, events left out.
    pub findings: Vec<Diagnostic>,
}

/// Rules, ready to be run.
#[derive(Debug)]
pub struct Replay {
    set: RuleSet,
    /// By rule: how it looks at its hits as a whole; `None` for rules that alert on each event.
    readings: Vec<Option<Reading>>,
    settings: Settings,
    findings: Vec<Diagnostic>,
}

/// What the records of one block gave.
#[derive(Default)]
struct Batch {
    /// In the order of the input.
    matched: Vec<Matched>,
    /// By rule, the events that a rule looks at as a whole, where their order does not matter.
    kept: HashMap<usize, Kept>,
}

/// One record that some rule matches.
struct Matched {
    /// The event's id, to tell repeated ones.
    id: Option<String>,
    hits: Vec<(usize, Hit)>,
    file: Arc<str>,
    line: u64,
}

enum Hit {
    /// Of a rule that alerts on each event.
    Now(Evidence),
    /// Of a rule that looks at its events as a whole.
    Later(Event),
}

impl Replay {
    /// Compiles rules. Without `settings.now`, inputs that can be read twice are searched for the
    /// newest event if some rule needs the present.
    pub fn new(rules: &[Arc<Rule>], inputs: &Inputs, mut settings: Settings) -> Self {
        let compile = |now_ms| RuleSet::compile(rules, &Options { now_ms, version: settings.version });
        let mut set = compile(settings.now);
        let mut skipped = layouts(rules).into_iter().flat_map(|layout| set.skipped(layout));
        let needs_now = settings.now.is_none()
            && inputs.total.is_some()
            && skipped.any(|(_, finding)| finding.code == &codes::NOW_UNKNOWN);
        if needs_now {
            settings.now = newest(inputs, settings.threads);
            set = compile(settings.now);
        }
        let mut findings = set.diagnostics();
        // What was read decides whether a rule for other events is worth a word.
        findings.retain(|finding| finding.code != &codes::OTHER_INPUT);
        let readings = rules
            .iter()
            .map(|rule| {
                let each = matches!(rule.detection, Detection::Event(_)) && rule.suppression.is_none();
                if (each && !settings.schedule) || matches!(rule.detection, Detection::Opaque(_)) {
                    return None;
                }
                match Reading::of(rule) {
                    Ok(reading) => Some(reading),
                    Err(diagnostic) => {
                        findings.push(*diagnostic);
                        None
                    }
                }
            })
            .collect();
        Replay { set, readings, settings, findings }
    }

    /// Reads `inputs`; hands every hit to `found`, in order.
    ///
    /// # Errors
    /// What `found` answers.
    pub fn run(
        &self,
        inputs: &Inputs,
        progress: &mut dyn FnMut(Progress),
        found: &mut dyn FnMut(Found) -> io::Result<()>,
    ) -> io::Result<Stats> {
        let mut stats = Stats { findings: self.findings.clone(), ..Stats::default() };
        let mut seen = Seen::default();
        let mut gathered: Vec<Kept> = Vec::new();
        gathered.resize_with(self.readings.len(), Kept::default);
        let mut failed = Ok(());
        let stopped = AtomicBool::new(false);
        let kinds = Kinds::default();
        let worker = || {
            let mut scratch = Scratch::default();
            let mut combinations = Combinations::default();
            let (stopped, kinds) = (&stopped, &kinds);
            move |block: &mut Block| match stopped.load(Ordering::Relaxed) {
                // Nobody wants the rest.
                true => Batch::default(),
                false => self.block(block, &mut scratch, &mut combinations, kinds),
            }
        };
        let consume = |batch: Batch, done: Progress| {
            progress(done);
            for (rule, kept) in batch.kept {
                if let Some(reading) = &self.readings[rule] {
                    kept.events.into_iter().for_each(|event| gathered[rule].add(event, reading, true));
                }
            }
            for record in batch.matched {
                if failed.is_ok() {
                    failed = self.record(record, &mut seen, &mut gathered, &mut stats, found);
                    stopped.store(failed.is_err(), Ordering::Relaxed);
                }
            }
        };
        let summary = read_blocks(inputs, &read_options(self.settings.threads), worker, consume);
        failed?;
        stats.summary = summary;
        stats.findings.extend(kinds.findings(&self.set));
        for (rule, kept) in gathered.into_iter().enumerate() {
            self.alerts(rule, kept.events, &mut stats, found)?;
        }
        Ok(stats)
    }

    /// Passes the hits of one record on, or keeps them for later.
    fn record(
        &self,
        record: Matched,
        seen: &mut Seen,
        gathered: &mut [Kept],
        stats: &mut Stats,
        found: &mut dyn FnMut(Found) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.settings.dedup && !seen.is_new(record.id.as_deref()) {
            stats.repeated += 1;
            return Ok(());
        }
        for (rule, hit) in record.hits {
            match (hit, &self.readings[rule]) {
                (Hit::Later(event), Some(reading)) => {
                    gathered[rule].add(event, reading, !self.settings.schedule);
                }
                (Hit::Later(_), None) => {}
                (Hit::Now(evidence), _) => {
                    stats.hits += 1;
                    let rule = Arc::clone(&self.set.rules()[rule]);
                    let file = Arc::clone(&record.file);
                    found(Found::Event(EventHit { rule, evidence, file, line: record.line }))?;
                }
            }
        }
        Ok(())
    }

    fn block(
        &self,
        block: &mut Block,
        scratch: &mut Scratch,
        combinations: &mut Combinations,
        kinds: &Kinds,
    ) -> Batch {
        // Which delivery of an event counts is decided in the order of the input, and a schedule needs
        // every event; otherwise a block lets go at once of what its rules can do without.
        let in_order = self.settings.dedup || self.settings.schedule;
        let mut batch = Batch::default();
        let (mut read, mut datasets) = (Vec::new(), BTreeSet::new());
        let (mut found, mut values) = (Vec::new(), Vec::new());
        block.records(|record| {
            self.set.judge(record.text, record.layout, scratch, &mut found)?;
            if read.last() != Some(&record.layout) && !read.contains(&record.layout) {
                read.push(record.layout);
            }
            if record.layout == Layout::Ecs {
                datasets.insert(self.set.dataset(record.text, record.layout, scratch));
            }
            let mut id = None;
            let mut hits = Vec::new();
            for &rule in &found {
                let reach = self.readings[rule].as_ref().filter(|_| !in_order).and_then(covering);
                if let Some(reach) = reach {
                    let (time, id) =
                        self.set.signature(rule, record.text, record.layout, scratch, &mut values);
                    let id = id.as_deref().unwrap_or_default();
                    if !id.is_empty()
                        && time.is_some_and(|time| combinations.covers(rule, &values, time, id, reach))
                    {
                        continue;
                    }
                }
                let evidence = self.set.evidence(rule, record.text, record.layout, scratch);
                if id.is_none() && self.settings.dedup {
                    id = delivery(&evidence, record.layout);
                }
                match &self.readings[rule] {
                    None => hits.push((rule, Hit::Now(evidence))),
                    Some(reading) if in_order => {
                        hits.push((rule, Hit::Later(Event::read(&evidence, reading))));
                    }
                    Some(reading) => {
                        let event = Event::read(&evidence, reading);
                        let event = match reach {
                            Some(reach) => combinations.enter(rule, &values, event, reach),
                            None => Some(event),
                        };
                        if let Some(event) = event {
                            batch.kept.entry(rule).or_default().add(event, reading, true);
                        }
                    }
                }
            }
            if !hits.is_empty() {
                let file = Arc::clone(record.file());
                batch.matched.push(Matched { id, hits, file, line: record.line() });
            }
            Ok(())
        });
        for (rule, event) in combinations.hand_on() {
            if let Some(reading) = &self.readings[rule] {
                batch.kept.entry(rule).or_default().add(event, reading, false);
            }
        }
        kinds.add(&read, datasets);
        batch
    }

    fn alerts(
        &self,
        rule: usize,
        events: Vec<Event>,
        stats: &mut Stats,
        found: &mut dyn FnMut(Found) -> io::Result<()>,
    ) -> io::Result<()> {
        let (Some(reading), false) = (&self.readings[rule], events.is_empty()) else { return Ok(()) };
        let rule = &self.set.rules()[rule];
        let alerts = if self.settings.schedule {
            let times = || events.iter().filter_map(|event| event.effective);
            let (Some(start), Some(newest)) = (times().min(), times().max()) else { return Ok(()) };
            let end = self.settings.now.unwrap_or(newest);
            match simulate(rule, events, start, end) {
                Ok(simulation) => {
                    stats.findings.extend(simulation.findings);
                    stats.findings.extend(simulation.runs.into_iter().flat_map(|run| run.findings));
                    simulation.alerts.into_iter().map(|written| written.alert).collect()
                }
                Err(diagnostic) => {
                    stats.findings.push(*diagnostic);
                    Vec::new()
                }
            }
        } else {
            let outcome = run_once(rule, reading, events);
            stats.findings.extend(outcome.findings);
            stats.findings.extend(wider_than_a_run(rule, &outcome.alerts));
            outcome.alerts
        };
        for alert in alerts {
            stats.hits += 1;
            found(Found::Alert(AlertHit { rule: Arc::clone(rule), alert }))?;
        }
        Ok(())
    }
}

/// The layouts of records that some of the rules may run on.
fn layouts(rules: &[Arc<Rule>]) -> Vec<Layout> {
    let services: BTreeSet<Service> = rules.iter().filter_map(|rule| rule.input.service()).collect();
    [Layout::CloudTrail, Layout::Ecs].into_iter().chain(services.into_iter().map(Layout::Finding)).collect()
}

/// The reach of a rule's history, where events between two others can be left out unseen: those that
/// go by their own time.
fn covering(reading: &Reading) -> Option<i64> {
    reading.reach().filter(|_| reading.override_field().is_none() || reading.falls_back())
}

/// What tells one delivery of an event from another event. A finding keeps its id when it is updated.
fn delivery(evidence: &Evidence, layout: Layout) -> Option<String> {
    match (layout, evidence.time_ms) {
        (Layout::Finding(_), Some(time)) => evidence.event_id.as_ref().map(|id| format!("{id} {time}")),
        _ => evidence.event_id.clone(),
    }
}

fn read_options(threads: usize) -> ReadOptions {
    ReadOptions { threads: threads.max(1), ..ReadOptions::default() }
}

/// The time of the newest event.
fn newest(inputs: &Inputs, threads: usize) -> Option<i64> {
    let projection = Projection::new(["eventTime", "@timestamp", "updatedAt", "UpdatedAt"]);
    let worker = || {
        let mut slots = Slots::default();
        let projection = &projection;
        move |block: &mut Block| {
            let mut newest: Option<i64> = None;
            block.records(|record| {
                projection.extract(record.text, &mut slots)?;
                let slot = match record.layout {
                    Layout::CloudTrail => 0,
                    Layout::Ecs => 1,
                    Layout::Finding(Service::SecurityHub) => 3,
                    Layout::Finding(_) => 2,
                };
                let texts = slots.values(slot, record.text).filter_map(Leaf::text);
                newest = texts.filter_map(|text| date::parse(&text)).chain(newest).max();
                Ok(())
            });
            newest
        }
    };
    let mut newest = None;
    read_blocks(inputs, &read_options(threads), worker, |block: Option<i64>, _| newest = newest.max(block));
    newest
}
