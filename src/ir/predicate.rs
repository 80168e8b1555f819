//! Predicates: true or false for every event, with explicit semantics in every comparison.
//!
//! A comparison on a missing field is false; [`Comparison::Exists`] is a test of its own; there is
//! no "not equal": each front end lowers its own idea of it with [`Predicate::Not`].

use super::Field;
use crate::diagnostic::Span;

/// A predicate and where it stands in the rule's file.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What is tested.
    pub predicate: Predicate,
    /// The clause in the outer file; `None` for clauses that no text stands for.
    pub origin: Option<Span>,
}

/// A truth function of one event.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// The same for every event.
    Constant(bool),
    /// All of them; true when empty.
    And(Vec<Node>),
    /// Any of them; false when empty.
    Or(Vec<Node>),
    /// The opposite.
    Not(Box<Node>),
    /// A comparison on one field.
    Test(Test),
    /// Some element of the array of objects at `path` satisfies `body` by itself. Fields in `body`
    /// carry their full path, `path` included.
    Nested {
        /// The array of objects.
        path: Field,
        /// What one element must satisfy.
        body: Box<Node>,
    },
    /// Free text: some field of the event satisfies `test`, each by its own type as the language of
    /// the rule defines it (KQL: `match`, `match_phrase` or a wildcard on every field).
    AnyField(Words),
}

/// A comparison on one field. Arrays satisfy it with any element.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// The field.
    pub field: Field,
    /// The comparison.
    pub comparison: Comparison,
}

/// How a field's values are compared. Each is false when the field has no value.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparison {
    /// The field has a value (in the sense of its vocabulary: the ECS view prunes empty values).
    Exists,
    /// The canonical text of a scalar satisfies `matcher`: numbers as written, booleans as `true`
    /// and `false`.
    Text {
        /// The pattern.
        matcher: TextMatch,
        /// Whether letters of ASCII match their other case.
        case: Case,
    },
    /// The canonical text lies between two texts, compared by code point (keyword and flattened
    /// leaves in Elasticsearch).
    TextRange {
        /// Lower end.
        lower: Bound<String>,
        /// Upper end.
        upper: Bound<String>,
    },
    /// The value as a number; numeric text counts as a number.
    Number {
        /// The relation.
        op: NumberOp,
        /// The right-hand side, as written.
        value: f64,
    },
    /// The value as a boolean; the texts `true` and `false` count.
    Bool(bool),
    /// The value is an address inside a network; text that is no address is outside all networks.
    Ip(ipnet::IpNet),
    /// The value as an address lies between two addresses, both ends included.
    IpRange {
        /// Lowest address, or the lowest of its family.
        from: Option<std::net::IpAddr>,
        /// Highest address, or the highest of its family.
        to: Option<std::net::IpAddr>,
    },
    /// The value as an instant lies between two instants.
    Date {
        /// Lower end.
        lower: Bound<DateBound>,
        /// Upper end.
        upper: Bound<DateBound>,
    },
    /// The analysed words of the value (lower-cased, split at Unicode's word borders).
    Words(Words),
}

/// One end of a range.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound<T> {
    /// The end; `None` for an open range.
    pub limit: Option<Limit<T>>,
}

/// A limit and whether it belongs to the range.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit<T> {
    /// The limit.
    pub value: T,
    /// Whether the limit itself is inside.
    pub inclusive: bool,
}

impl<T> Bound<T> {
    /// No limit.
    pub const OPEN: Bound<T> = Bound { limit: None };

    /// The limit itself is inside.
    pub fn inclusive(value: T) -> Self {
        Bound { limit: Some(Limit { value, inclusive: true }) }
    }

    /// The limit itself is outside.
    pub fn exclusive(value: T) -> Self {
        Bound { limit: Some(Limit { value, inclusive: false }) }
    }
}

