//! The outcome of every rule in every way, held against the list of what is known not to agree.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use crate::world::World;

/// What is known not to agree, and why: way, rule, outcome, reason.
const KNOWN: &str = include_str!("known.tsv");

/// How a rule fared in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The same records.
    Agrees,
    /// The target cannot say the rule's condition; the codes of its losses.
    Lossy(Vec<&'static str>),
    /// Nothing comes out for the target; the code of the reason.
    Impossible(&'static str),
    /// The engine refuses the artefact.
    Refused(String),
    /// Other records: what only the matcher finds, what only the engine finds.
    Differs { native: Vec<String>, engine: Vec<String> },
}

impl Outcome {
    /// The outcome of an engine's answer.
    pub fn of(world: &World, subject: usize, found: Result<Vec<usize>, String>) -> Outcome {
        Outcome::between(world, &world.native[subject], found)
    }

    /// The outcome of an engine's answer against what the matcher finds.
    pub fn between(world: &World, native: &BTreeSet<usize>, found: Result<Vec<usize>, String>) -> Outcome {
        let found: BTreeSet<usize> = match found {
            Ok(found) => found.into_iter().collect(),
            Err(reason) => return Outcome::Refused(reason),
        };
        if *native == found {
            return Outcome::Agrees;
        }
        let names = |only: Vec<&usize>| {
            only.into_iter().map(|&at| format!("{at} ({})", world.records[at].origin)).collect()
        };
        Outcome::Differs {
            native: names(native.difference(&found).collect()),
            engine: names(found.difference(native).collect()),
        }
    }

    /// As the list of what is known has it.
    fn short(&self) -> String {
        match self {
            Outcome::Agrees => "agrees".into(),
            Outcome::Lossy(codes) => format!("lossy: {}", codes.join(" ")),
            Outcome::Impossible(code) => format!("impossible: {code}"),
            Outcome::Refused(_) => "refused".into(),
            // Not how many: that depends on which witnesses there are.
            Outcome::Differs { native, engine } if engine.is_empty() && !native.is_empty() => {
                "misses some".into()
            }
            Outcome::Differs { native, .. } if native.is_empty() => "finds more".into(),
            Outcome::Differs { .. } => "misses some, finds more".into(),
        }
    }

    fn detail(&self) -> String {
        match self {
            Outcome::Refused(reason) => format!("refused: {reason}"),
            Outcome::Differs { native, engine } => {
                let some = |list: &[String]| list.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
                format!("{}: missed {}; more {}", self.short(), some(native), some(engine))
            }
            other => other.short(),
        }
    }
}

/// One line of the table at the end.
#[derive(Debug, Default, Clone)]
struct Line {
    rules: usize,
    triples: usize,
    known: usize,
    unexpected: usize,
    left_out: usize,
}

static LINES: Mutex<BTreeMap<String, Line>> = Mutex::new(BTreeMap::new());

/// Files the outcomes of a way, by rule. `compared`: on how many records its verdicts were compared.
///
/// # Errors
/// Whatever is not as the list says.
pub fn file(world: &World, way: &str, outcomes: &[Outcome], compared: &[usize]) -> Result<(), String> {
    let mut known: BTreeMap<&str, &str> = KNOWN
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|cells| cells[0] == way)
        .map(|cells| (cells[1], cells[2]))
        .collect();
    let mut line = Line::default();
    let mut wrong = Vec::new();
    for ((subject, outcome), compared) in world.subjects.iter().zip(outcomes).zip(compared) {
        let name = subject.name.as_str();
        let short = outcome.short();
        let listed = known.remove(name);
        match outcome {
            Outcome::Agrees | Outcome::Differs { .. } => {
                line.rules += 1;
                line.triples += compared;
            }
            _ => line.left_out += 1,
        }
        if listed.unwrap_or("agrees") == short {
            line.known += usize::from(*outcome != Outcome::Agrees);
        } else {
            line.unexpected += 1;
            let listed = listed.map_or_else(String::new, |listed| format!(" (listed: {listed})"));
            wrong.push(format!("{way}\t{name}\t{}{listed}", outcome.detail()));
        }
    }
    wrong.extend(known.keys().map(|name| format!("{way}\t{name}\tlisted, but there is no such rule")));
    line.unexpected += known.len();
    LINES.lock().unwrap_or_else(|error| error.into_inner()).insert(way.to_owned(), line);
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// Prints the table; the number of triples.
pub fn print() -> usize {
    let lines = LINES.lock().unwrap_or_else(|error| error.into_inner());
    println!(
        "\n{:26}{:>7}{:>10}{:>12}{:>8}{:>9}",
        "way", "rules", "triples", "unexpected", "listed", "left out"
    );
    for (way, line) in lines.iter() {
        let Line { rules, triples, known, unexpected, left_out } = line;
        println!("{way:26}{rules:>7}{triples:>10}{unexpected:>12}{known:>8}{left_out:>9}");
    }
    let triples = lines.values().map(|line| line.triples).sum();
    println!("{triples} triples of rule, record and engine compared\n");
    triples
}
