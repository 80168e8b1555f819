//! The few lines of a file that a finding is about, with endless lines cut to what is near a label.
//!
//! A Kibana export holds a whole rule on one line; a renderer that is given such a line prints (and
//! measures) all of it. Here the text is cut first and the spans are moved accordingly; the true
//! line and column stand in the header, which is taken from the [`Source`].

use crate::diagnostic::{Source, Span};

/// Lines longer than this many bytes are cut.
const LONG_LINE: usize = 240;
/// Bytes that are kept before the first and after the last place of a cut line.
const AROUND: usize = 60;
/// Most bytes of one labelled stretch that are shown.
const LONG_SPAN: usize = 120;
/// Most lines of one labelled stretch that are shown.
const MANY_LINES: usize = 12;

/// A piece of a file.
pub struct Excerpt {
    /// The text shown, lines joined with a newline.
    pub text: String,
    /// The number of its first line.
    pub first_line: usize,
    /// `(start in the file, start in the text, length)`, ascending.
    runs: Vec<(usize, usize, usize)>,
}

impl Excerpt {
    /// The lines from the first to the last of `spans`, which is not empty.
    pub fn new(source: &Source, spans: &[Span]) -> Self {
        let spans: Vec<Span> = spans.iter().map(|span| bounded(source, *span)).collect();
        let start = spans.iter().map(|span| span.start).min().unwrap_or(0);
        let end = spans.iter().map(|span| span.end).max().unwrap_or(0);
        let (first_line, last_line) = (source.position(start).line, source.position(end).line);
        let mut excerpt = Excerpt { text: String::new(), first_line, runs: Vec::new() };
        for number in first_line..=last_line {
            if number > first_line {
                excerpt.text.push('\n');
            }
            excerpt.line(source, source.line_span(number), &spans);
        }
        excerpt
    }

    fn line(&mut self, source: &Source, line: Span, spans: &[Span]) {
        if line.len() <= LONG_LINE {
            return self.keep(source, line);
        }
        let touching = |span: &&Span| span.start <= line.end && span.end >= line.start;
        let from = spans.iter().filter(touching).map(|span| span.start.max(line.start)).min();
        let to = spans.iter().filter(touching).map(|span| span.end.min(line.end)).max();
        let (from, to) = (from.unwrap_or(line.start), to.unwrap_or(line.start));
        let to = to.min(from + 2 * LONG_SPAN);
        let from = boundary(source, from.saturating_sub(AROUND).max(line.start));
        let to = boundary(source, (to + AROUND).min(line.end));
        if from > line.start {
            self.text.push_str("… ");
        }
        self.keep(source, Span::new(from, to));
        if to < line.end {
            self.text.push_str(" …");
        }
    }

    fn keep(&mut self, source: &Source, span: Span) {
        self.runs.push((span.start, self.text.len(), span.len()));
        self.text.push_str(source.slice(span));
    }

    /// A span of the file in the text; what was cut away collapses to the nearest edge.
    pub fn span(&self, source: &Source, span: Span) -> std::ops::Range<usize> {
        let span = bounded(source, span);
        let start = self.offset(span.start);
        start..self.offset(span.end).max(start)
    }

    /// Whether a span of the file is shown whole.
    pub fn holds(&self, span: Span) -> bool {
        let inside = |at: usize| self.runs.iter().any(|&(from, _, len)| (from..=from + len).contains(&at));
        inside(span.start) && inside(span.end)
    }

    fn offset(&self, outer: usize) -> usize {
        let index = self.runs.partition_point(|run| run.0 <= outer).saturating_sub(1);
        self.runs.get(index).map_or(0, |&(from, to, len)| to + outer.saturating_sub(from).min(len))
    }
}

/// Cuts a span that covers a whole file, or half of a very long line, to its beginning.
fn bounded(source: &Source, span: Span) -> Span {
    let len = source.text().len();
    let start = boundary(source, span.start);
    // A line end that belongs to the span is not worth a second line.
    let mut end = start + source.slice(span).trim_end_matches(['\n', '\r']).len();
    let line = source.position(start).line;
    if source.position(end).line >= line + MANY_LINES {
        end = source.line_span(line).end;
    }
    let line_end = source.line_span(line).end;
    if end - start > LONG_SPAN && end <= line_end && source.line_span(line).len() > LONG_LINE {
        end = boundary(source, start + LONG_SPAN);
    }
    Span::new(start.min(len), end.min(len))
}

fn boundary(source: &Source, offset: usize) -> usize {
    let mut offset = offset.min(source.text().len());
    while !source.text().is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}
