//! Metadata through every target that holds it: compiled, read back, and held against the rule. What
//! differs has to be listed as a loss, and what is listed has to differ.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use trailsmith::backend::{self, Artefact, Compiled, Loss, Options};
use trailsmith::frontend;
use trailsmith::ir::{Detection, Format, Level, Metadata, Node, Predicate, Rule, RuleSeverity, Schedule};

/// Targets whose artefacts are rules that trailsmith reads, each with the file that they would be in.
const TARGETS: [(&str, &str); 4] = [
    ("kibana", "rules.ndjson"),
    ("elastic-toml", "rule.toml"),
    ("threat-stack", "rule.json"),
    ("trailsmith", "rule.yml"),
];

/// Keys that a target adds without anything of the rule's own: no loss, and no difference either.
const COMPUTED: [(&str, &str); 1] = [("kibana", "required_fields")];

fn rules() -> Option<Vec<Arc<Rule>>> {
    let shared = common::shared("data/elastic/rules")?;
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let loaded = frontend::load(&[shipped, shared], &frontend::Options::default());
    assert!(!loaded.unreadable, "{:?}", loaded.diagnostics);
    Some(loaded.rules)
}

/// The keys of metadata that a loss is about; none: it is about the detection.
fn key(rule: &Rule, loss: &Loss) -> Vec<String> {
    let path = loss.path.as_str();
    // A TOML file wraps keys of the rule.
    let path =
        if rule.format == Format::ElasticToml { path.strip_prefix("rule.").unwrap_or(path) } else { path };
    let of_metadata =
        ["loss-metadata", "loss-metadata-value", "loss-rewritten", "loss-filled", "loss-suppression"];
    let folds = rule.suppression.is_some() && !matches!(rule.detection, Detection::Threshold(_));
    let key = match loss.code.name {
        // A hunt is switched off where rules alert.
        "loss-hunt" => {
            let on = rule.metadata.enabled != Some(false);
            return ["purpose"].into_iter().chain(on.then_some("enabled")).map(str::to_owned).collect();
        }
        name if of_metadata.contains(&name) => path.split('[').next(),
        "loss-exception-list" => (path == "exception_lists").then_some(path),
        "loss-field" if path.starts_with("investigation_fields") => Some("investigation_fields"),
        "loss-field" | "loss-threshold" | "loss-window" if path.starts_with("suppress") => Some("suppress"),
        "loss-window" if folds && path == "window" => Some("suppress"),
        _ => None,
    };
    key.map(str::to_owned).into_iter().collect()
}

fn read_back(compiled: &Compiled, file: &str) -> Option<Arc<Rule>> {
    let text = match compiled.artefact.as_ref()? {
        Artefact::Json(value) => value.to_string(),
        Artefact::Text(text) => text.clone(),
    };
    let loaded = frontend::load_text(file, &text);
    assert_eq!(loaded.rules.len(), 1, "{:?}\n{text}", loaded.diagnostics);
    Some(Arc::clone(&loaded.rules[0]))
}

#[test]
fn what_differs_is_listed_and_what_is_listed_differs() {
    let Some(rules) = rules() else { return };
    let mut faults = Vec::new();
    for (name, file) in TARGETS {
        let target = backend::find(name).expect("a target");
        let (mut made, mut whole) = (0, 0);
        let mut listed: BTreeMap<String, usize> = BTreeMap::new();
        for rule in &rules {
            let compiled = backend::compile(rule, target, &Options::default());
            let Some(back) = read_back(&compiled, file) else { continue };
            made += 1;
            let computed = |key: &String| COMPUTED.contains(&(name, key.as_str()));
            let differences: BTreeSet<String> =
                backend::differences(rule, &back).into_iter().filter(|key| !computed(key)).collect();
            let losses: BTreeSet<String> = compiled.losses.iter().flat_map(|loss| key(rule, loss)).collect();
            whole += usize::from(differences.is_empty());
            losses.iter().for_each(|key| *listed.entry(key.clone()).or_default() += 1);
            if differences != losses {
                faults.push(format!(
                    "{name}: {}: not listed {:?}, listed in vain {:?}",
                    rule.name(),
                    differences.difference(&losses).collect::<Vec<_>>(),
                    losses.difference(&differences).collect::<Vec<_>>()
                ));
            }
        }
        println!("{name}: {made} of {} rules, {whole} with nothing lost; listed: {listed:?}", rules.len());
        assert!(made >= 100 || name == "threat-stack", "{name}: {made}");
    }
    faults.iter().take(30).for_each(|fault| println!("{fault}"));
    assert!(faults.is_empty(), "{}", faults.len());
    assert!(rules.len() >= 155, "{}", rules.len());
}

