//! Checks of single values: times, words, pairs of keys.

use crate::frontend::codes;
use crate::frontend::reader::{Reader, Table};
use crate::ir::date_math::DateMath;
use crate::ir::{Level, Value};

/// Date math against `now`, or a fixed date. The text is kept even when it is at fault.
pub(super) fn date_math(reader: &mut Reader<'_>, table: &mut Table<'_>, key: &'static str) -> Option<String> {
    let text = table.text(reader, key)?;
    if DateMath::parse(&text).is_none() {
        let span = table.entry(key).map_or(table.head(), |entry| entry.value.span);
        let finding = reader.report(&codes::BAD_TIME, format!("`{key}` is no date math"), span);
        finding.help.push("write it as `now-9m`: units are s, m, h, d, w, M, y".into());
        reader.fail(&table.at(key));
    }
    Some(text)
}

/// `\d+[smhd]`.
pub(super) fn interval(reader: &mut Reader<'_>, table: &mut Table<'_>, key: &'static str) -> Option<String> {
    let text = table.text(reader, key)?;
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || !matches!(&text[digits..], "s" | "m" | "h" | "d") {
        let span = table.entry(key).map_or(table.head(), |entry| entry.value.span);
        let finding = reader.report(&codes::BAD_TIME, format!("`{key}` is no interval"), span);
        finding.help.push("write a whole number and one of s, m, h, d: `5m`".into());
        reader.fail(&table.at(key));
    }
    Some(text)
}

/// A severity of Elastic's: low, medium, high, critical.
pub(super) fn level(reader: &mut Reader<'_>, table: &mut Table<'_>, key: &'static str) -> Option<Level> {
    let word = word(reader, table, key, &["low", "medium", "high", "critical"])?;
    Level::parse(&word)
}

/// One of a list of words; another one is a finding and kept.
pub(super) fn word(
    reader: &mut Reader<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    words: &[&str],
) -> Option<String> {
    let word = table.text(reader, key)?;
    if words.contains(&word.as_str()) {
        return Some(word);
    }
    let span = table.entry(key).map_or(table.head(), |entry| entry.value.span);
    let finding = reader.report(&codes::UNKNOWN_WORD, format!("`{key}` cannot be `{word}`"), span);
    finding.help.push(format!("it is one of {}", words.join(", ")));
    let path = table.at(key);
    reader.keep_value(&path, Value::Text(word), Some(span));
    reader.fail(&path);
    None
}

/// Keys that exclude or demand each other.
pub(super) fn across(reader: &mut Reader<'_>, table: &Table<'_>) {
    let mut complain = |title: &str| {
        reader.report(&codes::KEYS_DISAGREE, title, table.head());
    };
    if table.has("index") && table.has("data_view_id") {
        complain("`index` and `data_view_id` both say where to look; Kibana reads the data view only");
    }
    if table.has("timeline_id") != table.has("timeline_title") {
        complain("`timeline_id` and `timeline_title` belong together");
    }
}
