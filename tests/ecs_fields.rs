//! Every field that Elastic's AWS CloudTrail rules read is known.

mod common;

use std::collections::BTreeSet;

use trailsmith::ir::FieldType;
use trailsmith::schema::ecs;

/// Investigation fields that no document has: the rule's author wrote the raw key.
const UNKNOWN_UPSTREAM: [&str; 2] =
    ["aws.cloudtrail.additionalEventData.inputTokens", "aws.cloudtrail.additionalEventData.outputTokens"];

/// Words with a dot outside quotes that begin like a field and are no host name or index.
fn fields_of(query: &str, out: &mut BTreeSet<String>) {
    let mut quoted = false;
    let bare: String = query
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.chars().chain(['\n']))
        .map(|c| {
            quoted ^= c == '"';
            if quoted || c == '"' { '"' } else { c }
        })
        .collect();
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '@' | '-' | '*' | '/' | '"');
    for word in bare.split(|c: char| !is_part(c)) {
        let roots = [
            "aws.",
            "cloud.",
            "data_stream.",
            "event.",
            "kibana.",
            "related.",
            "source.",
            "target.",
            "tls.",
            "user.",
            "user_agent.",
        ];
        let plain = !word.contains(['*', '/', '"']) && !word.ends_with(".com") && !word.ends_with('.');
        if word == "@timestamp" || plain && roots.iter().any(|root| word.starts_with(root)) {
            out.insert(word.to_owned());
        }
    }
}

fn texts(value: &toml::Value, out: &mut BTreeSet<String>) {
    match value {
        // `Esql.…` are columns that an ES|QL query makes itself.
        toml::Value::String(text)
            if text.contains('.') && !text.contains(' ') && !text.starts_with("Esql.") =>
        {
            out.insert(text.clone());
        }
        toml::Value::Array(items) => items.iter().for_each(|item| texts(item, out)),
        toml::Value::Table(table) => table.values().for_each(|value| texts(value, out)),
        _ => {}
    }
}

#[test]
fn every_field_of_the_public_rules_has_a_type() {
    let Some(folder) = common::shared("data/elastic/rules") else { return };
    let (mut rules, mut fields) = (0, BTreeSet::new());
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("readable");
        let table: toml::Table = text.parse().expect("TOML");
        let rule = &table["rule"];
        rules += 1;
        fields_of(rule.get("query").and_then(|query| query.as_str()).unwrap_or_default(), &mut fields);
        for (key, inner) in [
            ("new_terms", "value"),
            ("threshold", "field"),
            ("threshold", "cardinality"),
            ("alert_suppression", "group_by"),
            ("investigation_fields", "field_names"),
        ] {
            if let Some(value) = rule.get(key).and_then(|table| table.get(inner)) {
                texts(value, &mut fields);
            }
        }
    }
    let unknown: Vec<&String> =
        fields.iter().filter(|path| ecs().field_type(path) == FieldType::Unknown).collect();
    println!("{rules} rules, {} fields, {} unknown", fields.len(), unknown.len());
    assert_eq!(unknown, UNKNOWN_UPSTREAM);
    assert!(rules > 100 && fields.len() > 60, "the corpus has far more than a hundred rules");
}
