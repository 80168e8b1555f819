//! A fixture file to start from: the witnesses of a rule as cases. Every case is run before it is
//! written, so the file passes as printed.

mod yaml;

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::events::{EventFiles, prepare};
use super::judge::judge;
use super::{Settings, read};
use crate::diagnostic::{Source, printable};
use crate::ir::Rule;
use crate::matcher::over_time::format_time;
use crate::schema::Version;
use crate::witness::{self, Options, Sample, Witnesses};

/// Most events of a case, and most cases, unless everything is asked for.
const MOST: (usize, usize) = (12, 40);

/// A fixture file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its text; empty where there is no case.
    pub text: String,
    /// How many cases it has.
    pub cases: usize,
    /// What it does not show, a sentence each.
    pub notes: Vec<String>,
}

/// What a draft is made of.
#[derive(Debug, Clone, Default)]
pub struct DraftOptions {
    /// What the key `rule` says; `None`: it is left out.
    pub rule: Option<String>,
    /// The generation of ECS documents.
    pub version: Version,
    /// Whether long lists are written out too.
    pub all: bool,
}

/// One case.
#[derive(Debug, Clone)]
struct DraftCase {
    name: String,
    expect: String,
    with: Map<String, Value>,
    schedule: Vec<i64>,
    /// Remark and record.
    events: Vec<(String, Value)>,
    /// Events that were left out.
    more: usize,
}

/// Drafts the fixtures of a rule.
pub fn draft(rule: &Arc<Rule>, options: &DraftOptions) -> Draft {
    let witness_options = Options { version: options.version, ..Options::default() };
    let found = witness::witnesses(rule, &witness_options);
    let (most_events, most_cases) = if options.all { (usize::MAX, usize::MAX) } else { MOST };
    let mut notes = Vec::new();
    let mut cases = matching(&found, most_events);
    cases.extend(near_misses(&found, most_events));
    if !found.matching.is_empty() {
        over_time(rule, &witness_options, &mut cases, &mut notes);
    }
    if cases.len() > most_cases {
        notes.push(format!("{} more cases; --all writes them out", cases.len() - most_cases));
        cases.truncate(most_cases);
    }
    let left_out: usize = cases.iter().map(|case| case.more).sum();
    if left_out > 0 {
        notes.push(format!("{left_out} more events; --all writes them out"));
    }
    notes.extend(found.unreached.iter().map(|unreached| {
        let clause = unreached.clause.and_then(|id| found.clauses.get(id));
        let what = match unreached.side {
            witness::Side::Match if clause.is_some() => "no matching event and no near miss for",
            witness::Side::Match => "no matching event",
            witness::Side::NearMiss => "no near miss for",
        };
        let clause = clause.map_or(String::new(), |clause| format!(" `{}`", clause.text));
        format!("{what}{clause}: {}", unreached.reason)
    }));
    unique_names(&mut cases);
    let failing = failing(rule, &print(&cases, options, &[]), options.version);
    if !failing.is_empty() {
        let mut number = 0..;
        cases.retain(|_| number.next().is_none_or(|number| !failing.contains(&number)));
        notes.push(format!("{} cases did not do what they were to show and were dropped", failing.len()));
    }
    let text = if cases.is_empty() { String::new() } else { print(&cases, options, &notes) };
    Draft { text, cases: cases.len(), notes }
}

/// Matching events; those with the same enrichment make one case.
fn matching(found: &Witnesses, most: usize) -> Vec<DraftCase> {
    let mut cases: Vec<DraftCase> = Vec::new();
    for witness in &found.matching {
        let clause = witness.clause.and_then(|id| found.clauses.get(id)).map(|info| info.text.as_str());
        let case = if witness.other_case { ", in another case" } else { "" };
        // A single record shows all of the rule.
        let clause = clause.filter(|_| found.matching.len() > 1);
        let remark = clause.map_or(String::new(), |text| format!("{text}{case}"));
        add(&mut cases, "matching events", "match", &witness.sample, remark, most);
    }
    cases
}

/// Near misses; those of one field with the same enrichment make one case.
fn near_misses(found: &Witnesses, most: usize) -> Vec<DraftCase> {
    let mut cases = Vec::new();
    for near in &found.near_misses {
        let field = near.field.as_ref().map_or("the text", |field| field.path.as_str());
        let clause = found.clauses.get(near.clause).map_or("", |info| info.text.as_str());
        let remark = format!("{clause}: {}", near.change.as_str());
        add(&mut cases, &format!("nearly: {field}"), "no-match", &near.sample, remark, most);
    }
    cases
}