/// An instant in a rule: fixed, or date math that is resolved against `now` when events are judged.
#[derive(Debug, Clone, PartialEq)]
pub enum DateBound {
    /// Milliseconds since 1970-01-01T00:00:00Z, already rounded up or down as its end demands.
    Millis(i64),
    /// Elasticsearch date math (`now-1d/d`), rounded up or down by the end it stands for.
    Math(String),
}

/// Case of ASCII letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Case {
    /// `A` and `a` differ.
    Sensitive,
    /// `A` and `a` are the same.
    AsciiInsensitive,
}

/// What part of a text is compared, and with what.
#[derive(Debug, Clone, PartialEq)]
pub enum TextMatch {
    /// The whole text.
    Equals(String),
    /// Its beginning.
    Prefix(String),
    /// Its end.
    Suffix(String),
    /// Any part of it.
    Contains(String),
    /// The whole text against a pattern.
    Glob(Glob),
}

/// A pattern of literal pieces and wildcards; what is literal was decided by the source language.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Glob {
    /// The pieces, in order.
    pub parts: Vec<GlobPart>,
}

/// A piece of a [`Glob`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum GlobPart {
    /// These characters.
    Literal(String),
    /// Any number of characters, none included.
    Any,
    /// Exactly one character.
    One,
}

/// Relations of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberOp {
    /// Equal.
    Eq,
    /// Less than.
    Lt,
    /// Less than or equal.
    Le,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Ge,
}

/// A test on analysed text, or on every field by its own type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// Any word of the query occurs (`match`, operator or).
    AnyOf(String),
    /// The words of the query occur next to each other in this order (`match_phrase`).
    Phrase(String),
    /// A word (of analysed text) or the whole value (of a keyword) matches the pattern.
    Pattern(Glob),
    /// A word of analysed text lies between two texts.
    Between {
        /// Lower end and whether it is inside.
        lower: Option<(String, bool)>,
        /// Upper end and whether it is inside.
        upper: Option<(String, bool)>,
    },
}

impl Node {
    /// A clause at a place in the rule's file.
    pub fn at(predicate: Predicate, origin: Span) -> Self {
        Node { predicate, origin: Some(origin) }
    }

    /// A clause that no text stands for.
    pub fn synthetic(predicate: Predicate) -> Self {
        Node { predicate, origin: None }
    }

    /// All of `nodes`; a single one stays itself.
    pub fn all(mut nodes: Vec<Node>) -> Self {
        match nodes.len() {
            1 => nodes.remove(0),
            _ => {
                let origin = nodes.iter().filter_map(|n| n.origin).reduce(Span::to);
                Node { predicate: Predicate::And(nodes), origin }
            }
        }
    }

    /// Any of `nodes`; a single one stays itself.
    pub fn any(mut nodes: Vec<Node>) -> Self {
        match nodes.len() {
            1 => nodes.remove(0),
            _ => {
                let origin = nodes.iter().filter_map(|n| n.origin).reduce(Span::to);
                Node { predicate: Predicate::Or(nodes), origin }
            }
        }
    }

    /// The opposite of `node`.
    pub fn negate(node: Node) -> Self {
        let origin = node.origin;
        Node { predicate: Predicate::Not(Box::new(node)), origin }
    }

    /// Calls `visit` for every test below, in order of the text, nested bodies included.
    pub fn for_each_test<'a>(&'a self, visit: &mut dyn FnMut(&'a Test, Option<Span>)) {
        match &self.predicate {
            Predicate::And(nodes) | Predicate::Or(nodes) => {
                nodes.iter().for_each(|node| node.for_each_test(visit));
            }
            Predicate::Not(node) => node.for_each_test(visit),
            Predicate::Nested { body, .. } => body.for_each_test(visit),
            Predicate::Test(test) => visit(test, self.origin),
            Predicate::Constant(_) | Predicate::AnyField(_) => {}
        }
    }
}