/// Sigma rules are not read by trailsmith; what stands in their keys is taken from the YAML here.
#[test]
fn sigma_holds_its_part() {
    let Some(rules) = rules() else { return };
    let target = backend::find("sigma").expect("a target");
    let (mut made, mut faults) = (0, Vec::new());
    for rule in &rules {
        let compiled = backend::compile(rule, target, &Options::default());
        let Some(Artefact::Text(text)) = &compiled.artefact else { continue };
        made += 1;
        let documents = common::sigma::documents(text);
        let back = from_sigma(rule, documents.last().expect("a document"));
        let differences: BTreeSet<String> = backend::differences(rule, &back).into_iter().collect();
        let table = |key: String| if key.starts_with("metadata.") { "metadata".to_owned() } else { key };
        let losses: BTreeSet<String> =
            compiled.losses.iter().flat_map(|loss| key(rule, loss)).map(table).collect();
        if differences != losses {
            faults.push(format!("{}: {differences:?}, listed {losses:?}", rule.name()));
        }
    }
    println!("sigma: {made} of {} rules, {} where losses and differences part", rules.len(), faults.len());
    assert!(faults.is_empty(), "{}", faults[..faults.len().min(10)].join("\n"));
    assert!(made >= 119, "{made}");
}

/// The rule with nothing about itself but what a Sigma document says.
fn from_sigma(rule: &Rule, document: &serde_json::Value) -> Rule {
    let text = |key: &str| document.get(key).and_then(|value| value.as_str()).map(str::to_owned);
    let texts = |key: &str| -> Option<Vec<String>> {
        let items = document.get(key)?.as_array()?;
        Some(items.iter().map(|item| item.as_str().expect("a text").to_owned()).collect())
    };
    let severity = text("level")
        .map(|word| RuleSeverity { level: Level::parse(&word).expect("a level"), original: None });
    let own: Vec<String> =
        texts("tags").unwrap_or_default().into_iter().filter(|tag| !tag.starts_with("attack.")).collect();
    let metadata = Metadata {
        name: text("title").unwrap_or_default(),
        description: text("description"),
        severity,
        license: text("license"),
        references: texts("references"),
        author: text("author").map(|names| names.split(", ").map(str::to_owned).collect()),
        false_positives: texts("falsepositives"),
        tags: Some(own),
        investigation_fields: texts("fields"),
        ..Metadata::default()
    };
    Rule {
        id: text("id").unwrap_or_default(),
        metadata,
        suppression: None,
        schedule: Schedule::default(),
        index: None,
        exception_lists: None,
        ..rule.clone()
    }
}

/// A rule in trailsmith's own format is printed and read back as the same rule, and printing it again
/// changes no byte.
#[test]
fn trailsmith_yaml_is_stable() {
    let Some(rules) = rules() else { return };
    let target = backend::find("trailsmith").expect("a target");
    let mut compared = 0;
    for rule in &rules {
        let compiled = backend::compile(rule, target, &Options::default());
        let Some(back) = read_back(&compiled, "rule.yml") else {
            assert!(compiled.error.is_some() && rule.detection.predicate().is_none(), "{}", rule.name());
            continue;
        };
        let query = |rule: &Rule| rule.query.as_ref().map(|query| (query.language, query.text.clone()));
        assert_eq!(query(rule), query(&back), "{}", rule.name());
        let same = |a: &Detection, b: &Detection| match (a.predicate(), b.predicate()) {
            (Some(a), Some(b)) => placeless(a.clone()) == placeless(b.clone()),
            (a, b) => a.is_none() && b.is_none(),
        };
        assert!(same(&rule.detection, &back.detection), "{}", rule.name());
        let again = backend::compile(&back, target, &Options::default());
        let losses: Vec<_> = again.losses.iter().filter(|loss| loss.is_refused()).collect();
        assert!(losses.is_empty(), "{losses:?}");
        assert_eq!(compiled.artefact, again.artefact, "{}", rule.name());
        compared += 1;
    }
    println!("trailsmith: {compared} of {} rules printed, read back and printed again", rules.len());
    assert!(compared >= 150, "{compared}");
}

/// The predicate without the places at which its clauses were written.
fn placeless(node: Node) -> Node {
    let all = |nodes: Vec<Node>| nodes.into_iter().map(placeless).collect();
    let predicate = match node.predicate {
        Predicate::And(nodes) => Predicate::And(all(nodes)),
        Predicate::Or(nodes) => Predicate::Or(all(nodes)),
        Predicate::Not(inner) => Predicate::Not(Box::new(placeless(*inner))),
        Predicate::Nested { path, body } => Predicate::Nested { path, body: Box::new(placeless(*body)) },
        leaf => leaf,
    };
    Node { predicate, origin: None }
}
