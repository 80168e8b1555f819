//! Workflow commands of GitHub Actions: `::error file=…,line=…::message`. Escapes as in
//! "Workflow commands for GitHub Actions" and the toolkit's `command.ts`: `%`, CR and LF in the
//! message, also `:` and `,` in properties.

use crate::diagnostic::{Diagnostic, Severity};

pub(super) fn one(diagnostic: &Diagnostic) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    if let Some(source) = &diagnostic.source {
        properties.push(format!("file={}", property(source.path())));
        if let Some(span) = diagnostic.span() {
            let (start, end) = (source.position(span.start), source.position(span.end));
            properties.push(format!("line={}", start.line));
            properties.push(format!("col={}", start.column));
            properties.push(format!("endLine={}", end.line));
            // Columns are only understood within one line.
            if end.line == start.line {
                properties.push(format!("endColumn={}", end.column));
            }
        }
    }
    properties.push(format!("title={}", property(diagnostic.code.name)));
    let mut text = diagnostic.title.clone();
    let primary = diagnostic.labels.iter().find(|label| label.primary && !label.text.is_empty());
    text.extend(primary.map(|label| format!("\n{}", label.text)));
    diagnostic.help.iter().for_each(|help| text.push_str(&format!("\nhelp: {help}")));
    format!("::{command} {}::{}", properties.join(","), message(&text))
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
