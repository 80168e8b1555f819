//! Turns raw pieces into the tokens of the grammar and mends, in lenient mode, what text loses on
//! its way through web pages. In strict mode the same places are errors that tell the fix.

use logos::Logos;

use super::Mode;
use super::ast::{Key, Number, Op, Quotes, Value, ValueKind};
use super::error::{ErrorKind, Foreign, SyntaxError};
use super::print::quoted;
use super::raw::Raw;
use super::repair::{Repair, RepairKind};
use super::text::{closing, is_address_range, scan_string, unescape};
use super::token::{Token, Word};
use crate::Span;

type Item = Result<(Token, Span), SyntaxError>;

pub(super) struct Lexer<'s> {
    source: &'s str,
    mode: Mode,
    raw: logos::Lexer<'s, Raw>,
    /// Where the text given to `raw` starts in `source`.
    base: usize,
    after_operator: bool,
    pub repairs: Vec<Repair>,
}

impl<'s> Lexer<'s> {
    pub(super) fn new(source: &'s str, mode: Mode) -> Self {
        Self { source, mode, raw: Raw::lexer(source), base: 0, after_operator: false, repairs: Vec::new() }
    }

    pub(super) fn next_token(&mut self) -> Option<Item> {
        loop {
            let raw = self.raw.next()?;
            let range = self.raw.span();
            let span = Span::new(self.base + range.start, self.base + range.end);
            if raw == Ok(Raw::Space) {
                continue;
            }
            let item = match raw {
                Ok(raw) => self.token(raw, span),
                Err(()) if self.after_operator => self.value_word(span),
                Err(()) => Err(self.unexpected(span)),
            };
            self.after_operator =
                matches!(item, Ok((Token::Equality(_) | Token::Order(_) | Token::Matching(_), _)));
            return Some(item);
        }
    }

    fn token(&mut self, raw: Raw, span: Span) -> Item {
        let token = match raw {
            Raw::Open => Token::Open,
            Raw::Close => Token::Close,
            Raw::Eq => Token::Equality(Op::Eq),
            Raw::Ne => Token::Equality(Op::Ne),
            Raw::Lt => Token::Order(Op::Lt),
            Raw::Lte => Token::Order(Op::Lte),
            Raw::Gt => Token::Order(Op::Gt),
            Raw::Gte => Token::Order(Op::Gte),
            Raw::Quoted => {
                let text = span.of(self.source);
                let quotes = match text.as_bytes()[0] {
                    b'"' => Quotes::Double,
                    _ => Quotes::Single,
                };
                let text = unescape(&text[1..text.len() - 1]);
                return Ok(string(text, quotes, span));
            }
            Raw::TypographicQuote => return self.typographic(span, RepairKind::TypographicQuotes),
            Raw::Unterminated if self.mode == Mode::Lenient => {
                return self.typographic(span, RepairKind::MismatchedQuotes);
            }
            Raw::Unterminated => return Err(unterminated(span.start, span.start + 1)),
            Raw::Word | Raw::Number | Raw::Foreign if self.after_operator => {
                return self.value_word(span);
            }
            Raw::ChineseKeyword | Raw::Word => return self.word(span),
            Raw::Foreign => {
                let sign = span.of(self.source).to_owned();
                return Err(SyntaxError::new(span, ErrorKind::ForeignSymbol(sign)));
            }
            Raw::Number => number(span.of(self.source), span),
            // Skipped by the caller.
            Raw::Space => return Err(self.unexpected(span)),
        };
        Ok((token, span))
    }

    /// A keyword or a key.
    fn word(&mut self, span: Span) -> Item {
        let text = span.of(self.source);
        if let Some(word) = Word::of(text) {
            return Ok((keyword(word, span), span));
        }
        let chinese = !text.is_ascii();
        if let Some(replacement) = Word::translate(text)
            && (chinese || self.mode == Mode::Lenient)
        {
            let word = text.to_owned();
            let kind = ErrorKind::LocalisedKeyword { word, replacement };
            self.mend(RepairKind::LocalisedKeyword, span, replacement, kind)?;
            // Every translation is a keyword.
            let word = Word::of(replacement).unwrap_or(Word::And);
            return Ok((keyword(word, span), span));
        }
        let path = text.to_owned();
        Ok((Token::Key(Key { path, span }), span))
    }

