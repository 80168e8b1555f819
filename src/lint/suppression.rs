//! `# trailsmith: ignore[code] reason`: findings that the author of a rule has looked at and keeps.
//!
//! The comment holds for its file and only for findings of the codes it names. It works wherever
//! the file's format has comments with `#`: TOML and YAML.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Source, Span};

crate::codes! {
    /// A comment `# trailsmith: ignore[code]` names a code of which there is no finding in the file
    /// (any more). Left in place, it would hide the next one.
    ///
    /// Remove the comment or the code from its list.
    pub UNUSED_SUPPRESSION = warning "unused-suppression": "a suppression that suppresses nothing";

    /// A comment `# trailsmith: ignore[…]` names no code, or one that does not exist.
    ///
    /// Name what is to be ignored and say why: `# trailsmith: ignore[missing-mitre] health check`.
    /// `trailsmith list lints` prints every code. Errors that keep a rule from being read cannot be
    /// ignored.
    pub INVALID_SUPPRESSION = warning "invalid-suppression": "a suppression without a code that exists";
}

const MARK: &str = "trailsmith: ignore[";

/// A code that a comment names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Suppression {
    code: String,
    span: Span,
}

/// Removes the findings that the file asks to ignore and adds those about the asking. `findings`
/// are all of one file; `exists` knows every code.
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
    let mut used = vec![false; asked.len()];
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    for finding in findings {
        let mut ignored = false;
        for (suppression, used) in asked.iter().zip(&mut used) {
            if suppression.code == finding.code.name {
                (*used, ignored) = (true, true);
            }
        }
        if !ignored {
            kept.push(finding);
        }
    }
    for (suppression, used) in asked.iter().zip(used) {
        let Suppression { code, span } = suppression;
        if !exists(code) {
            let title = match code.as_str() {
                "" => "the suppression names no code".to_owned(),
                code => format!("there is no code `{code}`"),
            };
            let finding = Diagnostic::new(&INVALID_SUPPRESSION, title).at(source, *span, "");
            kept.push(finding.help("`trailsmith list lints` prints every code"));
        } else if !used {
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
        let start = at + MARK.len();
        let list = source.slice(Span::new(start, line.end));
        let Some((list, _)) = list.split_once(']').filter(|_| comment) else { continue };
        let mut offset = start;
        for part in list.split(',') {
            let code = part.trim();
            let begin = offset + (part.len() - part.trim_start().len());
            found.push(Suppression { code: code.into(), span: Span::new(begin, begin + code.len()) });
            offset += part.len() + 1;
        }
    }
    found
}
