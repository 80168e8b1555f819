//! The long form: title, excerpt with carets, help, notes, and the fix as it would look.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet};

use super::excerpt::Excerpt;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity, Source, Span};

/// How the long form looks.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether escape codes for colours are written.
    pub colour: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Style {
    /// No colours, 120 columns: files and pipes.
    pub const PLAIN: Style = Style { colour: false, width: 120 };
}

/// One finding, without a trailing newline.
pub(super) fn one(diagnostic: &Diagnostic, style: Style) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let mut group = level
        .primary_title(diagnostic.title.as_str())
        .id(diagnostic.code.name)
        .elements(diagnostic.source.as_deref().map(|source| place(diagnostic, source)).unwrap_or_default());
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    let said_by_fix = |help: &&String| diagnostic.fix.as_ref().is_some_and(|fix| fix.title == **help);
    for help in diagnostic.help.iter().filter(|help| !said_by_fix(help)) {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let mut report = vec![group];
    if let (Some(fix), Some(source)) = (&diagnostic.fix, &diagnostic.source) {
        report.push(repair(fix, source));
    }
    let renderer = if style.colour { Renderer::styled() } else { Renderer::plain() };
    let text = renderer.term_width(style.width).render(&report);
    match diagnostic.source.as_deref().zip(diagnostic.span()) {
        Some((source, span)) => with_true_column(text, diagnostic, source, span),
        None => text,
    }
}

/// The renderer counts columns in the excerpt; where a line was cut, the file's own is put back.
fn with_true_column(text: String, diagnostic: &Diagnostic, source: &Source, span: Span) -> String {
    let excerpt = Excerpt::new(source, &label_spans(diagnostic));
    let shown = &excerpt.text[..excerpt.span(source, span).start];
    let column = shown.rsplit('\n').next().unwrap_or(shown).chars().count() + 1;
    let at = source.position(span.start);
    if column == at.column {
        return text;
    }
    let place = |column: usize| format!("{}:{}:{column}", source.path(), at.line);
    text.replacen(&place(column), &place(at.column), 1)
}

fn label_spans(diagnostic: &Diagnostic) -> Vec<Span> {
    diagnostic.labels.iter().map(|label| label.span).collect()
}

/// The header line and the excerpt; a file without labels gets the header alone.
fn place<'a>(diagnostic: &'a Diagnostic, source: &'a Source) -> Vec<Element<'a>> {
    if diagnostic.span().is_none() {
        return vec![Origin::path(source.path()).into()];
    }
    let excerpt = Excerpt::new(source, &label_spans(diagnostic));
    let annotations = diagnostic.labels.iter().map(|label| {
        let kind = if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let text = (!label.text.is_empty()).then_some(label.text.as_str());
        kind.span(excerpt.span(source, label.span)).label(text)
    });
    let annotations: Vec<_> = annotations.collect();
    let snippet = Snippet::source(excerpt.text).path(source.path()).line_start(excerpt.first_line);
    vec![snippet.annotations(annotations).into()]
}

fn repair<'a>(fix: &'a Fix, source: &Source) -> Group<'a> {
    let title = match fix.safe {
        true => fix.title.clone(),
        false => format!("{} (changes what the rule means)", fix.title),
    };
    let spans: Vec<Span> = fix.edits.iter().map(|edit| edit.span).collect();
    let excerpt = Excerpt::new(source, &spans);
    let group = Group::with_title(Level::HELP.secondary_title(title));
    if spans.is_empty() || !spans.iter().all(|span| excerpt.holds(*span)) {
        return group;
    }
    let patches: Vec<_> = fix.edits.iter().flat_map(|edit| patches(edit, source, &excerpt)).collect();
    group.element(Snippet::source(excerpt.text).line_start(excerpt.first_line).patches(patches))
}

/// An edit that only adds around what stands there is shown as additions, any other as it is.
fn patches<'a>(edit: &'a Edit, source: &Source, excerpt: &Excerpt) -> Vec<Patch<'a>> {
    let range = excerpt.span(source, edit.span);
    let old = source.slice(edit.span);
    match edit.replacement.split_once(old) {
        Some((before, after)) if !old.is_empty() => [(range.start, before), (range.end, after)]
            .into_iter()
            .filter(|(_, added)| !added.is_empty())
            .map(|(at, added)| Patch::new(at..at, added))
            .collect(),
        _ => vec![Patch::new(range, edit.replacement.as_str())],
    }
}