fn add(cases: &mut Vec<DraftCase>, name: &str, expect: &str, sample: &Sample, remark: String, most: usize) {
    let event = (remark, sample.record.clone());
    match cases.iter_mut().find(|case| case.name == name && case.with == sample.with) {
        Some(case) if case.events.len() >= most => case.more += 1,
        Some(case) => case.events.push(event),
        None => cases.push(DraftCase {
            name: name.to_owned(),
            expect: expect.to_owned(),
            with: sample.with.clone(),
            schedule: Vec::new(),
            events: vec![event],
            more: 0,
        }),
    }
}

/// Cases of thresholds and new terms.
fn over_time(rule: &Rule, options: &Options, cases: &mut Vec<DraftCase>, notes: &mut Vec<String>) {
    let found = match witness::aggregate(rule, options) {
        Ok(found) => found,
        Err(reason) => return notes.push(format!("no alert is shown: {reason}")),
    };
    for case in found {
        let Some(first) = case.samples.first() else { continue };
        // A fixture adds the same fields to all events of a case.
        if case.samples.iter().any(|sample| sample.with != first.with) {
            notes
                .push(format!("{} is not shown: its events differ in what only the cluster adds", case.name));
            continue;
        }
        cases.push(DraftCase {
            name: case.name,
            expect: format!("{{alerts: {}}}", case.alerts),
            with: first.with.clone(),
            schedule: case.runs,
            events: case.samples.iter().map(|sample| (String::new(), sample.record.clone())).collect(),
            more: 0,
        });
    }
}

/// Two cases of one name would be an error.
fn unique_names(cases: &mut [DraftCase]) {
    let mut seen = HashSet::new();
    for case in cases {
        let name = case.name.clone();
        let mut number = 2;
        while !seen.insert(case.name.clone()) {
            case.name = format!("{name} ({number})");
            number += 1;
        }
    }
}

/// The cases, by number, that do not pass.
fn failing(rule: &Arc<Rule>, text: &str, version: Version) -> HashSet<usize> {
    let (file, _) = read(&Arc::new(Source::new("draft.test.yml", text)));
    let settings = Settings { version, ..Settings::default() };
    let files = EventFiles::default();
    let passes = |case| {
        let events = prepare(&file, case, &files, version);
        events.is_ok_and(|events| {
            !events.is_empty() && judge(rule, case, &events, &settings).failures.is_empty()
        })
    };
    (0..file.cases.len()).filter(|&number| !passes(&file.cases[number])).collect()
}

fn print(cases: &[DraftCase], options: &DraftOptions, notes: &[String]) -> String {
    let mut out = String::new();
    if let Some(rule) = &options.rule {
        out.push_str(&format!("rule: {}\n", yaml::scalar_text(rule)));
    }
    if !notes.is_empty() {
        out.push_str("# Not shown:\n");
        notes.iter().for_each(|note| out.push_str(&format!("# - {}\n", one_line(note))));
    }
    out.push_str("tests:\n");
    for case in cases {
        out.push_str(&format!("  - name: {}\n", yaml::scalar_text(&one_line(&case.name))));
        out.push_str(&format!("    expect: {}\n", case.expect));
        if !case.with.is_empty() {
            out.push_str("    with:\n      ");
            yaml::mapping(&Value::Object(case.with.clone()), 6, &mut out);
        }
        if !case.schedule.is_empty() {
            let runs: Vec<Value> = case.schedule.iter().map(|run| json!(format_time(*run))).collect();
            out.push_str(&format!("    schedule:\n      runs: {}\n", yaml::flow(&Value::Array(runs))));
        }
        out.push_str("    events:\n");
        for (remark, event) in &case.events {
            if !remark.is_empty() {
                out.push_str(&format!("      # {}\n", one_line(remark)));
            }
            out.push_str("      - ");
            yaml::mapping(event, 8, &mut out);
        }
        if case.more > 0 {
            out.push_str(&format!("      # and {} more\n", case.more));
        }
    }
    out
}

fn one_line(text: &str) -> String {
    printable(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}
