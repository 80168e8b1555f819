//! The pipeline: blocks of records → hits → output, in order.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::findings::Kinds;
use super::hit::{AlertHit, EventHit, Found};
use crate::diagnostic::Diagnostic;
use crate::event::{
    Block, Inputs, Layout, Leaf, Progress, Projection, ReadOptions, Seen, Slots, Summary, read_blocks,
};
use crate::ir::{Detection, Rule};
use crate::matcher::over_time::{Event, Reading, run_once, simulate};
use crate::matcher::{Evidence, Options, RuleSet, Scratch, date};
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

/// One record that some rule matches.
struct Matched {
    hits: Vec<(usize, Evidence)>,
    file: Arc<str>,
    line: u64,
}

impl Replay {
    /// Compiles rules. Without `settings.now`, inputs that can be read twice are searched for the
    /// newest event if some rule needs the present.
    pub fn new(rules: &[Arc<Rule>], inputs: &Inputs, mut settings: Settings) -> Self {
        let compile = |now_ms| RuleSet::compile(rules, &Options { now_ms, version: settings.version });
        let mut set = compile(settings.now);
        let needs_now = settings.now.is_none()
            && inputs.total.is_some()
            && compile(Some(0)).diagnostics().len() < set.diagnostics().len();
        if needs_now {
            settings.now = newest(inputs, settings.threads);
            set = compile(settings.now);
        }
        let mut findings = set.diagnostics();
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
        let mut gathered: Vec<Vec<Event>> = vec![Vec::new(); self.readings.len()];
        let mut failed = Ok(());
        let stopped = AtomicBool::new(false);
        let kinds = Kinds::default();
        let worker = || {
            let mut scratch = Scratch::default();
            let (stopped, kinds) = (&stopped, &kinds);
            move |block: &mut Block| match stopped.load(Ordering::Relaxed) {
                // Nobody wants the rest.
                true => Vec::new(),
                false => self.block(block, &mut scratch, kinds),
            }
        };
        let consume = |matched: Vec<Matched>, done: Progress| {
            progress(done);
            for record in matched {
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
        for (rule, events) in gathered.into_iter().enumerate() {
            self.alerts(rule, events, &mut stats, found)?;
        }
        Ok(stats)
    }

    /// Passes the hits of one record on, or keeps them for later.
    fn record(
        &self,
        record: Matched,
        seen: &mut Seen,
        gathered: &mut [Vec<Event>],
        stats: &mut Stats,
        found: &mut dyn FnMut(Found) -> io::Result<()>,
    ) -> io::Result<()> {
        let id = record.hits.first().and_then(|(_, evidence)| evidence.event_id.as_deref());
        if self.settings.dedup && !seen.is_new(id) {
            stats.repeated += 1;
            return Ok(());
        }
        for (rule, evidence) in record.hits {
            if let Some(reading) = &self.readings[rule] {
                gathered[rule].push(Event::read(&evidence, reading));
                continue;
            }
            stats.hits += 1;
            let rule = Arc::clone(&self.set.rules()[rule]);
            let file = Arc::clone(&record.file);
            found(Found::Event(EventHit { rule, evidence, file, line: record.line }))?;
        }
        Ok(())
    }

    fn block(&self, block: &mut Block, scratch: &mut Scratch, kinds: &Kinds) -> Vec<Matched> {
        let mut matched = Vec::new();
        let (mut raw, mut datasets) = (false, BTreeSet::new());
        let mut hits = Vec::new();
        block.records(|record| {
            self.set.judge(record.text, record.layout, scratch, &mut hits)?;
            match record.layout {
                Layout::CloudTrail => raw = true,
                Layout::Ecs => {
                    datasets.insert(self.set.dataset(record.text, record.layout, scratch));
                }
            }
            if !hits.is_empty() {
                let mut evidence = |rule| self.set.evidence(rule, record.text, record.layout, scratch);
                let hits = hits.iter().map(|&rule| (rule, evidence(rule))).collect();
                matched.push(Matched { hits, file: Arc::clone(record.file()), line: record.line() });
            }
            Ok(())
        });
        kinds.add(raw, datasets);
        matched
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
            outcome.alerts
        };
        for alert in alerts {
            stats.hits += 1;
            found(Found::Alert(AlertHit { rule: Arc::clone(rule), alert }))?;
        }
        Ok(())
    }
}

fn read_options(threads: usize) -> ReadOptions {
    ReadOptions { threads: threads.max(1), ..ReadOptions::default() }
}

/// The time of the newest event.
fn newest(inputs: &Inputs, threads: usize) -> Option<i64> {
    let projection = Projection::new(["eventTime", "@timestamp"]);
    let worker = || {
        let mut slots = Slots::default();
        let projection = &projection;
        move |block: &mut Block| {
            let mut newest: Option<i64> = None;
            block.records(|record| {
                projection.extract(record.text, &mut slots)?;
                let slot = usize::from(record.layout == Layout::Ecs);
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
