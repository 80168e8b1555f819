//! Times and words of the format.

use crate::frontend::codes;
use crate::frontend::reader::{Reader, Table};
use crate::ir::Duration;
use crate::ir::date_math::DateMath;

/// `90s`, `5m`, `2h`, `1d`, `1w`; as written and read.
pub(super) fn duration(
    reader: &mut Reader<'_>,
    table: &mut Table<'_>,
    key: &'static str,
) -> Option<(String, Duration)> {
    let text = table.text(reader, key)?;
    match Duration::parse(&text).filter(|duration| duration.millis > 0) {
        Some(duration) => Some((text, duration)),
        None => {
            fault(reader, table, key, &text, "write a whole number and one of s, m, h, d, w: `24h`");
            None
        }
    }
}

/// Date math against `now`.
pub(super) fn date_math(reader: &mut Reader<'_>, table: &mut Table<'_>, key: &'static str) -> Option<String> {
    let text = table.text(reader, key)?;
    if DateMath::parse(&text).is_some() {
        return Some(text);
    }
    fault(reader, table, key, &text, "write it as `now-9m`");
    None
}

fn fault(reader: &mut Reader<'_>, table: &Table<'_>, key: &str, text: &str, help: &str) {
    let span = table.peek(key).map_or(table.head(), |tree| tree.span);
    reader.report(&codes::BAD_TIME, format!("`{text}` is no time for `{key}`"), span).help.push(help.into());
    let path = table.at(key);
    reader.keep_value(&path, text.into(), Some(span));
    reader.fail(&path);
}

/// One of a list of words.
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
    let span = table.peek(key).map_or(table.head(), |tree| tree.span);
    let finding = reader.report(&codes::UNKNOWN_WORD, format!("`{key}` cannot be `{word}`"), span);
    finding.help.push(format!("it is one of {}", words.join(", ")));
    let path = table.at(key);
    reader.keep_value(&path, word.into(), Some(span));
    reader.fail(&path);
    None
}
