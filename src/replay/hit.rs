//! What a replay finds.

use std::sync::Arc;

use crate::ir::{Detection, Level, Purpose, Rule};
use crate::matcher::over_time::{Alert, Scalar};
use crate::matcher::overrides::{self, FieldValues};
use crate::matcher::{Datum, Evidence, placeholders};

/// A hit of a rule.
#[derive(Debug, Clone)]
pub enum Found {
    /// One event.
    Event(EventHit),
    /// An alert over several events, or one that others were folded into.
    Alert(AlertHit),
}

/// One event that a rule matches.
#[derive(Debug, Clone)]
pub struct EventHit {
    /// The rule.
    pub rule: Arc<Rule>,
    /// Time, id and the values that the rule names.
    pub evidence: Evidence,
    /// Name of the input, as the user wrote it.
    pub file: Arc<str>,
    /// Line in the unpacked input, from 1.
    pub line: u64,
}

/// An alert of a rule that looks at more than one event.
#[derive(Debug, Clone)]
pub struct AlertHit {
    /// The rule.
    pub rule: Arc<Rule>,
    /// The alert.
    pub alert: Alert,
}

impl Found {
    /// The rule that it is a hit of.
    pub fn rule(&self) -> &Arc<Rule> {
        match self {
            Found::Event(hit) => &hit.rule,
            Found::Alert(hit) => &hit.rule,
        }
    }

    /// Whether it is a hit of a hunt, which alerts nobody.
    pub fn is_hunt(&self) -> bool {
        self.rule().metadata.purpose == Purpose::Hunting
    }
}

/// The severity, score and name of an alert, the event's own values in place of the rule's where it
/// says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// Name of the alert.
    pub name: String,
    /// The severity's word; empty where the rule has none.
    pub severity: &'static str,
    /// 0 to 100.
    pub risk_score: Option<f64>,
    /// The rule's title template, filled in.
    pub title: Option<String>,
}

impl Label {
    /// The rule's own.
    pub fn of_rule(rule: &Rule) -> Self {
        Label {
            name: rule.name().to_owned(),
            severity: rule.severity(),
            risk_score: rule.metadata.risk_score.map(|score| score as f64),
            title: None,
        }
    }

    /// Those of an event.
    pub fn of_event(hit: &EventHit) -> Self {
        let EventHit { rule, evidence, .. } = hit;
        let title = rule.metadata.alert_title.as_deref().map(|title| filled(title, evidence));
        Label { title, ..Label::with(rule, &|path| evidence.override_values(path)) }
    }

    /// Those of an alert over time. An alert of a threshold is no copy of an event, so overrides see
    /// its group keys only; any other copies its first event (elastic_rule_types.md §3, §7).
    pub fn of_alert(hit: &AlertHit) -> Self {
        let AlertHit { rule, alert } = hit;
        if matches!(rule.detection, Detection::Threshold(_)) {
            let key = |path: &str| alert.group.iter().find(|(name, _)| name == path)?.1.as_ref();
            return Label::with(rule, &|path| FieldValues {
                values: key(path).map(datum).into_iter().collect(),
                list: false,
            });
        }
        let known = alert.events.first().and_then(|event| event.overrides.as_deref()).unwrap_or_default();
        Label::with(rule, &|path| {
            let found = known.iter().find(|(name, _)| name == path);
            found.map(|(_, values)| values.clone()).unwrap_or_default()
        })
    }

    fn with(rule: &Rule, values: &dyn Fn(&str) -> FieldValues) -> Self {
        let own = Label::of_rule(rule);
        Label {
            name: overrides::rule_name(rule, values).unwrap_or(own.name),
            severity: overrides::severity(rule, values).map_or(own.severity, Level::as_str),
            risk_score: overrides::risk_score(rule, values).or(own.risk_score),
            title: None,
        }
    }
}

fn datum(value: &Scalar) -> Datum {
    match value {
        Scalar::Bool(truth) => Datum::Bool(*truth),
        Scalar::Number(number) => Datum::Number(number.to_string()),
        Scalar::Text(text) => Datum::Text(text.to_string()),
    }
}

/// A title template with the event's values; a field without one leaves its name in brackets.
fn filled(template: &str, evidence: &Evidence) -> String {
    let mut title = template.to_owned();
    for name in placeholders(template) {
        let values: Vec<&str> = evidence.values_of(&name).iter().map(|value| value.as_text()).collect();
        let value = if values.is_empty() { format!("({name})") } else { values.join(", ") };
        for written in [format!("{{{{{name}}}}}"), format!("{{{{ {name} }}}}")] {
            title = title.replace(&written, &value);
        }
    }
    title
}
