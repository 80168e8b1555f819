//! GitLab's code-quality report: an array of issues in the manner of Code Climate. The fingerprint
//! names the finding across runs: it rests on code, path, title and how often the same was said
//! before, not on the line, so that lines added above do not make an old finding new.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Severity};

#[derive(Serialize)]
struct Issue<'a> {
    description: &'a str,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

pub(super) fn document(diagnostics: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let issues: Vec<Issue<'_>> = diagnostics.iter().map(|d| issue(d, &mut seen)).collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}

fn issue<'a>(diagnostic: &'a Diagnostic, seen: &mut HashMap<String, usize>) -> Issue<'a> {
    let path = diagnostic.source.as_ref().map_or("", |source| source.path());
    let line = diagnostic.source.as_ref().zip(diagnostic.span()).map(|(s, span)| s.position(span.start).line);
    let mut key = format!("{}\0{path}\0{}", diagnostic.code.name, diagnostic.title);
    let times = seen.entry(key.clone()).or_default();
    key.push_str(&format!("\0{times}"));
    *times += 1;
    let mut fingerprint = String::new();
    for byte in &Sha256::digest(key.as_bytes())[..16] {
        // Writing to a text cannot fail.
        let _ = write!(fingerprint, "{byte:02x}");
    }
    Issue {
        description: &diagnostic.title,
        check_name: diagnostic.code.name,
        fingerprint,
        severity: match diagnostic.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Info => "info",
        },
        location: Location { path, lines: Lines { begin: line.unwrap_or(1) } },
    }
}
