//! Fields that the events of a rule never have.

use std::collections::HashSet;

use super::{at, place_of, predicates};
use crate::diagnostic::Diagnostic;
use crate::ir::{Detection, Field, FieldType, Input, Rule, Vocabulary};
use crate::schema::{self, Reach, Shape, Version};

crate::codes! {
    /// The vocabulary of the rule has no such field, so no event has it and the comparison is never
    /// true (under a negation: always).
    ///
    /// Check the spelling; case counts. `trailsmith list fields NAME` prints a field's name in every
    /// vocabulary. A field of one's own, added by an ingest pipeline, is known by nobody but its
    /// author: ignore the finding for that file with a reason.
    pub UNKNOWN_FIELD = warning "unknown-field": "a field that the rule's vocabulary does not have";

    /// The field belongs to another vocabulary than the rule: a raw CloudTrail key in an Elastic rule
    /// or an ECS field in a rule on raw records. Events of the rule's vocabulary never have it.
    ///
    /// ```text
    /// eventName: CreateUser          in an Elastic rule: never true
    /// event.action: CreateUser
    /// ```
    pub FOREIGN_FIELD = warning "foreign-field": "a field of another vocabulary";

    /// The rule's vocabulary has the field, but no CloudTrail event ever has a value of it (a field of
    /// processes, hosts or another data set), so the comparison is never true (under a negation:
    /// always). In rules on findings: no such finding has it, or Elastic's pipeline leaves it out because
    /// an ECS field has the same value (`aws.guardduty.type` is `rule.name`).
    ///
    /// `trailsmith list fields NAME` says which fields CloudTrail events have. Under a negation the
    /// clause can go; elsewhere the rule is for other events, or the clause is a mistake.
    pub FIELD_NEVER_SET = warning "field-never-set": "a field that no CloudTrail event has";

    /// The field is made by the tables of Splunk's add-on for AWS or by Splunk itself (`action`,
    /// `status`, `user`, `date_hour`), and its values cannot be computed from the record alone. In Splunk
    /// the clause works; here the field is missing: the clause is never true, and under a negation always.
    ///
    /// To have the rule judged on records, name the raw field: `errorCode`, `userIdentity.userName`,
    /// `recipientAccountId`.
    pub FIELD_FROM_ADD_ON = warning "field-from-add-on": "a field that only Splunk's add-on makes";

    /// The field is added by the agent or the cluster (`source.geo.*`, `user_agent.name`,
    /// `event.ingested`), not by the record. In Elasticsearch the clause works; here, on records, the
    /// field is missing: the clause is never true, and under a negation always.
    ///
    /// In a fixture supply the value: `with: {source.geo.country_iso_code: NL}`. A replay of records
    /// says nothing about such a clause.
    pub FIELD_FROM_CLUSTER = info "field-from-cluster": "a field that only the cluster adds";

    /// An investigation field that the rule's vocabulary does not have: the analyst looks at an empty
    /// line.
    pub UNKNOWN_INVESTIGATION_FIELD = warning "unknown-investigation-field":
        "an investigation field that no event has";
}

pub(super) fn check(rule: &Rule, findings: &mut Vec<Diagnostic>) {
    let Some(events) = events(rule) else { return };
    let mut said: HashSet<(&str, Option<usize>)> = HashSet::new();
    for node in predicates(rule) {
        node.for_each_test(&mut |test, origin| {
            if let Some(finding) = missing(&test.field, events)
                && said.insert((&test.field.path, origin.map(|o| o.start)))
            {
                let span = origin.map(|origin| within(rule, origin, &test.field.path));
                findings.push(at(finding, rule, span, ""));
            }
        });
    }
    let suppressed = rule.suppression.iter().flat_map(|suppression| &suppression.group_by);
    for field in keys(&rule.detection).into_iter().chain(suppressed) {
        if let Some(finding) = missing(field, events) {
            findings.push(at(finding, rule, place_of(rule, &field.path), ""));
        }
    }
    // A pipeline makes columns of its own.
    let opaque = matches!(rule.detection, Detection::Opaque(_));
    for path in rule.metadata.investigation_fields.iter().flatten().filter(|_| !opaque) {
        if schema::types(rule.vocabulary).field_type(path) == FieldType::Unknown {
            let title = format!("no event has the investigation field `{path}`");
            let mut finding = Diagnostic::new(&UNKNOWN_INVESTIGATION_FIELD, title);
            finding.help = advice(rule.vocabulary, path).into_iter().collect();
            findings.push(at(finding, rule, place_of(rule, &format!("\"{path}\"")), ""));
        }
    }
}

