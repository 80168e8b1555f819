//! Says which mistake it was when the parser met a token that does not fit.

use lalrpop_util::ParseError;

use super::context::{Shape, Tokens};
use super::error::{ErrorKind, Foreign, SyntaxError};
use super::token::{Token, Word};
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
    let Some((shape, span)) = tokens.last else {
        let all = Span::new(0, tokens.source.len());
        return SyntaxError::new(all, ErrorKind::Empty);
    };
    if let Some(word) = connective(shape) {
        return SyntaxError::new(span, ErrorKind::MissingOperand(word));
    }
    let complete = is_value(shape) || shape == Shape::Close;
    if let (true, Some(&open)) = (complete, tokens.open.last()) {
        return SyntaxError::new(open, ErrorKind::Unclosed);
    }
    SyntaxError {
        span: Span::at(tokens.source.len()),
        kind: ErrorKind::UnexpectedEnd,
        expected: readable(expected),
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
        expected: readable(expected),
    }
}

/// The named mistakes, with the text to underline.
fn special(shape: Shape, span: Span, tokens: &Tokens<'_>) -> Option<(ErrorKind, Span)> {
    let text = span.of(tokens.source);
    let Some((previous, before)) = tokens.previous else {
        return match shape {
            Shape::Close => Some((ErrorKind::Unopened, span)),
            Shape::Str | Shape::Number => Some((ErrorKind::ValueBeforeKey, span)),
            _ => None,
        };
    };
    let complete = is_value(previous) || previous == Shape::Close;
    match shape {
        Shape::Key if complete || previous == Shape::Key => {
            if let Some(replacement) = Word::translate(text) {
                let word = text.to_owned();
                return Some((ErrorKind::LocalisedKeyword { word, replacement }, span));
            }
            if complete {
                return Some((ErrorKind::MissingConnective, span));
            }
            // `exists key` has the odd word first, `key in (…)` second.
            let odd = [(text, span), (before.of(tokens.source), before)];
            odd.into_iter().find_map(|(word, at)| Some((ErrorKind::ForeignOperator(Foreign::of(word)?), at)))
        }
        // `exists(key)`, `contains(key, …)`.
        Shape::Open if previous == Shape::Key => {
            let foreign = Foreign::of(before.of(tokens.source))?;
            Some((ErrorKind::ForeignOperator(foreign), before))
        }
        Shape::Open | Shape::Not if complete => Some((ErrorKind::MissingConnective, span)),
        Shape::Not if previous == Shape::Not => Some((ErrorKind::DoubleNot, before.to(span))),
        Shape::Not if previous == Shape::Key => {
            let rest = tokens.source[span.end..].split_whitespace().next()?;
            let word = rest.split('(').next()?;
            Some((ErrorKind::ForeignOperator(Foreign::of(word)?), span))
        }
        Shape::Close => match previous {
            Shape::Open => Some((ErrorKind::EmptyParentheses, before.to(span))),
            _ if complete => Some((ErrorKind::Unopened, span)),
            _ => connective(previous).map(|word| (ErrorKind::MissingOperand(word), before)),
        },
        Shape::Constant if previous == Shape::Order => Some((ErrorKind::OrderNeedsNumber, span)),
        Shape::Constant | Shape::Number if previous == Shape::Matching => {
            Some((ErrorKind::MatchingNeedsText, span))
        }
        Shape::Str | Shape::Number if connective(previous).is_some() || previous == Shape::Open => {
            Some((ErrorKind::ValueBeforeKey, span))
        }
        _ => None,
    }
}

fn is_value(shape: Shape) -> bool {
    matches!(shape, Shape::Str | Shape::Number | Shape::Constant)
}

fn connective(shape: Shape) -> Option<&'static str> {
    match shape {
        Shape::And => Some("and"),
        Shape::Or => Some("or"),
        Shape::Not => Some("not"),
        _ => None,
    }
}

/// The parser's token names in words.
fn readable(expected: &[String]) -> Vec<&'static str> {
    let names = |terminal: &str| -> &'static [&'static str] {
        match terminal.trim_matches('"') {
            "(" => &["`(`"],
            ")" => &["`)`"],
            "and" => &["`and`"],
            "or" => &["`or`"],
            "key" => &["a key"],
            "equality" => &["`=`", "`!=`"],
            "order" => &["`>`"],
            "matching" => &["`starts_with`", "`ends_with`", "`like`"],
            "str" => &["text in quotation marks"],
            "number" => &["a number"],
            "constant" => &["`null`"],
            // `not` works but is not known to the product; it is not advertised.
            _ => &[],
        }
    };
    expected.iter().flat_map(|t| names(t)).copied().collect()
}
