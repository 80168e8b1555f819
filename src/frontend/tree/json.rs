//! JSON → [`Tree`]: a small parser of RFC 8259 with spans, which `serde_json` does not give.
//!
//! Strict: no comments, no trailing commas, no duplicate keys. Depth is limited, so hostile input
//! cannot overflow the stack.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Entry, MAX_DEPTH, Tree, TreeKind, json_string, number};
use crate::diagnostic::{Code, Diagnostic, Source, Span};
use crate::frontend::codes;

/// A value and what was wrong beside it (duplicate keys, of which the last one counts).
#[derive(Debug)]
pub struct Parsed {
    /// The value.
    pub tree: Tree,
    /// Findings that did not stop the reading.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads one JSON value that fills `span` of the source but for white space.
///
/// # Errors
/// `json-syntax` or `nesting-too-deep` at the offending byte.
pub fn parse(source: &Arc<Source>, span: Span) -> Result<Parsed, Box<Diagnostic>> {
    let text = source.slice(Span::new(0, span.end));
    let mut parser = Parser { source, text, at: span.start, diagnostics: Vec::new() };
    // A byte order mark is tolerated: editors on Windows write it.
    if parser.at == 0 && text.starts_with('\u{feff}') {
        parser.at = 3;
    }
    let tree = parser.value(0)?;
    parser.space();
    if parser.at < text.len() {
        return Err(parser.error(&codes::JSON_SYNTAX, "something follows the value", parser.here()));
    }
    Ok(Parsed { tree, diagnostics: parser.diagnostics })
}

struct Parser<'a> {
    source: &'a Arc<Source>,
    text: &'a str,
    at: usize,
    diagnostics: Vec<Diagnostic>,
}

type Parse<T> = Result<T, Box<Diagnostic>>;

