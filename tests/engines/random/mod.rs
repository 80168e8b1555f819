//! Random conditions on hostile documents, in every language that an engine runs: what rules do not
//! happen to say is where a back end errs unseen.
//!
//! A condition that a target refuses with a loss is counted, not compared. Everything else must find
//! the documents that the matcher finds, but for the limits of engines in [`excuses`].

mod conditions;
mod excuses;
mod records;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use libtest_mimic::Failed;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value as Json, json};
use trailsmith::backend::{Artefact, Stack};
use trailsmith::event::Layout;
use trailsmith::ir::{Detection, Language, Node, Rule, Vocabulary};
use trailsmith::matcher::{Options, RuleSet, Scratch};
use trailsmith::schema::{Engine, index_mapping};

use crate::ways::{self, Way};
use crate::{Engines, common, limits, percolate, python};
use records::Record;

/// The index of the documents, on both engines.
const INDEX: &str = "hostile";
/// Conditions, in either vocabulary.
const CONDITIONS: usize = 300;
/// Disagreements that are printed in full.
const PRINTED: usize = 40;

/// A condition, and the documents that the matcher finds.
struct Subject {
    rule: Rule,
    native: BTreeSet<usize>,
}

/// How the conditions fared in one way.
#[derive(Debug, Default)]
struct Line {
    compared: usize,
    triples: usize,
    hits: usize,
    lossy: BTreeMap<&'static str, usize>,
    left_out: BTreeMap<&'static str, usize>,
    wrong: usize,
}

