//! Joins raw pieces into the tokens of the grammar.
//!
//! Two rules make KQL more than a list of tokens. Neighbouring pieces of text, escapes, stars and
//! inner whitespace are one literal. And `and`/`or` count only behind an operand: at the start,
//! behind a colon or an opening bracket the word begins a literal instead.

use logos::Logos;

use super::ast::{Literal, RangeOp};
use super::error::{ErrorKind, SyntaxError};
use super::literal::Builder;
use super::raw::{Raw, is_space};
use super::token::Token;
use crate::Span;

pub(super) struct Lexer<'s> {
    source: &'s str,
    raw: logos::Lexer<'s, Raw>,
    /// Where the text given to `raw` starts in `source`.
    base: usize,
    /// A piece that ended a literal and is still to be read.
    pending: Option<(Raw, Span)>,
    after_operand: bool,
}

impl<'s> Lexer<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self { source, raw: Raw::lexer(source), base: 0, pending: None, after_operand: false }
    }

    fn next_raw(&mut self) -> Option<(Raw, Span)> {
        if let Some(pending) = self.pending.take() {
            return Some(pending);
        }
        // The patterns of `Raw` cover every character; text is the harmless answer if not.
        let raw = self.raw.next()?.unwrap_or(Raw::Text);
        let span = self.raw.span();
        Some((raw, Span::new(self.base + span.start, self.base + span.end)))
    }

    /// Goes on reading at `offset`, which lies inside the piece that was read last.
    fn restart_at(&mut self, offset: usize) {
        self.raw = Raw::lexer(&self.source[offset..]);
        self.base = offset;
    }

    pub(super) fn next_token(&mut self) -> Option<Result<(Token, Span), SyntaxError>> {
        loop {
            let (raw, span) = self.next_raw()?;
            let token = match raw {
                Raw::Space => continue,
                Raw::And | Raw::Or if !self.after_operand => {
                    // Only the leading whitespace is read: what trails may belong to the next
                    // keyword, as in `a: or or b`.
                    let word = span.of(self.source).trim_start_matches(is_space);
                    self.restart_at(span.end - word.len());
                    continue;
                }
                Raw::And => Token::And,
                Raw::Or => Token::Or,
                Raw::Not => Token::Not,
                Raw::Colon => Token::Colon,
                Raw::OpenParen => Token::OpenParen,
                Raw::CloseParen => Token::CloseParen,
                Raw::OpenBrace => Token::OpenBrace,
                Raw::CloseBrace => Token::CloseBrace,
                Raw::Lt => Token::Compare(RangeOp::Lt),
                Raw::Lte => Token::Compare(RangeOp::Lte),
                Raw::Gt => Token::Compare(RangeOp::Gt),
                Raw::Gte => Token::Compare(RangeOp::Gte),
                Raw::Quoted => Token::Literal(quoted(self.source, span)),
                Raw::Unterminated => {
                    let mark = Span::new(span.start, span.start + 1);
                    return Some(Err(SyntaxError::new(mark, ErrorKind::UnterminatedQuote)));
                }
                Raw::Text
                | Raw::Star
                | Raw::EscapedSpace
                | Raw::EscapedSpecial
                | Raw::EscapedUnit
                | Raw::EscapedKeyword
                | Raw::Backslash => match self.unquoted(raw, span) {
                    Ok(literal) => Token::Literal(literal),
                    Err(error) => return Some(Err(error)),
                },
            };
            self.after_operand = matches!(token, Token::Literal(_) | Token::CloseParen | Token::CloseBrace);
            let span = match &token {
                Token::Literal(literal) => literal.span,
                Token::And | Token::Or | Token::Not => trimmed(self.source, span),
                _ => span,
            };
            return Some(Ok((token, span)));
        }
    }

    /// Reads an unquoted literal whose first piece is given.
    fn unquoted(&mut self, first: Raw, first_span: Span) -> Result<Literal, SyntaxError> {
        let mut builder = Builder::default();
        let mut end = first_span.end;
        let mut next = Some((first, first_span));
        while let Some((raw, span)) = next {
            let text = span.of(self.source);
            match raw {
                // Trailing whitespace is trimmed with the rest, but the span must not cover it.
                Raw::Text | Raw::Space => builder.push_str(text),
                Raw::Star => builder.push_star(),
                Raw::EscapedSpace => builder.push_escaped_space(text.as_bytes()[1]),
                Raw::EscapedUnit => builder.push_unit(&text[2..]),
                Raw::EscapedSpecial | Raw::EscapedKeyword => builder.push_str(&text[1..]),
                Raw::Backslash => return Err(self.bad_escape(span)),
                _ => {
                    self.pending = Some((raw, span));
                    break;
                }
            }
            if raw != Raw::Space {
                end = span.end;
            }
            next = self.next_raw();
        }
        Ok(Literal { kind: builder.unquoted(), span: Span::new(first_span.start, end) })
    }

    fn bad_escape(&self, backslash: Span) -> SyntaxError {
        let next = self.source[backslash.end..].chars().next();
        let end = backslash.end + next.map_or(0, char::len_utf8);
        SyntaxError::new(Span::new(backslash.start, end), ErrorKind::BadEscape(next))
    }
}

fn trimmed(source: &str, span: Span) -> Span {
    let text = span.of(source);
    let end = span.start + text.trim_end_matches(is_space).len();
    Span::new(span.end - text.trim_start_matches(is_space).len(), end)
}

/// The literal between (and with) two quotation marks. A backslash that starts no escape
/// sequence stays.
fn quoted(source: &str, span: Span) -> Literal {
    let mut builder = Builder::default();
    let mut rest = &source[span.start + 1..span.end - 1];
    while let Some(at) = rest.find('\\') {
        builder.push_str(&rest[..at]);
        let bytes = rest.as_bytes();
        let used = match bytes.get(at + 1) {
            Some(&letter @ (b't' | b'r' | b'n')) => {
                builder.push_escaped_space(letter);
                2
            }
            Some(&c @ (b'\\' | b'"')) => {
                builder.push_char(char::from(c));
                2
            }
            Some(b'u') => match rest.get(at + 2..at + 6) {
                Some(digits) if digits.bytes().all(|b| b.is_ascii_hexdigit()) => {
                    builder.push_unit(digits);
                    6
                }
                _ => {
                    builder.push_char('\\');
                    1
                }
            },
            _ => {
                builder.push_char('\\');
                1
            }
        };
        rest = &rest[at + used..];
    }
    builder.push_str(rest);
    Literal { kind: builder.quoted(), span }
}
