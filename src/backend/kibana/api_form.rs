//! From a file of elastic/detection-rules to the object of Kibana's API, as that repository's own
//! release does it (`kibana_rule_import.md`, "TOML → API differences"; checked against its output in
//! `tests/kibana_oracle.rs`).
//!
//! Wrapped texts become one line, `[transform]` is filled into the note, a section `## Setup` of the
//! note moves to `setup`, and tactics of `threat` that have no tag get one. What changes is noted.

use indexmap::IndexMap;

use crate::backend::codes;
use crate::backend::loss::Loss;
use crate::ir::{Rule, Value};

type Map = IndexMap<String, Value>;

/// Keys whose line breaks mean something: Markdown and queries.
const PRESERVED: [&str; 7] =
    ["query", "threat_query", "filters", "threat_filters", "note", "setup", "message"];

/// Applies all of it and lists the keys that come out otherwise than they were written.
pub(super) fn apply(rule: &Rule, map: &mut Map, losses: &mut Vec<Loss>) {
    let before = map.clone();
    transform(rule, map);
    setup(map);
    tactic_tags(map);
    for (key, value) in map.iter_mut() {
        *value = joined(std::mem::replace(value, Value::Null), key);
    }
    let keys = map.keys().chain(before.keys().filter(|key| !map.contains_key(*key)));
    for key in keys.filter(|key| before.get(*key) != map.get(*key)) {
        let (path, what) = match key.as_str() {
            "note" => ("investigation_guide", "`[transform]` is filled in, and `## Setup` moves to `setup`"),
            "setup" => ("setup", "the section `## Setup` of the note"),
            "tags" => ("tags", "tactics of `threat` become tags"),
            "threat" => ("mitre", "line breaks become spaces"),
            "severity_mapping" | "risk_score_mapping" => ("overrides", "line breaks become spaces"),
            key => (key, "line breaks become spaces"),
        };
        let message = format!("`{key}` as the release of detection-rules writes it: {what}");
        losses.push(Loss::new(&codes::LOSS_REWRITTEN, path, message));
    }
}

/// Texts without line breaks and without white space at the ends of lines.
fn joined(value: Value, key: &str) -> Value {
    match value {
        value if PRESERVED.contains(&key) => value,
        Value::Text(text) => {
            let text = text.trim().replace("\r\n", "\n");
            let lines: Vec<&str> = text.split(['\n', '\r']).map(str::trim).collect();
            Value::Text(lines.join(" "))
        }
        Value::List(items) => Value::List(items.into_iter().map(|item| joined(item, "")).collect()),
        Value::Map(map) => {
            let each = |(key, value): (String, Value)| {
                let value = joined(value, &key);
                (key, value)
            };
            Value::Map(map.into_iter().map(each).collect())
        }
        other => other,
    }
}

/// `$osquery_0` in the note is the first entry of `[[transform.osquery]]`, as the plug-ins of
/// Kibana's Markdown read it: `!{osquery{…}}`.
fn transform(rule: &Rule, map: &mut Map) {
    let plugins = rule.metadata.extra.iter().find(|extra| extra.path == ["transform"]);
    let Some(Value::Map(plugins)) = plugins.map(|extra| &extra.value) else { return };
    if let Some(Value::Text(note)) = map.get_mut("note") {
        *note = filled(note, plugins);
    }
}

fn filled(note: &str, plugins: &Map) -> String {
    let mut out = String::with_capacity(note.len());
    let mut rest = note;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let braced = rest.starts_with('{');
        let name = rest.strip_prefix('{').unwrap_or(rest);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        let after = name[end..].strip_prefix('}').filter(|_| braced);
        match (rendered(plugins, &name[..end]), after) {
            (Some(text), Some(after)) => {
                out.push_str(&text);
                rest = after;
            }
            (Some(text), None) if !braced => {
                out.push_str(&text);
                rest = &name[end..];
            }
            _ => out.push('$'),
        }
    }
    out.push_str(rest);
    out
}

/// The entry that a name like `osquery_0` stands for.
fn rendered(plugins: &Map, name: &str) -> Option<String> {
    let (plugin, index) = name.rsplit_once('_')?;
    let entry = plugins.get(plugin)?.as_list()?.get(index.parse::<usize>().ok()?)?;
    Some(format!("!{{{plugin}{}}}", sorted(&super::json(entry))))
}

