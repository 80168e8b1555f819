//! SARIF 2.1.0 (OASIS), the subset that code-scanning services read: one run, the rules that
//! occur, one result a finding, fixes included.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic, Severity, Source, Span};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn document(diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
    let mut codes: Vec<&'static Code> = diagnostics.iter().map(|d| d.code).collect();
    codes.sort_by_key(|code| code.name);
    codes.dedup_by_key(|code| code.name);
    let rules: Vec<Value> = codes.iter().map(|code| rule(code)).collect();
    let results: Vec<Value> = diagnostics.iter().map(|d| result(d, &codes)).collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "trailsmith",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            // Columns are counted in characters, not in UTF-16 units.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.name,
        "shortDescription": { "text": code.summary },
        "fullDescription": { "text": code.summary },
        "help": { "text": code.page, "markdown": code.page },
        "defaultConfiguration": { "level": level(code.severity) },
    })
}

fn result(diagnostic: &Diagnostic, codes: &[&'static Code]) -> Value {
    let mut text = diagnostic.title.clone();
    diagnostic.help.iter().for_each(|help| text.push_str(&format!("\nhelp: {help}")));
    let mut value = json!({
        "ruleId": diagnostic.code.name,
        "ruleIndex": codes.iter().position(|code| code.name == diagnostic.code.name),
        "level": level(diagnostic.severity),
        "message": { "text": text },
    });
    let Some(source) = diagnostic.source.as_deref() else { return value };
    let mut physical = json!({ "artifactLocation": { "uri": uri(source.path()) } });
    if let Some(span) = diagnostic.span() {
        physical["region"] = region(source, span);
    }
    value["locations"] = json!([{ "physicalLocation": physical }]);
    if let Some(fix) = &diagnostic.fix {
        let replacement = |edit: &crate::diagnostic::Edit| {
            json!({
                "deletedRegion": region(source, edit.span),
                "insertedContent": { "text": edit.replacement },
            })
        };
        let replacements: Vec<Value> = fix.edits.iter().map(replacement).collect();
        value["fixes"] = json!([{
            "description": { "text": fix.title },
            "artifactChanges": [{
                "artifactLocation": { "uri": uri(source.path()) },
                "replacements": replacements,
            }],
        }]);
    }
    value
}

fn region(source: &Source, span: Span) -> Value {
    let (start, end) = (source.position(span.start), source.position(span.end));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

/// A relative path as a URI reference (RFC 3986): everything but unreserved characters and `/` is
/// percent-encoded, so that a space, `#` or `?` in a file name survives.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.trim_start_matches("./").bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