impl NumberOp {
    /// Whether `left op right` holds.
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            NumberOp::Eq => left == right,
            NumberOp::Lt => left < right,
            NumberOp::Le => left <= right,
            NumberOp::Gt => left > right,
            NumberOp::Ge => left >= right,
        }
    }

    /// The sign as most languages write it.
    pub fn as_str(self) -> &'static str {
        match self {
            NumberOp::Eq => "=",
            NumberOp::Lt => "<",
            NumberOp::Le => "<=",
            NumberOp::Gt => ">",
            NumberOp::Ge => ">=",
        }
    }
}

impl Glob {
    /// Whether the pattern matches the whole of `text`; greedy with back-tracking to the last star
    /// only, so linear in practice and quadratic at worst.
    pub fn matches(&self, text: &str, case: Case) -> bool {
        glob_matches(&self.parts, text.as_bytes(), case == Case::AsciiInsensitive)
    }

    /// The pattern with `*` and `?`, and `\` before those characters (and itself) where they are
    /// literal.
    pub fn escaped(&self) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                GlobPart::Any => out.push('*'),
                GlobPart::One => out.push('?'),
                GlobPart::Literal(text) => text.chars().for_each(|c| {
                    if matches!(c, '*' | '?' | '\\') {
                        out.push('\\');
                    }
                    out.push(c);
                }),
            }
        }
        out
    }
}

fn eq(a: &[u8], b: &[u8], fold: bool) -> bool {
    if fold { a.eq_ignore_ascii_case(b) } else { a == b }
}

fn glob_matches(parts: &[GlobPart], text: &[u8], fold: bool) -> bool {
    let (mut part, mut at) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let step = match parts.get(part) {
            None if at == text.len() => return true,
            None => None,
            Some(GlobPart::Any) => {
                if part + 1 == parts.len() {
                    return true;
                }
                retry = Some((part + 1, at));
                Some(at)
            }
            Some(GlobPart::One) => next_char(text, at),
            Some(GlobPart::Literal(literal)) => {
                let end = at + literal.len();
                (end <= text.len() && eq(&text[at..end], literal.as_bytes(), fold)).then_some(end)
            }
        };
        match (step, retry) {
            (Some(next), _) => (part, at) = (part + 1, next),
            (None, Some((after, from))) => {
                let Some(next) = next_char(text, from) else { return false };
                retry = Some((after, next));
                (part, at) = (after, next);
            }
            (None, None) => return false,
        }
    }
}

/// The offset after the character that starts at `at`; `text` is UTF-8.
fn next_char(text: &[u8], at: usize) -> Option<usize> {
    if at >= text.len() {
        return None;
    }
    let mut next = at + 1;
    while next < text.len() && (text[next] & 0xC0) == 0x80 {
        next += 1;
    }
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glob(pattern: &str) -> Glob {
        let mut parts = Vec::new();
        for c in pattern.chars() {
            match (c, parts.last_mut()) {
                ('*', _) => parts.push(GlobPart::Any),
                ('?', _) => parts.push(GlobPart::One),
                (c, Some(GlobPart::Literal(text))) => text.push(c),
                (c, _) => parts.push(GlobPart::Literal(c.into())),
            }
        }
        Glob { parts }
    }

    #[test]
    fn globs() {
        for (pattern, text, expected) in [
            ("*S3 Browser*", "[S3 Browser 9.5]", true),
            ("a*b", "ab", true),
            ("a*b", "acbc", false),
            ("a*bc*d", "abxbcxd", true),
            ("*", "", true),
            ("**a", "xa", true),
            ("?", "é", true),
            ("?", "", false),
            ("a?c*", "aéc", true),
            ("", "", true),
            ("", "a", false),
            ("*ab", "aab", true),
        ] {
            assert_eq!(glob(pattern).matches(text, Case::Sensitive), expected, "{pattern} {text}");
        }
        assert!(glob("AB*").matches("abc", Case::AsciiInsensitive));
        assert!(!glob("AB*").matches("abc", Case::Sensitive));
        assert_eq!(glob("a*").escaped(), "a*");
    }
}
