//! What is compared: rules, records, and the verdicts of the native matcher.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::Value as Json;
use trailsmith::event::{Layout, normalize};
use trailsmith::frontend;
use trailsmith::ir::{Input, Rule};
use trailsmith::matcher::{Options, RuleSet, Scratch, date};
use trailsmith::schema::Version;
use trailsmith::witness::{self, Sample};

use crate::common;

/// A rule under comparison.
pub struct Subject {
    /// Its file, below `rules/` or below the shared rules.
    pub name: String,
    pub rule: Arc<Rule>,
    /// Whether it is one of the 90 shared rules in KQL.
    pub is_shared_kql: bool,
}

/// A record and the document that is indexed for it. Engines know it by its position.
pub struct Record {
    /// Where it comes from: `invictus`, `stratus` or the rule that it is a witness of.
    pub origin: String,
    /// The record; none where its document holds more than the record gives.
    pub raw: Option<String>,
    pub document: String,
}

impl Record {
    /// What the matcher judges.
    pub fn judged(&self) -> (&str, Layout) {
        match &self.raw {
            Some(raw) => (raw, Layout::CloudTrail),
            None => (&self.document, Layout::Ecs),
        }
    }
}

/// Everything under comparison.
pub struct World {
    pub subjects: Vec<Subject>,
    pub records: Vec<Record>,
    /// The rules, compiled for the matcher.
    pub set: RuleSet,
    /// By rule, the positions of the records that the matcher finds.
    pub native: Vec<BTreeSet<usize>>,
    /// Pairs of rule and record for which the matcher answers differently on the record and on its
    /// document.
    pub torn: Vec<String>,
}

impl World {
    /// Reads rules and records and judges them. `None` without the shared corpora.
    pub fn build() -> Option<World> {
        let subjects = subjects()?;
        let mut records = records()?;
        records.extend(made_up(&subjects));
        let rules: Vec<Arc<Rule>> = subjects.iter().map(|subject| Arc::clone(&subject.rule)).collect();
        let options = Options { now_ms: newest(&records), ..Options::default() };
        let set = RuleSet::compile(&rules, &options);
        let only_raw: BTreeSet<usize> = set.skipped(Layout::Ecs).iter().map(|(rule, _)| *rule).collect();
        let mut native: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); rules.len()];
        let mut torn = Vec::new();
        let mut scratch = Scratch::default();
        let (mut on_record, mut on_document) = (Vec::new(), Vec::new());
        for (at, record) in records.iter().enumerate() {
            let (text, layout) = record.judged();
            set.judge(text, layout, &mut scratch, &mut on_record).expect("a record");
            for &rule in &on_record {
                native[rule].insert(at);
            }
            set.judge(&record.document, Layout::Ecs, &mut scratch, &mut on_document).expect("a document");
            // A rule on raw keys has no verdict on a document.
            on_record.retain(|rule| on_document.contains(rule) || !only_raw.contains(rule));
            if on_record != on_document {
                torn.push(format!("{} {at}: {on_record:?}, on the document {on_document:?}", record.origin));
            }
        }
        Some(World { subjects, records, set, native, torn })
    }

    /// Documents, in order.
    pub fn texts(&self) -> Vec<&str> {
        self.records.iter().map(|record| record.document.as_str()).collect()
    }

    /// Documents with their names in an index.
    pub fn documents(&self) -> Vec<(String, String)> {
        let named = |(at, record): (usize, &Record)| (at.to_string(), record.document.clone());
        self.records.iter().enumerate().map(named).collect()
    }
}

/// Witnesses and near misses of the rules, and the events of their cases over time. The same record may
/// serve many rules.
fn made_up(subjects: &[Subject]) -> Vec<Record> {
    let options = witness::Options::default();
    let of_one = |subject: &Subject| -> Vec<Record> {
        let found = witness::witnesses(&subject.rule, &options);
        let cases = witness::aggregate(&subject.rule, &options).unwrap_or_default();
        let matching = found.matching.into_iter().map(|witness| witness.sample);
        let missing = found.near_misses.into_iter().map(|miss| miss.sample);
        let over_time = cases.into_iter().flat_map(|case| case.samples);
        matching.chain(missing).chain(over_time).map(|sample| from_sample(&subject.name, &sample)).collect()
    };
    let mut known = BTreeSet::new();
    let all: Vec<Vec<Record>> = subjects.par_iter().map(of_one).collect();
    all.into_iter().flatten().filter(|record| known.insert(record.document.clone())).collect()
}

fn from_sample(origin: &str, sample: &Sample) -> Record {
    let document = Json::Object(sample.document(Version::default())).to_string();
    let raw = sample.with.is_empty().then(|| sample.record.to_string());
    Record { origin: origin.to_owned(), raw, document }
}

/// The shared rules that are understood, and the rules of this repository.
fn subjects() -> Option<Vec<Subject>> {
    let oracle = common::rows("data/elastic/oracle/dr_kql_aws_shared.jsonl")?;
    let kql: BTreeSet<&str> = oracle.iter().filter_map(|row| row["rule_id"].as_str()).collect();
    let shared = common::shared("data/elastic/rules")?;
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut subjects = Vec::new();
    for root in [shared, shipped] {
        let loaded = frontend::load(std::slice::from_ref(&root), &frontend::Options::default());
        for rule in loaded.rules {
            if rule.input != Input::CloudTrail || rule.detection.predicate().is_none() {
                continue;
            }
            let path = PathBuf::from(rule.source.path());
            let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
            let is_shared_kql = kql.contains(rule.id.as_str());
            subjects.push(Subject { name, rule, is_shared_kql });
        }
    }
    assert_eq!(subjects.iter().filter(|subject| subject.is_shared_kql).count(), 90);
    Some(subjects)
}

fn records() -> Option<Vec<Record>> {
    let mut records = Vec::new();
    for (corpus, texts) in common::corpora()? {
        records.extend(texts.into_iter().map(|raw| record(corpus, raw)));
    }
    Some(records)
}

fn record(origin: &str, raw: String) -> Record {
    let json: Json = serde_json::from_str(&raw).expect("a record");
    let document = normalize::normalize(&json, &normalize::Options::default()).document;
    Record { origin: origin.to_owned(), raw: Some(raw), document: Json::Object(document).to_string() }
}

fn newest(records: &[Record]) -> Option<i64> {
    let time = |record: &Record| {
        let json: Json = serde_json::from_str(&record.document).ok()?;
        date::parse(json["@timestamp"].as_str()?)
    };
    records.iter().filter_map(time).max()
}
