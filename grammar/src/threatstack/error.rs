//! The mistakes in filter text that are told apart.

use std::fmt;

use crate::ErrorKind as _;
use crate::error::shown;

/// A filter syntax error.
pub type SyntaxError = crate::SyntaxError<ErrorKind>;

/// Which mistake a filter syntax error is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The filter is blank. Only rules on files may leave it out; the front end decides.
    Empty,
    /// Something that fits nowhere here; the text as found.
    Unexpected(String),
    /// The text ends too early.
    UnexpectedEnd,
    /// Quotation marks of a typesetter (strict mode).
    TypographicQuotes {
        /// The same text in straight quotes.
        replacement: String,
    },
    /// A keyword of a machine-translated page (strict mode).
    LocalisedKeyword {
        /// The word as found.
        word: String,
        /// The English keyword.
        replacement: &'static str,
    },
    /// A value without quotation marks (strict mode).
    BareValue {
        /// The same value in quotes.
        replacement: String,
    },
    /// A quotation mark without its partner.
    UnterminatedString,
    /// An operator of another language.
    ForeignOperator(Foreign),
    /// An operator sign of another language.
    ForeignSymbol(String),
    /// `and`, `or` or `not` with nothing behind it.
    MissingOperand(&'static str),
    /// Two conditions with neither `and` nor `or` between them.
    MissingConnective,
    /// `not not a`.
    DoubleNot,
    /// `()`.
    EmptyParentheses,
    /// `(` that is never closed.
    Unclosed,
    /// `)` that was never opened.
    Unopened,
    /// `key > null`.
    OrderNeedsNumber,
    /// `key like 5`.
    MatchingNeedsText,
    /// `"value" = key`.
    ValueBeforeKey,
    /// More open parentheses than [`crate::MAX_DEPTH`].
    TooDeep,
}

/// Operators that other languages have and this one has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Foreign {
    /// `in`
    In,
    /// `contains`
    Contains,
    /// `matches`, `regex`
    Regex,
    /// `cidr`, or an unquoted address range
    Cidr,
    /// `exists`
    Exists,
    /// `is`
    Is,
    /// `startswith`
    StartsWith,
    /// `endswith`
    EndsWith,
}

impl Foreign {
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "in" => Self::In,
            "contains" | "icontains" | "has" | "includes" => Self::Contains,
            "matches" | "match" | "regex" | "regexp" | "rlike" | "matches_regex" => Self::Regex,
            "cidr" | "cidr_match" | "cidrmatch" | "in_cidr" | "in_subnet" => Self::Cidr,
            "exists" => Self::Exists,
            "is" => Self::Is,
            "startswith" | "begins_with" | "beginswith" => Self::StartsWith,
            "endswith" => Self::EndsWith,
            _ => return None,
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Contains => "contains",
            Self::Regex => "a regular expression",
            Self::Cidr => "an address range",
            Self::Exists => "exists",
            Self::Is => "is",
            Self::StartsWith => "startswith",
            Self::EndsWith => "endswith",
        }
    }

    /// How to say it here.
    pub const fn rewrite(self) -> &'static str {
        match self {
            Self::In => "write one comparison for each value: `(key = \"a\" or key = \"b\")`",
            Self::Contains => "write `key like \"text\"`, which tests for contained text",
            Self::Regex => "combine `starts_with`, `ends_with` and `like`; there are no patterns",
            Self::Cidr => "write one prefix for each range: `(ip starts_with \"10.\" or …)`",
            Self::Exists => "write `key != null`",
            Self::Is => "write `key = null` or `key != null`",
            Self::StartsWith => "write `starts_with`",
            Self::EndsWith => "write `ends_with`",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the filter is empty"),
            Self::Unexpected(text) => write!(f, "found {}", shown(text)),
            Self::UnexpectedEnd => f.write_str("the filter ends too early"),
            Self::TypographicQuotes { .. } => f.write_str("typographic quotation marks do not delimit text"),
            Self::LocalisedKeyword { word, .. } => {
                write!(f, "{} is a translated keyword", shown(word))
            }
            Self::BareValue { .. } => f.write_str("a value must stand in quotation marks"),
            Self::UnterminatedString => f.write_str("this quotation mark is never closed"),
            Self::ForeignOperator(foreign @ (Foreign::Regex | Foreign::Cidr)) => {
                write!(f, "Threat Stack filters cannot test for {}", foreign.name())
            }
            Self::ForeignOperator(foreign) => {
                write!(f, "Threat Stack filters have no operator `{}`", foreign.name())
            }
            Self::ForeignSymbol(sign) => {
                write!(f, "Threat Stack filters have no operator `{sign}`")
            }
            Self::MissingOperand(word) => write!(f, "nothing to combine follows `{word}`"),
            Self::MissingConnective => {
                f.write_str("there is neither `and` nor `or` between these conditions")
            }
            Self::DoubleNot => f.write_str("`not` cannot be followed by another `not`"),
            Self::EmptyParentheses => f.write_str("there is nothing between these parentheses"),
            Self::Unclosed => f.write_str("this `(` is never closed"),
            Self::Unopened => f.write_str("this `)` closes nothing"),
            Self::OrderNeedsNumber => f.write_str("an order operator needs a number"),
            Self::MatchingNeedsText => f.write_str("this operator needs text in quotation marks"),
            Self::ValueBeforeKey => f.write_str("a comparison must begin with a key"),
            Self::TooDeep => write!(f, "more than {} parentheses are open", crate::MAX_DEPTH),
        }
    }
}

