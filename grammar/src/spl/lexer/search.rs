//! Conditions of `search`. Operators are in upper case only; a word runs on until whitespace, a
//! bracket, a comma, a quotation mark or a comparison.
//!
//! Escapes: "The backslash character is used to escape quotes, pipes, and itself", any other
//! sequence is not altered, and `\*` cannot search for an asterisk (Splunk's Search Reference,
//! command `search`, "Backslashes").

use logos::Logos;

use super::{Lexed, Lexer, unescaped};
use crate::Span;
use crate::spl::ast::{Literal, Macro, SearchOp, TermKind};
use crate::spl::error::{ErrorKind, SyntaxError};
use crate::spl::pieces;
use crate::spl::token::Token;

#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
enum Raw {
    #[regex(r"[ \t\r\n\f\u{b}\u{a0}]+")]
    #[regex("```([^`]|`[^`]|``[^`])*```")]
    Space,
    #[token("(")]
    OpenParen,
    #[token(")")]
    CloseParen,
    #[token(",")]
    Comma,
    #[token("=")]
    Eq,
    #[token("==")]
    DoubleEq,
    #[token("!=")]
    Ne,
    #[token("<")]
    Lt,
    #[token("<=")]
    Le,
    #[token(">")]
    Gt,
    #[token(">=")]
    Ge,
    #[regex(r#""([^"\\]|\\(?s:.))*""#)]
    Quoted,
    #[regex("`[^`]+`")]
    Macro,
    #[token("[")]
    Bracket,
    #[regex(r"TERM\([^()]*\)")]
    Term,
    #[regex(r"CASE\([^()]*\)")]
    Case,
    #[regex(r#"([^ \t\r\n\f\u{b}\u{a0}()|=!<>"\[\]`,\\]|\\[^ \t\r\n\f\u{b}\u{a0}])+"#)]
    #[token("\\")]
    Word,
}

pub(in crate::spl) struct SearchLexer<'s> {
    source: &'s str,
    base: usize,
    raw: logos::Lexer<'s, Raw>,
    /// Where the token read last ended, if it was a field name, a value or free text.
    literal: Option<usize>,
}

impl<'s> SearchLexer<'s> {
    pub(in crate::spl) fn new(source: &'s str, part: Span) -> Self {
        Self { source, base: part.start, raw: Raw::lexer(part.of(source)), literal: None }
    }

    /// A word that is not joined to a quoted text before it.
    fn word(&self, span: Span) -> Lexed {
        let text = span.of(self.source);
        let keyword = match text {
            "AND" => Some(Token::And),
            "OR" => Some(Token::Or),
            "NOT" => Some(Token::Not),
            "IN" => Some(Token::In),
            _ => None,
        };
        if let Some(keyword) = keyword {
            return Ok((keyword, span));
        }
        if self.touches(span) {
            return Err(SyntaxError::new(span, ErrorKind::Unexpected(text.to_owned())));
        }
        let follows = self.source[span.end..].trim_start();
        if self.literal.is_some() && text.eq_ignore_ascii_case("in") && follows.starts_with('(') {
            return Err(SyntaxError::new(span, ErrorKind::LowercaseIn));
        }
        let text = unescaped(text, &['"', '\\', '|']);
        Ok((Token::Literal(Literal { text, quoted: false, span }), span))
    }

    /// Whether another literal ends where this one begins: `"a"b` is nothing that the language
    /// describes.
    fn touches(&self, span: Span) -> bool {
        self.literal == Some(span.start)
    }
}

impl Lexer for SearchLexer<'_> {
    fn next_token(&mut self) -> Option<Lexed> {
        loop {
            let raw = self.raw.next()?;
            let span = Span::new(self.base + self.raw.span().start, self.base + self.raw.span().end);
            let text = span.of(self.source);
            let plain = |token| Ok((token, span));
            let lexed = match raw {
                Ok(Raw::Space) => continue,
                Ok(Raw::OpenParen) => plain(Token::OpenParen),
                Ok(Raw::CloseParen) => plain(Token::CloseParen),
                Ok(Raw::Comma) => plain(Token::Comma),
                Ok(Raw::Eq) => plain(Token::SearchOp(SearchOp::Eq)),
                Ok(Raw::DoubleEq) => Err(SyntaxError::new(span, ErrorKind::DoubleEquals)),
                Ok(Raw::Ne) => plain(Token::SearchOp(SearchOp::Ne)),
                Ok(Raw::Lt) => plain(Token::SearchOp(SearchOp::Lt)),
                Ok(Raw::Le) => plain(Token::SearchOp(SearchOp::Le)),
                Ok(Raw::Gt) => plain(Token::SearchOp(SearchOp::Gt)),
                Ok(Raw::Ge) => plain(Token::SearchOp(SearchOp::Ge)),
                Ok(Raw::Quoted) if self.touches(span) => {
                    Err(SyntaxError::new(span, ErrorKind::Unexpected(text.to_owned())))
                }
                Ok(Raw::Quoted) => plain(Token::Literal(quoted(text, span))),
                Ok(Raw::Macro) => {
                    plain(Token::Macro(Macro { text: text[1..text.len() - 1].to_owned(), span }))
                }
                Ok(Raw::Bracket) => {
                    let length = pieces::subsearch(text_from(self.source, span.start, &self.raw));
                    self.raw.bump(length - 1);
                    let inner = &self.source[span.start + 1..span.start + length - 1];
                    Ok((
                        Token::Subsearch(inner.trim().to_owned()),
                        Span::new(span.start, span.start + length),
                    ))
                }
                Ok(Raw::Term) => plain(Token::Term(TermKind::Term, directive(text, span))),
                Ok(Raw::Case) => plain(Token::Term(TermKind::Case, directive(text, span))),
                Ok(Raw::Word) => self.word(span),
                Err(()) => Err(SyntaxError::new(span, ErrorKind::Unexpected(text.to_owned()))),
            };
            self.literal = match &lexed {
                Ok((Token::Literal(_), _)) => Some(span.end),
                _ => None,
            };
            return Some(lexed);
        }
    }
}

/// The rest of the command from `start` on.
fn text_from<'s>(source: &'s str, start: usize, raw: &logos::Lexer<'s, Raw>) -> &'s str {
    &source[start..start + 1 + raw.remainder().len()]
}

fn quoted(text: &str, span: Span) -> Literal {
    let text = unescaped(&text[1..text.len() - 1], &['"', '\\', '|']);
    Literal { text, quoted: true, span }
}

/// The text between the parentheses of `TERM(…)` or `CASE(…)`, both words of four letters.
fn directive(text: &str, span: Span) -> Literal {
    let inner = &text[5..text.len() - 1];
    let lead = inner.len() - inner.trim_start().len();
    let start = span.start + 5 + lead;
    let inner = inner.trim();
    let span = Span::new(start, start + inner.len());
    if inner.len() > 1 && inner.starts_with('"') && inner.ends_with('"') {
        return quoted(inner, span);
    }
    Literal { text: unescaped(inner, &['"', '\\', '|']), quoted: false, span }
}
