//! Building literals: unescaping, trimming and typing; and questions a reader may ask of one.

use super::ast::{Literal, LiteralKind, Segment};
use super::raw::is_js_space;
use crate::Span;

impl Literal {
    /// Unquoted text. Text that KQL would type or trim is printed quoted (see [`super::print()`]).
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(LiteralKind::Text(text.into()))
    }

    /// Quoted text.
    pub fn quoted(text: impl Into<String>) -> Self {
        Self::of(LiteralKind::Quoted(text.into()))
    }

    /// A lone `*`.
    pub fn star() -> Self {
        Self::of(LiteralKind::Wildcard(vec![Segment::Star]))
    }

    /// A pattern; empty text parts are dropped and adjacent ones joined.
    /// Without any star this is plain text.
    pub fn wildcard(segments: impl IntoIterator<Item = Segment>) -> Self {
        let mut builder = Builder::default();
        for segment in segments {
            match segment {
                Segment::Text(text) => builder.push_str(&text),
                Segment::Star => builder.push_star(),
            }
        }
        let segments = builder.into_segments();
        if segments.contains(&Segment::Star) {
            Self::of(LiteralKind::Wildcard(segments))
        } else {
            Self::text(text_of(segments))
        }
    }

    /// Unquoted `true` or `false`.
    pub fn bool(value: bool) -> Self {
        Self::of(LiteralKind::Bool(value))
    }

    /// Unquoted `null`.
    pub fn null() -> Self {
        Self::of(LiteralKind::Null)
    }

    fn of(kind: LiteralKind) -> Self {
        Self { kind, span: Span::default() }
    }

    /// Whether this is one unescaped `*` and nothing else: as a value it asks whether the field
    /// exists. `**` is not.
    pub fn is_lone_star(&self) -> bool {
        matches!(&self.kind, LiteralKind::Wildcard(s) if s[..] == [Segment::Star])
    }

    /// Whether KQL has a form for exactly this literal. It has none for unquoted text that it
    /// would type (`true`), nor for unquoted text or patterns that begin or end in whitespace,
    /// because Kibana trims after unescaping.
    pub fn is_expressible(&self) -> bool {
        match &self.kind {
            LiteralKind::Text(text) => {
                text.trim_matches(is_js_space).len() == text.len()
                    && !matches!(text.as_str(), "true" | "false" | "null")
            }
            LiteralKind::Wildcard(segments) => {
                let starts_bare = match segments.first() {
                    Some(Segment::Text(text)) => !text.starts_with(is_js_space),
                    _ => true,
                };
                let ends_bare = match segments.last() {
                    Some(Segment::Text(text)) => !text.ends_with(is_js_space),
                    _ => true,
                };
                starts_bare && ends_bare
            }
            LiteralKind::Quoted(_) | LiteralKind::Bool(_) | LiteralKind::Null => true,
        }
    }
}

/// Collects the pieces of a literal.
#[derive(Default)]
pub(super) struct Builder {
    segments: Vec<Segment>,
    text: String,
    /// The first half of a surrogate pair, waiting for the second.
    high: Option<u16>,
}

impl Builder {
    pub(super) fn push_str(&mut self, text: &str) {
        if !text.is_empty() {
            self.flush_surrogate();
            self.text.push_str(text);
        }
    }

    pub(super) fn push_char(&mut self, c: char) {
        self.flush_surrogate();
        self.text.push(c);
    }

    pub(super) fn push_star(&mut self) {
        self.flush_text();
        self.segments.push(Segment::Star);
    }

    /// What `\t`, `\r` or `\n` stands for.
    pub(super) fn push_escaped_space(&mut self, letter: u8) {
        self.push_char(match letter {
            b't' => '\t',
            b'r' => '\r',
            _ => '\n',
        });
    }

    /// Four hexadecimal digits behind `\u`: a UTF-16 code unit. Two of them may form one
    /// character; half a pair becomes U+FFFD, since text here is always valid.
    pub(super) fn push_unit(&mut self, digits: &str) {
        let unit = u16::from_str_radix(digits, 16).unwrap_or(0xfffd);
        if let Some(high) = self.high.take() {
            if let Some(Ok(c)) = char::decode_utf16([high, unit]).next() {
                self.text.push(c);
                return;
            }
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
        match char::from_u32(u32::from(unit)) {
            Some(c) => self.text.push(c),
            None if unit < 0xdc00 => self.high = Some(unit),
            None => self.text.push(char::REPLACEMENT_CHARACTER),
        }
    }

    fn flush_surrogate(&mut self) {
        if self.high.take().is_some() {
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
    }

    fn flush_text(&mut self) {
        self.flush_surrogate();
        if !self.text.is_empty() {
            self.segments.push(Segment::Text(std::mem::take(&mut self.text)));
        }
    }

    fn into_segments(mut self) -> Vec<Segment> {
        self.flush_text();
        self.segments
    }

    /// The literal of quoted text.
    pub(super) fn quoted(self) -> LiteralKind {
        LiteralKind::Quoted(text_of(self.into_segments()))
    }

    /// The literal of unquoted text: trimmed, then typed.
    pub(super) fn unquoted(self) -> LiteralKind {
        let mut segments = self.into_segments();
        if !segments.contains(&Segment::Star) {
            let text = text_of(segments);
            return match text.trim_matches(is_js_space) {
                "true" => LiteralKind::Bool(true),
                "false" => LiteralKind::Bool(false),
                "null" => LiteralKind::Null,
                trimmed => LiteralKind::Text(trimmed.to_owned()),
            };
        }
        // There is a star, so first and last stand for different parts unless that star is all.
        if let Some(Segment::Text(text)) = segments.first_mut() {
            *text = text.trim_start_matches(is_js_space).to_owned();
        }
        if let Some(Segment::Text(text)) = segments.last_mut() {
            text.truncate(text.trim_end_matches(is_js_space).len());
        }
        segments.retain(|segment| !matches!(segment, Segment::Text(text) if text.is_empty()));
        LiteralKind::Wildcard(segments)
    }
}

fn text_of(segments: Vec<Segment>) -> String {
    match segments.into_iter().next() {
        Some(Segment::Text(text)) => text,
        _ => String::new(),
    }
}