/// Conditions that do not depend on the run.
pub fn runner() -> TestRunner {
    TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn subjects(records: &[Record]) -> Vec<Subject> {
    let mut runner = runner();
    let mut rules = Vec::new();
    for (vocabulary, strategy, count) in [
        (Vocabulary::Ecs, conditions::on_documents(), CONDITIONS),
        (Vocabulary::ThreatStack, conditions::on_records(), CONDITIONS / 3),
    ] {
        for _ in 0..count {
            let node = strategy.new_tree(&mut runner).expect("a condition").current();
            rules.push(rule(rules.len(), vocabulary, node));
        }
    }
    let shared: Vec<Arc<Rule>> = rules.iter().cloned().map(Arc::new).collect();
    let options = Options { now_ms: Some(values::NOON), ..Options::default() };
    let set = RuleSet::compile(&shared, &options);
    let mut native = vec![BTreeSet::new(); rules.len()];
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    for (at, record) in records.iter().enumerate() {
        let (text, layout) = record.judged();
        set.judge(text, layout, &mut scratch, &mut hits).expect("a record");
        for &rule in &hits {
            native[rule].insert(at);
        }
    }
    rules.into_iter().zip(native).map(|(rule, native)| Subject { rule, native }).collect()
}

fn rule(number: usize, vocabulary: Vocabulary, node: Node) -> Rule {
    let mut rule = common::rule(&format!("random {number}"), Language::Kuery, "*:*", None).expect("a rule");
    rule.detection = Detection::Event(node);
    rule.vocabulary = vocabulary;
    rule.query = None;
    rule.index = Some(vec![INDEX.to_owned()]);
    rule
}

/// The verdicts on documents must be those on the records that they are made of.
fn torn(subjects: &[Subject], records: &[Record]) -> Vec<String> {
    let of_documents = subjects.iter().filter(|subject| subject.rule.vocabulary == Vocabulary::Ecs);
    let of_documents: Vec<&Subject> = of_documents.collect();
    let rules: Vec<Arc<Rule>> = of_documents.iter().map(|subject| Arc::new(subject.rule.clone())).collect();
    let options = Options { now_ms: Some(values::NOON), ..Options::default() };
    let set = RuleSet::compile(&rules, &options);
    let (mut scratch, mut hits, mut torn) = (Scratch::default(), Vec::new(), Vec::new());
    for (at, record) in records.iter().enumerate() {
        set.judge(&record.document, Layout::Ecs, &mut scratch, &mut hits).expect("a document");
        for (index, subject) in of_documents.iter().enumerate() {
            if hits.contains(&index) != subject.native.contains(&at) {
                let condition = shown(&subject.rule);
                torn.push(format!(
                    "{condition}\n  document {}, record {}\n  {}\n  {}",
                    hits.contains(&index),
                    subject.native.contains(&at),
                    short(&record.document),
                    short(record.raw.as_deref().unwrap_or_default())
                ));
            }
        }
    }
    torn
}

/// Runs everything.
///
/// # Errors
/// Every disagreement.
pub fn run(engines: &Engines) -> Result<(), Failed> {
    let records = records::all(&mut runner());
    let documents: Vec<&str> = records.iter().map(|record| record.document.as_str()).collect();
    let named: Vec<(String, String)> =
        documents.iter().enumerate().map(|(at, text)| (at.to_string(), (*text).to_owned())).collect();
    let subjects = subjects(&records);
    let hits: usize = subjects.iter().map(|subject| subject.native.len()).sum();
    println!("random: {} conditions, {} documents, {hits} hits", subjects.len(), documents.len());
    let mut wrong = torn(&subjects, &records);
    for engine in [Engine::Elasticsearch, Engine::OpenSearch] {
        let body = json!({ "mappings": index_mapping(engine) });
        engines.node(engine)?.index(INDEX, &body, &named);
    }
    let mut lines: BTreeMap<&str, Line> = BTreeMap::new();
    for way in [ways::QUERY_DSL, ways::KQL, ways::LUCENE, ways::ESQL, ways::OPENSEARCH] {
        let begin = std::time::Instant::now();
        let line = over_http(engines, way, &subjects, &documents, &mut wrong)?;
        println!("random: {} took {:.1} s", way.name, begin.elapsed().as_secs_f64());
        lines.insert(way.name, line);
    }
    lines.insert("opensearch percolator", stored(engines, &subjects, &documents, &mut wrong)?);
    lines.insert("python eql", eql(&subjects, &documents, &mut wrong)?);
    println!("\n{:26}{:>9}{:>9}{:>8}{:>7}", "random conditions", "compared", "triples", "hits", "wrong");
    for (name, line) in &lines {
        println!("{name:26}{:>9}{:>9}{:>8}{:>7}", line.compared, line.triples, line.hits, line.wrong);
        println!("    with a loss: {:?}\n    left out: {:?}", line.lossy, line.left_out);
    }
    // A generator that yields too little shows here.
    let least = lines.iter().filter(|(_, line)| line.compared < 80 || line.hits < 1000);
    let least: Vec<&str> = least.map(|(name, _)| *name).collect();
    if !least.is_empty() {
        wrong.push(format!("too little is compared: {least:?}"));
    }
    match wrong.len() {
        0 => Ok(()),
        all => {
            wrong.truncate(PRINTED);
            Err(format!("{all} disagreements\n{}", wrong.join("\n")).into())
        }
    }
}

impl Line {
    /// The artefact of a condition, unless it is not compared.
    fn artefact(&mut self, subject: &Subject, target: &str, stack: Stack) -> Option<Artefact> {
        let compiled = ways::compile_events(&subject.rule, target, stack);
        let mut lost = ways::losses(&compiled);
        // On raw records this is a difference that the user is told of.
        lost.extend(
            compiled.losses.iter().map(|loss| loss.code.name).filter(|name| *name == "loss-empty-exists"),
        );
        lost.extend(compiled.error.as_ref().map(|error| error.code.name));
        if let Some(code) = lost.first() {
            *self.lossy.entry(code).or_default() += 1;
            return None;
        }
        compiled.artefact
    }

    /// Compares an answer; `skip`: documents whose verdict is no evidence.
    fn compare(
        &mut self,
        subject: &Subject,
        artefact: &Artefact,
        answer: Result<BTreeSet<usize>, String>,
        documents: &[&str],
        skip: &BTreeMap<usize, &'static str>,
    ) -> Option<String> {
        let condition = || format!("{}\n  {}", shown(&subject.rule), short(&artefact.to_json().to_string()));
        let node = limits::condition(&subject.rule);
        let mut skip = skip.clone();
        let differing = |skip: &BTreeMap<usize, &'static str>, found: &BTreeSet<usize>| -> Vec<usize> {
            let all = found.symmetric_difference(&subject.native).copied();
            all.filter(|at| !skip.contains_key(at)).collect()
        };
        let found = match answer {
            Ok(found) => found,
            Err(reason) => {
                self.wrong += 1;
                return Some(format!("{}\n  refused: {}", condition(), short(&reason)));
            }
        };
        for at in differing(&skip, &found) {
            let document = serde_json::from_str(documents[at]).expect("JSON");
            if let Some(reason) = excuses::beyond(&subject.rule, &node, &document) {
                skip.insert(at, reason);
            }
        }
        self.compared += 1;
        self.triples += documents.len() - skip.len();
        self.hits += found.len();
        skip.values().for_each(|reason| *self.left_out.entry(reason).or_default() += 1);
        let differing = differing(&skip, &found);
        let first = *differing.first()?;
        self.wrong += 1;
        let who = if found.contains(&first) { "the engine finds" } else { "the engine misses" };
        let document: Json = serde_json::from_str(documents[first]).expect("JSON");
        let values = limits::tested(&node, &document);
        Some(format!(
            "{}\n  {} documents differ; {who} {first}: {}",
            condition(),
            differing.len(),
            short(&values)
        ))
    }
}

