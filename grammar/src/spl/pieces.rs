//! The pieces that decide where a command ends: what is inside quotes, backquotes, comments and
//! brackets belongs to the command around it.

use logos::Logos;

use super::error::{ErrorKind, SyntaxError};
use crate::{MAX_DEPTH, Span};

#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    #[regex(r#""([^"\\]|\\(?s:.))*""#)]
    Quoted,
    /// A backslash never hides the end of the text: `"\"` is unterminated.
    #[regex(r#""([^"\\]|\\(?s:.))*"#)]
    Unterminated,
    #[regex("```([^`]|`[^`]|``[^`])*```")]
    Comment,
    #[regex("`[^`]+`")]
    Macro,
    #[token("`")]
    Backquote,
    #[token("[")]
    Open,
    #[token("]")]
    Close,
    #[token("|")]
    Bar,
    #[regex(r"\\(?s:.)")]
    #[token("\\")]
    #[regex(r#"[^"`\[\]|\\]+"#)]
    Text,
}

/// The texts between the `|` of a pipeline, each trimmed; `leading`: the text begins with a `|`.
pub(super) struct Segments {
    pub(super) spans: Vec<Span>,
    pub(super) leading: bool,
}

/// Cuts a pipeline into its commands.
pub(super) fn segments(source: &str) -> Result<Segments, SyntaxError> {
    let mut bars = Vec::new();
    walk(source, 0, &mut |piece, span, depth| {
        if piece == Piece::Bar && depth == 0 {
            bars.push(span);
        }
        Ok(false)
    })?;
    let mut spans = Vec::with_capacity(bars.len() + 1);
    let mut start = 0;
    for bar in &bars {
        spans.push(trimmed(source, Span::new(start, bar.start)));
        start = bar.end;
    }
    spans.push(trimmed(source, Span::new(start, source.len())));
    let leading = !bars.is_empty() && is_blank(spans[0].of(source));
    if leading {
        spans.remove(0);
    }
    if spans.iter().all(|span| span.is_empty()) {
        return Err(SyntaxError::new(Span::at(source.len()), ErrorKind::Empty));
    }
    Ok(Segments { spans, leading })
}

/// The length of the subsearch at the beginning of `text`, brackets included; the text is part of a
/// segment, so that the bracket is known to be closed.
pub(super) fn subsearch(text: &str) -> usize {
    let mut end = text.len();
    let _ = walk(text, 0, &mut |piece, span, depth| {
        if piece == Piece::Close && depth == 0 {
            end = span.end;
            return Ok(true);
        }
        Ok(false)
    });
    end
}

/// Shows every piece with the number of brackets open around it (its own left out) until `visit`
/// says that it has seen enough.
fn walk(
    source: &str,
    base: usize,
    visit: &mut dyn FnMut(Piece, Span, usize) -> Result<bool, SyntaxError>,
) -> Result<(), SyntaxError> {
    let mut lexer = Piece::lexer(source);
    let mut open: Vec<Span> = Vec::new();
    while let Some(piece) = lexer.next() {
        // The patterns cover every character; text is the harmless answer if not.
        let piece = piece.unwrap_or(Piece::Text);
        let span = Span::new(base + lexer.span().start, base + lexer.span().end);
        let first = Span::new(span.start, span.start + 1);
        match piece {
            Piece::Unterminated => return Err(SyntaxError::new(first, ErrorKind::UnterminatedQuote)),
            Piece::Backquote => return Err(SyntaxError::new(first, ErrorKind::UnterminatedMacro)),
            Piece::Close if open.pop().is_none() => {
                return Err(SyntaxError::new(span, ErrorKind::Unopened(']')));
            }
            Piece::Open if open.len() >= MAX_DEPTH => {
                return Err(SyntaxError::new(span, ErrorKind::TooDeep));
            }
            _ => {}
        }
        if visit(piece, span, open.len())? {
            return Ok(());
        }
        if piece == Piece::Open {
            open.push(span);
        }
    }
    match open.last() {
        Some(span) => Err(SyntaxError::new(*span, ErrorKind::Unclosed('['))),
        None => Ok(()),
    }
}

/// Whether text is whitespace and comments only.
fn is_blank(text: &str) -> bool {
    let mut lexer = Piece::lexer(text);
    while let Some(piece) = lexer.next() {
        if piece != Ok(Piece::Comment) && !lexer.slice().trim().is_empty() {
            return false;
        }
    }
    true
}

/// A span without the whitespace and the comments at its ends.
fn trimmed(source: &str, span: Span) -> Span {
    let mut lexer = Piece::lexer(span.of(source));
    let (mut first, mut last) = (None, span.start);
    while let Some(piece) = lexer.next() {
        let slice = lexer.slice();
        if piece == Ok(Piece::Comment) || slice.trim().is_empty() {
            continue;
        }
        let at = span.start + lexer.span().start;
        let lead = slice.len() - slice.trim_start().len();
        // A backslash keeps the whitespace that it escapes.
        let tail = if slice.starts_with('\\') { 0 } else { slice.len() - slice.trim_end().len() };
        first = first.or(Some(at + lead));
        last = span.start + lexer.span().end - tail;
    }
    Span::new(first.unwrap_or(span.start), last)
}
