//! Traps inside one literal.

use super::super::ast::{Literal, LiteralKind, Segment};
use super::super::raw::is_space;
use super::find::Finder;
use super::{Trap, TrapKind};
use crate::Span;

/// Where a literal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Before a colon or a comparison.
    Field,
    /// Behind a colon, alone or in a list.
    Value,
    /// Without a field.
    FreeText,
    /// Behind a comparison.
    Bound,
}

impl Finder<'_> {
    pub(super) fn literal(&mut self, literal: &Literal, role: Role) {
        match &literal.kind {
            LiteralKind::Quoted(text) => self.quoted(literal, text),
            LiteralKind::Text(_) | LiteralKind::Wildcard(_) => self.unquoted(literal, role),
            LiteralKind::Bool(_) | LiteralKind::Null => {}
        }
    }

    fn quoted(&mut self, literal: &Literal, text: &str) {
        if text.contains('*') {
            let kind = TrapKind::QuotedWildcard;
            // Without its quotes a lone asterisk would test for existence, which is nearly the
            // opposite of a rare literal value: what it says now is what is offered.
            let rewrite = match text.bytes().all(|byte| byte == b'*') {
                true => Literal::text(text),
                false => unquoted_pattern(text),
            };
            self.traps.push(match rewrite.is_expressible() {
                true => Trap::with(kind, literal.span, rewrite.to_string()),
                false => Trap::new(kind, literal.span),
            });
        }
        let raw = literal.span.of(self.source);
        let mut bytes = raw.bytes().enumerate();
        while let Some((at, byte)) = bytes.next() {
            if byte != b'\\' {
                continue;
            }
            let Some((_, escaped)) = bytes.next() else {
                return;
            };
            let len = match escaped {
                b't' | b'r' | b'n' => 2,
                b'u' if is_unit(raw.get(at + 2..at + 6)) => 6,
                _ => continue,
            };
            let start = literal.span.start + at;
            let text = format!("\\{}", &raw[at..at + len]);
            let span = Span::new(start, start + len);
            self.rewrite(TrapKind::ControlCharacter, span, text);
        }
    }

    fn unquoted(&mut self, literal: &Literal, role: Role) {
        let raw = literal.span.of(self.source);
        let before = self.traps.len();
        self.keywords(literal, raw, role);
        self.comment(literal, raw, role);
        self.operators(literal, raw);
        if let LiteralKind::Wildcard(segments) = &literal.kind
            && segments.windows(2).any(|w| w == [Segment::Star, Segment::Star])
        {
            let mut single = segments.clone();
            single.dedup_by(|a, b| *a == Segment::Star && *b == Segment::Star);
            let text = Literal::wildcard(single).to_string();
            self.rewrite(TrapKind::DoubleStar, literal.span, text);
        }
        if let Some(inner) = raw.strip_prefix('\'').and_then(|r| r.strip_suffix('\''))
            && let LiteralKind::Text(text) = &literal.kind
            && !inner.is_empty()
        {
            let text = Literal::quoted(text.trim_matches('\'')).to_string();
            self.rewrite(TrapKind::SingleQuotes, literal.span, text);
        }
        if matches!(role, Role::Value | Role::FreeText) {
            self.lucene_value(literal, raw);
        }
        if before == self.traps.len()
            && let LiteralKind::Text(text) = &literal.kind
        {
            if raw.contains(is_space) {
                let text = Literal::quoted(text).to_string();
                self.rewrite(TrapKind::AdjacentWords, literal.span, text);
            } else if role == Role::Value && is_constant_in_other_case(text) {
                self.rewrite(TrapKind::ConstantInOtherCase, literal.span, text.to_ascii_lowercase());
            }
        }
    }

    /// Keywords that became text, and `\not`. Escaped ones were meant so.
    fn keywords(&mut self, literal: &Literal, raw: &str, role: Role) {
        if let Some(at) = find_escaped_not(raw) {
            let start = literal.span.start + at;
            self.traps.push(Trap::new(TrapKind::EscapedNot, Span::new(start, start + 4)));
        }
        let is = |word: &str, keyword: &str| word.eq_ignore_ascii_case(keyword);
        let is_chain = |word: &str| is(word, "and") || is(word, "or");
        let words: Vec<_> = words(raw).collect();
        let at = |(offset, word): (usize, &str)| {
            let start = literal.span.start + offset;
            Span::new(start, start + word.len())
        };
        match words[..] {
            [only] if role != Role::Field && (is_chain(only.1) || is(only.1, "not")) => {
                let text = Literal::quoted(only.1).to_string();
                self.rewrite(TrapKind::KeywordAsValue, literal.span, text);
            }
            [first, .., last] => {
                if is_chain(first.1) {
                    self.traps.push(Trap::new(TrapKind::LeadingKeyword, at(first)));
                }
                if is_chain(last.1) || is(last.1, "not") {
                    self.traps.push(Trap::new(TrapKind::TrailingKeyword, at(last)));
                }
            }
            _ => {}
        }
    }

    /// A word that begins like a comment. At the start of a value it is more likely a path.
    fn comment(&mut self, literal: &Literal, raw: &str, role: Role) {
        let skip = usize::from(matches!(role, Role::Value | Role::Bound));
        for (at, word) in words(raw).skip(skip) {
            if word.starts_with("//") || word.starts_with('#') || word == "/*" {
                let span = Span::new(literal.span.start + at, literal.span.end);
                self.traps.push(Trap::new(TrapKind::Comment, span));
                return;
            }
        }
        if raw.starts_with("/* ") && raw.contains("*/") {
            self.traps.push(Trap::new(TrapKind::Comment, literal.span));
        }
    }

    fn operators(&mut self, literal: &Literal, raw: &str) {
        for (sign, word) in [("&&", "and"), ("||", "or")] {
            for (at, _) in raw.match_indices(sign) {
                let bytes = raw.as_bytes();
                let open = |b: Option<&u8>| b.is_some_and(|b| !b.is_ascii_whitespace());
                let mut text = String::new();
                if at > 0 && open(bytes.get(at - 1)) {
                    text.push(' ');
                }
                text.push_str(word);
                if open(bytes.get(at + 2)) {
                    text.push(' ');
                }
                let start = literal.span.start + at;
                self.rewrite(TrapKind::LuceneOperator, Span::new(start, start + 2), text);
            }
        }
    }

    fn lucene_value(&mut self, literal: &Literal, raw: &str) {
        if raw.len() > 2 && raw.starts_with('/') && raw.ends_with('/') && looks_like_regex(raw) {
            self.traps.push(Trap::new(TrapKind::LuceneRegex, literal.span));
            return;
        }
        if let Some((value, factor)) = raw.rsplit_once('^')
            && !value.is_empty()
            && factor.parse::<f64>().is_ok_and(f64::is_finite)
        {
            self.rewrite(TrapKind::LuceneBoost, literal.span, value.to_owned());
        }
        if let Some((value, distance)) = raw.rsplit_once('~')
            && value.ends_with(char::is_alphanumeric)
            && matches!(distance, "" | "0" | "1" | "2")
        {
            self.rewrite(TrapKind::LuceneFuzzy, literal.span, value.to_owned());
        }
        for (at, _) in raw.match_indices('?') {
            let start = literal.span.start + at;
            let span = Span::new(start, start + 1);
            self.traps.push(Trap::new(TrapKind::QuestionMark, span));
        }
    }
}

