//! What Kibana refuses when rules are imported, said before they are sent
//! (`kibana_rule_import.md`, "Common fields" and "Per type").

use indexmap::IndexMap;

use crate::backend::codes;
use crate::backend::loss::Loss;
use crate::ir::Value;
use crate::ir::date_math::DateMath;

type Map = IndexMap<String, Value>;

/// Most bytes of one import (`maxRuleImportPayloadBytes`).
const LARGEST_IMPORT: usize = 10_485_760;

/// A loss for every value that an import would be refused for.
pub(super) fn check(map: &Map, losses: &mut Vec<Loss>) {
    let mut complain = |key: &str, message: String| {
        losses.push(Loss::new(&codes::LOSS_LIMIT, key, message));
    };
    for key in ["rule_id", "name", "description", "type", "severity", "risk_score"] {
        match map.get(key) {
            None => complain(key, format!("Kibana asks for `{key}`, and the rule has none")),
            Some(Value::Text(text)) if text.is_empty() => complain(key, format!("`{key}` is empty")),
            Some(_) => {}
        }
    }
    for (key, least, most) in [("risk_score", 0, 100), ("version", 1, i64::MAX), ("max_signals", 1, i64::MAX)]
    {
        if let Some(Value::Int(number)) = map.get(key)
            && !(least..=most).contains(number)
        {
            complain(key, format!("`{key}` is {number}; Kibana takes {}", span(least, most)));
        }
    }
    let text = |key: &str| map.get(key).and_then(Value::as_text);
    if let Some(interval) = text("interval").filter(|interval| !is_interval(interval)) {
        complain("interval", format!("`{interval}` is no whole number and one of s, m, h, d"));
    }
    for key in ["from", "to"] {
        if let Some(time) = text(key).filter(|time| DateMath::parse(time).is_none()) {
            complain(key, format!("`{time}` is no date math"));
        }
    }
    let count = |value: Option<&Value>| value.and_then(Value::as_list).map(<[Value]>::len);
    let inner = |key: &str, name: &str| map.get(key).and_then(Value::as_map).and_then(|map| map.get(name));
    let kind = text("type").unwrap_or_default();
    let mut counted = |key: &str, found: Option<usize>, least: usize, most: usize| {
        if let Some(found) = found.filter(|found| !(least..=most).contains(found)) {
            complain(key, format!("`{key}` names {found} fields; Kibana takes {least} to {most}"));
        }
    };
    if kind != "threshold" {
        counted("alert_suppression.group_by", count(inner("alert_suppression", "group_by")), 1, 3);
    }
    counted("threshold.field", count(inner("threshold", "field")), 0, 5);
    counted("new_terms_fields", count(map.get("new_terms_fields")), 1, 3);
    counted("investigation_fields", count(inner("investigation_fields", "field_names")), 1, usize::MAX);
    if let Some(Value::Int(value @ ..1)) = inner("threshold", "value") {
        complain("threshold.value", format!("a threshold of {value} counts nothing"));
    }
    if let Some(start) = text("history_window_start").filter(|start| !start.starts_with("now-")) {
        complain(
            "history_window_start",
            format!("the history has to start at a relative date, not `{start}`"),
        );
    }
    if map.contains_key("timeline_id") != map.contains_key("timeline_title") {
        complain("timeline", "`timeline_id` and `timeline_title` belong together".into());
    }
    if matches!(kind, "threshold" | "new_terms" | "eql" | "esql" | "threat_match")
        && !map.contains_key("query")
    {
        complain("query", format!("a rule of type `{kind}` needs a query"));
    }
    // The exact size is worth its time only where it may matter.
    let size = match map.values().map(most_bytes).sum::<usize>() {
        bound if bound <= LARGEST_IMPORT => bound,
        _ => super::json(&Value::Map(map.clone())).to_string().len(),
    };
    if size > LARGEST_IMPORT {
        complain("rule", format!("the rule takes {size} bytes; an import takes {LARGEST_IMPORT}"));
    }
}

/// No fewer bytes than the value takes as JSON: an escape has six of them for one.
fn most_bytes(value: &Value) -> usize {
    let beside = 32;
    beside
        + match value {
            Value::Text(text) | Value::Literal(text) => text.len() * 6,
            Value::List(items) => items.iter().map(most_bytes).sum(),
            Value::Map(map) => map.iter().map(|(key, value)| key.len() * 6 + most_bytes(value)).sum(),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => 0,
        }
}

fn span(least: i64, most: i64) -> String {
    match most {
        i64::MAX => format!("at least {least}"),
        most => format!("{least} to {most}"),
    }
}

/// `\d+[smhd]`.
fn is_interval(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0 && matches!(&text[digits..], "s" | "m" | "h" | "d")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(entries: &[(&str, Value)]) -> Vec<String> {
        let good: [(&str, Value); 6] = [
            ("rule_id", "id".into()),
            ("name", "n".into()),
            ("description", "d".into()),
            ("type", "query".into()),
            ("severity", "low".into()),
            ("risk_score", Value::Int(21)),
        ];
        let all = good.into_iter().chain(entries.iter().cloned());
        let map = all.map(|(key, value)| (key.to_owned(), value)).collect();
        let mut losses = Vec::new();
        check(&map, &mut losses);
        losses.into_iter().map(|loss| loss.path).collect()
    }

    #[test]
    fn what_an_import_refuses() {
        let names = |n: usize| Value::List(vec!["f".into(); n]);
        let table = |key: &str, value: Value| Value::Map(IndexMap::from([(key.to_owned(), value)]));
        assert_eq!(refused(&[]), Vec::<String>::new());
        for (key, value, path) in [
            ("name", "".into(), "name"),
            ("risk_score", Value::Int(101), "risk_score"),
            ("version", Value::Int(0), "version"),
            ("interval", "5 m".into(), "interval"),
            ("interval", "1w".into(), "interval"),
            ("from", "yesterday".into(), "from"),
            ("alert_suppression", table("group_by", names(4)), "alert_suppression.group_by"),
            ("alert_suppression", table("group_by", names(0)), "alert_suppression.group_by"),
            ("threshold", table("field", names(6)), "threshold.field"),
            ("threshold", table("value", Value::Int(0)), "threshold.value"),
            ("new_terms_fields", names(4), "new_terms_fields"),
            ("investigation_fields", table("field_names", names(0)), "investigation_fields"),
            ("history_window_start", "2026-01-01".into(), "history_window_start"),
            ("timeline_id", "x".into(), "timeline"),
            ("type", "eql".into(), "query"),
        ] {
            assert_eq!(refused(&[(key, value)]), [path], "{key}");
        }
        let long = "x".repeat(LARGEST_IMPORT);
        assert_eq!(refused(&[("note", long.into())]), ["rule"]);
    }
}
