//! Lists of names, as `stats`, `rename`, `bin` and `spath` have them.

use logos::Logos;

use super::{Lexed, Lexer, unescaped};
use crate::Span;
use crate::spl::ast::Name;
use crate::spl::error::{ErrorKind, SyntaxError};
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
    Equals,
    #[regex(r#""([^"\\]|\\(?s:.))*""#)]
    Quoted,
    #[regex(r"'([^'\\]|\\(?s:.))*'")]
    SingleQuoted,
    #[regex(r#"[^ \t\r\n\f\u{b}\u{a0}(),="'`\[\]|\\]+"#)]
    Word,
}

pub(in crate::spl) struct NameLexer<'s> {
    source: &'s str,
    base: usize,
    raw: logos::Lexer<'s, Raw>,
}

impl<'s> NameLexer<'s> {
    pub(in crate::spl) fn new(source: &'s str, part: Span) -> Self {
        Self { source, base: part.start, raw: Raw::lexer(part.of(source)) }
    }
}

impl Lexer for NameLexer<'_> {
    fn next_token(&mut self) -> Option<Lexed> {
        loop {
            let raw = self.raw.next()?;
            let span = Span::new(self.base + self.raw.span().start, self.base + self.raw.span().end);
            let text = span.of(self.source);
            let token = match raw {
                Ok(Raw::Space) => continue,
                Ok(Raw::OpenParen) => Token::OpenParen,
                Ok(Raw::CloseParen) => Token::CloseParen,
                Ok(Raw::Comma) => Token::Comma,
                Ok(Raw::Equals) => Token::Equals,
                Ok(Raw::Quoted | Raw::SingleQuoted) => {
                    let mark = if text.starts_with('"') { '"' } else { '\'' };
                    let text = unescaped(&text[1..text.len() - 1], &[mark, '\\']);
                    Token::Name(Name { text, span })
                }
                Ok(Raw::Word) if text.eq_ignore_ascii_case("as") => Token::As,
                Ok(Raw::Word) if text.eq_ignore_ascii_case("by") => Token::By,
                Ok(Raw::Word) => Token::Name(Name { text: text.to_owned(), span }),
                Err(()) => {
                    return Some(Err(SyntaxError::new(span, ErrorKind::Unexpected(text.to_owned()))));
                }
            };
            return Some(Ok((token, span)));
        }
    }
}