    /// What stands behind an operator without quotation marks, up to whitespace, a parenthesis
    /// or a Chinese keyword: a number, `null`, a boolean, or a value that should have been quoted.
    fn value_word(&mut self, first: Span) -> Item {
        let rest = &self.source[first.start..];
        let len = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '且' | '或'))
            .unwrap_or(rest.len());
        let span = Span::new(first.start, first.start + len);
        let text = span.of(self.source);
        self.restart_at(span.end);
        if let Some(word) = Word::of(text) {
            return Ok((keyword(word, span), span));
        }
        if is_number(text) {
            return Ok((number(text, span), span));
        }
        if Raw::lexer(text).next() == Some(Ok(Raw::Foreign)) && first == span {
            let kind = ErrorKind::ForeignSymbol(text.to_owned());
            return Err(SyntaxError::new(span, kind));
        }
        if is_address_range(text) {
            let kind = ErrorKind::ForeignOperator(Foreign::Cidr);
            return Err(SyntaxError::new(span, kind));
        }
        let replacement = quoted(text);
        let kind = ErrorKind::BareValue { replacement: replacement.clone() };
        self.mend(RepairKind::BareValue, span, &replacement, kind)?;
        Ok(string(text.to_owned(), Quotes::Bare, span))
    }

    /// Text that begins with a typographic quotation mark, or with a straight one that no straight
    /// one closes.
    fn typographic(&mut self, first: Span, kind: RepairKind) -> Item {
        let open = self.source[first.start..].chars().next().unwrap_or('"');
        let inner = first.start + open.len_utf8();
        let Some((text, end)) = scan_string(self.source, inner, closing(open)) else {
            return Err(unterminated(first.start, inner));
        };
        let span = Span::new(first.start, end);
        self.restart_at(end);
        let replacement = quoted(&text);
        let error = ErrorKind::TypographicQuotes { replacement: replacement.clone() };
        self.mend(kind, span, &replacement, error)?;
        Ok(string(text, Quotes::Typographic, span))
    }

    /// Notes a repair in lenient mode, fails in strict mode.
    fn mend(
        &mut self,
        kind: RepairKind,
        span: Span,
        replacement: &str,
        error: ErrorKind,
    ) -> Result<(), SyntaxError> {
        match self.mode {
            Mode::Strict => Err(SyntaxError::new(span, error)),
            Mode::Lenient => {
                let replacement = replacement.to_owned();
                self.repairs.push(Repair { kind, span, replacement });
                Ok(())
            }
        }
    }

    fn restart_at(&mut self, offset: usize) {
        self.raw = Raw::lexer(&self.source[offset..]);
        self.base = offset;
    }

    fn unexpected(&self, span: Span) -> SyntaxError {
        let c = self.source[span.start..].chars().next().unwrap_or(' ');
        let span = Span::new(span.start, span.start + c.len_utf8());
        SyntaxError::new(span, ErrorKind::Unexpected(c.to_string()))
    }
}

fn keyword(word: Word, span: Span) -> Token {
    let constant = |kind| Token::Constant(Value { kind, span });
    match word {
        Word::And => Token::And,
        Word::Or => Token::Or,
        Word::Not => Token::Not,
        Word::Matching(op) => Token::Matching(op),
        Word::Null => constant(ValueKind::Null),
        Word::Bool(value) => constant(ValueKind::Bool(value)),
    }
}

fn string(text: String, quotes: Quotes, span: Span) -> (Token, Span) {
    let kind = ValueKind::Str { text, quotes };
    (Token::Str(Value { kind, span }), span)
}

fn number(text: &str, span: Span) -> Token {
    let text = text.to_owned();
    let kind = ValueKind::Number(Number { text });
    Token::Number(Value { kind, span })
}

/// The error for a quotation mark from `start` to `end`.
fn unterminated(start: usize, end: usize) -> SyntaxError {
    SyntaxError::new(Span::new(start, end), ErrorKind::UnterminatedString)
}

fn is_number(text: &str) -> bool {
    let mut lexer = Raw::lexer(text);
    lexer.next() == Some(Ok(Raw::Number)) && lexer.slice().len() == text.len()
}