/// The words of raw text with their offsets.
fn words(raw: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = 0;
    raw.split_inclusive(is_space)
        .map(move |piece| {
            let at = next;
            next += piece.len();
            (at, piece.trim_end_matches(is_space))
        })
        .filter(|(_, word)| !word.is_empty())
}

fn is_unit(digits: Option<&str>) -> bool {
    digits.is_some_and(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn is_constant_in_other_case(text: &str) -> bool {
    ["true", "false", "null"].iter().any(|c| text.eq_ignore_ascii_case(c))
}

fn looks_like_regex(raw: &str) -> bool {
    [".*", ".+", "[", "|", "?", "^", "$", "\\("].iter().any(|sign| raw.contains(sign))
}

/// The offset of `\not`, not counting an escaped backslash before `not`.
fn find_escaped_not(raw: &str) -> Option<usize> {
    let bytes = raw.as_bytes();
    let mut at = 0;
    while at + 4 <= bytes.len() {
        if bytes[at] == b'\\' {
            if bytes[at + 1] == b'n' && bytes[at + 2..at + 4].eq_ignore_ascii_case(b"ot") {
                return Some(at);
            }
            at += 1;
        }
        at += 1;
    }
    None
}

/// The pattern that quoted text would be without its quotes.
fn unquoted_pattern(text: &str) -> Literal {
    let mut segments = Vec::new();
    for (i, part) in text.split('*').enumerate() {
        if i > 0 {
            segments.push(Segment::Star);
        }
        segments.push(Segment::Text(part.to_owned()));
    }
    Literal::wildcard(segments)
}
