//! What a stanza says about its rule beside the search: the keys of a correlation search of Splunk
//! Enterprise Security, as Splunk's own content and the target `splunk-savedsearch` write them.

use serde_json::Value as Json;

use crate::ir::{Level, Metadata, RuleSeverity, Tactic, Technique, Threat};
use crate::schema::attack;

/// What was taken from a setting.
#[derive(Debug, Default)]
pub(super) struct About {
    /// `detection_id`.
    pub id: Option<String>,
}

/// Takes one setting over; `false`: it says nothing to trailsmith, or not in the form known here.
pub(super) fn take(key: &str, text: &str, metadata: &mut Metadata, about: &mut About) -> bool {
    match key {
        "action.correlationsearch.label" if !text.is_empty() => metadata.name = text.to_owned(),
        "action.correlationsearch.metadata" => return identity(text, metadata, about),
        "action.correlationsearch.annotations" => return annotations(text, metadata),
        "action.notable.param.severity" => match Level::parse(text) {
            Some(level) => metadata.severity = Some(RuleSeverity { level, original: None }),
            None => return false,
        },
        "action.notable.param.next_steps" => {
            let steps: Option<Json> = serde_json::from_str(text).ok();
            match steps.as_ref().and_then(|steps| steps["data"].as_str()) {
                Some(guide) => metadata.investigation_guide = Some(guide.to_owned()),
                None => return false,
            }
        }
        "action.risk.param._risk" => {
            let risk: Option<Json> = serde_json::from_str(text).ok();
            match risk.as_ref().and_then(|risk| risk[0]["risk_score"].as_i64()) {
                Some(score) => metadata.risk_score = Some(score),
                None => return false,
            }
        }
        "action.escu.how_to_implement" => metadata.setup = Some(text.to_owned()),
        "action.escu.known_false_positives" => {
            metadata.false_positives = Some(text.lines().map(str::to_owned).collect());
        }
        _ => return false,
    }
    true
}

fn identity(text: &str, metadata: &mut Metadata, about: &mut About) -> bool {
    let Ok(json) = serde_json::from_str::<Json>(text) else { return false };
    let Some(id) = json["detection_id"].as_str() else { return false };
    about.id = Some(id.to_owned());
    let version = &json["detection_version"];
    metadata.version = version.as_i64().or_else(|| version.as_str()?.parse().ok());
    true
}

/// Lists of texts by framework. Only known frameworks are taken, and then all of them.
fn annotations(text: &str, metadata: &mut Metadata) -> bool {
    let Ok(Json::Object(map)) = serde_json::from_str::<Json>(text) else { return false };
    const KNOWN: [&str; 6] =
        ["mitre_attack", "mitre_attack_tactics", "tags", "references", "author", "license"];
    if map.keys().any(|key| !KNOWN.contains(&key.as_str())) {
        return false;
    }
    let list = |key: &str| -> Option<Vec<String>> {
        map.get(key)?.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
    };
    metadata.tags = list("tags");
    metadata.references = list("references");
    metadata.author = list("author");
    metadata.license = list("license").and_then(|list| list.into_iter().next());
    let (tactics, techniques) =
        (list("mitre_attack_tactics").unwrap_or_default(), list("mitre_attack").unwrap_or_default());
    if !tactics.is_empty() || !techniques.is_empty() {
        metadata.threat = Some(threat(&tactics, &techniques));
    }
    true
}

/// Tactics with the techniques that serve them (`TA0003 T1098 T1098.001`); where none is paired so, each
/// technique below the tactics that it serves by the table of ATT&CK.
fn threat(tactics: &[String], techniques: &[String]) -> Vec<Threat> {
    let mut pairs: Vec<(String, Vec<&str>)> = Vec::new();
    for entry in tactics {
        let mut ids = entry.split_whitespace();
        pairs.extend(ids.next().map(|tactic| (tactic.to_owned(), ids.collect())));
    }
    if pairs.iter().all(|(_, below)| below.is_empty()) {
        let named = !pairs.is_empty();
        for id in techniques {
            let served = attack(id).map(|entry| entry.tactics.clone()).unwrap_or_default();
            for tactic in served {
                match pairs.iter_mut().find(|(known, _)| known == tactic) {
                    Some((_, below)) => below.push(id),
                    None if !named => pairs.push((tactic.to_owned(), vec![id])),
                    None => {}
                }
            }
        }
    }
    pairs.into_iter().map(|(tactic, below)| paired(tactic, &below)).collect()
}

fn paired(tactic: String, below: &[&str]) -> Threat {
    let mut found: Vec<Technique> = Vec::new();
    for id in below {
        let parent = id.split_once('.').map(|(parent, _)| parent);
        let technique = named(id, found_name(id));
        match found.iter_mut().find(|known| Some(known.id.as_str()) == parent) {
            Some(known) => known.subtechniques.get_or_insert_default().push(technique),
            None => found.push(technique),
        }
    }
    let name = found_name(&tactic);
    let reference = Some(format!("https://attack.mitre.org/tactics/{tactic}/"));
    Threat {
        framework: "MITRE ATT&CK".to_owned(),
        tactic: Tactic { id: tactic, name, reference },
        techniques: (!found.is_empty()).then_some(found),
    }
}

fn found_name(id: &str) -> String {
    attack(id).map_or(id, |entry| entry.name).to_owned()
}

fn named(id: &str, name: String) -> Technique {
    let reference = format!("https://attack.mitre.org/techniques/{}/", id.replace('.', "/"));
    Technique { id: id.to_owned(), name, reference: Some(reference), subtechniques: None }
}
