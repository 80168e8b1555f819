//! Artefacts on standard output or in files.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::Row;
use crate::backend::{Artefact, Loss, kibana};
use crate::cli::args::Format;
use crate::cli::exit::Stop;
use crate::cli::session::Session;
use crate::frontend::kibana::{Attachment, Kind};
use crate::ir;

/// Prints the rows: objects in the formats for machines, else the artefacts themselves.
pub(super) fn print(
    rows: &[Row],
    attachments: &[Attachment],
    format: Format,
    session: &mut Session,
) -> Result<(), Stop> {
    let out = &mut session.out;
    match format {
        Format::Json => {
            let all: Vec<Value> = rows.iter().map(object).collect();
            writeln!(out, "{:#}", Value::from(all))?;
        }
        Format::JsonLines => {
            for row in rows {
                writeln!(out, "{}", object(row))?;
            }
        }
        _ => out.write_all(text(rows, attachments).as_bytes())?,
    }
    Ok(())
}

/// One rule: `{rule_id, rule_name, target, artefact, losses, error}`.
fn object(row: &Row) -> Value {
    let position = |loss: &Loss| loss.origin.map(|span| row.rule.source.position(span.start));
    let loss = |loss: &Loss| {
        let mut value = loss.to_json();
        if let Some(at) = position(loss) {
            value["line"] = json!(at.line);
            value["column"] = json!(at.column);
        }
        value
    };
    let refused = row.compiled.losses.iter().filter(|loss| loss.is_refused()).count();
    let error = match (&row.compiled.error, &row.compiled.artefact) {
        (Some(error), _) => Value::from(format!("{}: {}", error.code.name, error.message)),
        (None, None) => Value::from(format!("refused for {refused} losses; --allow-lossy allows them")),
        (None, Some(_)) => Value::Null,
    };
    json!({
        "rule_id": row.rule.id,
        "rule_name": row.rule.name(),
        "target": row.target.name(),
        "artefact": row.compiled.artefact.as_ref().map(Artefact::to_json),
        "losses": row.compiled.losses.iter().map(loss).collect::<Vec<_>>(),
        "error": error,
    })
}

/// The artefacts: a single one as it is; several JSON documents one a line, several texts with a
/// heading each. Kibana imports the exception lists of rules beside them.
fn text(rows: &[Row], attachments: &[Attachment]) -> String {
    let there: Vec<(&Row, &Artefact)> =
        rows.iter().filter_map(|row| Some((row, row.compiled.artefact.as_ref()?))).collect();
    let mut out = String::new();
    for (row, artefact) in &there {
        match artefact {
            Artefact::Json(value) if rows.len() > 1 || row.target.extension() == "ndjson" => {
                out.push_str(&format!("{value}\n"));
            }
            Artefact::Json(value) => out.push_str(&format!("{value:#}\n")),
            Artefact::Text(text) => {
                // Documents of one YAML file.
                if row.target.extension() == "yml" && !out.is_empty() {
                    out.push_str("---\n");
                }
                if rows.len() > 1 {
                    out.push_str(&format!("# {} ({})\n", row.rule.name(), row.rule.id));
                }
                out.push_str(text.trim_end_matches('\n'));
                out.push_str(if rows.len() > 1 { "\n\n" } else { "\n" });
            }
        }
    }
    let kibana_rules = there.iter().filter(|(row, _)| row.target.name() == "kibana");
    for list in kibana_rules.flat_map(|(row, _)| row.rule.exception_lists.iter().flatten()) {
        let id = |value: &ir::Value| value.as_map()?.get("list_id")?.as_text().map(str::to_owned);
        let wanted = id(&list.value);
        for attachment in attachments
            .iter()
            .filter(|a| matches!(a.kind, Kind::ExceptionList | Kind::ExceptionItem) && id(&a.value) == wanted)
        {
            let line = format!("{}\n", kibana::json(&attachment.value));
            // Several rules may share a list.
            if !out.contains(&line) {
                out.push_str(&line);
            }
        }
    }
    out
}

/// Writes to one file, or to a directory with one file a rule, named after the rule's file; where
/// several share a name, the id is added.
pub(super) fn write(rows: &[Row], attachments: &[Attachment], path: &Path) -> Result<(), Stop> {
    let fail =
        |path: &Path, error: std::io::Error| Stop::usage(format!("cannot write {}: {error}", path.display()));
    if super::is_file(path) {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| fail(folder, error))?;
        }
        return std::fs::write(path, text(rows, attachments)).map_err(|error| fail(path, error));
    }
    std::fs::create_dir_all(path).map_err(|error| fail(path, error))?;
    let stem = |row: &Row| {
        let stem = Path::new(row.rule.source.path()).file_stem();
        stem.map_or_else(|| row.rule.id.clone(), |stem| stem.to_string_lossy().into_owned())
    };
    let mut times: HashMap<String, usize> = HashMap::new();
    for row in rows {
        *times.entry(stem(row)).or_default() += 1;
    }
    for row in rows.iter().filter(|row| row.compiled.artefact.is_some()) {
        let stem = stem(row);
        let safe = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
        let name = match times.get(&stem) {
            Some(1) => stem,
            _ => format!("{stem}-{}", row.rule.id.chars().map(safe).collect::<String>()),
        };
        let file = path.join(format!("{name}.{}", row.target.extension()));
        std::fs::write(&file, text(std::slice::from_ref(row), attachments))
            .map_err(|error| fail(&file, error))?;
    }
    Ok(())
}