fn over_http(
    engines: &Engines,
    way: Way,
    subjects: &[Subject],
    documents: &[&str],
    wrong: &mut Vec<String>,
) -> Result<Line, Failed> {
    let engine = if way.opensearch { Engine::OpenSearch } else { Engine::Elasticsearch };
    let stack = if way.opensearch { Stack::OpenSearch } else { Stack::default() };
    let node = engines.node(engine)?;
    let mut line = Line::default();
    for subject in subjects {
        let Some(artefact) = line.artefact(subject, way.target, stack) else { continue };
        if let Some(reason) = excuses::of(way, &artefact) {
            *line.left_out.entry(reason).or_default() += documents.len();
            continue;
        }
        let answer = (way.ask)(node, INDEX, &artefact)
            .map(|ids| ids.iter().map(|id| id.parse().expect("a position")).collect());
        let outcome = line.compare(subject, &artefact, answer, documents, &BTreeMap::new());
        wrong.extend(outcome.map(|outcome| format!("{}: {outcome}", way.name)));
    }
    Ok(line)
}

fn stored(
    engines: &Engines,
    subjects: &[Subject],
    documents: &[&str],
    wrong: &mut Vec<String>,
) -> Result<Line, Failed> {
    let mut line = Line::default();
    let made: Vec<(usize, Artefact)> = subjects
        .iter()
        .enumerate()
        .filter_map(|(at, subject)| Some((at, line.artefact(subject, "percolator", Stack::OpenSearch)?)))
        .collect();
    let mut found = percolate::run("hostile-rules", documents, engines.node(Engine::OpenSearch)?, &made);
    for (at, artefact) in &made {
        let answer = found.remove(at).expect("an answer").map(|list| list.into_iter().collect());
        let outcome = line.compare(&subjects[*at], artefact, answer, documents, &BTreeMap::new());
        wrong.extend(outcome.map(|outcome| format!("percolator: {outcome}")));
    }
    Ok(line)
}

fn eql(subjects: &[Subject], documents: &[&str], wrong: &mut Vec<String>) -> Result<Line, Failed> {
    let mut line = Line::default();
    let made: Vec<(usize, Artefact)> = subjects
        .iter()
        .enumerate()
        .filter_map(|(at, subject)| Some((at, line.artefact(subject, "eql", Stack::default())?)))
        .collect();
    let queries: BTreeMap<String, String> =
        made.iter().map(|(at, artefact)| (at.to_string(), ways::text(artefact).to_owned())).collect();
    let mut found = python::run(documents, &queries)?;
    let parsed: Vec<Json> = documents.iter().map(|text| serde_json::from_str(text).expect("JSON")).collect();
    for (at, artefact) in &made {
        let subject = &subjects[*at];
        if let Some(reason) = excuses::of_eql(artefact) {
            *line.left_out.entry(reason).or_default() += documents.len();
            continue;
        }
        let node = limits::condition(&subject.rule);
        let limit = |(at, document)| Some((at, limits::of(&node, document)?));
        let skip: BTreeMap<usize, &'static str> = parsed.iter().enumerate().filter_map(limit).collect();
        let answer = found.remove(&at.to_string()).expect("an answer");
        let answer = answer.map(|list| list.into_iter().collect());
        let outcome = line.compare(subject, artefact, answer, documents, &skip);
        wrong.extend(outcome.map(|outcome| format!("python eql: {outcome}")));
    }
    Ok(line)
}

/// A condition as trailsmith's own rules write it.
fn shown(rule: &Rule) -> String {
    let Detection::Event(node) = &rule.detection else { return String::new() };
    format!("{}: {}", rule.id, short(&conditions::brief(node)))
}

/// A text with long runs of a character counted.
fn short(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.trim_start_matches(c);
        match (rest.len() - after.len()) / c.len_utf8() {
            count if count > 50 => out.push_str(&format!("{c}{{{count}}}")),
            _ => out.push_str(&rest[..rest.len() - after.len()]),
        }
        rest = after;
    }
    out
}
