//! What surrounds the token that the parser looks at: the tokens before it and the open brackets.
//! It stops the parser when brackets are nested too deeply and gives `diagnose` what it needs.

use super::error::{ErrorKind, SyntaxError};
use super::lexer::Lexer;
use super::token::Token;
use crate::{MAX_DEPTH, Span};

/// The kind of a token without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Colon,
    Open,
    Close,
    Compare,
    And,
    Or,
    Not,
    Quoted,
    Unquoted,
}

/// An open bracket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    pub span: Span,
    /// Whether values of one field stand inside, not conditions.
    pub values: bool,
}

/// Feeds the parser and remembers what it saw.
pub(super) struct Tokens<'s> {
    pub source: &'s str,
    lexer: Lexer<'s>,
    pub open: Vec<Open>,
    pub last: Option<(Shape, Span)>,
    /// The token before `last`.
    pub previous: Option<(Shape, Span)>,
    /// The token before `previous`.
    pub earlier: Option<(Shape, Span)>,
}

impl<'s> Tokens<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self {
            source,
            lexer: Lexer::new(source),
            open: Vec::new(),
            last: None,
            previous: None,
            earlier: None,
        }
    }

    /// Whether the parser stands inside `field: ( … )`, its end included.
    pub(super) fn in_values(&self) -> bool {
        self.open.last().is_some_and(|open| open.values)
    }

    fn note(&mut self, token: &Token, span: Span) -> Result<(), SyntaxError> {
        let shape = match token {
            Token::Colon => Shape::Colon,
            Token::OpenParen | Token::OpenBrace => Shape::Open,
            Token::CloseParen | Token::CloseBrace => Shape::Close,
            Token::Compare(_) => Shape::Compare,
            Token::And => Shape::And,
            Token::Or => Shape::Or,
            Token::Not => Shape::Not,
            Token::Literal(_) if span.of(self.source).starts_with('"') => Shape::Quoted,
            Token::Literal(_) => Shape::Unquoted,
        };
        match shape {
            Shape::Open => {
                let after_colon = matches!(self.last, Some((Shape::Colon, _)));
                let values = matches!(token, Token::OpenParen) && (after_colon || self.in_values());
                self.open.push(Open { span, values });
                if self.open.len() > MAX_DEPTH {
                    return Err(SyntaxError::new(span, ErrorKind::TooDeep));
                }
            }
            // A bracket that closes the wrong one ends the parse; there is no need to match here.
            Shape::Close => drop(self.open.pop()),
            _ => {}
        }
        self.earlier = self.previous;
        self.previous = self.last;
        self.last = Some((shape, span));
        Ok(())
    }
}

impl Iterator for Tokens<'_> {
    type Item = Result<(usize, Token, usize), SyntaxError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.lexer.next_token()?;
        Some(item.and_then(|(token, span)| {
            self.note(&token, span)?;
            Ok((span.start, token, span.end))
        }))
    }
}
