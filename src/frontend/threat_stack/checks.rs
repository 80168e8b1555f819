//! What a rule object's type means, and the lints of `threatstack.md` §4.

use crate::diagnostic::Span;
use crate::frontend::codes;
use crate::frontend::reader::{Reader, Table};
use crate::ir::Input;

/// Rule types of public sources; compared without case, as samples write both `Host` and `host`.
const TYPES: &[&str] =
    &["Host", "File", "CloudTrail", "ThreatIntel", "Winsec", "KubernetesAudit", "KubernetesConfig"];

/// Aggregate fields of CloudTrail rules.
const CLOUDTRAIL_FIELDS: [&str; 5] = ["user", "eventName", "eventSource", "ip", "accountId"];

/// The events of a feed by its name.
pub(super) fn feed(name: &str) -> Input {
    if name.eq_ignore_ascii_case("cloudtrail") {
        Input::CloudTrail
    } else {
        Input::Other(name.to_ascii_lowercase())
    }
}

/// The events that a rule is for; `None`: a type that nobody documents.
pub(super) fn input(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    kind: Option<&str>,
    event_type: Option<&(String, Span)>,
) -> Option<Input> {
    let wanted = event_type.map(|(word, _)| word.as_str());
    let Some(kind) = kind.filter(|kind| !kind.eq_ignore_ascii_case("all")) else {
        // Tables and the older form do not say; the filter may.
        return Some(match (wanted, kind) {
            (Some(word), _) => feed(word),
            (None, Some(all)) => Input::Other(all.to_ascii_lowercase()),
            (None, None) => Input::CloudTrail,
        });
    };
    if !TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
        let span = table.peek("type").map_or(table.head(), |tree| tree.span);
        let title = format!("`{kind}` is no known rule type; the rule is switched off");
        reader.report(&codes::THREAT_STACK_TYPE, title, span);
        return None;
    }
    if let Some((word, span)) = event_type
        && feed(kind) == Input::CloudTrail
        && word != "cloudtrail"
    {
        let title = format!("a CloudTrail rule never sees events of type `{word}`");
        reader.report(&codes::THREAT_STACK_EVENT_TYPE, title, *span);
    }
    Some(feed(kind))
}

/// Aggregate fields, description and title.
pub(super) fn lints(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    kind: Option<&str>,
    fields: &[String],
    description: Option<&str>,
    title: Option<&str>,
) {
    let place =
        |keys: &[&str]| keys.iter().find_map(|key| table.peek(key)).map_or(table.head(), |tree| tree.span);
    if kind.is_some_and(|kind| kind.eq_ignore_ascii_case("cloudtrail")) {
        for field in fields.iter().filter(|field| !CLOUDTRAIL_FIELDS.contains(&field.as_str())) {
            let span = place(&["aggregateFields", "aggregate_fields", "aggFields"]);
            let title = format!("CloudTrail rules do not aggregate on `{field}`");
            let finding = reader.report(&codes::THREAT_STACK_AGGREGATE, title, span);
            finding.help.push(format!("use {}", CLOUDTRAIL_FIELDS.join(", ")));
        }
    }
    if let Some(description) = description {
        let length = description.chars().count();
        if !(1..=300).contains(&length) {
            let title = format!("the description has {length} characters; the API accepts 1 to 300");
            let span = place(&["alertDescription", "description"]);
            reader.report(&codes::THREAT_STACK_DESCRIPTION, title, span);
        }
    }
    for name in placeholders(title.unwrap_or_default()) {
        if !fields.iter().any(|field| field == name) {
            let title = format!("`{{{{{name}}}}}` is not among the aggregate fields");
            reader.report(&codes::THREAT_STACK_TITLE, title, place(&["title"]));
        }
    }
}

/// The names between `{{` and `}}`.
fn placeholders(title: &str) -> impl Iterator<Item = &str> {
    title.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(name, _)| name.trim())
}
