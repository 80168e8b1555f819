//! The mistakes in KQL text that are told apart.

use std::fmt;

use crate::ErrorKind as _;
use crate::error::shown;

/// A KQL syntax error.
pub type SyntaxError = crate::SyntaxError<ErrorKind>;

/// `and`, `or` or `not`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keyword {
    /// `and`
    And,
    /// `or`
    Or,
    /// `not`
    Not,
}

impl Keyword {
    /// The keyword in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
            Self::Not => "not",
        }
    }
}

/// Which mistake a KQL syntax error is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Something that fits nowhere here; the text as found.
    Unexpected(String),
    /// The text ends too early.
    UnexpectedEnd,
    /// `not` + whitespace in or behind unquoted text: `a: cannot open`, `a: b not c`.
    NotInText,
    /// `not(…)`: without whitespace, `not` is an ordinary word.
    NotWithoutSpace,
    /// `a: not b`: behind a colon `not` works only inside parentheses.
    NotAfterColon,
    /// `not not a`.
    DoubleNot,
    /// `(a:b)and c:d` or `a:b and(c:d)`: the keyword needs whitespace on both sides.
    KeywordWithoutSpace(Keyword),
    /// A keyword with nothing behind it.
    MissingOperand(Keyword),
    /// Two conditions with neither `and` nor `or` between them.
    MissingOperator,
    /// A special character directly behind unquoted text: `a: arn:aws:iam`.
    UnescapedSpecial(char),
    /// A backslash that starts no escape sequence, with the character behind it.
    BadEscape(Option<char>),
    /// A `"` without its partner.
    UnterminatedQuote,
    /// `()` or `{}`.
    EmptyParentheses,
    /// `(` or `{` that is never closed.
    Unclosed(char),
    /// `)` or `}` that was never opened.
    Unopened(char),
    /// `a: > 5`.
    RangeAfterColon,
    /// `a: (> 5)` or `a: (b > 5)`.
    RangeInValueList,
    /// `a: (b: c)`.
    FieldInValueList,
    /// More open brackets than [`crate::MAX_DEPTH`].
    TooDeep,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unexpected(text) => write!(f, "found {}", shown(text)),
            Self::UnexpectedEnd => f.write_str("the query ends too early"),
            Self::NotInText => f.write_str("`not` followed by whitespace cannot stand inside unquoted text"),
            Self::NotWithoutSpace => f.write_str("`not` must be followed by whitespace"),
            Self::NotAfterColon => f.write_str("`not` cannot stand directly behind a colon"),
            Self::DoubleNot => f.write_str("`not` cannot be followed by another `not`"),
            Self::KeywordWithoutSpace(k) => {
                write!(f, "`{}` must have whitespace on both sides", k.word())
            }
            Self::MissingOperand(k) => write!(f, "nothing to combine follows `{}`", k.word()),
            Self::MissingOperator => f.write_str("there is no operator between these conditions"),
            Self::UnescapedSpecial(c) => write!(f, "`{c}` cannot stand inside unquoted text"),
            Self::BadEscape(Some(c)) => {
                write!(f, "{} is not an escape sequence", shown(&format!("\\{c}")))
            }
            Self::BadEscape(None) => f.write_str("the query ends in a backslash"),
            Self::UnterminatedQuote => f.write_str("this quotation mark is never closed"),
            Self::EmptyParentheses => f.write_str("there is nothing between these brackets"),
            Self::Unclosed(c) => write!(f, "this `{c}` is never closed"),
            Self::Unopened(c) => write!(f, "this `{c}` closes nothing"),
            Self::RangeAfterColon => f.write_str("a comparison cannot stand behind a colon"),
            Self::RangeInValueList => f.write_str("a comparison cannot stand in a list of values"),
            Self::FieldInValueList => f.write_str("a field cannot stand in a list of values"),
            Self::TooDeep => write!(f, "more than {} brackets are open", crate::MAX_DEPTH),
        }
    }
}

impl crate::ErrorKind for ErrorKind {
    fn help(&self) -> Option<String> {
        let help = match self {
            Self::NotInText => "put the value in quotes, or write `and not` if a second condition was meant",
            Self::NotWithoutSpace => "write `not (`",
            Self::NotAfterColon => "write `not field: value` or `field: (not value)`",
            Self::DoubleNot => "leave out both, or put the inner one in parentheses",
            Self::KeywordWithoutSpace(k) => return Some(format!("write ` {} `", k.word())),
            Self::MissingOperand(k) => {
                return Some(format!(
                    "complete the condition, or put `{}` in quotes if it is text",
                    k.word()
                ));
            }
            Self::MissingOperator => "write `and` or `or` between them",
            Self::UnescapedSpecial(c) => {
                return Some(format!("put the value in quotes, or write `\\{c}`"));
            }
            Self::BadEscape(_) => "write `\\\\` for a backslash",
            Self::UnterminatedQuote => {
                "close it; inside quotes a quotation mark is `\\\"` and a final backslash `\\\\`"
            }
            Self::EmptyParentheses => "remove them, or write `\"\"` for empty text",
            Self::RangeAfterColon => "leave out the colon: `field > 5`",
            Self::RangeInValueList => "write one comparison for each bound: `field > 5 and field < 9`",
            Self::FieldInValueList => "put the colon in quotes, or close the list first",
            Self::Unexpected(_)
            | Self::UnexpectedEnd
            | Self::Unclosed(_)
            | Self::Unopened(_)
            | Self::TooDeep => return None,
        };
        Some(help.to_owned())
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Unexpected(_) => "unexpected",
            Self::UnexpectedEnd => "unexpected-end",
            Self::NotInText => "not-in-text",
            Self::NotWithoutSpace => "not-without-space",
            Self::NotAfterColon => "not-after-colon",
            Self::DoubleNot => "double-not",
            Self::KeywordWithoutSpace(_) => "keyword-without-space",
            Self::MissingOperand(_) => "missing-operand",
            Self::MissingOperator => "missing-operator",
            Self::UnescapedSpecial(_) => "unescaped-special",
            Self::BadEscape(_) => "bad-escape",
            Self::UnterminatedQuote => "unterminated-quote",
            Self::EmptyParentheses => "empty-parentheses",
            Self::Unclosed(_) => "unclosed",
            Self::Unopened(_) => "unopened",
            Self::RangeAfterColon => "range-after-colon",
            Self::RangeInValueList => "range-in-value-list",
            Self::FieldInValueList => "field-in-value-list",
            Self::TooDeep => "too-deep",
        }
    }
}

impl SyntaxError {
    /// The short stable name of the mistake.
    pub fn name(&self) -> &'static str {
        self.kind.name()
    }
}
