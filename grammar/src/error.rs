//! The shape of a syntax error, shared by all languages.

use std::fmt;

use crate::Span;

/// The text could not be read; `K` lists the mistakes that one language tells apart.
///
/// The [`Display`](fmt::Display) form is one sentence without the position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError<K> {
    /// The offending text; empty at the end of the input.
    pub span: Span,
    /// Which mistake it is.
    pub kind: K,
    /// What could have stood there instead, in readable words. Empty when the kind says it all.
    pub expected: Vec<&'static str>,
}

/// What every language's error enumeration can say about itself.
pub trait ErrorKind: fmt::Display {
    /// How to repair the text, if that can be said in general.
    fn help(&self) -> Option<String>;

    /// A short stable name in kebab case, to build diagnostic codes from.
    fn name(&self) -> &'static str;
}

impl<K> SyntaxError<K> {
    pub(crate) fn new(span: Span, kind: K) -> Self {
        Self { span, kind, expected: Vec::new() }
    }
}

impl<K: ErrorKind> SyntaxError<K> {
    /// How to repair the text, if that can be said in general.
    pub fn help(&self) -> Option<String> {
        self.kind.help()
    }
}

impl<K: fmt::Display> fmt::Display for SyntaxError<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        for (i, name) in self.expected.iter().enumerate() {
            let lead = match i {
                0 => ", expected ",
                _ if i + 1 == self.expected.len() => " or ",
                _ => ", ",
            };
            write!(f, "{lead}{name}")?;
        }
        Ok(())
    }
}

impl<K: fmt::Debug + fmt::Display> std::error::Error for SyntaxError<K> {}

/// A character or word of the input in backquotes, made safe to print on one line.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut out = String::from("`");
    for (i, c) in text.chars().enumerate() {
        if i == LONGEST {
            out.push('…');
            break;
        }
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out.push('`');
    out
}
