//! JSON: one document, or one object a line. Lines and columns count from 1, columns in characters;
//! offsets are bytes from the beginning of the file.

use std::io::{self, Write};

use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::diagnostic::{Diagnostic, Severity, Source, Span};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    diagnostics: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'static str,
    severity: Severity,
    message: &'a str,
    path: Option<&'a str>,
    range: Option<Range>,
    labels: Vec<Labelled<'a>>,
    help: &'a [String],
    notes: &'a [String],
    fix: Option<Repair<'a>>,
    rule: Option<RuleName<'a>>,
}

#[derive(Serialize)]
struct RuleName<'a> {
    id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct Labelled<'a> {
    range: Range,
    message: &'a str,
    primary: bool,
}

#[derive(Serialize)]
struct Repair<'a> {
    title: &'a str,
    safe: bool,
    edits: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
struct Replacement<'a> {
    range: Range,
    replacement: &'a str,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
    offset: usize,
}

fn range(source: &Source, span: Span) -> Range {
    let position = |offset: usize| {
        let at = source.position(offset);
        Position { line: at.line, column: at.column, offset: offset.min(source.text().len()) }
    };
    Range { start: position(span.start), end: position(span.end) }
}

fn finding(d: &Diagnostic) -> Finding<'_> {
    let source = d.source.as_deref();
    let labels = source.map(|source| {
        let labelled = d.labels.iter().map(|label| Labelled {
            range: range(source, label.span),
            message: &label.text,
            primary: label.primary,
        });
        labelled.collect()
    });
    let fix = d.fix.as_ref().zip(source).map(|(fix, source)| Repair {
        title: &fix.title,
        safe: fix.safe,
        edits: fix
            .edits
            .iter()
            .map(|edit| Replacement { range: range(source, edit.span), replacement: &edit.replacement })
            .collect(),
    });
    Finding {
        code: d.code.name,
        severity: d.severity,
        message: &d.title,
        path: source.map(Source::path),
        range: source.zip(d.span()).map(|(source, span)| range(source, span)),
        labels: labels.unwrap_or_default(),
        help: &d.help,
        notes: &d.notes,
        fix,
        rule: d.rule.as_ref().map(|rule| RuleName { id: &rule.id, name: &rule.name }),
    }
}

pub(super) fn document(diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
    let document =
        Document { schema_version: SCHEMA_VERSION, diagnostics: diagnostics.iter().map(finding).collect() };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

pub(super) fn lines(diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
    diagnostics.iter().try_for_each(|diagnostic| {
        serde_json::to_writer(&mut *out, &finding(diagnostic))?;
        writeln!(out)
    })
}
