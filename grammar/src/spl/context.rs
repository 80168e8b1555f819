//! What surrounds the token that the parser looks at: the tokens before it and the open brackets.
//! It stops the parser when brackets and operators before an operand are nested too deeply, and
//! gives `diagnose` what it needs.

use super::error::{ErrorKind, SyntaxError};
use super::lexer::Lexer;
use super::token::{Shape, Token};
use crate::{MAX_DEPTH, Span};

/// Feeds the parser and remembers what it saw.
pub(super) struct Tokens<'s, L> {
    pub source: &'s str,
    /// Where the command ends.
    pub end: usize,
    lexer: L,
    /// The open brackets, each with the operators that stand directly before it.
    pub open: Vec<(Span, usize)>,
    /// Brackets and operators before operands around the next token.
    depth: usize,
    /// Operators before the next operand.
    prefixes: usize,
    pub last: Option<(Shape, Span)>,
    /// The token before `last`.
    pub previous: Option<(Shape, Span)>,
}

impl<'s, L: Lexer> Tokens<'s, L> {
    pub(super) fn new(source: &'s str, end: usize, lexer: L) -> Self {
        Self { source, end, lexer, open: Vec::new(), depth: 0, prefixes: 0, last: None, previous: None }
    }

    fn note(&mut self, token: &Token, span: Span) -> Result<(), SyntaxError> {
        let mut shape = token.shape();
        let behind_operand = matches!(self.last, Some((Shape::Operand | Shape::Close, _)));
        if matches!(token, Token::Minus) && !behind_operand {
            shape = Shape::Prefix;
        }
        match shape {
            Shape::Prefix => self.prefixes += 1,
            Shape::Open => {
                self.open.push((span, self.prefixes));
                self.depth += self.prefixes + 1;
                self.prefixes = 0;
            }
            Shape::Close => {
                if let Some((_, prefixes)) = self.open.pop() {
                    self.depth -= prefixes + 1;
                }
                self.prefixes = 0;
            }
            _ => self.prefixes = 0,
        }
        if self.depth + self.prefixes > MAX_DEPTH {
            return Err(SyntaxError::new(span, ErrorKind::TooDeep));
        }
        self.previous = self.last;
        self.last = Some((shape, span));
        Ok(())
    }
}

impl<L: Lexer> Iterator for Tokens<'_, L> {
    type Item = Result<(usize, Token, usize), SyntaxError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.lexer.next_token()?;
        Some(item.and_then(|(token, span)| {
            self.note(&token, span)?;
            Ok((span.start, token, span.end))
        }))
    }
}