impl crate::ErrorKind for ErrorKind {
    fn help(&self) -> Option<String> {
        if let Some(replacement) = self.replacement() {
            return Some(format!("write `{replacement}`"));
        }
        let help = match self {
            Self::ForeignOperator(foreign) => foreign.rewrite(),
            Self::ForeignSymbol(sign) => match sign.as_str() {
                "=~" | "!~" | "~" => Foreign::Regex.rewrite(),
                "!" => "write `not` before a condition or `!=` for a comparison",
                _ => return None,
            },
            Self::UnterminatedString => "inside quotes a final backslash must be doubled: `\\\\`",
            Self::MissingConnective => "write `and` or `or` between them",
            Self::DoubleNot => "leave out both",
            Self::OrderNeedsNumber => "to test whether the key is there, write `key != null`",
            Self::MatchingNeedsText => "put the value in quotation marks",
            Self::ValueBeforeKey => "write `key = \"value\"`",
            _ => return None,
        };
        Some(help.to_owned())
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unexpected(_) => "unexpected",
            Self::UnexpectedEnd => "unexpected-end",
            Self::TypographicQuotes { .. } => "typographic-quotes",
            Self::LocalisedKeyword { .. } => "localised-keyword",
            Self::BareValue { .. } => "bare-value",
            Self::UnterminatedString => "unterminated-string",
            Self::ForeignOperator(_) => "foreign-operator",
            Self::ForeignSymbol(_) => "foreign-symbol",
            Self::MissingOperand(_) => "missing-operand",
            Self::MissingConnective => "missing-connective",
            Self::DoubleNot => "double-not",
            Self::EmptyParentheses => "empty-parentheses",
            Self::Unclosed => "unclosed",
            Self::Unopened => "unopened",
            Self::OrderNeedsNumber => "order-needs-number",
            Self::MatchingNeedsText => "matching-needs-text",
            Self::ValueBeforeKey => "value-before-key",
            Self::TooDeep => "too-deep",
        }
    }
}

impl ErrorKind {
    /// What to write in place of the error's span, if that mends the text.
    pub fn replacement(&self) -> Option<&str> {
        match self {
            Self::TypographicQuotes { replacement } | Self::BareValue { replacement } => Some(replacement),
            Self::LocalisedKeyword { replacement, .. } => Some(replacement),
            Self::ForeignSymbol(sign) => match sign.as_str() {
                "==" | ":" => Some("="),
                "<>" => Some("!="),
                "&&" => Some("and"),
                "||" => Some("or"),
                _ => None,
            },
            Self::ForeignOperator(foreign) => match foreign {
                Foreign::Contains => Some("like"),
                Foreign::StartsWith => Some("starts_with"),
                Foreign::EndsWith => Some("ends_with"),
                _ => None,
            },
            _ => None,
        }
    }
}

impl SyntaxError {
    /// The short stable name of the mistake.
    pub fn name(&self) -> &'static str {
        self.kind.name()
    }
}
