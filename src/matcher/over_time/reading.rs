//! What a rule needs of its events, worked out once per rule.

use super::Scalar;
use super::codes;
use crate::diagnostic::{Code, Diagnostic};
use crate::ir::date_math::DateMath;
use crate::ir::{Cardinality, Detection, Field, MissingFields, Rule, Suppression, Window};

/// A rule as far as time is concerned: its kind, its key fields by slot, its time fields.
#[derive(Debug, Clone)]
pub struct Reading {
    fields: Vec<Field>,
    override_field: Option<String>,
    falls_back: bool,
    pub(crate) kind: Kind,
    pub(crate) suppression: Option<Fold>,
}

/// The kind of a detection, with slots instead of fields.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Event,
    Threshold(ThresholdReading),
    NewTerms(NewTermsReading),
}

#[derive(Debug, Clone)]
pub(crate) struct ThresholdReading {
    pub keys: Vec<usize>,
    pub at_least: u64,
    /// Slot and least number of distinct values.
    pub cardinality: Vec<(usize, u64)>,
    pub window: Window,
    pub missing: MissingFields,
}

#[derive(Debug, Clone)]
pub(crate) struct NewTermsReading {
    pub keys: Vec<usize>,
    pub history_start: DateMath,
}

/// A suppression, with slots instead of fields.
#[derive(Debug, Clone)]
pub(crate) struct Fold {
    pub keys: Vec<usize>,
    /// Milliseconds.
    pub duration: Option<i64>,
    pub missing: MissingFields,
}

impl Reading {
    /// Works out what `rule` needs. Fails on an opaque detection and on a history start that is not
    /// date math.
    pub fn of(rule: &Rule) -> Result<Self, Box<Diagnostic>> {
        let mut fields = Vec::new();
        let kind = match &rule.detection {
            Detection::Event(_) => Kind::Event,
            Detection::Threshold(threshold) => Kind::Threshold(ThresholdReading {
                keys: slots(&mut fields, &threshold.group_by),
                // A group has at least one event, so none and one are the same demand.
                at_least: threshold.at_least.max(1),
                cardinality: cardinality(&mut fields, &threshold.cardinality, threshold.window),
                window: threshold.window,
                missing: threshold.missing,
            }),
            Detection::NewTerms(new_terms) => Kind::NewTerms(NewTermsReading {
                keys: slots(&mut fields, &new_terms.fields),
                history_start: date_math(rule, "history_window_start", &new_terms.history_start)?,
            }),
            Detection::Opaque(opaque) => {
                let title = format!("no alerts can be computed: {}", opaque.reason);
                return Err(Box::new(finding(rule, &codes::OPAQUE, title)));
            }
        };
        let suppression = rule.suppression.as_ref().map(|suppression| fold(&mut fields, &kind, suppression));
        let overrides = &rule.metadata.overrides;
        let override_field = overrides.timestamp.clone().filter(|path| path != "@timestamp");
        Ok(Reading {
            fields,
            override_field,
            falls_back: overrides.timestamp_fallback_disabled != Some(true),
            kind,
            suppression,
        })
    }

    /// The fields whose values are read of every matching event, by slot.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The date field that the time filter reads instead of `@timestamp`.
    pub fn override_field(&self) -> Option<&str> {
        self.override_field.as_deref()
    }

    /// Whether events without the override field are seen by their own time
    /// (elastic_rule_types §1.4).
    pub fn falls_back(&self) -> bool {
        self.falls_back
    }

    /// The path of a slot.
    /// How far back the history of a new-terms rule reaches, in milliseconds, where it is the same for
    /// every event (`now-14d`, but not `now-1M` or `now/d`); `None` for other rules.
    pub fn reach(&self) -> Option<i64> {
        match &self.kind {
            Kind::NewTerms(new_terms) => new_terms.history_start.fixed_offset()?.checked_neg(),
            _ => None,
        }
    }

    pub(crate) fn path(&self, slot: usize) -> &str {
        &self.fields[slot].path
    }

    /// Pairs of path and value.
    pub(crate) fn named<T: Clone>(&self, keys: &[usize], values: &[T]) -> Vec<(String, T)> {
        keys.iter().zip(values).map(|(&slot, value)| (self.path(slot).to_owned(), value.clone())).collect()
    }
}

fn cardinality(fields: &mut Vec<Field>, rows: &[Cardinality], window: Window) -> Vec<(usize, u64)> {
    // Elastic reads the first row only (elastic_rule_types §3).
    let rows = if window == Window::Run { &rows[..rows.len().min(1)] } else { rows };
    rows.iter().map(|row| (slot(fields, &row.field), row.at_least)).collect()
}

fn fold(fields: &mut Vec<Field>, kind: &Kind, suppression: &Suppression) -> Fold {
    let keys = match kind {
        // A threshold is suppressed by its own keys (elastic_rule_types §7).
        Kind::Threshold(threshold) => threshold.keys.clone(),
        _ => slots(fields, &suppression.group_by),
    };
    Fold {
        keys,
        duration: suppression.duration.map(|duration| duration.millis.max(0)),
        missing: suppression.missing.unwrap_or(MissingFields::Group),
    }
}

fn slots(fields: &mut Vec<Field>, wanted: &[Field]) -> Vec<usize> {
    wanted.iter().map(|field| slot(fields, field)).collect()
}

fn slot(fields: &mut Vec<Field>, wanted: &Field) -> usize {
    fields.iter().position(|field| field == wanted).unwrap_or_else(|| {
        fields.push(wanted.clone());
        fields.len() - 1
    })
}

/// Reads a time of the schedule.
pub(crate) fn date_math(rule: &Rule, key: &str, text: &str) -> Result<DateMath, Box<Diagnostic>> {
    DateMath::parse(text).ok_or_else(|| {
        let title = format!("`{key}: {text}` is not date math");
        Box::new(finding(rule, &codes::DATE_MATH, title).help("write `now-6m` or an ISO 8601 date"))
    })
}

/// A finding about a rule as a whole.
pub(crate) fn finding(rule: &Rule, code: &'static Code, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, title).at(&rule.source, rule.origin, "").for_rule(&rule.id, rule.name())
}

/// A group key: a value per field; `None` where the field is missing.
pub(crate) type Key = Vec<Option<Scalar>>;
