//! What two rules say differently about themselves.

use super::metadata::Key;
use crate::ir::{Extra, Format, Metadata, MissingFields, Playbook, Rule, Suppression, Value};

/// The keys in which two rules differ: names as in [`Key::as_str`], and the paths of keys that trailsmith
/// does not interpret.
///
/// Two rules may name the same field in two vocabularies; lists of fields are the same then if they have
/// the same length. A severity's original scale counts only where the first rule has one, since the level
/// decides where it has not.
pub fn differences(a: &Rule, b: &Rule) -> Vec<String> {
    let (x, y) = (&a.metadata, &b.metadata);
    let original = |meta: &Metadata| meta.severity.as_ref().and_then(|severity| severity.original.clone());
    let level = |meta: &Metadata| meta.severity.as_ref().map(|severity| severity.level);
    let lists = |rule: &Rule| -> Vec<Value> {
        rule.exception_lists.iter().flatten().map(|list| list.value.clone()).collect()
    };
    let translated = a.vocabulary != b.vocabulary;
    let fields = match (&x.investigation_fields, &y.investigation_fields) {
        (Some(one), Some(two)) if translated => one.len() == two.len(),
        (one, two) => one == two,
    };
    let same = [
        (Key::Name, x.name == y.name),
        (Key::Id, a.id == b.id),
        (Key::Description, x.description == y.description),
        (Key::Severity, level(x) == level(y)),
        (Key::OriginalSeverity, original(x).is_none() || original(x) == original(y)),
        (Key::RiskScore, x.risk_score == y.risk_score),
        (Key::Tags, listed(&x.tags) == listed(&y.tags)),
        (Key::Author, listed(&x.author) == listed(&y.author)),
        (Key::License, x.license == y.license),
        (Key::References, listed(&x.references) == listed(&y.references)),
        (Key::FalsePositives, listed(&x.false_positives) == listed(&y.false_positives)),
        (Key::Threat, listed(&x.threat) == listed(&y.threat)),
        (Key::InvestigationGuide, x.investigation_guide == y.investigation_guide),
        (Key::Setup, x.setup == y.setup),
        (Key::InvestigationFields, fields),
        (Key::Playbook, x.playbook.as_ref().map(placeless) == y.playbook.as_ref().map(placeless)),
        (Key::AlertTitle, x.alert_title == y.alert_title),
        (Key::Overrides, x.overrides == y.overrides),
        (Key::Purpose, x.purpose == y.purpose),
        (Key::Enabled, x.enabled == y.enabled),
        (Key::Purpose, x.purpose == y.purpose),
        (Key::Version, x.version == y.version),
        (Key::BuildingBlock, x.building_block == y.building_block),
        (Key::Timeline, x.timeline == y.timeline),
        (Key::Suppression, folding(&a.suppression, translated) == folding(&b.suppression, translated)),
        (Key::Schedule, a.schedule == b.schedule),
        (Key::Index, listed(&a.index) == listed(&b.index)),
        (Key::ExceptionLists, lists(a) == lists(b)),
    ];
    let mut keys: Vec<String> =
        same.into_iter().filter(|(_, same)| !same).map(|(key, _)| key.as_str().to_owned()).collect();
    let (mine, theirs) = (extras(a), extras(b));
    let missing = |(path, value): &(String, &Value), others: &[(String, &Value)]| {
        !others.iter().any(|(other, same)| other == path && same == value)
    };
    let gone = mine.iter().filter(|entry| missing(entry, &theirs));
    let new = theirs.iter().filter(|(path, _)| !mine.iter().any(|(other, _)| other == path));
    keys.extend(gone.chain(new).map(|(path, _)| path.clone()));
    keys
}

/// An empty list says the same as none.
fn listed<T>(list: &Option<Vec<T>>) -> &[T] {
    list.as_deref().unwrap_or_default()
}

/// The playbook without the places at which it was written.
fn placeless(playbook: &Playbook) -> Playbook {
    let mut playbook = playbook.clone();
    playbook.parameters.values_mut().for_each(|binding| binding.origin = None);
    playbook.steps.iter_mut().flat_map(|step| &mut step.calls).for_each(|call| call.origin = None);
    playbook
}

type Folding<'a> = (Vec<Option<&'a str>>, Option<crate::ir::Duration>, MissingFields);

/// What does not say otherwise folds missing values too, as Elastic does.
fn folding(suppression: &Option<Suppression>, translated: bool) -> Option<Folding<'_>> {
    let suppression = suppression.as_ref()?;
    let keys =
        suppression.group_by.iter().map(|field| (!translated).then_some(field.path.as_str())).collect();
    Some((keys, suppression.duration, suppression.missing.unwrap_or(MissingFields::Group)))
}

/// Keys that are not interpreted, by their path in the rule itself: a TOML file wraps it in `[rule]`.
fn extras(rule: &Rule) -> Vec<(String, &Value)> {
    let path = |extra: &Extra| match (rule.format, extra.path.split_first()) {
        (Format::ElasticToml, Some((first, rest))) if first == "rule" => rest.join("."),
        _ => extra.path.join("."),
    };
    rule.metadata.extra.iter().map(|extra| (path(extra), &extra.value)).collect()
}
