//! A hit as text.

use serde_json::{Value, json};

use super::hit::{AlertHit, Found, Label};
use crate::diagnostic::printable;
use crate::ir::Purpose;
use crate::matcher::over_time::{Scalar, Term, format_time};

/// One line.
pub fn concise(found: &Found) -> String {
    printable(&concise_line(found)).into_owned()
}

fn concise_line(found: &Found) -> String {
    match found {
        Found::Event(hit) => {
            let label = Label::of_event(hit);
            let time = hit.evidence.time_ms.map(format_time).unwrap_or_else(|| "-".into());
            let id = hit.evidence.event_id.as_deref().unwrap_or("-");
            format!("{}:{}: {time} {}{}: {id}", hit.file, hit.line, mark(found, &label), label.name)
        }
        Found::Alert(hit @ AlertHit { rule, alert }) => {
            let label = Label::of_alert(hit);
            let time = alert.time.map(format_time).unwrap_or_else(|| "-".into());
            let group = group_text(&Found::Alert(AlertHit { rule: rule.clone(), alert: alert.clone() }));
            let group = if group.is_empty() { String::new() } else { format!(": {group}") };
            let events = if alert.count == 1 { "event" } else { "events" };
            format!("{time} {}{}: {} {events}{group}", mark(found, &label), label.name, alert.count)
        }
    }
}

/// The severity; of a hunt, that it is one.
fn mark(found: &Found, label: &Label) -> String {
    match (found.is_hunt(), label.severity) {
        (false, "") => String::new(),
        (false, severity) => format!("[{severity}] "),
        (true, "") => "[hunt] ".to_owned(),
        (true, severity) => format!("[hunt, {severity}] "),
    }
}

/// Several lines, ending without a line break.
pub fn full(found: &Found) -> String {
    match found {
        Found::Event(hit) => {
            let label = Label::of_event(hit);
            let mut out = format!("{}{}\n", mark(found, &label), printable(&label.name));
            out.push_str(&format!("  --> {}:{}\n", printable(&hit.file), hit.line));
            line(&mut out, "time", hit.evidence.time_ms.map(format_time).as_deref());
            line(&mut out, "event", hit.evidence.event_id.as_deref());
            line(&mut out, "title", label.title.as_deref());
            line(&mut out, "rule", Some(&format!("{} ({})", hit.rule.id, hit.rule.source.path())));
            out
        }
        Found::Alert(hit @ AlertHit { rule, alert }) => {
            let label = Label::of_alert(hit);
            let mut out = format!("{}{}\n", mark(found, &label), printable(&label.name));
            line(&mut out, "time", alert.time.map(format_time).as_deref());
            line(&mut out, "count", Some(&alert.count.to_string()));
            for (name, value) in groups(alert) {
                line(&mut out, &name, Some(value.as_deref().unwrap_or("(missing)")));
            }
            let ids: Vec<&str> = alert.events.iter().map(|event| &*event.id).collect();
            line(&mut out, "events", Some(&ids.join(" ")));
            line(&mut out, "rule", Some(&format!("{} ({})", rule.id, rule.source.path())));
            out
        }
    }
}

fn line(out: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        out.push_str(&format!("   {:>6}  {}\n", printable(name), printable(value)));
    }
}

/// The fields by which an alert differs from the rule's others.
fn groups(alert: &crate::matcher::over_time::Alert) -> Vec<(String, Option<String>)> {
    let text = |value: &Scalar| value.as_text().to_owned();
    let mut out: Vec<(String, Option<String>)> =
        alert.group.iter().map(|(name, value)| (name.clone(), value.as_ref().map(text))).collect();
    for (name, term) in alert.suppression.iter().flat_map(|s| &s.terms) {
        if !out.iter().any(|(known, _)| known == name) {
            out.push((
                name.clone(),
                match term {
                    Term::Missing => None,
                    Term::One(value) => Some(text(value)),
                    Term::All(values) => Some(values.iter().map(text).collect::<Vec<_>>().join(", ")),
                },
            ));
        }
    }
    out
}

fn group_text(found: &Found) -> String {
    let Found::Alert(hit) = found else { return String::new() };
    let one = |(name, value): (String, Option<String>)| {
        format!("{name}={}", value.as_deref().unwrap_or("(missing)"))
    };
    groups(&hit.alert).into_iter().map(one).collect::<Vec<_>>().join(" ")
}

/// One object.
pub fn json(found: &Found) -> Value {
    let mut object = object(found);
    if found.is_hunt() {
        object["purpose"] = Purpose::Hunting.as_str().into();
    }
    object
}

fn object(found: &Found) -> Value {
    match found {
        Found::Event(hit) => {
            let label = Label::of_event(hit);
            let mut object = json!({
                "rule_id": hit.rule.id,
                "rule_name": hit.rule.name(),
                "severity": label.severity,
                "risk_score": score(label.risk_score),
                "event_id": hit.evidence.event_id,
                "event_time": hit.evidence.time_ms.map(format_time),
                "file": &*hit.file,
                "line": hit.line,
            });
            if label.name != hit.rule.name() {
                object["alert_name"] = label.name.into();
            }
            if let Some(title) = label.title {
                object["title"] = title.into();
            }
            object
        }
        Found::Alert(hit @ AlertHit { rule, alert }) => {
            let label = Label::of_alert(hit);
            let group: serde_json::Map<String, Value> =
                groups(alert).into_iter().map(|(name, value)| (name, Value::from(value))).collect();
            let ids: Vec<&str> = alert.events.iter().map(|event| &*event.id).collect();
            let mut object = json!({
                "rule_id": rule.id,
                "rule_name": rule.name(),
                "severity": label.severity,
                "risk_score": score(label.risk_score),
                "event_time": alert.time.map(format_time),
                "event_ids": ids,
                "count": alert.count,
                "group": group,
            });
            if let Some(terms) = &alert.new_terms {
                object["new_terms"] = terms.iter().map(Scalar::as_text).collect::<Vec<_>>().into();
            }
            if let Some(suppression) = &alert.suppression {
                object["suppressed"] = suppression.docs_count.into();
            }
            object
        }
    }
}

/// Whole scores without a decimal point.
fn score(score: Option<f64>) -> Value {
    match score {
        Some(score) if score.fract() == 0.0 => Value::from(score as i64),
        Some(score) => Value::from(score),
        None => Value::Null,
    }
}
