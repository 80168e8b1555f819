//! `# trailsmith: ignore[code] reason`: findings that the author of a rule has looked at and keeps.
//!
//! The comment holds for its file and only for findings of the codes it names. It works wherever
//! the file's format has comments with `#`: TOML and YAML.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Severity, Source, Span};

crate::codes! {
    /// A comment `# trailsmith: ignore[code]` names a code of which there is no finding in the file
    /// (any more). Left in place, it would hide the next one.
    ///
    /// Remove the comment or the code from its list.
    pub UNUSED_SUPPRESSION = warning "unused-suppression": "a suppression that suppresses nothing";

    /// A comment `# trailsmith: ignore[…]` names no code, or one that does not exist.
    ///
    /// Name what is to be ignored and say why: `# trailsmith: ignore[missing-mitre] health check`.
    /// `trailsmith list lints` prints every code. A comment without a list of codes would hide
    /// whatever comes later, and an error cannot be ignored: what it is about does not work.
    pub INVALID_SUPPRESSION = warning "invalid-suppression": "a suppression that names nothing that can be ignored";
}

/// How a suppression begins, whatever follows.
const MARK: &str = "trailsmith: ignore";

/// A code that a comment names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Suppression {
    code: String,
    span: Span,
}

/// What a suppression was good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// There is no such finding in the file.
    None,
    /// Findings were left out.
    Finding,
    /// The finding is an error.
    Error,
}

/// Removes the findings that the file asks to ignore and adds those about the asking. `findings`
/// are all of one file; `exists` knows every code. Errors stay whatever a comment says.
pub fn apply(
    source: &Arc<Source>,
    findings: Vec<Diagnostic>,
    exists: &dyn Fn(&str) -> bool,
) -> Vec<Diagnostic> {
    let path = source.path();
    if ![".toml", ".yml", ".yaml"].iter().any(|ending| path.ends_with(ending)) {
        return findings;
    }
    let asked = find(source);
    if asked.is_empty() {
        return findings;
    }
    let mut used = vec![Use::None; asked.len()];
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    for finding in findings {
        let mut ignored = false;
        for (suppression, used) in asked.iter().zip(&mut used) {
            if suppression.code != finding.code.name {
                continue;
            }
            if finding.severity == Severity::Error {
                *used = Use::Error;
            } else {
                (*used, ignored) = (Use::Finding, true);
            }
        }
        if !ignored {
            kept.push(finding);
        }
    }
    for (suppression, used) in asked.iter().zip(used) {
        let Suppression { code, span } = suppression;
        if code.is_empty() || !exists(code) {
            let title = match code.as_str() {
                "" => "the suppression names no code".to_owned(),
                code => format!("there is no code `{code}`"),
            };
            let finding = Diagnostic::new(&INVALID_SUPPRESSION, title).at(source, *span, "");
            kept.push(finding.help(match code.as_str() {
                "" => "write `# trailsmith: ignore[code] reason`",
                _ => "`trailsmith list lints` prints every code",
            }));
        } else if used == Use::Error {
            let title = format!("`{code}` is an error here and cannot be ignored");
            kept.push(Diagnostic::new(&INVALID_SUPPRESSION, title).at(source, *span, ""));
        } else if used == Use::None {
            let title = format!("there is no `{code}` in this file to ignore");
            kept.push(Diagnostic::new(&UNUSED_SUPPRESSION, title).at(source, *span, ""));
        }
    }
    kept
}

/// The codes of all comments. A `#` inside a text counts only when it begins a line.
fn find(source: &Source) -> Vec<Suppression> {
    let mut found = Vec::new();
    for (at, _) in source.text().match_indices(MARK) {
        let line = source.line_span(source.position(at).line);
        let before = source.slice(Span::new(line.start, at));
        // A `#` opens a comment at the beginning of a line, or after a blank outside quotes.
        let closed = |code: &str| ['"', '\''].iter().all(|quote| code.matches(*quote).count() % 2 == 0);
        let comment = before
            .trim_end()
            .strip_suffix('#')
            .is_some_and(|code| code.trim().is_empty() || code.ends_with([' ', '\t']) && closed(code));
        if !comment {
            continue;
        }
        let rest = source.slice(Span::new(at + MARK.len(), line.end));
        let list = rest.strip_prefix('[').and_then(|list| list.split_once(']'));
        let Some((list, _)) = list else {
            // `ignored`, in a sentence, asks for nothing.
            if !rest.starts_with(|c: char| c.is_alphanumeric()) {
                found.push(Suppression { code: String::new(), span: Span::new(at, at + MARK.len()) });
            }
            continue;
        };
        let mut offset = at + MARK.len() + 1;
        for part in list.split(',') {
            let code = part.trim();
            let begin = offset + (part.len() - part.trim_start().len());
            found.push(Suppression { code: code.into(), span: Span::new(begin, begin + code.len()) });
            offset += part.len() + 1;
        }
    }
    found
}
