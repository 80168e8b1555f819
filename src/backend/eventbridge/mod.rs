//! `eventbridge`: the rule as an event pattern of Amazon EventBridge.
//!
//! Findings arrive as `detail` of their service's events, Security Hub's in the list
//! `detail.findings`; CloudTrail's records as `detail` of events whose type ends in `via CloudTrail`.
//! A pattern is a conjunction of fields, each with alternatives, and `$or`; `lower.rs` brings a
//! condition into that form, `value.rs` says what one field can be asked, `pattern.rs` prints.
//!
//! Facts: EventBridge user guide, "Comparison operators for use in event patterns", "AWS service events
//! delivered via AWS CloudTrail"; event-ruler's README on arrays, `exists` and `$or`.

mod lower;
mod pattern;
#[cfg(test)]
mod tests;
mod value;

use serde_json::{Map, Value, json};

use super::capability::{Capabilities, Feature};
use super::codes;
use super::loss::{Artefact, Loss};
use super::predicate::prepare;
use super::target::{Made, Options, Target};
use crate::ir::{Comparison, Input, Node, Predicate, Rule, Service, Test, TextMatch, Vocabulary};

/// The target.
#[derive(Debug)]
pub struct EventBridge;

const TEXT: &str = "EventBridge does not order texts";

static CAPABILITIES: Capabilities = Capabilities {
    lacks: &[
        (Feature::OneCharacter, "the only wildcard of EventBridge is `*`"),
        (Feature::TextRange, TEXT),
        (Feature::TextRangeBothEnds, TEXT),
        (Feature::FlattenedRange, TEXT),
        (Feature::AddressRange, "EventBridge knows networks, not ranges of addresses"),
        (Feature::Date, "EventBridge does not compare dates"),
        (Feature::Words, "EventBridge does not search for words"),
        (Feature::WordPattern, "EventBridge does not search for words"),
        (Feature::FreeText, "a pattern names its fields"),
        (Feature::Nested, "a pattern does not say which values belong together"),
        (Feature::Threshold, "an event is looked at by itself"),
        (Feature::Cardinality, "an event is looked at by itself"),
        (Feature::NewTerms, "an event is looked at by itself"),
    ],
    limits: &[
        (Feature::Number, "on fields that hold JSON numbers, from -5e9 to 5e9"),
        (Feature::PatternAnyCase, "beginnings and ends"),
        (Feature::Exists, "of fields with a value of their own"),
    ],
    holds: None,
};

impl Target for EventBridge {
    fn name(&self) -> &'static str {
        "eventbridge"
    }

    fn summary(&self) -> &'static str {
        "event pattern of Amazon EventBridge"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn make(&self, rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Made {
        let events = match (&rule.input, rule.input.service()) {
            (Input::CloudTrail, _) => Events::CloudTrail,
            (_, Some(service)) => Events::Findings(service),
            (other, None) => {
                let message = format!("EventBridge carries no events of `{}`", other.as_str());
                return Err(Loss::new(&codes::LOSS_INPUT, "input", message).at(Some(rule.origin)));
            }
        };
        let whole = &mut |leaf: &Predicate| Ok(leaf.clone().into());
        let node = prepare(rule, events.vocabulary(), options.version, whole, losses)?;
        super::over_events(rule, self, losses);
        let clauses = lower::clauses(&node, events, losses)?;
        if events == Events::CloudTrail {
            let message = "read-only and data events reach the pattern only where they are switched on";
            losses.push(Loss::new(&codes::LOSS_DELIVERY, "input", message));
        }
        Ok(Artefact::Json(envelope(&node, events, pattern::detail(clauses, losses))))
    }
}

/// The events that a pattern is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Events {
    CloudTrail,
    Findings(Service),
}

impl Events {
    fn vocabulary(self) -> Vocabulary {
        match self {
            Events::CloudTrail => Vocabulary::CloudTrail,
            Events::Findings(service) => Vocabulary::Finding(service),
        }
    }
}

fn envelope(node: &Node, events: Events, detail: Map<String, Value>) -> Value {
    let mut out = Map::new();
    match events {
        Events::CloudTrail => {
            let call = requires_api_call(node);
            let ty = if call {
                json!("AWS API Call via CloudTrail")
            } else {
                json!({"suffix": " via CloudTrail"})
            };
            out.insert("detail-type".into(), json!([ty]));
        }
        Events::Findings(service) => {
            out.insert("source".into(), json!([service.event_source()]));
            out.insert("detail-type".into(), json!([service.detail_type()]));
        }
    }
    if !detail.is_empty() {
        let detail = match events {
            Events::Findings(Service::SecurityHub) => json!({ "findings": detail }),
            _ => Value::Object(detail),
        };
        out.insert("detail".into(), detail);
    }
    Value::Object(out)
}

/// Whether the condition demands an API call; the other types of events have spellings that AWS's own
/// pages disagree on.
fn requires_api_call(node: &Node) -> bool {
    match &node.predicate {
        Predicate::And(nodes) => nodes.iter().any(requires_api_call),
        Predicate::Test(Test { field, comparison: Comparison::Text { matcher, .. } }) => {
            field.path == "eventType" && *matcher == TextMatch::Equals("AwsApiCall".into())
        }
        _ => false,
    }
}
