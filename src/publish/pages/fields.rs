//! The fields that a rule reads and those that an analyst looks at, with their other names.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use rayon::prelude::*;

use super::markdown::{code, text};
use crate::ir::{Detection, Field, Input, Node, Rule, Vocabulary};
use crate::publish::Survey;
use crate::schema::{Row, base_field, lookup};

/// What a field is there for.
#[derive(Default)]
struct Use {
    query: bool,
    group: bool,
    analyst: bool,
}

/// What is known of every field that rules name; looked up once.
pub(super) struct Names(HashMap<String, Vec<Row>>);

impl Names {
    /// Of all rules.
    pub fn new(survey: &Survey) -> Self {
        let all: BTreeSet<String> =
            survey.entries.iter().flat_map(|entry| of(&entry.rule).into_keys().collect::<Vec<_>>()).collect();
        Names(all.into_par_iter().map(|name| (name.clone(), lookup(&name))).collect())
    }
}

/// The fields of a rule, in order: those of its condition first.
fn of(rule: &Rule) -> IndexMap<String, Use> {
    let mut fields: IndexMap<String, Use> = IndexMap::new();
    let predicates = rule.detection.predicate().into_iter();
    let exceptions = rule.exceptions.iter().map(|exception| &exception.predicate);
    predicates.chain(exceptions).for_each(|node| read(node, &mut fields));
    let mut keys: Vec<&Field> = match &rule.detection {
        Detection::Threshold(threshold) => {
            threshold.group_by.iter().chain(threshold.cardinality.iter().map(|one| &one.field)).collect()
        }
        Detection::NewTerms(terms) => terms.fields.iter().collect(),
        Detection::Event(_) | Detection::Opaque(_) => Vec::new(),
    };
    keys.extend(rule.suppression.iter().flat_map(|one| &one.group_by));
    keys.iter().for_each(|key| fields.entry(key.path.clone()).or_default().group = true);
    for name in rule.metadata.investigation_fields.iter().flatten() {
        fields.entry(name.clone()).or_default().analyst = true;
    }
    fields
}

pub(super) fn section(rule: &Rule, names: &Names) -> String {
    let fields = of(rule);
    if fields.is_empty() {
        return String::new();
    }
    let other = if rule.vocabulary == Vocabulary::Ecs { "In the record" } else { "In ECS" };
    let mut out = format!("\n## Fields\n\n| Field | {other} | Query | Groups | Analyst |\n");
    out.push_str("| --- | --- | :-: | :-: | :-: |\n");
    for (name, used) in &fields {
        let mark = |is: bool| if is { "✓" } else { "" };
        let (query, group, analyst) = (mark(used.query), mark(used.group), mark(used.analyst));
        let other = counterpart(rule, name, names).unwrap_or_default();
        out.push_str(&format!("| {} | {other} | {query} | {group} | {analyst} |\n", code(name)));
    }
    out.push_str("\nQuery: the condition reads it. Groups: events or alerts are counted or folded by it. ");
    out.push_str("Analyst: worth a look first.\n");
    out
}

fn read(node: &Node, fields: &mut IndexMap<String, Use>) {
    node.for_each_test(&mut |test, _| fields.entry(test.field.path.clone()).or_default().query = true);
}

/// The name of a field on the other side: of ECS in the record, of the record in ECS.
fn counterpart(rule: &Rule, name: &str, names: &Names) -> Option<String> {
    let own = |row: &Row| row.names(rule.vocabulary).iter().any(|known| known == base_field(name));
    let row = names.0.get(name)?.iter().find(|row| own(row))?;
    if rule.vocabulary != Vocabulary::Ecs {
        return row.ecs.as_deref().filter(|_| row.same_value).map(code);
    }
    match rule.input.service() {
        Some(service) => row.names(Vocabulary::Finding(service)).first().map(|key| code(key)),
        None if rule.input == Input::CloudTrail => match &row.cloudtrail {
            Some(raw) if row.same_value => Some(code(raw)),
            _ => Some(text(&row.how)),
        },
        None => None,
    }
}