impl Parser<'_> {
    fn value(&mut self, depth: usize) -> Parse<Tree> {
        self.space();
        let start = self.at;
        if depth > MAX_DEPTH {
            let message = format!("lists and objects lie more than {MAX_DEPTH} deep in each other");
            return Err(self.error(&codes::NESTING_TOO_DEEP, &message, Span::new(start, start + 1)));
        }
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => TreeKind::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", TreeKind::Bool(true))?,
            Some(b'f') => self.word("false", TreeKind::Bool(false))?,
            Some(b'n') => self.word("null", TreeKind::Null)?,
            Some(_) => return Err(self.unexpected("a value")),
            None => return Err(self.unexpected("a value, not the end of the text")),
        };
        Ok(Tree::new(kind, Span::new(start, self.at)))
    }

    fn object(&mut self, depth: usize) -> Parse<TreeKind> {
        self.at += 1;
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = HashSet::new();
        self.space();
        if self.eat(b'}') {
            return Ok(TreeKind::Map(entries));
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let key = self.string()?.text;
            let key_span = Span::new(start, self.at);
            self.space();
            if !self.eat(b':') {
                return Err(self.unexpected("`:`"));
            }
            let value = self.value(depth + 1)?;
            if !seen.insert(key.clone()) {
                self.duplicate(&mut entries, &key, key_span);
            }
            entries.push(Entry { key, key_span, value });
            self.space();
            if self.eat(b'}') {
                return Ok(TreeKind::Map(entries));
            }
            if !self.eat(b',') {
                return Err(self.unexpected("`,` or `}`"));
            }
        }
    }

    /// The last one counts, as in every JSON reader that the rule may meet later.
    fn duplicate(&mut self, entries: &mut Vec<Entry>, key: &str, span: Span) {
        let mut finding = Diagnostic::new(
            &codes::DUPLICATE_KEY,
            format!("the key `{key}` stands here twice"),
        )
        .at(self.source, span, "again here");
        if let Some(index) = entries.iter().position(|entry| entry.key == key) {
            finding = finding.also(entries.remove(index).key_span, "first here");
        }
        // One finding a key is enough; hostile files repeat a key a million times.
        if self.diagnostics.len() < 100 {
            self.diagnostics.push(finding);
        }
    }

    fn array(&mut self, depth: usize) -> Parse<TreeKind> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.eat(b']') {
            return Ok(TreeKind::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space();
            if self.eat(b']') {
                return Ok(TreeKind::List(items));
            }
            if !self.eat(b',') {
                return Err(self.unexpected("`,` or `]`"));
            }
        }
    }

    fn string(&mut self) -> Parse<super::Text> {
        let start = self.at;
        let (text, end) = json_string::read(self.text, start)
            .map_err(|(message, span)| self.error(&codes::JSON_SYNTAX, message, span))?;
        self.at = end;
        Ok(text)
    }

    fn number(&mut self) -> Parse<TreeKind> {
        let start = self.at;
        self.eat(b'-');
        let leading_zero = self.peek() == Some(b'0');
        let whole = self.digits();
        if whole == 0 || (leading_zero && whole > 1) {
            return Err(self.error(&codes::JSON_SYNTAX, "not a number of JSON", Span::new(start, self.at)));
        }
        if self.eat(b'.') && self.digits() == 0 {
            return Err(self.unexpected("a digit"));
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.unexpected("a digit"));
            }
        }
        let written = &self.text[start..self.at];
        if written.parse::<f64>().is_ok_and(f64::is_infinite) {
            let message = "this number is larger than any JSON reader can hold";
            return Err(self.error(&codes::JSON_SYNTAX, message, Span::new(start, self.at)));
        }
        Ok(number(written))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn word(&mut self, word: &str, kind: TreeKind) -> Parse<TreeKind> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.unexpected("a value"));
        }
        self.at += word.len();
        Ok(kind)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn here(&self) -> Span {
        let width = self.text[self.at..].chars().next().map_or(0, char::len_utf8);
        Span::new(self.at, self.at + width)
    }

    fn unexpected(&self, expected: &str) -> Box<Diagnostic> {
        self.error(&codes::JSON_SYNTAX, &format!("expected {expected}"), self.here())
    }

    fn error(&self, code: &'static Code, message: &str, span: Span) -> Box<Diagnostic> {
        Box::new(Diagnostic::new(code, format!("this is not JSON: {message}")).at(self.source, span, ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Parsed, Box<Diagnostic>> {
        let source = Arc::new(Source::new("f", text));
        parse(&source, Span::new(0, text.len()))
    }

    #[test]
    fn values_keep_their_spans() {
        let text = r#"{"a": [1, -2.5, 1e3, null], "b\u00e9": "x\ny"}"#;
        let tree = read(text).unwrap().tree;
        let items = tree.get("a").unwrap().items().unwrap();
        assert_eq!(items[0].kind, TreeKind::Int(1));
        assert_eq!(items[1].kind, TreeKind::Float(-2.5));
        assert_eq!(items[2].kind, TreeKind::Literal("1e3".into()));
        assert_eq!(&text[items[1].span.range()], "-2.5");
        let TreeKind::Text(inner) = &tree.get("bé").unwrap().kind else { panic!() };
        assert_eq!(&text[inner.map.span(Span::new(1, 2)).range()], "\\n");
        assert_eq!(&text[inner.map.span(Span::new(2, 3)).range()], "y");
    }

    #[test]
    fn what_is_no_json_is_refused_with_a_place() {
        for text in [
            "",
            "{",
            "[1,]",
            "{a:1}",
            "01",
            "1.",
            "-",
            "\"a",
            "tru",
            "[1] 2",
            "\"\\x\"",
            "\"\u{1}\"",
            "1e999",
            "'a'",
            "\"\\ud800\"",
        ] {
            let error = read(text).unwrap_err();
            assert_eq!(error.code.name, "json-syntax", "{text:?}");
            assert!(error.span().is_some(), "{text:?}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(read(&deep).unwrap_err().code.name, "nesting-too-deep");
    }

    #[test]
    fn duplicate_keys_are_found_and_the_last_one_counts() {
        let parsed = read(r#"{"a": 1, "b": 2, "a": 3}"#).unwrap();
        assert_eq!(parsed.diagnostics[0].code.name, "duplicate-key");
        assert_eq!(parsed.tree.get("a").unwrap().kind, TreeKind::Int(3));
    }
}