/// The same value with the keys of its objects in order.
fn sorted(value: &serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().map(|(key, item)| (key.clone(), sorted(item))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            serde_json::Value::Object(entries.into_iter().collect())
        }
        serde_json::Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// The section `## Setup` of the note, where the rule has no `setup` of its own.
fn setup(map: &mut Map) {
    let Some(Value::Text(note)) = map.get("note").filter(|_| !map.contains_key("setup")) else { return };
    let Some((guide, setup)) = split(note) else { return };
    if guide.is_empty() {
        map.shift_remove("note");
    } else {
        map.insert("note".into(), guide.into());
    }
    map.insert("setup".into(), setup.into());
}

/// What stands around the section, and the section without its heading.
fn split(note: &str) -> Option<(String, String)> {
    let (mut fenced, mut at) = (false, 0);
    let (mut start, mut end) = (None, note.len());
    for line in note.split_inclusive('\n') {
        let text = line.trim_end();
        fenced ^= text.trim_start().starts_with("```");
        let heading = !fenced && (text.starts_with("# ") || text.starts_with("## "));
        match start {
            None if heading && text == "## Setup" => start = Some((at, at + line.len())),
            Some(_) if heading => {
                end = at;
                break;
            }
            _ => {}
        }
        at += line.len();
    }
    let (head, body) = start?;
    let setup = note[body..end].trim();
    let (before, after) = (note[..head].trim(), note[end..].trim());
    let gap = if before.is_empty() || after.is_empty() { "" } else { "\n\n" };
    (!setup.is_empty()).then(|| (format!("{before}{gap}{after}"), setup.to_owned()))
}

/// `Tactic: NAME` for every tactic without such a tag, in alphabetical order.
fn tactic_tags(map: &mut Map) {
    let threats = map.get("threat").and_then(Value::as_list).unwrap_or_default();
    let name = |threat: &Value| {
        let name = threat.as_map()?.get("tactic")?.as_map()?.get("name")?.as_text()?;
        Some(Value::Text(format!("Tactic: {name}")))
    };
    let wanted: Vec<Value> = threats.iter().filter_map(name).collect();
    let Some(Value::List(tags)) = map.get_mut("tags") else { return };
    let mut missing: Vec<Value> = wanted.into_iter().filter(|tag| !tags.contains(tag)).collect();
    missing.sort_by(|a, b| a.as_text().cmp(&b.as_text()));
    missing.dedup();
    tags.extend(missing);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_but_for_markdown_and_queries() {
        let text = |text: &str| Value::from(text);
        assert_eq!(joined(text("  a \n b\r\n\n c \n"), "description"), text("a b  c"));
        assert_eq!(joined(text("a\nb"), "note"), text("a\nb"));
        let list = Value::List(vec![text("\n x\n y\n"), Value::Int(1)]);
        assert_eq!(joined(list, "false_positives"), Value::List(vec![text("x y"), Value::Int(1)]));
    }

    #[test]
    fn the_setup_section_is_cut_out() {
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(split("## Triage\n\nx  \n\n## Setup\n\nfirst\n### sub\nmore\n"), {
            pair("## Triage\n\nx", "first\n### sub\nmore")
        });
        assert_eq!(split("## Setup\n\na\n\n## Triage\n\nb"), pair("## Triage\n\nb", "a"));
        assert_eq!(split("```\n## Setup\n```\nx"), None);
        assert_eq!(split("## Setup\n"), None);
    }

    #[test]
    fn plug_ins_are_filled_in() {
        let entry = [("query", "select 1"), ("label", "L")].map(|(k, v)| (k.to_owned(), Value::from(v)));
        let plugins = Map::from([("osquery".to_owned(), Value::List(vec![Value::Map(entry.into())]))]);
        let one = "!{osquery{\"label\":\"L\",\"query\":\"select 1\"}}";
        let note = filled("a $osquery_0, ${osquery_0}b $osquery_1 $5 ${osquery_0", &plugins);
        assert_eq!(note, format!("a {one}, {one}b $osquery_1 $5 ${{osquery_0"));
    }
}
