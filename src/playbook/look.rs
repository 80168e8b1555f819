//! What an event holds for a playbook: the values of fields, and where it happened.

use super::fill::Event;
use crate::ir::{Field, Rule};
use crate::matcher::World;
use crate::matcher::explain::Explainer;

/// The values of a field named in the rule's vocabulary, each once, empty ones left out.
pub(super) fn values(rule: &Rule, path: &str, event: &Event<'_>, world: &dyn World) -> Vec<String> {
    let field = Field::new(rule.vocabulary, path, world.field_type(rule.vocabulary, path));
    let (found, _) = Explainer::new(world, None).values(&field, event.json, event.layout);
    let mut values: Vec<String> = Vec::new();
    for value in found.iter().map(|datum| datum.as_text()) {
        if !value.is_empty() && !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
    }
    values
}

/// Keys under which records, documents and findings name their region.
const REGION: &[&[&str]] =
    &[&["awsRegion"], &["cloud", "region"], &["cloud.region"], &["region"], &["Region"]];

/// The region of an event, where it names one that is spelt like one.
pub(super) fn region(event: &Event<'_>) -> Option<String> {
    let record: serde_json::Value = serde_json::from_str(event.json).ok()?;
    let at = |path: &&[&str]| {
        let value = path.iter().try_fold(&record, |value, key| value.get(*key))?;
        value.as_str().map(str::to_owned)
    };
    let spelt = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    REGION.iter().find_map(at).filter(|region| !region.is_empty() && region.chars().all(spelt))
}