/// The keys of an aggregate.
fn keys(detection: &Detection) -> Vec<&Field> {
    match detection {
        Detection::Threshold(threshold) => {
            threshold.group_by.iter().chain(threshold.cardinality.iter().map(|c| &c.field)).collect()
        }
        Detection::NewTerms(new_terms) => new_terms.fields.iter().collect(),
        Detection::Event(_) | Detection::Opaque(_) => Vec::new(),
    }
}

/// The records that a rule reads, where their fields are known.
fn events(rule: &Rule) -> Option<Shape> {
    match (&rule.input, rule.input.service()) {
        (Input::CloudTrail, _) => Some(Shape::CloudTrail),
        (Input::Other(_), Some(service)) => {
            let own = rule.vocabulary == Vocabulary::Finding(service);
            (own || schema::has_documents(service)).then_some(Shape::Finding(service))
        }
        (Input::Other(_), None) => None,
    }
}

/// What is to be said of a field that records do not have.
fn missing(field: &Field, events: Shape) -> Option<Diagnostic> {
    if field.ty == FieldType::Unknown {
        return Some(unknown(field));
    }
    let what = match events {
        Shape::Finding(service) => format!("{} finding", service.as_str()),
        _ => "CloudTrail event".to_owned(),
    };
    match schema::reach(field, events, Version::default()) {
        Reach::Never if field.vocabulary == Vocabulary::Splunk => {
            let title = format!("`{field}` is made by Splunk's add-on; it is missing here");
            Some(Diagnostic::new(&FIELD_FROM_ADD_ON, title).help("name the raw field that it comes from"))
        }
        Reach::Never => {
            let finding = Diagnostic::new(&FIELD_NEVER_SET, format!("no {what} has `{field}`"));
            Some(finding.help("a comparison with it is never true, and its negation always"))
        }
        Reach::Enrichment(_) => {
            let title = format!("`{field}` is added by the cluster; it is missing here");
            let help = format!("in a fixture supply it: `with: {{{field}: VALUE}}`");
            Some(Diagnostic::new(&FIELD_FROM_CLUSTER, title).help(help))
        }
        _ => None,
    }
}

fn unknown(field: &Field) -> Diagnostic {
    let (vocabulary, path) = (field.vocabulary, field.path.as_str());
    let mut finding = match home(vocabulary, path) {
        Some(other) => {
            let (other, own) = (other.as_str(), vocabulary.as_str());
            let title = format!("`{path}` is a {other} field, the rule is written in {own}");
            Diagnostic::new(&FOREIGN_FIELD, title)
        }
        None => Diagnostic::new(&UNKNOWN_FIELD, format!("{} has no field `{path}`", vocabulary.as_str())),
    };
    finding.help = advice(vocabulary, path).into_iter().collect();
    finding
}

/// The field's own name in the rule's vocabulary, else what may have been meant.
fn advice(vocabulary: Vocabulary, path: &str) -> Option<String> {
    let quoted = |names: Vec<String>| names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" or ");
    if home(vocabulary, path).is_some() {
        let same = schema::lookup(path).into_iter().flat_map(|row| row.names(vocabulary)).collect::<Vec<_>>();
        if !same.is_empty() {
            return Some(format!("in {} it is {}", vocabulary.as_str(), quoted(same)));
        }
    }
    let near = schema::nearest(vocabulary, path);
    (!near.is_empty()).then(|| format!("did you mean {}?", quoted(near)))
}

/// Another vocabulary that has the field.
fn home(vocabulary: Vocabulary, path: &str) -> Option<Vocabulary> {
    [Vocabulary::Ecs, Vocabulary::CloudTrail, Vocabulary::ThreatStack]
        .into_iter()
        .find(|other| *other != vocabulary && schema::types(*other).field_type(path) != FieldType::Unknown)
}

/// The field's own name inside its clause.
fn within(rule: &Rule, clause: crate::diagnostic::Span, path: &str) -> crate::diagnostic::Span {
    match rule.source.slice(clause).find(path) {
        Some(offset) => {
            let start = clause.start + offset;
            crate::diagnostic::Span::new(start, start + path.len())
        }
        None => clause,
    }
}
