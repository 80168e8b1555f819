//! A filled playbook as Markdown, for people.
//!
//! Values of the event stand in code only, where Markdown reads nothing, and on one line.

use std::fmt::Write;

use super::fill::{Filled, FilledCall, FilledStep};
use super::resolved::{Each, Piece, Resolved};
use crate::diagnostic::printable;

/// The document.
pub fn markdown(filled: &Filled) -> String {
    let mut out = format!("# Playbook: {}\n", plain(&filled.rule));
    if let Some(summary) = &filled.summary {
        let _ = write!(out, "\n{}\n", summary.trim());
    }
    if let Some(event) = &filled.event {
        let _ = write!(out, "\nFor {}", code(event));
        let region = filled.region.as_ref().map(|region| format!(" in {}", code(region)));
        let _ = writeln!(out, "{}.", region.unwrap_or_default());
    }
    if !filled.parameters.is_empty() {
        out.push_str("\n| name | value | from |\n| --- | --- | --- |\n");
        for parameter in &filled.parameters {
            let values: Vec<String> = parameter.values.iter().map(|value| cell(value)).collect();
            let from = match parameter.from.as_str() {
                word @ ("given" | "default") => word.to_owned(),
                field => cell(field),
            };
            let _ = writeln!(out, "| {} | {} | {from} |", parameter.name, values.join(", "));
        }
    }
    filled.steps.iter().for_each(|step| self::step(&mut out, step));
    out
}

fn step(out: &mut String, step: &FilledStep) {
    let _ = write!(out, "\n## {}. {}\n", step.number, prose(&step.title));
    if let Some(reason) = &step.skipped {
        let _ = write!(out, "\nLeft out: {}.\n", prose(reason));
        return;
    }
    if !step.requires.is_empty() {
        out.push('\n');
        step.requires.iter().for_each(|requirement| {
            let _ = writeln!(out, "- [ ] {}", requirement.trim());
        });
    }
    if let Some(text) = &step.text {
        let _ = write!(out, "\n{}\n", prose(text).trim());
    }
    step.calls.iter().for_each(|call| self::call(out, call));
    if let Some(wait) = step.wait {
        let _ = write!(out, "\nWait {wait}.\n");
    }
}

fn call(out: &mut String, call: &FilledCall) {
    let each = match &call.each {
        Some(Each::Output(name)) => format!(" for each of {}", code(&format!("<{name}>"))),
        Some(Each::Value(value)) => format!(" for {}", code(value)),
        None => String::new(),
    };
    let _ = write!(out, "\n{}{each}\n", code(&format!("{}:{}", call.service, call.action)));
    if !matches!(&call.parameters, Resolved::Map(map) if map.is_empty()) {
        block(out, &call.parameters);
    }
    for (name, path) in &call.outputs {
        let _ = write!(out, "\nKeep {} as {}.\n", code(path), code(&format!("<{name}>")));
    }
    if let Some((state, parameters)) = &call.until {
        let _ = write!(out, "\nWait until {}:\n", code(&format!("{} {state}", call.service)));
        block(out, parameters);
    }
}

/// JSON over several lines. Texts of JSON hold no line breaks, so no line of it ends the block.
fn block(out: &mut String, value: &Resolved) {
    let text = value.readable();
    let pretty = serde_json::from_str::<serde_json::Value>(&text).map(|value| format!("{value:#}"));
    let _ = write!(out, "\n```json\n{}\n```\n", pretty.unwrap_or(text));
}

/// The author's Markdown with values in code.
fn prose(pieces: &[Piece]) -> String {
    let one = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        later => code(&later.readable()),
    };
    pieces.iter().map(one).collect()
}

/// A name on one line, in which Markdown has nothing to read.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in printable(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A text in code, on one line, whatever stands in it.
fn code(text: &str) -> String {
    let text = printable(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Code in a table, where a bar ends the cell even in code.
fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}
