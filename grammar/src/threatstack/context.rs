//! What surrounds the token that the parser looks at: the tokens before it and the open
//! parentheses. It stops the parser when these are nested too deeply and gives `diagnose` what it
//! needs.

use super::Mode;
use super::error::{ErrorKind, SyntaxError};
use super::lexer::Lexer;
use super::token::Token;
use crate::{MAX_DEPTH, Span};

/// The kind of a token without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Open,
    Close,
    And,
    Or,
    Not,
    Key,
    Equality,
    Order,
    Matching,
    Str,
    Number,
    Constant,
}

/// Feeds the parser and remembers what it saw.
pub(super) struct Tokens<'s> {
    pub source: &'s str,
    pub lexer: Lexer<'s>,
    pub open: Vec<Span>,
    pub last: Option<(Shape, Span)>,
    /// The token before `last`.
    pub previous: Option<(Shape, Span)>,
}

impl<'s> Tokens<'s> {
    pub(super) fn new(source: &'s str, mode: Mode) -> Self {
        Self { source, lexer: Lexer::new(source, mode), open: Vec::new(), last: None, previous: None }
    }

    fn note(&mut self, token: &Token, span: Span) -> Result<(), SyntaxError> {
        let shape = match token {
            Token::Open => Shape::Open,
            Token::Close => Shape::Close,
            Token::And => Shape::And,
            Token::Or => Shape::Or,
            Token::Not => Shape::Not,
            Token::Key(_) => Shape::Key,
            Token::Equality(_) => Shape::Equality,
            Token::Order(_) => Shape::Order,
            Token::Matching(_) => Shape::Matching,
            Token::Str(_) => Shape::Str,
            Token::Number(_) => Shape::Number,
            Token::Constant(_) => Shape::Constant,
        };
        match shape {
            Shape::Open => {
                self.open.push(span);
                if self.open.len() > MAX_DEPTH {
                    return Err(SyntaxError::new(span, ErrorKind::TooDeep));
                }
            }
            Shape::Close => drop(self.open.pop()),
            _ => {}
        }
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
