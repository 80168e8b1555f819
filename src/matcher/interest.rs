//! The fields whose values are handed over with a hit: what groups, counts, suppresses or overrides.

use super::World;
use crate::ir::{Detection, Field, Rule, Vocabulary};

/// The fields that a rule reads of its hits beside its predicate, without repetitions, in the order
/// in which [`Evidence`](super::Evidence) lists their values: group keys, counted fields, new
/// terms, suppression keys, then the fields that overrides and the alert's title name.
pub fn fields_of_interest(rule: &Rule, world: &dyn World) -> Vec<Field> {
    let mut out: Vec<Field> = Vec::new();
    let mut add = |field: Field| {
        if !out.contains(&field) {
            out.push(field);
        }
    };
    keys(rule).cloned().for_each(&mut add);
    named_fields(rule).into_iter().for_each(|path| add(field(rule.vocabulary, &path, world)));
    out
}

/// The fields that decide which alerts there are: group keys, counted fields, new terms, suppression
/// keys.
pub(super) fn keys(rule: &Rule) -> impl Iterator<Item = &Field> {
    let (grouped, counted) = match &rule.detection {
        Detection::Threshold(threshold) => (&*threshold.group_by, &*threshold.cardinality),
        Detection::NewTerms(new_terms) => (&*new_terms.fields, &[][..]),
        Detection::Event(_) | Detection::Opaque(_) => (&[][..], &[][..]),
    };
    let suppressed = rule.suppression.iter().flat_map(|suppression| &suppression.group_by);
    grouped.iter().chain(counted.iter().map(|row| &row.field)).chain(suppressed)
}

fn field(vocabulary: Vocabulary, path: &str, world: &dyn World) -> Field {
    Field::new(vocabulary, path, world.field_type(vocabulary, path))
}

/// The paths that metadata names.
fn named_fields(rule: &Rule) -> Vec<String> {
    let overrides = &rule.metadata.overrides;
    let mut out: Vec<String> = overrides.severity.iter().map(|row| row.field.clone()).collect();
    out.extend(overrides.risk_score.first().map(|row| row.field.clone()));
    out.extend(overrides.rule_name.clone());
    out.extend(overrides.timestamp.clone());
    out.extend(rule.metadata.alert_title.as_deref().map(placeholders).unwrap_or_default());
    out.retain(|path| !path.is_empty());
    out
}

/// The names between double braces in a title template.
pub fn placeholders(template: &str) -> Vec<String> {
    let pieces = template.split("{{").skip(1);
    pieces.filter_map(|piece| piece.split_once("}}")).map(|(name, _)| name.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_titles() {
        assert_eq!(placeholders("{{user}} called {{ eventName }} {{"), ["user", "eventName"]);
        assert!(placeholders("}} {{x").is_empty());
    }
}
