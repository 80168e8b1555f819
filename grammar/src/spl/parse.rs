//! From a text to a pipeline: cuts it into commands and reads each by its name.

use super::ast::{Command, CommandKind, Macro, Pipeline};
use super::context::Tokens;
use super::diagnose::diagnose;
use super::error::{ErrorKind, SyntaxError};
use super::grammar;
use super::lexer::{EvalLexer, NameLexer, SearchLexer};
use super::pieces::segments;
use crate::Span;

/// Reads a part of the text with one of the lexers and one of the parsers.
macro_rules! read {
    ($lexer:ident, $parser:ident, $source:expr, $part:expr) => {{
        let mut tokens = Tokens::new($source, $part.end, $lexer::new($source, $part));
        grammar::$parser::new().parse($source, &mut tokens).map_err(|error| diagnose(error, &tokens))
    }};
}
/// Reads a search.
///
/// A command that cannot be read is [`CommandKind::Broken`] and spoils no other.
///
/// # Errors
///
/// When the text cannot be cut into commands: quotation marks, backquotes or brackets without a
/// partner, no command at all. At most [`crate::MAX_DEPTH`] brackets may be open at once.
pub fn parse(source: &str) -> Result<Pipeline, SyntaxError> {
    let segments = segments(source)?;
    let commands = segments.spans.iter().enumerate();
    let commands = commands.map(|(i, span)| match i {
        0 if !segments.leading => first(source, *span),
        _ => named(source, *span),
    });
    Ok(Pipeline { commands: commands.collect() })
}

/// The first command is a search; its name may be left out.
fn first(source: &str, span: Span) -> Command {
    let text = span.of(source);
    let name = name_of(text);
    let rest = &text[name.len()..];
    let is_named = name.eq_ignore_ascii_case("search") && (rest.is_empty() || starts_blank(rest));
    let name_span = Span::new(span.start, span.start + if is_named { name.len() } else { 0 });
    command(source, span, name_span, "search")
}

fn named(source: &str, span: Span) -> Command {
    let text = span.of(source);
    if text.is_empty() {
        let error =
            SyntaxError::new(Span::new(span.start.saturating_sub(1), span.end), ErrorKind::EmptyCommand);
        return broken(source, span, at_bar(source, error));
    }
    let name = name_of(text);
    let name_span = Span::new(span.start, span.start + name.len());
    if name.is_empty() {
        return unnamed(source, span);
    }
    command(source, span, name_span, &name.to_ascii_lowercase())
}

/// Puts the error on the `|` before it, if it stands directly there.
fn at_bar(source: &str, error: SyntaxError) -> SyntaxError {
    let bar = source[..error.span.end].rfind('|').unwrap_or(error.span.start);
    SyntaxError { span: Span::new(bar, (bar + 1).min(source.len())), ..error }
}

/// A command that begins with a macro; what it stands for is not known here.
fn unnamed(source: &str, span: Span) -> Command {
    let text = span.of(source);
    let inner = text.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
    let kind = match inner {
        Some(inner) if !inner.contains('`') => CommandKind::Macro(Macro { text: inner.to_owned(), span }),
        _ if text.starts_with('`') => CommandKind::Other { name: String::new(), args: text.to_owned() },
        _ => {
            let word: String = text.chars().take_while(|c| !c.is_whitespace()).collect();
            let at = Span::new(span.start, span.start + word.len());
            return broken(source, span, SyntaxError::new(at, ErrorKind::Unexpected(word)));
        }
    };
    Command { kind, span, name_span: Span::at(span.start) }
}

fn command(source: &str, span: Span, name_span: Span, name: &str) -> Command {
    let rest = Span::new(name_span.end, span.end).of(source);
    let start = span.end - rest.trim_start().len();
    let args = Span::new(start, span.end);
    let kind = match name {
        "search" => read!(SearchLexer, ConditionParser, source, args).map(CommandKind::Search),
        "where" => read!(EvalLexer, ExpressionParser, source, args).map(CommandKind::Where),
        "eval" => read!(EvalLexer, AssignmentsParser, source, args).map(CommandKind::Eval),
        "stats" => read!(NameLexer, AggregationsParser, source, args).map(CommandKind::Stats),
        "rename" => read!(NameLexer, RenamingsParser, source, args).map(CommandKind::Rename),
        "bin" | "bucket" | "spath" => read!(NameLexer, ArgumentsParser, source, args)
            .map(|args| CommandKind::Args { name: name.to_owned(), args }),
        _ => Ok(CommandKind::Other { name: name.to_owned(), args: args.of(source).to_owned() }),
    };
    match kind {
        Ok(kind) => Command { kind, span, name_span },
        Err(error) => Command { name_span, ..broken(source, span, error) },
    }
}

fn broken(source: &str, span: Span, error: SyntaxError) -> Command {
    let kind = CommandKind::Broken { text: span.of(source).to_owned(), error };
    Command { kind, span, name_span: Span::at(span.start) }
}

/// The letters, digits and `_` at the beginning; nothing if that is a digit.
fn name_of(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    if text.starts_with(|c: char| c.is_ascii_digit()) { "" } else { &text[..end] }
}

fn starts_blank(text: &str) -> bool {
    text.starts_with(char::is_whitespace)
}
