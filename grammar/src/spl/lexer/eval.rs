//! Expressions of `where` and `eval`. Operators are words in any case; a field name other than
//! letters, digits and `_` stands in single quotes.

use logos::Logos;

use super::{Lexed, Lexer, unescaped};
use crate::Span;
use crate::spl::ast::{ArithmeticOp, CompareOp, Macro};
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
    #[token("==")]
    DoubleEquals,
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
    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token(".")]
    Dot,
    #[token("*")]
    Star,
    #[token("/")]
    Slash,
    #[token("%")]
    Percent,
    #[regex("[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?")]
    Number,
    #[regex("[A-Za-z_][A-Za-z0-9_]*")]
    Word,
    #[regex(r"'([^'\\]|\\(?s:.))*'")]
    Field,
    #[token("'")]
    Apostrophe,
    #[regex(r#""([^"\\]|\\(?s:.))*""#)]
    Text,
    #[regex("`[^`]+`")]
    Macro,
    #[regex(r"[{}]+")]
    Braces,
}

pub(in crate::spl) struct EvalLexer<'s> {
    source: &'s str,
    base: usize,
    raw: logos::Lexer<'s, Raw>,
}

impl<'s> EvalLexer<'s> {
    pub(in crate::spl) fn new(source: &'s str, part: Span) -> Self {
        Self { source, base: part.start, raw: Raw::lexer(part.of(source)) }
    }
}

impl Lexer for EvalLexer<'_> {
    fn next_token(&mut self) -> Option<Lexed> {
        loop {
            let raw = self.raw.next()?;
            let span = Span::new(self.base + self.raw.span().start, self.base + self.raw.span().end);
            let text = span.of(self.source);
            let inner = || &text[1..text.len() - 1];
            let token = match raw {
                Ok(Raw::Space) => continue,
                Ok(Raw::OpenParen) => Token::OpenParen,
                Ok(Raw::CloseParen) => Token::CloseParen,
                Ok(Raw::Comma) => Token::Comma,
                Ok(Raw::Equals) => Token::Equals,
                Ok(Raw::DoubleEquals) => Token::Compare(CompareOp::Eq),
                Ok(Raw::Ne) => Token::Compare(CompareOp::Ne),
                Ok(Raw::Lt) => Token::Compare(CompareOp::Lt),
                Ok(Raw::Le) => Token::Compare(CompareOp::Le),
                Ok(Raw::Gt) => Token::Compare(CompareOp::Gt),
                Ok(Raw::Ge) => Token::Compare(CompareOp::Ge),
                Ok(Raw::Plus) => Token::Sum(ArithmeticOp::Add),
                Ok(Raw::Minus) => Token::Minus,
                Ok(Raw::Dot) => Token::Dot,
                Ok(Raw::Star) => Token::Product(ArithmeticOp::Multiply),
                Ok(Raw::Slash) => Token::Product(ArithmeticOp::Divide),
                Ok(Raw::Percent) => Token::Product(ArithmeticOp::Remainder),
                Ok(Raw::Number) => Token::Number(text.to_owned()),
                Ok(Raw::Word) => word(text),
                Ok(Raw::Field) => Token::Field(unescaped(inner(), &['\'', '\\'])),
                Ok(Raw::Text) => Token::Text(unescaped(inner(), &['"', '\\'])),
                Ok(Raw::Macro) => Token::Macro(Macro { text: inner().to_owned(), span }),
                Ok(Raw::Apostrophe) => {
                    return Some(Err(SyntaxError::new(span, ErrorKind::UnterminatedQuote)));
                }
                Ok(Raw::Braces) => return Some(Err(SyntaxError::new(span, ErrorKind::UnquotedBraces))),
                Err(()) => {
                    return Some(Err(SyntaxError::new(span, ErrorKind::Unexpected(text.to_owned()))));
                }
            };
            return Some(Ok((token, span)));
        }
    }
}

fn word(text: &str) -> Token {
    let is = |keyword: &str| text.eq_ignore_ascii_case(keyword);
    match () {
        () if is("and") => Token::And,
        () if is("or") => Token::Or,
        () if is("not") => Token::Not,
        () if is("xor") => Token::Xor,
        () if is("in") => Token::In,
        () if is("like") => Token::Like,
        () => Token::Identifier(text.to_owned()),
    }
}
