//! Rules and documents for this folder's tests, built without any rule file.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Document, Event, Outcome, Reading, Scalar, run_once};
use crate::diagnostic::{Source, Span};
use crate::ir::{
    Cardinality, Detection, Duration, Field, FieldType, Format, Input, Metadata, MissingFields, NewTerms,
    Node, Predicate, Rule, Schedule, Suppression, Threshold, Vocabulary, Window,
};

pub(super) const MINUTE: i64 = 60_000;

#[derive(Debug, Clone)]
pub(super) struct Doc {
    pub id: String,
    pub time: Option<i64>,
    pub ingested: Option<i64>,
    pub values: BTreeMap<&'static str, Vec<Scalar>>,
}

impl Document for Doc {
    fn id(&self) -> &str {
        &self.id
    }

    fn time(&self) -> Option<i64> {
        self.time
    }

    fn date(&self, path: &str) -> Option<i64> {
        self.ingested.filter(|_| path == "event.ingested")
    }

    fn values(&self, field: &Field) -> Vec<Scalar> {
        self.values.get(field.path.as_str()).cloned().unwrap_or_default()
    }
}

/// A document at a minute, with one value of `user` and one of `ip`.
pub(super) fn doc(id: &str, minute: i64, user: &str, ip: &str) -> Doc {
    let values = [("user", user), ("ip", ip)].into_iter().filter(|(_, text)| !text.is_empty());
    Doc {
        id: id.into(),
        time: Some(minute * MINUTE),
        ingested: None,
        values: values.map(|(path, text)| (path, vec![Scalar::text(text)])).collect(),
    }
}

pub(super) fn field(path: &str) -> Field {
    Field::new(Vocabulary::CloudTrail, path, FieldType::Json)
}

fn everything() -> Node {
    Node::synthetic(Predicate::Constant(true))
}

pub(super) fn rule(detection: Detection) -> Rule {
    Rule {
        id: "r".into(),
        id_is_derived: false,
        input: Input::CloudTrail,
        vocabulary: Vocabulary::CloudTrail,
        format: Format::Trailsmith,
        source_type: None,
        metadata: Metadata::default(),
        query: None,
        index: None,
        filters: None,
        detection,
        exceptions: Vec::new(),
        exception_lists: None,
        suppression: None,
        schedule: Schedule::default(),
        source: Arc::new(Source::new("rule", "")),
        origin: Span::default(),
    }
}

pub(super) fn events() -> Rule {
    rule(Detection::Event(everything()))
}

pub(super) fn threshold(at_least: u64, window: Window) -> Rule {
    rule(Detection::Threshold(Threshold {
        filter: everything(),
        group_by: vec![field("user")],
        at_least,
        cardinality: Vec::new(),
        window,
        missing: MissingFields::Exclude,
    }))
}

pub(super) fn distinct(mut rule: Rule, path: &str, at_least: u64) -> Rule {
    if let Detection::Threshold(threshold) = &mut rule.detection {
        threshold.cardinality.push(Cardinality { field: field(path), at_least });
    }
    rule
}

pub(super) fn new_terms(paths: &[&str], history_start: &str) -> Rule {
    rule(Detection::NewTerms(NewTerms {
        filter: everything(),
        fields: paths.iter().map(|path| field(path)).collect(),
        history_start: history_start.into(),
    }))
}

pub(super) fn suppress(mut rule: Rule, minutes: Option<i64>, missing: Option<MissingFields>) -> Rule {
    let duration = minutes.map(|minutes| Duration { millis: minutes.saturating_mul(MINUTE) });
    rule.suppression = Some(Suppression { group_by: vec![field("user")], duration, missing });
    rule
}

pub(super) fn minutes(minutes: i64) -> Duration {
    Duration { millis: minutes.saturating_mul(MINUTE) }
}

pub(super) fn read(rule: &Rule, docs: &[Doc]) -> Vec<Event> {
    let reading = Reading::of(rule).unwrap();
    docs.iter().map(|doc| Event::read(doc, &reading)).collect()
}

pub(super) fn once(rule: &Rule, docs: &[Doc]) -> Outcome {
    run_once(rule, &Reading::of(rule).unwrap(), read(rule, docs))
}
