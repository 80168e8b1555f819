//! Which events an Elastic rule is written for: CloudTrail, or something else.
//!
//! A required data set decides; else the index patterns; else the integrations that the rule names.
//! A rule that says nothing of all that is taken for a CloudTrail rule.

use crate::frontend::reader::Table;
use crate::ir::{Case, Comparison, Detection, Input, Language, Node, Predicate, QueryText, Test, TextMatch};

const CLOUDTRAIL: &str = "aws.cloudtrail";

/// Decides.
pub(super) fn of(
    detection: &Detection,
    query: Option<&QueryText>,
    index: Option<&[String]>,
    integrations: &[String],
) -> Input {
    if let Some(sets) = detection.predicate().and_then(required_data_sets) {
        return by_names(&sets).unwrap_or(Input::CloudTrail);
    }
    let sources =
        query.filter(|query| query.language == Language::Esql).map(|query| esql_sources(&query.text));
    let patterns = match (index, &sources) {
        (Some(index), _) if !index.is_empty() => index,
        (_, Some(sources)) => sources.as_slice(),
        _ => &[],
    };
    if let Some(input) = by_index(patterns, integrations) {
        return input;
    }
    match integrations {
        [] => Input::CloudTrail,
        names if names.iter().any(|name| name == "aws" || name == CLOUDTRAIL) => Input::CloudTrail,
        [first, ..] => Input::Other(first.clone()),
    }
}

fn by_names(sets: &[String]) -> Option<Input> {
    if sets.iter().any(|set| set == CLOUDTRAIL) {
        return Some(Input::CloudTrail);
    }
    sets.first().map(|set| Input::Other(set.clone()))
}

/// `None`: the patterns do not say.
fn by_index(patterns: &[String], integrations: &[String]) -> Option<Input> {
    // A remote cluster's name stands before a colon.
    let local: Vec<&str> = patterns.iter().map(|p| p.rsplit(':').next().unwrap_or(p)).collect();
    if local.iter().any(|pattern| pattern.starts_with("logs-aws.cloudtrail")) {
        return Some(Input::CloudTrail);
    }
    if let Some(other) = local.iter().find(|p| p.starts_with("logs-") && p.contains('.')) {
        return Some(Input::Other(data_set(other).to_owned()));
    }
    let aws = integrations.is_empty() || integrations.iter().any(|name| name == "aws" || name == CLOUDTRAIL);
    let covers = |pattern: &&&str| covers_cloudtrail(pattern);
    match (local.iter().find(covers), local.iter().find(|p| !covers_cloudtrail(p))) {
        (Some(_), None) if aws => Some(Input::CloudTrail),
        (_, Some(other)) if integrations.is_empty() => Some(Input::Other((*other).to_owned())),
        _ => None,
    }
}

/// The data set in the name of a data stream, `logs-DATASET-NAMESPACE`, by which documents are told
/// apart; a pattern that leaves part of it open stays as it is.
fn data_set(pattern: &str) -> &str {
    let inner = pattern.strip_prefix("logs-").and_then(|rest| rest.split('-').next());
    inner.filter(|name| !name.contains('*')).unwrap_or(pattern)
}

/// Whether CloudTrail events may lie in an index of this pattern.
fn covers_cloudtrail(pattern: &str) -> bool {
    let (prefix, open) = pattern.split_once('*').map_or((pattern, false), |(prefix, _)| (prefix, true));
    ["logs-aws.cloudtrail-default", "filebeat-9.0.0"]
        .iter()
        .any(|index| if open { index.starts_with(prefix) } else { *index == prefix })
        || pattern.starts_with("filebeat")
}

/// The values that a required comparison of the data set allows.
fn required_data_sets(node: &Node) -> Option<Vec<String>> {
    match &node.predicate {
        Predicate::And(nodes) => nodes.iter().find_map(required_data_sets),
        Predicate::Or(nodes) => {
            let sets: Option<Vec<Vec<String>>> = nodes.iter().map(required_data_sets).collect();
            sets.filter(|sets| !sets.is_empty()).map(|sets| sets.concat())
        }
        Predicate::Test(Test {
            field,
            comparison: Comparison::Text { matcher: TextMatch::Equals(set), case },
        }) if *case == Case::Sensitive
            && matches!(field.path.as_str(), "event.dataset" | "data_stream.dataset") =>
        {
            Some(vec![set.clone()])
        }
        _ => None,
    }
}

/// The index patterns after `FROM`.
fn esql_sources(text: &str) -> Vec<String> {
    let mut words = text.split_whitespace().skip_while(|word| !word.eq_ignore_ascii_case("from"));
    words.next();
    let list: String = words
        .take_while(|word| !word.starts_with('|') && !word.eq_ignore_ascii_case("metadata"))
        .collect::<Vec<_>>()
        .join(" ");
    list.split(',')
        .map(|name| name.trim().trim_matches('"').to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

/// Packages named in `related_integrations`: `aws`, or with its part `aws.cloudtrail`.
pub(super) fn related_packages(table: &Table<'_>) -> Vec<String> {
    let items = table.peek("related_integrations").and_then(|tree| tree.items()).unwrap_or_default();
    let name = |item: &crate::frontend::tree::Tree| {
        let package = item.get("package")?.text()?;
        Some(match item.get("integration").and_then(|tree| tree.text()) {
            Some(part) => format!("{package}.{part}"),
            None => package.to_owned(),
        })
    };
    items.iter().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(index: &[&str], integrations: &[&str]) -> Input {
        let own = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
        let opaque = super::super::opaque::because(None, String::new());
        of(&opaque, None, Some(&own(index)), &own(integrations))
    }

    #[test]
    fn index_patterns_and_integrations_decide() {
        let other = |name: &str| Input::Other(name.into());
        assert_eq!(patterns(&["filebeat-*", "logs-aws.cloudtrail-*"], &["aws"]), Input::CloudTrail);
        assert_eq!(patterns(&["filebeat-*"], &[]), Input::CloudTrail);
        assert_eq!(patterns(&["logs-*"], &[]), Input::CloudTrail);
        assert_eq!(patterns(&["filebeat-*"], &["okta"]), other("okta"));
        assert_eq!(patterns(&["filebeat-*", "logs-o365.audit-*"], &["o365"]), other("o365.audit"));
        assert_eq!(patterns(&["logs-aws.guard*"], &["aws"]), other("logs-aws.guard*"));
        assert_eq!(patterns(&["winlogbeat-*"], &[]), other("winlogbeat-*"));
        assert_eq!(patterns(&[], &["aws"]), Input::CloudTrail);
        assert_eq!(patterns(&[], &[]), Input::CloudTrail);
        assert_eq!(patterns(&["auditbeat-*", "filebeat-*"], &["endpoint"]), other("endpoint"));
        assert_eq!(esql_sources("FROM logs-a-*, \"logs-b\" METADATA _id\n| WHERE x"), ["logs-a-*", "logs-b"]);
    }
}
