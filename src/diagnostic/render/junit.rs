//! JUnit XML: one suite a file, one failed case a finding.

use std::io::{self, Write};

use super::{Style, full, location};
use crate::diagnostic::Diagnostic;

/// Text as XML attribute or content; characters that XML 1.0 §2.2 forbids become U+FFFD.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

pub(super) fn document(diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
    let path = |d: &Diagnostic| d.source.as_ref().map_or("trailsmith", |s| s.path()).to_owned();
    let total = diagnostics.len();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, r#"<testsuites name="trailsmith check" tests="{total}" failures="{total}">"#)?;
    for suite in diagnostics.chunk_by(|a, b| path(a) == path(b)) {
        let (name, count) = (escape(&path(&suite[0])), suite.len());
        writeln!(out, r#"  <testsuite name="{name}" tests="{count}" failures="{count}">"#)?;
        for diagnostic in suite {
            let place = escape(&location(diagnostic).unwrap_or_else(|| path(diagnostic)));
            writeln!(out, r#"    <testcase name="{}" classname="{place}">"#, diagnostic.code.name)?;
            writeln!(
                out,
                r#"      <failure type="{}" message="{}">{}</failure>"#,
                diagnostic.severity.as_str(),
                escape(&diagnostic.title),
                escape(&full(diagnostic, Style::PLAIN)),
            )?;
            writeln!(out, "    </testcase>")?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}
