//! How long compiling takes, in this process and on one thread.
//!
//! `cargo bench --bench compile` reads the shared Elastic rules and prints, best and median of many
//! passes: the 90 shared KQL rules to every target there is, and every KQL rule of the shared folder
//! and of the archive beside it (477) to Query DSL and, where there is such a target, to SPL. Reading
//! the rules is timed apart. It asserts nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use trailsmith::backend::{self, Options, Target};
use trailsmith::frontend;
use trailsmith::ir::{Language, Rule};

const PASSES: usize = 30;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let shared = std::env::var_os("TRAILSMITH_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let rules = shared.join("data/elastic/rules");
    if !rules.exists() {
        println!("skipped: no {}", rules.display());
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let archive =
        std::fs::File::open(shared.join("data/elastic/other_rules.tar.gz")).expect("the other rules");
    tar::Archive::new(flate2::read::GzDecoder::new(archive)).unpack(folder.path()).expect("a tar archive");

    let some = kuery(std::slice::from_ref(&rules));
    let compiled: Vec<_> = some.iter().filter(|rule| rule.detection.predicate().is_some()).cloned().collect();
    run("shared KQL rules", &compiled, backend::ALL);
    let all = kuery(&[rules, folder.path().to_owned()]);
    let wanted = ["query-dsl", "spl"];
    let targets: Vec<&dyn Target> = wanted.iter().filter_map(|name| backend::find(name)).collect();
    run("KQL rules of any data set", &all, &targets);
}

/// The rules in KQL below these paths.
fn kuery(paths: &[PathBuf]) -> Vec<Arc<Rule>> {
    let start = Instant::now();
    let loaded = frontend::load(paths, &frontend::Options::default());
    let time = start.elapsed();
    let is_kuery =
        |rule: &Arc<Rule>| rule.query.as_ref().is_some_and(|query| query.language == Language::Kuery);
    let number = loaded.rules.len();
    let rules: Vec<_> = loaded.rules.into_iter().filter(is_kuery).collect();
    println!("read {number} rules, {} in KQL: {:.0} ms", rules.len(), time.as_secs_f64() * 1e3);
    rules
}

fn run(what: &str, rules: &[Arc<Rule>], targets: &[&dyn Target]) {
    let mut whole = Vec::with_capacity(PASSES);
    let mut each = vec![Vec::with_capacity(PASSES); targets.len()];
    let mut artefacts = vec![0; targets.len()];
    let mut together = Vec::with_capacity(PASSES);
    let pairs: Vec<(&Arc<Rule>, &dyn Target)> =
        rules.iter().flat_map(|rule| targets.iter().map(move |target| (rule, *target))).collect();
    for _ in 0..PASSES {
        let start = Instant::now();
        pairs.par_iter().for_each(|(rule, target)| drop(text(rule, *target)));
        together.push(start.elapsed());
        let start = Instant::now();
        for (index, target) in targets.iter().enumerate() {
            let start = Instant::now();
            let made = rules.iter().filter(|rule| text(rule, *target).is_some()).count();
            each[index].push(start.elapsed());
            artefacts[index] = made;
        }
        whole.push(start.elapsed());
    }
    let names: Vec<&str> = targets.iter().map(|target| target.name()).collect();
    println!("{} {what} to {}:", rules.len(), names.join(", "));
    println!("  as `compile` does it, on {} threads: {}", rayon::current_num_threads(), best(&mut together));
    println!("  on one thread: {}", best(&mut whole));
    for ((name, times), made) in names.iter().zip(&mut each).zip(artefacts) {
        println!("  {name:<14} {} ({made} artefacts)", best(times));
    }
}

/// The artefact as it would be printed.
fn text(rule: &Rule, target: &dyn Target) -> Option<String> {
    let compiled = backend::compile(rule, target, &Options::default());
    let artefact = compiled.artefact?;
    Some(std::hint::black_box(match artefact {
        backend::Artefact::Json(value) => value.to_string(),
        backend::Artefact::Text(text) => text,
    }))
}

fn best(times: &mut [Duration]) -> String {
    times.sort();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    format!("best {:.1} ms, median {:.1} ms", milliseconds(times[0]), milliseconds(times[times.len() / 2]))
}
