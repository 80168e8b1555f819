//! What trailsmith says about a file: diagnostics with a stable code, a position and a way out.
//!
//! This room owns the [`Diagnostic`] type, the [`Source`] text that positions refer to, the
//! [`TextMap`] that leads from an offset inside an embedded query to the offset in the file that
//! holds it, and one renderer a file under [`render`]. It knows neither rules nor languages: every
//! room above declares its own codes with the [`codes!`](crate::codes) macro.

mod code;
mod printable;
pub mod render;
mod source;
mod text_map;

use std::sync::Arc;

pub use code::{Code, Page};
pub use printable::printable;
pub use source::{LineColumn, Source, Span};
pub use text_map::TextMap;

/// How grave a finding is. Ordered: `Info < Warning < Error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing has to change.
    Info,
    /// Probably a mistake.
    Warning,
    /// Wrong: the rule or the file cannot be used as it stands.
    Error,
}

impl Severity {
    /// The lower-case word that every format prints.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A place in the source and what to say about it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Byte range in [`Diagnostic::source`].
    pub span: Span,
    /// Short text beside the caret; may be empty.
    pub text: String,
    /// The primary label carries the position of the whole diagnostic.
    pub primary: bool,
}

/// A replacement of one byte range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Byte range in [`Diagnostic::source`] that is replaced.
    pub span: Span,
    /// What stands there afterwards.
    pub replacement: String,
}

/// A mechanical repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the repair does, in the imperative: "quote the value".
    pub title: String,
    /// Non-overlapping edits of one file.
    pub edits: Vec<Edit>,
    /// Whether the repaired rule means exactly what the text meant before.
    pub safe: bool,
}

/// The rule that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRef {
    /// The rule's id.
    pub id: String,
    /// The rule's name.
    pub name: String,
}

/// One finding.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The stable code; its page is printed by `trailsmith explain CODE`.
    pub code: &'static Code,
    /// Usually the code's own severity.
    pub severity: Severity,
    /// One sentence without a final stop.
    pub title: String,
    /// The file that the labels point into; `None` for findings about no file.
    pub source: Option<Arc<Source>>,
    /// Places, the primary one first.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Vec<String>,
    /// Background worth knowing.
    pub notes: Vec<String>,
    /// A mechanical repair, if there is one.
    pub fix: Option<Fix>,
    /// The rule concerned, once it is known.
    pub rule: Option<RuleRef>,
}

impl Diagnostic {
    /// A finding of `code`, with that code's severity and no position yet.
    pub fn new(code: &'static Code, title: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: code.severity,
            title: title.into(),
            source: None,
            labels: Vec::new(),
            help: Vec::new(),
            notes: Vec::new(),
            fix: None,
            rule: None,
        }
    }

    /// Puts the finding at `span` of `source`, with `text` beside the caret.
    pub fn at(mut self, source: &Arc<Source>, span: Span, text: impl Into<String>) -> Self {
        self.source = Some(Arc::clone(source));
        self.labels.insert(0, Label { span, text: text.into(), primary: true });
        self
    }

    /// Puts the finding on a file as a whole.
    pub fn in_file(mut self, source: &Arc<Source>) -> Self {
        self.source = Some(Arc::clone(source));
        self
    }

    /// Adds a further place of the same file.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), primary: false });
        self
    }

    /// Adds a line on what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds a line of background.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a repair that replaces one range.
    pub fn fix(mut self, title: &str, span: Span, replacement: impl Into<String>, safe: bool) -> Self {
        let edit = Edit { span, replacement: replacement.into() };
        self.fix = Some(Fix { title: title.into(), edits: vec![edit], safe });
        self
    }

    /// Overrides the code's own severity.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Names the rule concerned.
    pub fn for_rule(mut self, id: &str, name: &str) -> Self {
        self.rule = Some(RuleRef { id: id.into(), name: name.into() });
        self
    }

    /// The primary span, if the finding has a position.
    pub fn span(&self) -> Option<Span> {
        self.labels.iter().find(|label| label.primary).map(|label| label.span)
    }

    /// Key for a stable order of output: file, position, code.
    pub fn sort_key(&self) -> (String, usize, &'static str) {
        let path = self.source.as_ref().map(|s| s.path().to_owned()).unwrap_or_default();
        (path, self.span().map_or(0, |s| s.start), self.code.name)
    }
}
