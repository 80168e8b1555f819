//! Says which mistake it was when the parser met a token that does not fit.

use lalrpop_util::ParseError;

use super::context::{Shape, Tokens};
use super::error::{ErrorKind, Keyword, SyntaxError};
use super::raw::is_space;
use super::token::Token;
use crate::Span;

pub(super) fn diagnose(error: ParseError<usize, Token, SyntaxError>, tokens: &Tokens<'_>) -> SyntaxError {
    match error {
        ParseError::User { error } => error,
        ParseError::UnrecognizedEof { expected, .. } => at_end(&expected, tokens),
        ParseError::UnrecognizedToken { token: (l, _, r), expected } => {
            at_token(Span::new(l, r), &expected, tokens)
        }
        // Neither happens with an external lexer and a grammar that reads to the end.
        ParseError::ExtraToken { token: (l, _, r) } => at_token(Span::new(l, r), &[], tokens),
        ParseError::InvalidToken { location } => at_token(Span::at(location), &[], tokens),
    }
}

fn at_end(expected: &[String], tokens: &Tokens<'_>) -> SyntaxError {
    let end = Span::at(tokens.source.len());
    if let Some((keyword, span)) = tokens.last.and_then(keyword) {
        return SyntaxError::new(span, ErrorKind::MissingOperand(keyword));
    }
    let complete = matches!(tokens.last, Some((Shape::Quoted | Shape::Unquoted | Shape::Close, _)));
    if let (true, Some(open)) = (complete, tokens.open.last()) {
        return SyntaxError::new(open.span, ErrorKind::Unclosed(first_char(open.span, tokens)));
    }
    SyntaxError {
        span: end,
        kind: ErrorKind::UnexpectedEnd,
        expected: readable(expected, tokens, tokens.last),
    }
}

fn at_token(span: Span, expected: &[String], tokens: &Tokens<'_>) -> SyntaxError {
    let shape = tokens.last.map(|(shape, _)| shape);
    if let Some((kind, span)) = shape.and_then(|shape| special(shape, span, tokens)) {
        return SyntaxError::new(span, kind);
    }
    SyntaxError {
        span,
        kind: ErrorKind::Unexpected(span.of(tokens.source).to_owned()),
        expected: readable(expected, tokens, tokens.previous),
    }
}

/// The named mistakes, with the text to underline.
fn special(shape: Shape, span: Span, tokens: &Tokens<'_>) -> Option<(ErrorKind, Span)> {
    let Some((previous, before)) = tokens.previous else {
        return (shape == Shape::Close).then(|| (ErrorKind::Unopened(first_char(span, tokens)), span));
    };
    let touching = before.end == span.start;
    let unquoted = previous == Shape::Unquoted;
    let operand = unquoted || matches!(previous, Shape::Quoted | Shape::Close);
    match shape {
        Shape::Not => match previous {
            Shape::Colon => Some((ErrorKind::NotAfterColon, span)),
            Shape::Not => Some((ErrorKind::DoubleNot, before.to(span))),
            Shape::Unquoted => Some((ErrorKind::NotInText, span)),
            Shape::Quoted | Shape::Close => Some((ErrorKind::MissingOperator, span)),
            _ => None,
        },
        Shape::Open if unquoted => {
            let (word, at) = last_word(before, tokens);
            match word_keyword(word) {
                Some(Keyword::Not) => Some((ErrorKind::NotWithoutSpace, at)),
                Some(k) => Some((ErrorKind::KeywordWithoutSpace(k), at)),
                None => Some((ErrorKind::UnescapedSpecial(first_char(span, tokens)), span)),
            }
        }
        Shape::Unquoted if previous == Shape::Close || previous == Shape::Quoted => {
            let (word, at) = first_word(span, tokens);
            match word_keyword(word) {
                Some(k) => Some((ErrorKind::KeywordWithoutSpace(k), at)),
                None => Some((ErrorKind::MissingOperator, span)),
            }
        }
        Shape::Quoted | Shape::Open if operand => Some((ErrorKind::MissingOperator, span)),
        Shape::Close => match previous {
            Shape::Open => Some((ErrorKind::EmptyParentheses, before.to(span))),
            Shape::And | Shape::Or | Shape::Not => {
                keyword((previous, before)).map(|(k, at)| (ErrorKind::MissingOperand(k), at))
            }
            // The bracket is off the stack already; a complete condition needs no more.
            _ if operand => Some((ErrorKind::Unopened(first_char(span, tokens)), span)),
            _ => None,
        },
        Shape::And | Shape::Or => None,
        Shape::Compare if previous == Shape::Colon => Some((ErrorKind::RangeAfterColon, span)),
        Shape::Compare if tokens.in_values() => Some((ErrorKind::RangeInValueList, span)),
        Shape::Colon if tokens.in_values() && operand => Some((ErrorKind::FieldInValueList, span)),
        // `a: b: c`: the second colon. At the start of a condition a literal may have one.
        Shape::Colon | Shape::Compare if unquoted && touching => {
            Some((ErrorKind::UnescapedSpecial(first_char(span, tokens)), span))
        }
        _ => None,
    }
}

fn keyword((shape, span): (Shape, Span)) -> Option<(Keyword, Span)> {
    let keyword = match shape {
        Shape::And => Keyword::And,
        Shape::Or => Keyword::Or,
        Shape::Not => Keyword::Not,
        _ => return None,
    };
    Some((keyword, span))
}

fn word_keyword(word: &str) -> Option<Keyword> {
    [Keyword::And, Keyword::Or, Keyword::Not]
        .into_iter()
        .find(|keyword| word.eq_ignore_ascii_case(keyword.word()))
}

fn last_word<'s>(span: Span, tokens: &Tokens<'s>) -> (&'s str, Span) {
    let text = &tokens.source[span.start..span.end];
    let word = text.rsplit(is_space).next().unwrap_or(text);
    (word, Span::new(span.end - word.len(), span.end))
}

fn first_word<'s>(span: Span, tokens: &Tokens<'s>) -> (&'s str, Span) {
    let text = &tokens.source[span.start..span.end];
    let word = text.split(is_space).next().unwrap_or(text);
    (word, Span::new(span.start, span.start + word.len()))
}

fn first_char(span: Span, tokens: &Tokens<'_>) -> char {
    // Tokens are never empty.
    span.of(tokens.source).chars().next().unwrap_or(' ')
}

/// The parser's token names in words; `before` is the token that the error follows.
fn readable(expected: &[String], tokens: &Tokens<'_>, before: Option<(Shape, Span)>) -> Vec<&'static str> {
    let value = tokens.in_values() || matches!(before, Some((Shape::Colon | Shape::Compare, _)));
    let name = |terminal: &str| match terminal.trim_matches('"') {
        "literal" if value => Some("a value"),
        "literal" => Some("a condition"),
        "compare" => Some("a comparison"),
        ":" => Some("`:`"),
        "(" => Some("`(`"),
        ")" => Some("`)`"),
        "{" => Some("`{`"),
        "}" => Some("`}`"),
        "and" => Some("`and`"),
        "or" => Some("`or`"),
        "not" => Some("`not`"),
        _ => None,
    };
    expected.iter().filter_map(|t| name(t)).collect()
}
