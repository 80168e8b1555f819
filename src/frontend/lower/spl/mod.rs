//! SPL with Splunk's own semantics: what `search` and `where` mean, and what the rest of a pipeline
//! does to it.
//!
//! `search` is two-valued: `NOT f=v` holds for events without the field, `f!=v` does not. `where` is
//! three-valued: every condition becomes a pair, when it is true and when it is false, and `NOT`
//! swaps the two. Facts: splunk.md, target_languages.md §6. What a pipeline makes of the events is
//! decided in `pipeline.rs`: a search that filters and reports detects events, one that counts and
//! compares the count detects a threshold, and anything else is carried as it is, with the reason.

pub mod codes;
mod commands;
mod compare;
mod condition;
mod field;
mod grouped;
mod pipeline;
mod regex;
mod scope;
mod search;
mod text;
mod time;
mod value;
mod values;

use trailsmith_grammar::spl as syntax;
use trailsmith_grammar::{ErrorKind as _, TrapKind as _};

use super::LowerInput;
use crate::diagnostic::{Code, Diagnostic, Severity, Span};
use crate::ir::{Detection, Input, Node, QueryText, Schedule};

/// What became of a search.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What stands before the first command that is no filter, as far as it is understood. Events
    /// that the whole search is about satisfy it.
    pub search_part: Option<Node>,
    /// What the whole search detects, if it is understood.
    pub detection: Option<Detection>,
    /// Why it is not, as a phrase; [`UNREADABLE`](crate::ir::UNREADABLE) when the text is at fault.
    pub opaque: Option<String>,
    /// The events it is written for.
    pub input: Input,
    /// The range that `earliest` and `latest` name.
    pub schedule: Schedule,
    /// Findings, in order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// A time that is relative to now as date math (`-1h@h`: `now-1h/h`); `None` for other notations.
pub fn date_math(text: &str) -> Option<String> {
    time::date_math(text)
}

/// Reads a search.
pub fn read(input: &LowerInput<'_>, query: &QueryText) -> Reading {
    let mut lowerer = Lowerer { input, query, diagnostics: Vec::new(), calls: 0, one_value: false };
    let mut reading = match syntax::parse(&query.text) {
        Ok(parsed) => {
            for trap in syntax::lints(&query.text, &parsed) {
                lowerer.trap(&trap);
            }
            pipeline::read(&mut lowerer, &parsed)
        }
        Err(error) => {
            lowerer.syntax_error(&error);
            Reading {
                search_part: None,
                detection: None,
                opaque: Some(crate::ir::UNREADABLE.to_owned()),
                input: Input::CloudTrail,
                schedule: Schedule::default(),
                diagnostics: Vec::new(),
            }
        }
    };
    reading.diagnostics = lowerer.diagnostics;
    reading.diagnostics.sort_by_key(|finding| finding.span().map(|span| span.start));
    reading
}

/// Why a part of a search is not understood.
#[derive(Debug, Clone)]
struct Problem {
    code: &'static Code,
    title: String,
    help: Option<String>,
    span: trailsmith_grammar::Span,
}

impl Problem {
    fn new(code: &'static Code, title: impl Into<String>, span: trailsmith_grammar::Span) -> Self {
        Problem { code, title: title.into(), help: None, span }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

type Result<T> = std::result::Result<T, Problem>;

/// What the reading of one search shares.
struct Lowerer<'a> {
    input: &'a LowerInput<'a>,
    query: &'a QueryText,
    diagnostics: Vec<Diagnostic>,
    /// Searches within searches (`searchmatch`), a guard against depth.
    calls: usize,
    /// Whether conditions see one value of a field at a time (`mvfilter`).
    one_value: bool,
}

impl Lowerer<'_> {
    fn trap(&mut self, trap: &syntax::Trap) {
        let diagnostic = Diagnostic::new(codes::find(trap.kind.name()), trap.explain());
        let span = self.span(trap.span);
        let diagnostic = match trap.suggestion() {
            Some(text) => self.with_fix(diagnostic, "write what was probably meant", trap.span, &text),
            None => diagnostic,
        };
        self.report(diagnostic, span, "");
    }

    /// Offers an edit where the search stands verbatim in the file; elsewhere the replacement would
    /// need escapes of the outer format and becomes a line of help.
    fn with_fix(
        &self,
        diagnostic: Diagnostic,
        title: &str,
        inner: trailsmith_grammar::Span,
        replacement: &str,
    ) -> Diagnostic {
        let outer = self.span(inner);
        if self.input.source.slice(outer) == inner.of(&self.query.text) {
            diagnostic.fix(title, outer, replacement, false)
        } else {
            diagnostic.help(format!("write `{replacement}`"))
        }
    }

    fn syntax_error(&mut self, error: &syntax::SyntaxError) {
        let mut diagnostic =
            Diagnostic::new(codes::find(error.kind.name()), error.kind.to_string()).severity(Severity::Error);
        diagnostic.help.extend(error.help());
        let span = self.span(error.span);
        self.report(diagnostic, span, "");
    }

    fn problem(&mut self, problem: &Problem) {
        let mut diagnostic = Diagnostic::new(problem.code, problem.title.clone());
        diagnostic.help.extend(problem.help.clone());
        let span = self.span(problem.span);
        self.report(diagnostic, span, "");
    }

    fn note(&mut self, code: &'static Code, title: impl Into<String>, span: trailsmith_grammar::Span) {
        let span = self.span(span);
        self.report(Diagnostic::new(code, title), span, "");
    }

    fn report(&mut self, diagnostic: Diagnostic, span: Span, label: &str) {
        let diagnostic =
            diagnostic.at(self.input.source, span, label).for_rule(self.input.rule_id, self.input.rule_name);
        // A name that is compared twice at one place (`IN`) is reported once.
        let said = |known: &Diagnostic| {
            known.code == diagnostic.code
                && known.span() == diagnostic.span()
                && known.title == diagnostic.title
        };
        if !self.diagnostics.iter().any(said) {
            self.diagnostics.push(diagnostic);
        }
    }

    fn span(&self, inner: trailsmith_grammar::Span) -> Span {
        self.query.map.span(Span::new(inner.start, inner.end))
    }
}

#[cfg(test)]
mod tests;
