//! What a rule detects: its query as written, and what stands beside it.

use super::markdown::{block, code, text};
use crate::ir::{Detection, Field, Language, Rule, Suppression, Window};
use crate::publish::table::plural;

pub(super) fn section(rule: &Rule) -> String {
    let mut out = String::new();
    if let Some(query) = &rule.query {
        out.push_str(&format!("\n## Query\n\n{}:\n\n", language(query.language)));
        out.push_str(&block(query.language.as_str(), &query.text));
    }
    let mut lines: Vec<String> = Vec::new();
    match &rule.detection {
        Detection::Event(_) => {}
        Detection::Threshold(threshold) => {
            let over = match threshold.window {
                Window::Run => "in one run".to_owned(),
                Window::FirstEvent(length) => format!("within {length} of the first"),
                Window::Sliding(length) => format!("within any {length}"),
                Window::Tumbling(length) => format!("in one {length} of the clock"),
            };
            let per = match threshold.group_by.as_slice() {
                [] => String::new(),
                fields => format!(" with the same {}", list(fields)),
            };
            lines.push(format!(
                "An alert for {} or more{per} {over}.",
                plural(threshold.at_least as usize, "event")
            ));
            for cardinality in &threshold.cardinality {
                let field = code(&cardinality.field.path);
                lines
                    .push(format!("They show {} different values of {field} or more.", cardinality.at_least));
            }
        }
        Detection::NewTerms(terms) => {
            let what = match terms.fields.as_slice() {
                [one] => format!("value of {}", code(&one.path)),
                fields => format!("combination of {}", list(fields)),
            };
            lines.push(format!("An alert for a {what} not seen since {}.", code(&terms.history_start)));
        }
        Detection::Opaque(opaque) => {
            lines.push(format!("Only its own engine can run it: {}.", text(&opaque.reason)));
        }
    }
    lines.extend(rule.suppression.as_ref().map(suppression));
    for exception in &rule.exceptions {
        let name = exception.name.as_deref().map(|name| format!(" ({})", text(name))).unwrap_or_default();
        let what = exception.text.as_deref().map_or("events of an exception".to_owned(), code);
        lines.push(format!("Never: {what}{name}."));
    }
    if !lines.is_empty() {
        out.push_str(if rule.query.is_some() { "\n" } else { "\n## Detection\n\n" });
        lines.iter().for_each(|line| out.push_str(&format!("- {line}\n")));
    }
    out
}

fn suppression(suppression: &Suppression) -> String {
    let same = match suppression.group_by.as_slice() {
        [] => String::new(),
        fields => format!(" with the same {}", list(fields)),
    };
    let over = match suppression.duration {
        Some(length) => format!(" within {length}"),
        None => " of one run".to_owned(),
    };
    format!("Alerts{same}{over} are one alert.")
}

fn list(fields: &[Field]) -> String {
    fields.iter().map(|field| code(&field.path)).collect::<Vec<_>>().join(", ")
}

/// The name of a language in a sentence.
fn language(language: Language) -> &'static str {
    match language {
        Language::Kuery => "Kibana Query Language",
        Language::Lucene => "Lucene query string",
        Language::Eql => "Event Query Language",
        Language::Esql => "ES|QL",
        Language::ThreatStack => "Threat Stack filter",
        Language::Spl => "Splunk's search language",
    }
}
