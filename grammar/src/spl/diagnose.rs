//! Says which mistake it was when the parser met a token that does not fit.

use lalrpop_util::ParseError;

use super::context::Tokens;
use super::error::{ErrorKind, SyntaxError};
use super::lexer::Lexer;
use super::token::{Shape, Token};
use crate::Span;

pub(super) fn diagnose<L: Lexer>(
    error: ParseError<usize, Token, SyntaxError>,
    tokens: &Tokens<'_, L>,
) -> SyntaxError {
    match error {
        ParseError::User { error } => error,
        ParseError::UnrecognizedEof { .. } => at_end(tokens),
        ParseError::UnrecognizedToken { token: (l, _, r), .. }
        | ParseError::ExtraToken { token: (l, _, r) } => at_token(Span::new(l, r), tokens),
        // Does not happen with an external lexer.
        ParseError::InvalidToken { location } => at_token(Span::at(location), tokens),
    }
}

fn is_operator(shape: Shape) -> bool {
    matches!(shape, Shape::Prefix | Shape::Compare | Shape::Infix)
}

fn at_end<L: Lexer>(tokens: &Tokens<'_, L>) -> SyntaxError {
    match tokens.last {
        Some((shape, span)) if is_operator(shape) => missing(span, tokens),
        _ => match tokens.open.last() {
            Some((span, _)) => SyntaxError::new(*span, ErrorKind::Unclosed('(')),
            None => SyntaxError::new(Span::at(tokens.end), ErrorKind::UnexpectedEnd),
        },
    }
}

fn at_token<L: Lexer>(span: Span, tokens: &Tokens<'_, L>) -> SyntaxError {
    let shape = tokens.last.map(|(shape, _)| shape);
    let unexpected = || SyntaxError::new(span, ErrorKind::Unexpected(span.of(tokens.source).to_owned()));
    match (tokens.previous, shape) {
        (Some((Shape::Compare, _)), Some(Shape::Open)) => SyntaxError::new(span, ErrorKind::ValueList),
        (Some((before, operator)), Some(shape)) if is_operator(before) && shape != Shape::Open => {
            missing(operator, tokens)
        }
        (None, Some(Shape::Close)) => SyntaxError::new(span, ErrorKind::Unopened(')')),
        // The bracket was taken off the stack before the parser refused it.
        (_, Some(Shape::Close)) if tokens.open.is_empty() && unbalanced(span, tokens) => {
            SyntaxError::new(span, ErrorKind::Unopened(')'))
        }
        (None, Some(shape)) if is_operator(shape) => missing(span, tokens),
        (Some((Shape::Open, _)), Some(shape)) if is_operator(shape) => missing(span, tokens),
        _ => unexpected(),
    }
}

/// Whether a closing bracket follows something complete, so that only its partner is missing.
fn unbalanced<L: Lexer>(_: Span, tokens: &Tokens<'_, L>) -> bool {
    matches!(tokens.previous, Some((Shape::Operand | Shape::Close, _)))
}

fn missing<L: Lexer>(operator: Span, tokens: &Tokens<'_, L>) -> SyntaxError {
    SyntaxError::new(operator, ErrorKind::MissingOperand(operator.of(tokens.source).to_owned()))
}
